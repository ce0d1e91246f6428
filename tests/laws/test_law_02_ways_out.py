"""Law 2, its second half: every hold has a way out. Here the ways that are a person's decision, through the command."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.logged_objects import object_is_as_logged

from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, Prepared
from tests.snapshots import small_school, snapshot, working_copy


def invoke(school: Prepared, *arguments: str, **more: Any) -> Result:
    with school.phone.is_the_time():
        at_home = ["--home", str(school.home), "--as-of", "2021-12-17"]
        return CliRunner().invoke(termpost, [*arguments, *at_home], standalone_mode=False, **more)


def resolve(school: Prepared, student: str, *way: str, by: str = "mlopez", code: str = "", **more: Any) -> Result:
    given = ["--by", by, "--otp", code or school.phone.code()]
    return invoke(school, "holds", "resolve", student, *way, *given, **more)


def complaint(result: Result) -> str:
    """What the command says in one line before it ends with 1."""
    assert isinstance(result.exception, InputError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def held(school: Prepared) -> dict[tuple[str, str | None, str], str | None]:
    rows = json.loads(invoke(school, "holds", "--cycle", CYCLE, "--json").stdout)
    assert all(list(row)[:4] == ["cycle", "student", "class", "reason"] for row in rows)
    return {(row["student"], row["class"], row["reason"]): row["decision"] for row in rows}


def wrong_mark(school: Prepared, number: int = 0, value: str = "eighty", student: str = LISA) -> str:
    """A mark of a student that is no number; gives its class."""
    mine = [row for row in school.extract.read("results.csv") if row["studentSourcedId"] == student]
    school.extract.change("results.csv", {"sourcedId": mine[number]["sourcedId"]}, score=value)
    items = {row["sourcedId"]: row["classSourcedId"] for row in school.extract.read("lineItems.csv")}
    return items[mine[number]["lineItemSourcedId"]]


def one_wrong_mark(folder: Path) -> Prepared:
    school = small_school(folder)
    wrong_mark(school)
    school.prepare(school.extract)
    return school


@pytest.fixture
def waiting(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    """LISA's report waits for a decision about one course."""
    with working_copy(snapshot(tmp_path_factory, "one-wrong-mark", one_wrong_mark), tmp_path) as made:
        yield made


def title_of(school: Prepared, class_id: str) -> str:
    return next(row["title"] for row in school.extract.read("classes.csv") if row["sourcedId"] == class_id)


def page(school: Prepared, student: str) -> str:
    """What the newest page of a student says."""
    ref = school.ref(student)
    made = [e for e in school.entries("report_made") if e.student == ref and (e.object or "").endswith(".html")]
    newest = max(made, key=lambda entry: entry.version or 0)
    text = school.store.get(str(newest.object)).decode().partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&amp;", "&").replace("&#39;", "'").split())


def versions(school: Prepared) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in school.entries("report_made"):
        found[str(entry.student)] = max(found.get(str(entry.student), 0), entry.version or 0)
    return found


def released(school: Prepared) -> frozenset[str]:
    return school.state().released_students


WAYS = {
    LISA: ("accept", "{course}: some records could not be read and are left out. The school has decided to show", True),
    FANNIE: ("omit-course", "{course} is left off this report by the school’s decision.", False),
    KYLE: ("grade-to-follow", "{course}: the grade is to follow.", True),
}


def test_a_course_that_waits_is_decided_said_on_the_report_and_released(school: Prepared) -> None:
    """Three students, and each is decided in another way; of another piece each, so that no piece is without marks."""
    classes = {student: wrong_mark(school, 3 * n, student=student) for n, student in enumerate(WAYS)}
    school.prepare(school.extract)
    places = {student: (student, class_id, "type-decimal") for student, class_id in classes.items()}
    assert held(school) == dict.fromkeys(places.values())
    before = versions(school)

    for student, (way, _, _) in WAYS.items():
        told = resolve(school, student, f"--{way}", *([] if way == "accept" else [classes[student]]))
        assert told.exception is None, told.output
    decided = {(e.actor, e.student, e.class_id, e.reason) for e in school.entries("hold_resolved")}
    assert decided == {("mlopez", school.ref(student), classes[student], way) for student, (way, *_) in WAYS.items()}
    after = {places[student]: way for student, (way, *_) in WAYS.items()}
    assert held(school) == after
    with suppress(InputError):  # what lies there was not made by the decisions
        school.release()
    assert released(school) == frozenset()

    school.prepare(school.extract)
    assert held(school) == after
    assert versions(school) == {student: version + 1 for student, version in before.items()}
    for student, (way, sentence, listed) in WAYS.items():
        text, course = page(school, student), title_of(school, classes[student])
        assert sentence.format(course=course) in text
        section = text.partition(" Courses ")[2].partition(" Missing and late work ")[0]
        assert (course in section) is listed
        follows = section.partition(course)[2].split("– to follow")[0]
        assert ("not counted yet – grade to follow" in follows) is (way == "grade-to-follow")
    school.prepare(school.extract)
    assert versions(school) == {student: version + 1 for student, version in before.items()}
    school.release()
    assert released(school) == {school.ref(student) for student in WAYS}


def test_a_decision_makes_nobody_else_s_report_again(waiting: Prepared) -> None:
    class_id = wrong_mark(waiting)
    before, mine = versions(waiting), waiting.ref(LISA)
    assert resolve(waiting, LISA, "--omit-course", class_id).exception is None
    waiting.prepare(waiting.extract)
    assert versions(waiting) == before | {mine: before[mine] + 1}


@pytest.mark.soak
def test_a_hold_on_the_whole_report_can_only_be_accepted(school: Prepared) -> None:
    school.extract.change("supplement/contacts.csv", {"studentSourcedId": KYLE}, restrictionFrom="soon")
    school.extract.add("supplement/contacts.csv", studentSourcedId=KYLE, contactSourcedId=FATHER, relation="Father",
                       street="1 Elm", city="Grand Bend")  # fmt: skip
    school.prepare(school.extract)
    assert set(held(school)) == {(KYLE, None, "type-date")}
    class_id = school.extract.read("classes.csv")[0]["sourcedId"]
    for way in ("--omit-course", "--grade-to-follow"):
        said = complaint(resolve(school, KYLE, way, class_id))
        assert said.endswith("a hold on the whole report takes --accept only")
    assert school.entries("hold_resolved") == []
    assert resolve(school, KYLE, "--accept").exception is None
    school.prepare(school.extract)
    assert "Some records could not be read and are left out of this report. The school has decided" in page(
        school, KYLE
    )
    school.release()
    assert school.ref(KYLE) in released(school)
    got = {entry.recipient for entry in school.entries("delivered") if entry.student == school.ref(KYLE)}
    assert got == {school.ref(FATHER)}  # whose row is in quarantine is on no list


def test_an_accept_says_nothing_of_the_next_extract(waiting: Prepared) -> None:
    class_id = wrong_mark(waiting)
    assert resolve(waiting, LISA, "--accept").exception is None
    wrong_mark(waiting, 1, "ninety")  # another mark, by the same rule
    waiting.prepare(waiting.extract)
    assert held(waiting) == {(LISA, class_id, "type-decimal"): None}
    assert "Please note" not in page(waiting, LISA)
    waiting.release()
    assert waiting.ref(LISA) not in released(waiting)


@pytest.mark.soak
def test_a_course_left_off_stays_off_while_the_same_hold_comes_again_and_no_longer(waiting: Prepared) -> None:
    class_id = wrong_mark(waiting)
    course = title_of(waiting, class_id)
    assert resolve(waiting, LISA, "--omit-course", class_id).exception is None
    wrong_mark(waiting, 1, "ninety")
    waiting.prepare(waiting.extract)
    assert held(waiting) == {(LISA, class_id, "type-decimal"): "omit-course"}
    assert f"{course} is left off this report" in page(waiting, LISA)

    # another rule was not decided on
    wrong_mark(waiting, 2, "-5")
    waiting.prepare(waiting.extract)
    assert held(waiting) == {(LISA, class_id, "type-decimal"): "omit-course", (LISA, class_id, "range"): None}
    assert resolve(waiting, LISA, "--grade-to-follow", class_id).exception is None  # a person may change their mind
    waiting.prepare(waiting.extract)
    assert set(held(waiting).values()) == {"grade-to-follow"}
    assert f"{course}: the grade is to follow." in page(waiting, LISA)

    for number in range(3):
        wrong_mark(waiting, number, "77")
    waiting.prepare(waiting.extract)
    assert held(waiting) == {}
    text = page(waiting, LISA)
    assert "Please note" not in text
    assert course in text


def test_who_is_unknown_not_held_or_not_in_the_course_is_told_in_one_line(waiting: Prepared) -> None:
    class_id = wrong_mark(waiting)
    other = next(r["sourcedId"] for r in waiting.extract.read("classes.csv") if r["sourcedId"] != class_id)
    assert "nobody has this id" in complaint(resolve(waiting, "nobody", "--accept"))
    assert "this student is not held" in complaint(resolve(waiting, KYLE, "--accept"))
    assert "this student is not held" in complaint(resolve(waiting, MOTHER, "--accept"))
    for way, course in (("--grade-to-follow", other), ("--omit-course", "no-such-class")):
        assert "the student is not held in this course" in complaint(resolve(waiting, LISA, way, course))
    assert "there is no such cycle" in complaint(resolve(waiting, LISA, "--accept", "--cycle", "2021-fal-final"))
    for ways in (
        (),
        ("--accept", "--omit-course", class_id),
        ("--omit-course", class_id, "--grade-to-follow", class_id),
    ):
        assert isinstance(resolve(waiting, LISA, *ways).exception, click.UsageError)
    assert waiting.entries("hold_resolved") == []


def test_only_a_registrar_or_head_who_proves_it_decides_and_a_refusal_is_logged(waiting: Prepared) -> None:
    office, head = waiting.register("oks", "office"), waiting.register("hed", "head")
    assert "the one-time code is wrong" in complaint(resolve(waiting, LISA, "--accept", code="000000"))
    waiting.phone, registrar = office, waiting.phone
    assert "may not do that" in complaint(resolve(waiting, LISA, "--accept", by="oks"))
    assert "there is no such staff id" in complaint(resolve(waiting, LISA, "--accept", by="nobody"))
    refused = [(entry.actor, entry.reason) for entry in waiting.entries("refused")]
    assert refused == [("mlopez", "wrong-code"), ("oks", "role-may-not"), ("unknown", "unknown-staff")]
    assert waiting.entries("hold_resolved") == []
    waiting.phone = head
    assert resolve(waiting, LISA, "--accept", by="hed").exception is None
    waiting.phone = registrar


def test_the_reason_in_words_is_kept_sealed_and_named_by_the_log(waiting: Prepared, tmp_path: Path) -> None:
    class_id = wrong_mark(waiting)
    note = tmp_path / "note.txt"
    note.write_text("Ms Fry marks it again on Monday.", encoding="utf-8")
    assert resolve(waiting, LISA, "--omit-course", class_id, "--note-file", str(note)).exception is None
    assert resolve(waiting, LISA, "--omit-course", class_id, "--note-file", "-", input="On Tuesday.").exception is None
    entries, home = waiting.entries("hold_resolved"), waiting.open()
    for entry, words in zip(entries, ("Ms Fry marks it again on Monday.", "On Tuesday."), strict=True):
        assert str(entry.object).startswith("notes/")
        sealed = waiting.store.get(str(entry.object))
        assert words.encode() not in sealed
        assert json.loads(home.people.open(waiting.ref(LISA), sealed))["text"] == words
        assert object_is_as_logged(home)(entry)
    assert not any("Monday" in json.dumps(entry.model_dump(mode="json")) for entry in entries)
    assert json.loads(invoke(waiting, "log", "verify", "--full", "--json").stdout)["ok"]
    waiting.prepare(waiting.extract)
    assert held(waiting) == {(LISA, class_id, "type-decimal"): "omit-course"}


def test_a_hold_that_no_decision_lifts_says_what_does(school: Prepared) -> None:
    school.extract.write("supplement/students.csv", [{"studentSourcedId": KYLE, "recordsHold": "true"}])
    school.prepare(school.extract)
    assert set(held(school)) == {(KYLE, None, "records-hold")}
    said = complaint(resolve(school, KYLE, "--accept"))
    assert said.startswith("no decision lifts records-hold")
    assert "clear recordsHold in supplement/students.csv" in said


def test_json_says_what_was_decided(waiting: Prepared) -> None:
    class_id = wrong_mark(waiting)
    value = json.loads(resolve(waiting, LISA, "--omit-course", class_id, "--json").stdout)
    decided = {"class": class_id, "reason": "type-decimal", "decision": "omit-course", "by": "mlopez"}
    assert value == {"cycle": CYCLE, "student": LISA, "resolved": [decided]}
