"""Law 14: what a family reads is true. Here what nobody marked: teachers sign off or decide, one code for all of a
kind; what nobody decided is "grade to follow", and holds no report."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.flows.commands.families.release import undecided_in
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import CycleId
from termpost.schemas.log.hold_decisions import HoldDecisions
from termpost.schemas.log.settlements import Settlements
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.stage.manifests import prepared_of

from tests.school import CYCLE, FANNIE, KYLE, LISA, Phone, Prepared
from tests.snapshots import small_school, snapshot, working_copy

ALGEBRA, PHYSICS = "123456780", "123456789"
TEACHER = "T1"  # of Algebra, in the extract
PIECE, PUPIL = "unmarked-piece", "unmarked-pupil"


def asked_school(folder: Path) -> Prepared:
    """In Algebra nobody has a mark of the first piece: Kyle handed it in, and of the others there is nothing. In
    Physics Kyle alone has none of the first piece."""
    school = small_school(folder)
    extract = school.extract
    exam, lab = first_piece(school, ALGEBRA), first_piece(school, PHYSICS)
    rows = extract.read("results.csv")
    gone = {(exam, LISA), (exam, FANNIE), (lab, KYLE)}
    extract.write("results.csv", [r for r in rows if (r["lineItemSourcedId"], r["studentSourcedId"]) not in gone])
    mine = {"lineItemSourcedId": exam, "studentSourcedId": KYLE}
    extract.change("results.csv", mine, score="", scoreStatus="submitted")
    kyle = next(row for row in extract.read("users.csv") if row["sourcedId"] == KYLE)
    extract.add("users.csv", **kyle | {"sourcedId": TEACHER, "role": "teacher", "givenName": "Ana", "familyName": "Fry",
                                       "username": "fry", "identifier": TEACHER, "agentSourcedIds": "", "email": "",
                                       "grades": ""})  # fmt: skip
    seat = extract.read("enrollments.csv")[0]
    extract.add("enrollments.csv", **seat | {"sourcedId": "e-fry", "userSourcedId": TEACHER, "role": "teacher",
                                             "classSourcedId": ALGEBRA, "primary": "true"})  # fmt: skip
    school.prepare(extract)
    return school


@pytest.fixture
def asked(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "asked", asked_school), tmp_path) as made:
        yield made


def first_piece(school: Prepared, class_id: str) -> str:
    items = (row for row in school.extract.read("lineItems.csv") if row["classSourcedId"] == class_id)
    return min(items, key=lambda row: (row["dueDate"], row["sourcedId"]))["sourcedId"]


def title_of(school: Prepared, id_: str) -> str:
    rows = [*school.extract.read("lineItems.csv"), *school.extract.read("classes.csv")]
    return next(row["title"] for row in rows if row["sourcedId"] == id_)


def invoke(school: Prepared, *arguments: str, day: str = "2021-12-17", **more: Any) -> Result:
    with school.phone.is_the_time():
        at_home = ["--home", str(school.home), "--as-of", day]
        return CliRunner().invoke(termpost, [*arguments, *at_home], standalone_mode=False, **more)


def said(school: Prepared, *arguments: str, **more: Any) -> Any:
    result = invoke(school, *arguments, "--json", **more)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return json.loads(result.stdout)


def acting(school: Prepared, phone: Phone, by: str, *arguments: str, **more: Any) -> Result:
    """Somebody types a command with their own phone."""
    registrar, school.phone = school.phone, phone
    try:
        return invoke(school, *arguments, "--by", by, "--otp", phone.code(), **more)
    finally:
        school.phone = registrar


def complaint(result: Result) -> str:
    assert isinstance(result.exception, InputError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def questions(school: Prepared, decided: bool = False) -> dict[tuple[str, str, str | None], str | None]:
    """Cause, class and student of what is asked → the decision."""
    rows = [row for row in said(school, "holds", "--cycle", CYCLE) if row["cause"]]
    assert all(row["reason"] == row["cause"] for row in rows)
    found = {(row["cause"], row["class"], row["student"]): row["decision"] for row in rows}
    return found if decided else {one: way for one, way in found.items() if way is None}


def page(school: Prepared, student: str) -> str:
    """What the newest page of a student says."""
    ref = school.ref(student)
    made = [e for e in school.entries("report_made") if e.student == ref and (e.object or "").endswith(".html")]
    newest = max(made, key=lambda entry: entry.version or 0)
    text = school.store.get(str(newest.object)).decode().partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&amp;", "&").replace("&#39;", "'").split())


def to_follow(school: Prepared, student: str) -> int:
    """Courses of a student's newest report that are to follow."""
    (manifest,) = prepared_of(school.open(), CYCLE)
    return next(report.to_follow for report in manifest.reports if report.student == school.ref(student))


def test_a_piece_that_nobody_marked_holds_nobody_and_asks_once(asked: Prepared) -> None:
    assert [row for row in said(asked, "holds", "--cycle", CYCLE) if not row["cause"]] == []
    assert questions(asked) == {(PIECE, ALGEBRA, None): None, (PUPIL, PHYSICS, KYLE): None}
    (piece, pupil) = said(asked, "holds", "--cycle", CYCLE)
    assert (piece["piece"], piece["students"], piece["due"]) == (first_piece(asked, ALGEBRA), 3, "2021-12-15")
    assert (pupil["piece"], pupil["students"]) == (first_piece(asked, PHYSICS), 1)
    assert [to_follow(asked, student) for student in (LISA, FANNIE, KYLE)] == [1, 1, 2]
    assert "grade to follow" in page(asked, LISA)


def test_a_teacher_signs_a_class_off_and_its_blanks_are_missing_but_not_what_is_handed_in(asked: Prepared) -> None:
    phone = asked.register("afry", "teacher")
    exam = first_piece(asked, ALGEBRA)
    done = acting(asked, phone, "afry", "grades-complete", "--cycle", CYCLE, "--class", ALGEBRA, "--json")
    told = json.loads(done.stdout)
    settled = {(one["piece"], one["settled"]): set(one["students"]) for one in told["blanks"]}
    assert settled == {(exam, True): {LISA, FANNIE}, (exam, False): {KYLE}}
    (entry,) = asked.entries("grading_complete")
    assert (entry.actor, entry.class_id, entry.count, entry.on_behalf_of) == ("afry", ALGEBRA, 2, None)
    assert not {LISA, FANNIE, KYLE} & set(re.findall(r"\w+", entry.model_dump_json()))  # ids stay on the screen

    asked.prepare(asked.extract)
    assert questions(asked) == {(PUPIL, ALGEBRA, KYLE): None, (PUPIL, PHYSICS, KYLE): None}
    assert [to_follow(asked, student) for student in (LISA, FANNIE, KYLE)] == [0, 0, 2]
    assert title_of(asked, exam) in page(asked, LISA).partition("Missing and late work")[2]


def test_a_teacher_whose_id_is_known_signs_off_their_own_classes_alone(asked: Prepared) -> None:
    phone, signing = asked.register("afry", "teacher", TEACHER), ["grades-complete", "--cycle", CYCLE, "--class"]
    result = acting(asked, phone, "afry", *signing, PHYSICS)
    assert isinstance(result.exception, Refused)
    assert result.exception.code == "not-their-class"
    assert asked.entries("grading_complete") == []
    assert acting(asked, phone, "afry", *signing, ALGEBRA).exception is None
    # nor does anybody sign for them what they do not teach
    asked.prepare(asked.extract)
    for_them = ["--for", "afry", "--note-file", "-"]
    no = acting(asked, asked.phone, "mlopez", *signing, PHYSICS, *for_them, input="She is ill.\n")
    assert "neither a registered teacher" in complaint(no)


def test_only_the_teacher_decides_about_marks_or_somebody_for_one_with_a_reason(asked: Prepared) -> None:
    teacher, office = asked.register("afry", "teacher"), asked.register("oks", "office")
    head = asked.register("hed", "head")
    signing = ["grades-complete", "--cycle", CYCLE, "--class", ALGEBRA]
    deciding = ["holds", "resolve", "--class", ALGEBRA, "--accept"]
    for command in (signing, deciding):
        assert "only for a teacher" in complaint(acting(asked, asked.phone, "mlopez", *command))
        assert "gives the reason" in complaint(acting(asked, head, "hed", *command, "--for", "afry", input=" \n"))
        assert "may not do that" in complaint(acting(asked, teacher, "afry", *command, "--for", "afry", input="I."))
    assert "may not do that" in complaint(acting(asked, office, "oks", *signing))
    for nobody in ("oks", KYLE):
        refused = acting(asked, head, "hed", *deciding, "--for", nobody, input="She is ill.")
        assert "neither a registered teacher nor one of the class" in complaint(refused)
    physics = ["grades-complete", "--cycle", CYCLE, "--class", PHYSICS, "--for", TEACHER]
    assert "nor one of the class" in complaint(acting(asked, head, "hed", *physics, input="She is ill."))
    assert "nobody has a grade in this class" in complaint(
        acting(asked, teacher, "afry", "grades-complete", "--cycle", CYCLE, "--class", "no-such-class")
    )
    assert asked.entries("grading_complete", "grade_decided") == []
    assert {entry.reason for entry in asked.entries("refused")} == {"role-may-not"}


def test_who_decides_for_a_teacher_is_in_the_log_and_the_proof_pack_with_the_reason(
    asked: Prepared, tmp_path: Path
) -> None:
    asked.register("afry", "teacher")
    note = tmp_path / "note.txt"
    note.write_text("Ms Fry is ill until January.", encoding="utf-8")
    resolve = ["holds", "resolve", "--note-file", str(note)]
    assert acting(asked, asked.phone, "mlopez", *resolve, "--piece", first_piece(asked, ALGEBRA), "--accept",
                  "--for", TEACHER).exception is None  # fmt: skip
    assert (
        acting(asked, asked.phone, "mlopez", *resolve, "--cause", PUPIL, "--accept", "--for", "afry").exception is None
    )
    signed = ["grades-complete", "--cycle", CYCLE, "--class", ALGEBRA, "--for", TEACHER, "--note-file", str(note)]
    assert acting(asked, asked.phone, "mlopez", *signed).exception is None
    piece, pupil, sign_off = asked.entries("grade_decided", "grading_complete")
    assert (piece.actor, piece.on_behalf_of, piece.cause, piece.class_id) == (
        "mlopez",
        asked.ref(TEACHER),
        PIECE,
        ALGEBRA,
    )
    assert (pupil.student, pupil.on_behalf_of, pupil.cause) == (asked.ref(KYLE), "afry", PUPIL)
    home = asked.open()
    for entry in (piece, pupil, sign_off):
        assert b"January" not in asked.store.get(str(entry.object))
        assert "January" not in entry.model_dump_json()
        assert object_is_as_logged(home)(entry)

    pack = tmp_path / "pack"
    assert invoke(asked, "proof", "--cycle", CYCLE, "--out", str(pack)).exception is None
    asked_rows = (pack / "questions.csv").read_text().splitlines()
    assert sum(row.endswith("accept,mlopez,Ana Fry,Ms Fry is ill until January.") for row in asked_rows) == 1
    assert sum(row.endswith("accept,mlopez,afry,Ms Fry is ill until January.") for row in asked_rows) == 1
    assert f",{ALGEBRA}," in (pack / "sign-offs.csv").read_text()
    assert "mlopez,Ana Fry,Ms Fry is ill until January.,2021-12-17" in (pack / "sign-offs.csv").read_text()


def test_one_code_decides_all_of_a_kind_and_the_report_says_what_is_left_out(asked: Prepared) -> None:
    phone = asked.register("afry", "teacher")
    exam = first_piece(asked, ALGEBRA)
    title = title_of(asked, exam)
    done = acting(asked, phone, "afry", "holds", "resolve", "--piece", exam, "--accept", "--json")
    value = json.loads(done.stdout)
    assert [(row["cause"], row["piece"], row["students"]) for row in value["resolved"]] == [(PIECE, exam, 3)]
    assert questions(asked) == {(PUPIL, PHYSICS, KYLE): None}
    asked.prepare(asked.extract)
    assert questions(asked, decided=True) == {(PUPIL, PHYSICS, KYLE): None, (PIECE, ALGEBRA, None): "accept"}
    for student in (LISA, FANNIE, KYLE):
        assert f"Left out by the school’s decision: {title}." in page(asked, student)
    assert to_follow(asked, LISA) == 0
    # a person may change their mind, until the report is released
    assert acting(asked, phone, "afry", "holds", "resolve", "--piece", exam, "--grade-to-follow").exception is None
    assert questions(asked, decided=True)[PIECE, ALGEBRA, None] == "grade-to-follow"
    assert Settlements.fold(CycleId(CYCLE), asked.entries()) == Settlements()


def test_a_course_is_left_off_the_reports_that_wait_for_it_or_any_report_and_no_others(asked: Prepared) -> None:
    phone = asked.register("afry", "teacher")
    decided = acting(asked, phone, "afry", "holds", "resolve", "--cause", PUPIL, "--omit-course")
    assert decided.exception is None, decided.output
    command = ["holds", "resolve", FANNIE, "--omit-course"]
    assert "the report does not have it" in complaint(acting(asked, asked.phone, "mlopez", *command, "no-such-class"))
    value = json.loads(acting(asked, asked.phone, "mlopez", *command, ALGEBRA, "--json").stdout)
    assert value["resolved"] == [{"class": ALGEBRA, "reason": "left-off", "decision": "omit-course", "by": "mlopez"}]
    asked.prepare(asked.extract)

    off = "{} is left off this report by the school’s decision."
    shown = [[off.format(title_of(asked, course)) in page(asked, student) for student in (LISA, FANNIE, KYLE)]
             for course in (ALGEBRA, PHYSICS)]  # fmt: skip
    assert shown == [[False, True, False], [False, False, True]]
    assert (to_follow(asked, KYLE), questions(asked)) == (1, {(PIECE, ALGEBRA, None): None})
    (listed,) = [row for row in said(asked, "holds", "--cycle", CYCLE) if row["student"] == FANNIE]
    assert (listed["class"], listed["reason"], listed["decision"], listed["by"]) == (
        ALGEBRA, "left-off", "omit-course", "mlopez")  # fmt: skip
    # and it is brought back
    assert acting(asked, asked.phone, "mlopez", "holds", "resolve", FANNIE, "--accept").exception is None
    assert not [row for row in said(asked, "holds", "--cycle", CYCLE) if row["student"] == FANNIE]
    assert HoldDecisions.fold(CYCLE, asked.entries()).left_off == {}


def test_what_nobody_decided_goes_out_to_follow_is_named_and_stays_listed_until_it_is_corrected(
    asked: Prepared,
) -> None:
    phone = asked.register("afry", "teacher")
    told = undecided_in(asked.open(), CYCLE)
    assert told is not None
    assert told.said == "2 questions about grades not decided; 4 courses with the grade to follow"
    asked.release()
    assert asked.state().released_students == {asked.ref(student) for student in (LISA, FANNIE, KYLE)}
    follows = {(entry.cause, entry.class_id, entry.count, entry.actor) for entry in asked.entries("grade_follows")}
    assert follows == {(PIECE, ALGEBRA, 3, "mlopez"), (PUPIL, PHYSICS, 1, "mlopez")}
    assert said(asked, "status", "--cycle", CYCLE)["grades"]["to_follow"] == 4
    listed = {row["what"]: (row["due"], row["state"], row["count"]) for row in said(asked, "deadlines")}
    assert listed["grade to follow"] == ("2022-01-03", "due", 4)  # three office days more for what goes by post
    assert "question about grades" not in listed

    assert acting(asked, phone, "afry", "holds", "resolve", "--cause", PIECE, "--accept").exception is None
    asked.prepare(asked.extract, correct=[LISA, KYLE])
    assert said(asked, "status", "--cycle", CYCLE)["grades"]["to_follow"] == 4  # nothing of it is released
    asked.release()
    assert said(asked, "status", "--cycle", CYCLE)["grades"]["to_follow"] == 2  # Fannie's, and Kyle's Physics


def test_the_school_says_that_grading_is_complete_and_the_week_of_a_final_begins(asked: Prepared) -> None:
    teacher, office = asked.register("afry", "teacher"), asked.register("oks", "office")
    whole = ["grades-complete", "--cycle", CYCLE]
    assert "may not do that" in complaint(acting(asked, teacher, "afry", *whole))
    assert "may not do that" in complaint(acting(asked, office, "oks", *whole))
    assert isinstance(acting(asked, asked.phone, "mlopez", *whole, "--for", "afry").exception, click.UsageError)
    assert "final report" not in {row["what"] for row in said(asked, "deadlines")}

    one = json.loads(acting(asked, teacher, "afry", *whole, "--class", ALGEBRA, "--json").stdout)
    assert (one["complete"], one["reports_due"]) == (False, None)
    every = json.loads(acting(asked, teacher, "afry", *whole, "--class", PHYSICS, "--json").stdout)
    assert (every["complete"], every["reports_due"]) == (True, "2021-12-24")
    asked.later(timedelta(days=3))
    value = json.loads(acting(asked, asked.phone, "mlopez", *whole, "--json", day="2021-12-20").stdout)
    assert value["reports_due"] == "2021-12-24"  # the clock runs from the first word
    listed = {
        row["what"]: (row["due"], row["state"], row["count"]) for row in said(asked, "deadlines", day="2021-12-25")
    }
    assert listed["final report"] == ("2021-12-24", "overdue", 3)


@pytest.mark.parametrize(("day", "state"), [("2021-12-15", "due"), ("2021-12-16", "overdue")])
def test_a_question_is_due_two_office_days_before_the_release(asked: Prepared, day: str, state: str) -> None:
    listed = {row["what"]: (row["due"], row["state"], row["count"]) for row in said(asked, "deadlines", day=day)}
    assert listed["question about grades"] == ("2021-12-15", state, 2)
    assert said(asked, "status", "--cycle", CYCLE, day=day)["grades"] == {
        "undecided": 2, "due": "2021-12-15", "to_follow": 0}  # fmt: skip
