"""What a school is asked before grades are true: once a piece, pupil, category or period, and in no midterm."""

from typing import Any

import pytest
from termpost.schemas.log.settlements import Question, Settlements

from tests.tasks.summarise.small_lake import SmallLake

QUESTIONS = """SELECT cause_code, class_id, line_item_id, person_ref, part_id, student_count
  FROM lake.out_question WHERE policy = ? AND cycle_id = ? ORDER BY ALL"""
OPEN = "SELECT person_ref FROM lake.out_course_summary WHERE policy = ? AND cycle_id = ? AND is_open ORDER BY ALL"
PEOPLE = ("ann", "bob", "cleo", "dan")


@pytest.fixture
def small() -> SmallLake:
    """A class of four with a test of 80 each, and an exam."""
    small = SmallLake(session=("2021-08-30", "2021-12-17"))
    small.extract("x")
    small.graded("x", "m", dict.fromkeys(PEOPLE, "80"))
    small.item("x", "exam", "m", due_date="2021-12-03")
    return small


def asked(small: SmallLake, **how: Any) -> tuple[list[tuple[Any, ...]], list[str]]:
    made = small.summarise("x", **how)
    return small.rows(QUESTIONS, made.policy, made.cycle.id), [
        row[0] for row in small.rows(OPEN, made.policy, made.cycle.id)
    ]


def test_half_a_class_without_a_mark_is_asked_about_the_piece(small: SmallLake) -> None:
    for person in PEOPLE[:2]:
        small.mark("x", "exam", person, "70")
    small.mark("x", "exam", "cleo", None, score_status="submitted")
    assert asked(small) == ([("unmarked-piece", "m", "exam", None, None, 2)], ["cleo", "dan"])
    assert asked(small, cycle="mid", kind="midterm") == ([], [])


def test_fewer_are_asked_about_one_by_one(small: SmallLake) -> None:
    for person in PEOPLE[:3]:
        small.mark("x", "exam", person, "70")
    assert asked(small) == ([("unmarked-pupil", "m", "exam", "dan", None, 1)], ["dan"])
    assert asked(small, unmarked={"share": 25})[0] == [("unmarked-piece", "m", "exam", None, None, 1)]


def test_a_sign_off_settles_blanks_and_not_what_was_handed_in(small: SmallLake) -> None:
    for person in PEOPLE[:2]:
        small.mark("x", "exam", person, "70")
    small.mark("x", "exam", "cleo", None, score_status="submitted")
    signed = Settlements(signed_off=frozenset({"m"}))
    assert asked(small, settlements=signed) == ([("unmarked-pupil", "m", "exam", "cleo", None, 1)], ["cleo"])
    policy = small.summarise("x", settlements=signed).policy
    query = "SELECT person_ref, final_percent, missing_count FROM lake.out_course_summary WHERE policy = ? ORDER BY ALL"
    assert small.rows(query, policy)[2:] == [("cleo", "80", 0), ("dan", "40", 1)]


def test_a_piece_that_the_school_leaves_out_is_asked_about_no_more_and_listed(small: SmallLake) -> None:
    accepted = Settlements(accepted=frozenset({Question("unmarked-piece", "m", "exam")}))
    assert asked(small, settlements=accepted) == ([], [])
    policy = small.summarise("x", settlements=accepted).policy
    listed = small.rows("SELECT DISTINCT line_item_id, work_state FROM lake.out_work WHERE policy = ?", policy)
    assert listed == [("exam", "left_out")]


def test_a_weighted_category_with_nothing_for_anybody_is_asked_about_once_a_class(small: SmallLake) -> None:
    small.insert("core_category", "x", category_id="t", title="Tests")
    small.insert("core_category", "x", category_id="e", title="Exam")
    small.lake.execute("UPDATE lake.core_line_item SET category_id = 't'")
    small.lake.execute("DELETE FROM lake.core_line_item WHERE line_item_id = 'exam'")
    rules = {"aggregate": "weighted", "category": {"Tests": {"weight": "60"}, "Exam": {"weight": "40"}}}
    assert asked(small, **rules) == ([("empty-category", "m", None, None, "Exam", 4)], list(PEOPLE))
    left_out = small.rows("SELECT DISTINCT person_ref, part_kind, part_id FROM lake.out_left_out ORDER BY ALL")
    assert left_out == [(person, "category", "Exam") for person in PEOPLE]
    shares = small.rows(
        "SELECT DISTINCT weighed_percent FROM lake.out_course_summary WHERE weighed_percent IS NOT NULL"
    )
    assert shares == [("60",)]
    decided = Settlements(accepted=frozenset({Question("empty-category", "m", part_id="Exam")}))
    assert asked(small, settlements=decided, **rules) == ([], [])
    assert asked(small, cycle="mid", kind="midterm", **rules) == ([], [])


def test_a_grade_that_was_set_elsewhere_waits_for_no_mark(small: SmallLake) -> None:
    for person in PEOPLE[:3]:
        small.insert("core_imported_grade", "x", person_ref=person, class_id="m", session_id="term", grade="B")
    assert asked(small) == ([("unmarked-piece", "m", "exam", None, None, 1)], ["dan"])
    assert asked(small, grade_of_record="computed")[1] == list(PEOPLE)


def test_what_would_be_if_missing_work_stays_missing(small: SmallLake) -> None:
    for person in PEOPLE[:3]:
        small.mark("x", "exam", person, "90")
    small.mark("x", "exam", "dan", None, score_status="not submitted")
    policy = small.summarise("x", kind="midterm").policy
    query = (
        "SELECT current_percent, if_missing_percent FROM lake.out_course_summary WHERE policy = ? ORDER BY person_ref"
    )
    assert small.rows(query, policy)[2:] == [("85", None), ("80", "40")]


def test_an_unmarked_exam_alone_in_its_category_is_asked_about_once(small: SmallLake) -> None:
    small.insert("core_category", "x", category_id="t", title="Tests")
    small.insert("core_category", "x", category_id="e", title="Exam")
    small.lake.execute("UPDATE lake.core_line_item SET category_id = if(line_item_id = 'exam', 'e', 't')")
    rules = {"aggregate": "weighted", "category": {"Tests": {"weight": "60"}, "Exam": {"weight": "40"}}}
    assert asked(small, **rules) == ([("unmarked-piece", "m", "exam", None, None, 4)], list(PEOPLE))
    accepted = Settlements(accepted=frozenset({Question("unmarked-piece", "m", "exam")}))
    assert asked(small, settlements=accepted, **rules) == ([], [])
