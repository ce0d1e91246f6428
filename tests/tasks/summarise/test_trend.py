"""What a course is compared with: which cycle, which course of it, which of its summaries, which percentage."""

from datetime import date
from typing import Any

import pytest

from tests.tasks.summarise.small_lake import AUTUMN, SmallLake, known

LAST_AUTUMN = date(2020, 12, 11)
TRENDS = """SELECT person_ref, class_id, against, against_cycle_id, against_class_id, percent_then, percent_now,
  change_percent FROM lake.out_course_trend WHERE cycle_id = ? ORDER BY ALL"""


@pytest.fixture
def small() -> SmallLake:
    small = SmallLake()
    for extract in ("old", "new", "newer"):
        small.extract(extract)
    return small


def changes(small: SmallLake, cycle: str = "now") -> list[tuple[Any, ...]]:
    """Against, class then, change."""
    return [(row[2], row[4], row[7]) for row in small.rows(TRENDS, cycle)]


def test_the_change_is_exact_and_of_the_latest_cycle_before(small: SmallLake) -> None:
    small.graded("old", "maths", {"ann": "70.1"})
    small.graded("new", "maths", {"ann": "80.3"})
    small.graded("newer", "maths", {"ann": "79.99"})
    small.summarise("old", "first", date(2021, 10, 1))
    small.summarise("new", "second", date(2021, 11, 1))
    small.summarise("old", "later", date(2021, 12, 24), at=date(2021, 11, 2))  # cut off after this one
    small.summarise("newer", "now")
    assert small.rows(TRENDS, "now") == [
        ("ann", "maths", "previous_cycle", "second", "maths", "80.3", "79.99", "-0.31")
    ]
    assert changes(small, "first") == []


def test_another_school_s_cycle_is_never_compared_with(small: SmallLake) -> None:
    small.graded("old", "maths", {"ann": "70"})
    small.graded("old", "south", {}, school_id="south")
    small.seat("old", "ann", "south", "south")
    small.graded("new", "maths", {"ann": "80"})
    small.summarise("old", "first", date(2021, 10, 1))
    small.summarise("old", "second", date(2021, 11, 1), school="south")
    small.summarise("new", "now")
    assert changes(small) == [("previous_cycle", "maths", "10")]


@pytest.mark.parametrize(
    ("cutoff", "kind", "found"),
    [
        (date(2020, 10, 26), "final", True),  # 45 days before 10 December 2020
        (date(2020, 10, 25), "final", False),
        (date(2021, 1, 24), "final", True),
        (date(2021, 1, 25), "final", False),
        (date(2020, 12, 10), "end_of_term", False),
    ],
)
def test_last_year_is_the_same_kind_within_45_days(small: SmallLake, cutoff: date, kind: str, found: bool) -> None:
    for extract, score in (("old", "70"), ("new", "80")):
        small.graded(extract, "maths", {"ann": score})
    # due and marked in time for any of these cut-offs
    small.lake.execute("UPDATE lake.core_result SET score_date = '2020-09-02'")
    small.lake.execute("UPDATE lake.core_line_item SET due_date = '2020-09-01'")
    small.summarise("old", "then", cutoff, kind)
    small.summarise("new", "between", date(2021, 11, 1), "midterm")
    small.summarise("new", "now")
    last_year = [("last_year", "maths", "10")] if found else []
    assert changes(small) == [*last_year, ("previous_cycle", "maths", "0")]


def test_of_two_cycles_of_last_year_the_nearer_counts(small: SmallLake) -> None:
    small.graded("old", "maths", {"ann": "70"})
    small.lake.execute("UPDATE lake.core_result SET score_date = '2020-09-02'")
    small.graded("new", "maths", {"ann": "80"})
    for cycle, cutoff in (("far", date(2020, 11, 20)), ("near", date(2020, 12, 20))):
        small.summarise("old", cycle, cutoff)
    small.summarise("new", "now")
    assert [row[3] for row in small.rows(TRENDS, "now")] == ["near", "near"]


def two_years(small: SmallLake, then: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> None:
    """Ann's classes of last year and of this, each with 70 then and 80 now."""
    for extract, classes, score in (("old", then, "70"), ("new", now, "80")):
        for class_id, columns in classes.items():
            small.graded(extract, class_id, {"ann": score}, **columns)
    small.lake.execute("UPDATE lake.core_result SET score_date = '2020-09-02'")
    small.summarise("old", "then", LAST_AUTUMN)
    small.summarise("new", "now", AUTUMN)


A, B = {"course_id": "algebra"}, {"course_id": "biology"}
MATHS, ART = {"subject": "Maths"}, {"subject": "Art"}


@pytest.mark.parametrize(
    ("then", "now", "matched"),
    [
        ({"a1": A}, {"a2": A}, [("a2", "a1")]),
        ({"a1": A}, {"a2": A, "a3": A}, []),  # which of the two?
        ({"a1": A, "a0": A}, {"a2": A}, []),
        ({"a1": A, "b1": B}, {"a2": A, "b2": B}, [("a2", "a1"), ("b2", "b1")]),
        ({"a1": A}, {"a1": B, "a2": A}, [("a1", "a1")]),  # a class is surer than a course, and taken once
        ({"a1": B, "a2": A}, {"a1": A}, [("a1", "a1")]),
        ({"a1": {}}, {"a2": {}}, []),  # no course at all is no course in common
    ],
)
def test_a_course_is_found_again_by_class_then_by_course(
    small: SmallLake, then: dict[str, Any], now: dict[str, Any], matched: list[tuple[str, str]]
) -> None:
    two_years(small, then, now)
    for against in ("last_year", "previous_cycle"):
        rows = [(row[1], row[4]) for row in small.rows(TRENDS, "now") if row[2] == against]
        assert rows == matched


@pytest.mark.parametrize(
    ("then", "now", "matched"),
    [
        ({"m1": MATHS, "art": ART}, {"m2": MATHS}, [("m2", "m1")]),
        ({"m1": MATHS}, {"m2": MATHS, "m3": MATHS}, []),
        ({"m1": MATHS, "m0": MATHS}, {"m2": MATHS}, []),
        ({"m1": MATHS | A}, {"m2": MATHS, "a2": ART | A}, [("a2", "m1")]),  # a course is surer than a subject
    ],
)
def test_by_subject_only_a_year_later(
    small: SmallLake, then: dict[str, Any], now: dict[str, Any], matched: list[tuple[str, str]]
) -> None:
    two_years(small, then, now)
    rows = [row[1:5] for row in small.rows(TRENDS, "now")]
    assert [(now_, then_) for now_, against, _, then_ in rows if against == "last_year"] == matched
    by_course = [pair for pair in matched if pair[0] == "a2"]
    assert [(now_, then_) for now_, against, _, then_ in rows if against == "previous_cycle"] == by_course


def test_what_was_released_counts_else_the_latest_known(small: SmallLake) -> None:
    for extract, scores in (("old", ("60", "60")), ("new", ("70", "70")), ("newer", ("90", "90"))):
        small.graded(extract, "maths", dict(zip(("ann", "bob"), scores, strict=True)))
    first = small.summarise("old", "then", date(2021, 10, 1))
    second = small.summarise("new", "then", date(2021, 10, 1), at=date(2021, 10, 2))
    key = {"cycle_id": "then", "school_id": "north", "policy": first.policy, "cutoff_date": date(2021, 10, 1)}

    def release(summaries: Any, person: str, day: date) -> None:
        small.insert("out_release", summaries.extract_id, person_ref=person, **key | {"known_at": known(day)})

    release(first, "ann", date(2021, 10, 5))
    release(second, "ann", date(2021, 12, 20))  # a correction that this run does not know yet
    small.summarise("newer", "now")
    assert [(row[0], row[5], row[7]) for row in small.rows(TRENDS, "now")] == [("ann", "60", "30"), ("bob", "70", "20")]
    small.summarise("newer", "now", version="2", at=date(2021, 12, 21))
    after = small.rows(TRENDS, "now")
    assert [(row[0], row[5]) for row in after if row[0] == "ann"] == [("ann", "60"), ("ann", "70")]


def test_what_became_known_later_does_not_count(small: SmallLake) -> None:
    small.graded("old", "maths", {"ann": "60"})
    small.graded("new", "maths", {"ann": "70"})
    small.summarise("old", "then", date(2021, 10, 1))
    small.summarise("new", "then", date(2021, 10, 1), at=date(2022, 1, 10))
    small.summarise("new", "second", date(2021, 11, 1), at=date(2022, 1, 10))
    small.summarise("new", "now")
    assert small.rows(TRENDS, "now") == [("ann", "maths", "previous_cycle", "then", "maths", "60", "70", "10")]


@pytest.mark.parametrize(
    ("kind", "measure", "change"),
    [("midterm", "current", "10"), ("end_of_term", "final", "-5"), ("final", "final", "-5")],
)
def test_the_same_measure_on_both_sides(small: SmallLake, kind: str, measure: str, change: str) -> None:
    """Then 80 of 100 and a second test not marked yet, which is no 0: 80. Now 90 and 60 for both."""
    for extract, scores in (("old", ("80", None)), ("new", ("90", "60"))):
        small.graded(extract, "maths", {"ann": scores[0]})
        small.item(extract, "second", "maths")
        if scores[1]:
            small.mark(extract, "second", "ann", scores[1])
    if kind == "midterm":
        small.mark("new", "test-maths", "bob", "1")  # of somebody who is not in the class
        small.lake.execute("UPDATE lake.core_result SET score = 90 WHERE score = 60")
    small.summarise("old", "then", date(2021, 10, 1), "final" if kind == "midterm" else "midterm")
    small.summarise("new", "now", kind=kind)
    assert small.rows("SELECT measure, change_percent FROM lake.out_course_trend") == [(measure, change)]


def test_no_grade_has_no_trend(small: SmallLake) -> None:
    small.graded("old", "maths", {"ann": None, "bob": "50"})
    small.graded("new", "maths", {"ann": "80", "bob": None})
    small.summarise("old", "then", date(2021, 10, 1), "midterm")
    small.summarise("new", "now", kind="midterm")
    assert changes(small) == []


@pytest.mark.parametrize(
    ("places", "mode", "mean"),
    [(2, "half-up", "-3.33"), (0, "half-up", "-3"), (1, "down", "-3.3"), (6, "half-even", "-3.333333")],
)
def test_a_student_s_mean_change(small: SmallLake, places: int, mode: str, mean: str) -> None:
    """+5, -15 and 0 are -10/3; a fourth course has no mark then."""
    for extract, scores in (("old", ("70", "90", "50", None)), ("new", ("75", "75", "50", "10"))):
        for class_id, score in zip(("a", "b", "c", "d"), scores, strict=True):
            small.graded(extract, class_id, {"ann": score})
    small.summarise("old", "then", date(2021, 10, 1), "midterm")
    small.summarise("new", "now", kind="midterm", rounding={"places": places, "mode": mode})
    query = """SELECT person_ref, against, against_cycle_id, course_count, mean_change_percent, up_count, down_count,
      same_count FROM lake.out_student_trend"""
    assert small.rows(query) == [("ann", "previous_cycle", "then", 3, mean, 1, 1, 1)]


@pytest.mark.parametrize(
    ("n", "d", "places", "mode", "expected"),
    [
        (1, 8, 2, "half-up", "0.13"), (-1, 8, 2, "half-up", "-0.13"), (1, 8, 2, "half-even", "0.12"),
        (3, 8, 2, "half-even", "0.38"), (-1, 8, 2, "down", "-0.12"), (93825, 1000, 2, "truncate", "93.82"),
        (93825, 1000, 2, "half-up", "93.83"), (0, 3, 2, "half-up", "0"), (2, 3, 6, "half-up", "0.666667"),
        (5, 2, 0, "half-even", "2"), (7, 2, 0, "half-even", "4"), (249, 100, 0, "half-even", "2"),
    ],
)  # fmt: skip
def test_a_fraction_is_rounded_exactly(n: int, d: int, places: int, mode: str, expected: str) -> None:
    from termpost.tasks.lake.sql import sql

    small = SmallLake()
    small.lake.execute(sql("termpost.tasks.summarise", "rounding"))
    assert small.rows("SELECT rounded(?, ?, ?, ?)", n, d, places, mode) == [(expected,)]


@pytest.mark.parametrize(("backfilled", "found"), [(True, ["art"]), (False, ["art", "maths"])])
def test_of_a_term_that_was_read_in_a_course_in_doubt_is_not_compared_with(
    small: SmallLake, backfilled: bool, found: list[str]
) -> None:
    for extract, score in (("old", "70"), ("new", "80")):
        for course in ("maths", "art"):
            small.graded(extract, course, {"ann": score})
    small.insert("core_hold", "old", person_ref="ann", class_id="maths", reason="number")
    small.summarise("old", "first", date(2021, 10, 1), "midterm")
    small.lake.execute("UPDATE lake.out_cycle SET is_backfilled = ?", [backfilled])
    small.summarise("new", "now")
    assert sorted(row[1] for row in changes(small)) == found
