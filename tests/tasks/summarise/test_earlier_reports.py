"""The line of earlier percentages on a report: back from cycle to cycle, as each was compared."""

from datetime import date
from decimal import Decimal

import pytest
from termpost.schemas.base.refs import Summaries
from termpost.tasks.lake.sql import sql

from tests.tasks.summarise.small_lake import SmallLake


@pytest.fixture
def small() -> SmallLake:
    small = SmallLake()
    for number, score in enumerate(("70.1", "80.3", "79.99", "85"), start=1):
        small.extract(f"x{number}")
        small.graded(f"x{number}", "maths", {"ann": score, "bob": "50"})
    return small


def line(small: SmallLake, summaries: Summaries, most: int = 7, person: str = "ann") -> list[tuple[date, Decimal]]:
    values = {**summaries.key, "students": [person], "most": most, "min_share": 30}
    rows = small.lake.execute(sql("termpost.tasks.render", "trend"), values).fetchall()
    assert {(row[0], row[1]) for row in rows} <= {(person, "maths")}
    return [(row[2], row[3]) for row in rows]


def cycles(small: SmallLake, last: int) -> Summaries:
    made = [small.summarise(f"x{n}", f"c{n}", date(2021, 8 + n, 9)) for n in range(1, last + 1)]
    return made[-1]


def test_goes_back_over_all_earlier_cycles_the_oldest_first(small: SmallLake) -> None:
    assert line(small, cycles(small, 4)) == [
        (date(2021, 9, 9), Decimal("70.1")), (date(2021, 10, 9), Decimal("80.3")),
        (date(2021, 11, 9), Decimal("79.99")),
    ]  # fmt: skip
    assert line(small, cycles(small, 4), person="bob")[0] == (date(2021, 9, 9), Decimal(50))


def test_stops_at_the_most_that_a_chart_shows_and_keeps_the_latest(small: SmallLake) -> None:
    assert [percent for _, percent in line(small, cycles(small, 4), most=2)] == [Decimal("80.3"), Decimal("79.99")]


def test_a_first_cycle_has_none(small: SmallLake) -> None:
    assert line(small, cycles(small, 1)) == []


def test_an_earlier_midterm_has_the_percentage_that_it_printed_whatever_it_is_compared_by(small: SmallLake) -> None:
    small.item("x1", "essay", "maths")
    small.mark("x1", "essay", "ann", None, is_missing=True, score_status="not submitted")
    middle = small.summarise("x1", "c1", date(2021, 9, 9), kind="midterm")
    last = small.summarise("x2", "c2", date(2021, 10, 9), kind="final")
    (then,) = small.rows("SELECT percent_then FROM lake.out_course_trend WHERE cycle_id = 'c2' AND person_ref = 'ann'")
    assert then == ("35.05",)  # in the final grade what is missing counts as 0, so the analysts compare like with like
    assert line(small, last) == [(date(2021, 9, 9), Decimal("70.1"))]
    assert line(small, middle) == []


@pytest.mark.parametrize("change", ["is_open = true", "left_date = '2021-09-01'", "weighed_percent = 29.9"])
def test_of_an_earlier_report_that_printed_no_grade_there_is_none(small: SmallLake, change: str) -> None:
    last = cycles(small, 3)
    small.lake.execute(f"UPDATE lake.out_course_summary SET {change} WHERE cycle_id = 'c2'")
    assert line(small, last) == [(date(2021, 9, 9), Decimal("70.1"))]


def test_of_a_cycle_that_was_summarised_twice_the_figure_that_was_compared_counts(small: SmallLake) -> None:
    first = small.summarise("x1", "c1", date(2021, 9, 9))
    assert line(small, first) == []
    small.summarise("x2", "c2", date(2021, 10, 9))  # compared with 70.1
    third = small.summarise("x3", "c3", date(2021, 11, 9))
    # later, and by another extract: what a report printed then stays as it was
    small.summarise("x4", "c2", date(2021, 10, 9), at=date(2021, 12, 1))
    assert line(small, third) == [(date(2021, 9, 9), Decimal("70.1")), (date(2021, 10, 9), Decimal("80.3"))]
