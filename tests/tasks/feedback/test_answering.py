"""Who answers, who may read, and how an answer, a dispute and a delegation go, by the commands as they are typed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.feedback.queries import threads_of

from tests.school import FATHER, KYLE, LISA, MOTHER, OTHER, Phone, Prepared
from tests.snapshots import snapshot, working_copy
from tests.taught_school import BROWN, HERS, NGUYEN, taught_school

WORDS = "Why is the quiz missing?"


class Desk:
    """The school with its staff at their phones."""

    def __init__(self, school: Prepared) -> None:
        self.school, self.phones = school, {"mlopez": school.phone}
        roles = (("nguyen", "teacher", NGUYEN), ("brown", "teacher", BROWN), ("kbell", "office", None),
                 ("aster", "auditor", None))  # fmt: skip
        for staff, role, teacher_id in roles:
            self.phones[staff] = school.register(staff, role, teacher_id)

    def type(self, *words: str) -> Result:
        told = ("--as-of", self.school.told or "")
        line = ["feedback", *words, "--home", str(self.school.home), *told]
        return CliRunner().invoke(termpost, line, standalone_mode=False)

    def act(self, staff: str, *words: str) -> Result:
        with self.phones[staff].is_the_time():
            return self.type(*words, "--by", staff, "--otp", self.phones[staff].code())

    def add(self, *words: str, student: str = LISA, kind: str = "question") -> str:
        said = self.type("add", "--student", student, "--kind", kind, "--text", WORDS, "--json", *words)
        assert said.exception is None, said.exception
        return str(json.loads(said.stdout)["id"])

    def thread(self, query: str) -> QueryThread:
        return threads_of(self.school.open())[query]

    def row(self, query: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = json.loads(self.type("list", "--json").stdout)
        return next(row for row in rows if row["id"] == query)


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Desk]:
    with working_copy(snapshot(tmp_path_factory, "taught", taught_school), tmp_path) as school:
        yield Desk(school)


def code(said: Result) -> str:
    assert isinstance(said.exception, InputError), (said.output, said.exception)
    assert "\n" not in str(said.exception)
    return said.exception.code


def of_class(desk: Desk, query: str, new: str = "q0123456789ab") -> None:
    """As a message from the page says it: a query about one course."""
    school = desk.school
    entries = [e for e in school.entries("query_received") if e.query == query]
    about = entries[0].fact.model_copy(update={"query": new, "class_id": HERS})
    school.open().log.append("test", [about])


def test_the_words_open_for_registered_staff_and_each_reading_is_in_the_log(desk: Desk) -> None:
    query = desk.add("--from", FATHER)
    said = desk.act("kbell", "show", query)
    assert WORDS in said.stdout
    assert WORDS not in desk.type("list").stdout + desk.type("list", "--json").stdout
    (read,) = desk.school.entries("query_read")
    assert (read.actor, read.query, read.student) == ("kbell", query, desk.school.ref(LISA))
    assert code(desk.act("aster", "show", query)) == "role-may-not"
    assert code(desk.type("show", query, "--by", "mlopez", "--otp", "000000")) == "wrong-code"
    assert len(desk.school.entries("query_read")) == 1
    assert [e.reason for e in desk.school.entries("refused")][-2:] == ["role-may-not", "wrong-code"]


def test_what_strangers_write_never_acts_on_the_terminal(desk: Desk) -> None:
    said = desk.type("add", "--student", LISA, "--from", FATHER, "--kind", "question", "--json",
                     "--text", "<b>hi</b>\x1b[2J\u202eyob\nline two")  # fmt: skip
    query = json.loads(said.stdout)["id"]
    shown = desk.act("mlopez", "show", query).stdout
    assert "<b>hi</b>□[2J□yob\nline two" in shown
    assert not {"\x1b", "\u202e"} & set(shown)
    kept = json.loads(desk.act("mlopez", "show", query, "--json").stdout)["words"]
    assert kept[0]["text"].startswith("<b>hi</b>\x1b")


def test_a_teacher_sees_what_is_about_their_classes_and_nothing_else(desk: Desk) -> None:
    query = desk.add("--from", FATHER)
    of_class(desk, query)
    assert desk.act("nguyen", "show", "q0123456789ab").exception is None
    assert code(desk.act("brown", "show", "q0123456789ab")) == "not-their-query"
    strange = desk.add("--from", FATHER, student=KYLE)  # no contact of Kyle's
    assert not desk.thread(strange).has_right
    assert code(desk.act("nguyen", "show", strange)) == "not-their-query"
    assert code(desk.act("mlopez", "assign", strange, "--to", "nguyen")) == "office-only"
    assert desk.act("mlopez", "assign", strange, "--to", "kbell").exception is None


def test_a_strangers_question_about_a_child_they_teach_is_no_teachers(desk: Desk) -> None:
    strange = desk.add("--from", OTHER)  # of another child
    assert not desk.thread(strange).has_right
    assert code(desk.act("nguyen", "show", strange)) == "not-their-query"
    assert desk.act("kbell", "show", strange).exception is None


def test_what_a_mailbox_brought_is_asked_its_right_before_anybody_has_it(desk: Desk) -> None:
    home, school = desk.school.open(), desk.school
    about = {"kind": "query_received", "student": school.ref(LISA), "reason": "question", "via": "email"}
    home.log.append("test", [
        Entry.model_validate(about | {"query": "q000000000001", "recipient": school.ref(FATHER)}),
        Entry.model_validate(about | {"query": "q000000000002", "recipient": school.ref(OTHER)}),
    ])  # fmt: skip
    school.feedback()
    school.feedback()
    assert [desk.thread(f"q00000000000{n}").has_right for n in (1, 2)] == [True, False]
    assert [e.query for e in school.entries("query_noticed")] == ["q000000000002"]


def test_the_teacher_of_the_class_answers_else_the_office(desk: Desk) -> None:
    query = desk.add("--from", FATHER)
    of_class(desk, query)
    unknown = desk.add()
    desk.school.feedback()
    desk.school.feedback()
    assert desk.thread("q0123456789ab").assigned_to == "nguyen"
    assert (desk.thread(unknown).assigned_to, desk.thread(unknown).was_assigned) == (None, True)
    assert (desk.row(unknown)["assigned_to"], desk.row(unknown)["right"]) == ("office", False)
    assert len([e for e in desk.school.entries("query_changed") if e.reason == "assigned"]) == 3
    desk.school.open().staff.remove("nguyen")
    desk.school.feedback()
    assert desk.thread("q0123456789ab").assigned_to is None


def test_somebody_stands_in_on_their_days_and_answers(desk: Desk) -> None:
    days = ("--to", "kbell", "--from", "2021-12-17", "--until", "2021-12-20")
    assert code(desk.act("brown", "delegate", "nguyen", *days)) == "role-may-not"
    query = desk.add("--from", FATHER)
    of_class(desk, query)
    desk.school.feedback()
    assert desk.act("nguyen", "delegate", "nguyen", *days).exception is None
    assert desk.thread("q0123456789ab").assigned_to == "kbell"
    desk.school.later(timedelta(days=4))
    of_class(desk, desk.add("--from", MOTHER), "q0123456789ac")
    again = desk.add("--from", FATHER)
    desk.school.open().log.append("test", [
        e.fact.model_copy(update={"query": "qabcdefabcdef", "class_id": HERS})
        for e in desk.school.entries("query_received") if e.query == again
    ])  # fmt: skip
    desk.school.feedback()
    assert desk.thread("qabcdefabcdef").assigned_to == "nguyen"
    backwards = ("--to", "kbell", "--from", "2021-12-20", "--until", "2021-12-17")
    assert code(desk.act("mlopez", "delegate", "nguyen", *backwards)) == "days-in-disorder"


def test_an_answer_ends_the_clock_and_close_and_reopen_go_on(desk: Desk) -> None:
    query = desk.add("--from", FATHER)
    assert code(desk.act("mlopez", "close", query, "--reason", "settled")) == "not-answered"
    assert code(desk.act("mlopez", "answer", query, "--text", " ")) == "no-words"
    assert desk.act("mlopez", "answer", query, "--text", "It was marked on Friday.").exception is None
    assert desk.row(query)["state"] == "answered"
    assert code(desk.act("mlopez", "answer", query, "--text", "Again.")) == "answered"
    assert desk.act("mlopez", "close", query, "--reason", "settled").exception is None
    assert desk.row(query)["state"] == "closed"
    assert code(desk.act("mlopez", "close", query, "--reason", "settled")) == "closed"
    desk.school.later(timedelta(days=30))
    assert desk.act("mlopez", "reopen", query).exception is None
    assert (desk.row(query)["state"], desk.row(query)["due"]) == ("open", "2022-01-26")
    assert code(desk.act("mlopez", "reopen", query)) == "is-open"


def test_with_second_eyes_an_answer_waits_for_another_person(desk: Desk) -> None:
    with (desk.school.home / "termpost.toml").open("a") as file:
        file.write("\n[feedback]\nsecond_eyes = true\n")
    query = desk.add("--from", FATHER)
    assert code(desk.act("kbell", "approve", query)) == "nothing-to-approve"
    desk.act("kbell", "answer", query, "--text", "Nine of ten.")
    assert (desk.row(query)["state"], desk.thread(query).given) == ("to-approve", [])
    assert code(desk.act("kbell", "approve", query)) == "same-person"
    assert desk.act("mlopez", "approve", query).exception is None
    assert desk.row(query)["state"] == "answered"
    assert [one.actor for one in desk.thread(query).given] == ["kbell"]


def test_a_recording_error_ends_with_the_version_that_resolves_it(desk: Desk) -> None:
    school = desk.school
    query = desk.add("--from", FATHER, kind="correction")
    (before,) = {e.report for e in school.entries("report_made") if e.student == school.ref(LISA)}
    other = next(e.report for e in school.entries("report_made") if e.student == school.ref(KYLE))
    say = ("answer", query, "--text", "Corrected.", "--corrected")
    assert code(desk.act("mlopez", *say, before or "", "2")) == "no-such-version"
    assert code(desk.act("mlopez", *say, other or "", "1")) == "other-student"
    assert desk.act("mlopez", *say, before or "", "1").exception is None
    thread = desk.thread(query)
    assert (thread.corrected, thread.dispute, thread.state) == ((before, 1), "corrected", "answered")
    plain = desk.add("--from", FATHER)
    assert code(desk.act("mlopez", "answer", plain, "--text", "x", "--corrected", before or "", "1")) == "no-dispute"


def test_a_refusal_tells_of_the_hearing_and_each_step_comes_once(desk: Desk) -> None:
    query = desk.add("--from", FATHER, kind="correction")
    assert code(desk.act("kbell", "statement", query, "--text", "We disagree.")) == "wrong-step"
    assert code(desk.act("kbell", "hearing", query)) == "wrong-step"
    assert desk.act("kbell", "refuse", query, "--text", "It was not handed in.").exception is None
    said = json.loads(desk.act("mlopez", "show", query, "--json").stdout)
    text = said["words"][-1]["text"]
    assert text.startswith("It was not handed in.\n\n")
    assert "hearing" in text
    assert "statement" in text
    assert (said["state"], said["dispute"]) == ("answered", "refused")
    assert code(desk.act("kbell", "refuse", query, "--text", "Again.")) == "wrong-step"
    assert code(desk.act("mlopez", "hearing", query, "--held-by", "kbell")) == "has-interest"
    assert desk.act("mlopez", "hearing", query, "--held-by", "aster").exception is None
    assert desk.act("mlopez", "hearing", query, "--lost").exception is None
    assert desk.act("mlopez", "statement", query, "--text", "We still disagree.").exception is None
    said = json.loads(desk.act("mlopez", "show", query, "--json").stdout)
    assert (said["dispute"], said["words"][-1]["what"]) == ("statement", "statement")
    steps = [e.reason for e in desk.school.entries("query_changed") if e.query == query]
    assert steps == ["correction-refused", "hearing-asked", "hearing-lost", "statement-kept"]


def test_a_refused_grade_dispute_tells_of_the_appeal_and_of_no_hearing(desk: Desk) -> None:
    with (desk.school.home / "termpost.toml").open("a") as file:
        file.write(
            '\n[feedback]\nappeal_policy = { title = "Appeals", version = "1", url = "https://school.example/a" }\n'
        )
    query = desk.add("--from", FATHER, kind="grade-dispute")
    desk.act("kbell", "refuse", query, "--text", "The rubric was followed.")
    text = json.loads(desk.act("mlopez", "show", query, "--json").stdout)["words"][-1]["text"]
    assert "https://school.example/a" in text
    assert "hearing" not in text
    question = desk.add("--from", FATHER)
    assert code(desk.act("kbell", "refuse", question, "--text", "No.")) == "no-dispute"


def test_feedback_of_staff_is_about_no_student_and_has_no_clock(desk: Desk) -> None:
    said = desk.type("add", "--kind", "staff", "--from", "nguyen", "--text", "Too many codes.", "--json")
    assert json.loads(said.stdout)["due"] is None
    query = json.loads(said.stdout)["id"]
    assert "Too many codes." in desk.act("mlopez", "show", query).stdout
    assert desk.act("mlopez", "answer", query, "--text", "We look at it.").exception is None
    assert "We look at it." in desk.act("mlopez", "show", query).stdout
    assert code(desk.type("add", "--kind", "staff", "--from", "nobody", "--text", "x")) == "unknown-staff"
    named = desk.type("add", "--kind", "staff", "--from", "nguyen", "--student", "604822", "--text", "x")
    assert isinstance(named.exception, click.UsageError)  # it would be kept without the student


def test_a_code_is_not_spent_on_what_is_refused(desk: Desk) -> None:
    query, phone = desk.add("--from", FATHER), desk.phones["mlopez"]
    with phone.is_the_time():
        otp = phone.code()
        by = ("--by", "mlopez", "--otp", otp)
        assert code(desk.type("reopen", query, *by)) == "is-open"
        assert desk.type("answer", query, "--text", "Here it is.", *by).exception is None
        assert code(desk.type("close", query, "--reason", "settled", *by)) == "code-used"


def test_the_story_of_a_child_is_whole_and_in_order(desk: Desk) -> None:
    query = desk.add("--from", FATHER, kind="correction")
    desk.school.feedback()
    desk.act("mlopez", "show", query)
    desk.act("mlopez", "refuse", query, "--text", "No.")
    said = CliRunner().invoke(termpost, ["log", "export", "--student", LISA, "--home", str(desk.school.home)])
    kinds = [json.loads(line)["kind"] for line in said.stdout.splitlines()]
    mine = [kind for kind in kinds if kind.startswith("query_")]
    assert mine == ["query_received", "query_changed", "query_noticed", "query_read", "query_changed", "query_answered"]
    assert "No." not in said.stdout


def test_the_words_go_with_the_student_who_is_erased(desk: Desk) -> None:
    query = desk.add("--from", FATHER)
    desk.school.open().people.delete(desk.school.ref(LISA))
    said = json.loads(desk.act("mlopez", "show", query, "--json").stdout)
    assert [one["text"] for one in said["words"]] == [None]
    assert "erased" in desk.act("mlopez", "show", query).stdout
    assert desk.row(query)["state"] == "open"


def test_a_phone_is_ones_own(desk: Desk) -> None:
    assert isinstance(desk.phones["nguyen"], Phone)
    query = desk.add("--from", FATHER)
    with desk.phones["nguyen"].is_the_time():
        said = desk.type("show", query, "--by", "mlopez", "--otp", desk.phones["nguyen"].code())
    assert code(said) == "wrong-code"
