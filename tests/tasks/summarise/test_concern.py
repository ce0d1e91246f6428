"""Reasons for concern: each just at and just beside its threshold, off where the policy is silent, and in words."""

from datetime import date
from typing import Any

import pytest

from tests.tasks.summarise.small_lake import SmallLake

CONCERNS = "SELECT person_ref, class_id, reason_code, measured, threshold FROM lake.out_concern ORDER BY ALL"


@pytest.fixture
def small() -> SmallLake:
    small = SmallLake()
    small.extract("x")
    return small


def test_a_grade_below_the_bound(small: SmallLake) -> None:
    small.graded("x", "maths", {"ann": "59.99", "bob": "60", "cleo": "61"})
    small.summarise("x", concern={"below_percent": "60"})
    assert small.rows(CONCERNS) == [("ann", "maths", "low_grade", "59.99", "60")]
    assert small.rows("SELECT concern_count FROM lake.out_school_summary") == [(1,)]


@pytest.mark.parametrize(("kind", "found"), [("midterm", []), ("end_of_term", [("ann", "40")])])
def test_a_midterm_asks_the_current_percentage(small: SmallLake, kind: str, found: list[Any]) -> None:
    small.graded("x", "maths", {"ann": "80"})
    small.item("x", "second", "maths")
    small.mark("x", "second", "ann", None, score_status="not submitted")
    small.summarise("x", kind=kind, concern={"below_percent": "60"})
    assert [(row[0], row[3]) for row in small.rows(CONCERNS)] == found


def test_a_fall_since_the_previous_cycle(small: SmallLake) -> None:
    small.extract("old")
    small.graded("old", "maths", {"ann": "80", "bob": "80", "cleo": "60"})
    small.graded("x", "maths", {"ann": "70", "bob": "70.01", "cleo": "90"})
    small.summarise("old", "then", date(2021, 10, 1))
    small.summarise("x", concern={"fall_percent": "10"})
    assert small.rows(CONCERNS) == [("ann", "maths", "falling", "10", "10")]


def test_a_fall_since_last_year_is_none(small: SmallLake) -> None:
    small.extract("old")
    for extract, score in (("old", "80"), ("x", "50")):
        small.graded(extract, "maths", {"ann": score})
    small.lake.execute("UPDATE lake.core_result SET score_date = '2020-09-02'")
    small.summarise("old", "then", date(2020, 12, 10))
    small.summarise("x", "between", date(2021, 11, 1))
    small.summarise("x", concern={"fall_percent": "10"})
    assert small.rows(
        "SELECT count(*) FROM lake.out_course_trend WHERE cycle_id = 'autumn' AND against = 'last_year'"
    ) == [(1,)]
    assert small.rows(CONCERNS) == []


def test_missing_work_of_all_courses_together(small: SmallLake) -> None:
    for class_id in ("maths", "art"):
        small.graded("x", class_id, {"ann": "90", "bob": "90"})
        small.item("x", f"essay-{class_id}", class_id)
        for person in ("ann", "bob") if class_id == "maths" else ("ann",):
            small.mark("x", f"essay-{class_id}", person, None, score_status="not submitted")
    small.summarise("x", concern={"missing_items": 2})
    assert small.rows(CONCERNS) == [("ann", None, "missing_work", "2", "2")]


def test_days_of_absence_excused_or_not(small: SmallLake) -> None:
    small.graded("x", "maths", {"ann": "90", "bob": "90"})
    for person, day, event in (
        ("ann", "2021-10-01", "Excused Absence"), ("ann", "2021-10-04", "Unexcused Absence"),
        ("bob", "2021-10-01", "Excused Absence"), ("bob", "2021-10-04", "Tardy"),
    ):  # fmt: skip
        small.insert("core_attendance", "x", person_ref=person, school_id="north", event_date=day, event=event,
                     is_half=False)  # fmt: skip
    small.summarise("x", concern={"absent_days": 2})
    assert small.rows(CONCERNS) == [("ann", None, "absent", "2", "2")]


def test_work_was_due_and_no_mark_counts(small: SmallLake) -> None:
    """Its final percentage is 0, which is not told as a low grade besides."""
    small.graded("x", "maths", {"ann": None, "bob": "0"})
    small.item("x", "second", "maths")
    small.graded("x", "art", {"ann": "90"})
    small.course("x", "new")  # nothing was due yet
    small.seat("x", "ann", "new")
    small.summarise("x", concern={"below_percent": "60"})
    assert small.rows(CONCERNS) == [("ann", "maths", "no_grade", "2", "1"), ("bob", "maths", "low_grade", "0", "60")]


def test_without_the_section_nobody_is_pointed_out(small: SmallLake) -> None:
    small.graded("x", "maths", {"ann": None, "bob": "0"})
    small.summarise("x")
    assert small.rows(CONCERNS) == []
    assert small.rows("SELECT concern_count FROM lake.out_school_summary") == [(0,)]
