"""Whose report a decision about a question changes: who lacks what it is about by these summaries, and nobody else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import duckdb
import pytest
from termpost.schemas.base.refs import Batch, Cycle, CycleId, ExtractId, PersonRef, SchoolId, SessionId, Summaries
from termpost.schemas.documents.report import Contact, Course, Phrase, Report, School, Student
from termpost.schemas.log.grade_decisions import GradeDecisions, grade_entry
from termpost.schemas.log.hold_decisions import ResolutionWay
from termpost.schemas.log.settlements import PIECE, PUPIL, Question
from termpost.tasks.lake.connection import memory_connection
from termpost.tasks.lake.new_tables import table_files
from termpost.tasks.render.apply_decisions import Decided, as_decided
from termpost.tasks.render.decided_questions import NotCounted, QuestionEffects, question_effects

CUTOFF, AT = date(2021, 12, 10), datetime(2021, 12, 11, tzinfo=UTC)
CYCLE = Cycle(CycleId("c"), SchoolId("s"), SessionId("t"), "final", CUTOFF)
STUDENTS = tuple(map(PersonRef, ("p-anna", "p-bela", "p-cleo")))
BATCH = Batch(CYCLE, 0, Summaries(CYCLE, ExtractId("x"), "p", 3), STUDENTS)
KEY = ("c", "s", "x", "p", CUTOFF, AT)
EXAM, LAB = Question(PIECE, "alg", "exam"), Question("empty-category", "alg", part_id="Lab")


@pytest.fixture(scope="module")
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    """Anna has still to get a mark of the exam, and Bela waits for something else; all lack the labs; Cleo moved."""
    connection = memory_connection()
    connection.execute("ATTACH ':memory:' AS lake")
    for statement in table_files():
        connection.execute(statement)
    for ref, is_open, moved_from in zip(STUDENTS, (True, True, False), (None, None, "alg-2"), strict=True):
        row = (
            *KEY,
            ref,
            "alg",
            None,
            None,
            None,
            None,
            None,
            None,
            "computed",
            1,
            0,
            0,
            1,
            1,
            is_open,
            None,
            moved_from,
        )
        connection.execute(f"INSERT INTO lake.out_course_summary VALUES ({', '.join('?' * len(row))})", row)
        connection.execute(
            "INSERT INTO lake.out_left_out VALUES (?, ?, ?, ?, ?, ?, ?, 'alg', 'category', 'Lab')", (*KEY, ref)
        )
    work = (*KEY, "p-anna", "alg", "exam", "to_mark", None, None)
    connection.execute(f"INSERT INTO lake.out_work VALUES ({', '.join('?' * len(work))})", work)
    yield connection
    connection.close()


def effects(
    lake: duckdb.DuckDBPyConnection, question: Question, way: ResolutionWay
) -> dict[PersonRef, QuestionEffects]:
    entry = grade_entry("grade_decided", "c", question, actor="afry", reason=way)
    return question_effects(lake, BATCH, GradeDecisions.fold("c", [entry]))


@pytest.mark.parametrize(("question", "whose"), [
    (EXAM, {"p-anna"}), (LAB, {"p-anna", "p-bela"}),  # Cleo's course waits for nothing
    (Question(PUPIL, "alg", "exam", "p-bela"), set()), (Question(PUPIL, "alg", "exam", "p-anna"), {"p-anna"}),
    (Question(PIECE, "alg", "quiz"), set()), (Question("empty-category", "bio", part_id="Lab"), set()),
])  # fmt: skip
def test_a_course_is_left_off_where_it_waits_for_the_question(
    lake: duckdb.DuckDBPyConnection, question: Question, whose: set[str]
) -> None:
    found = effects(lake, question, "omit-course")
    assert found.keys() == whose
    assert all(one.omitted == ["alg"] for one in found.values())
    assert effects(lake, question, "grade-to-follow") == {}


@pytest.mark.parametrize(("question", "whose", "said"), [
    (EXAM, set(), None),  # work that is left out stands under its course
    (LAB, set(STUDENTS), NotCounted("alg", "part", "Lab")),
    (Question("move-differs", "alg", "", "p-cleo", "alg-2"), {"p-cleo"}, NotCounted("alg", "move")),
    (Question("empty-category", "alg", part_id="Homework"), set(), None),  # something counts in it by now
])  # fmt: skip
def test_what_was_accepted_is_said_to_whom_it_is_left_out_for(
    lake: duckdb.DuckDBPyConnection, question: Question, whose: set[str], said: NotCounted | None
) -> None:
    found = effects(lake, question, "accept")
    assert {ref for ref, one in found.items() if one.left_out} == whose
    assert all(one.left_out == [said] for ref, one in found.items() if ref in whose)


def test_nothing_is_said_of_a_course_that_is_off_or_to_follow() -> None:
    nothing = {"current": None, "final": None, "graded": 0, "missing": 0, "late": 0}
    courses = tuple(Course.model_validate({"class_id": name, "title": name, "to_follow": name == "bio", **nothing})
                    for name in ("alg", "bio", "art"))  # fmt: skip
    report = Report(
        languages=("en",), cycle_id="c", cycle_title="Fall", session_title="Fall", kind="final", cutoff=CUTOFF,
        version=1, school=School(name="School", institution="District"), student=Student(name="Anna", number="1"),
        courses=courses, attendance=None, scale=(), method=(), query_until=CUTOFF, ask=Contact(name="the office"),
    )  # fmt: skip
    decided = Decided({"art": "omit-course"}, [NotCounted(name, "part", "Lab") for name in ("alg", "bio", "art")])
    made = as_decided(report, decided)
    assert [course.title for course in made.courses] == ["alg", "bio"]
    assert made.notes == (
        Phrase(key="decided.omitted", texts=(("course", "art"),)),
        Phrase(key="decided.without_part", texts=(("course", "alg"), ("title", "Lab"))),
    )
    assert as_decided(report, Decided()) is report
