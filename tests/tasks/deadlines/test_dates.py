"""The one-week clock of final reports and the switch of the watch, by cases that were worked by hand."""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from termpost.schemas.settings.days.cycles import WrittenCycle
from termpost.tasks.deadlines.switch import late_after
from termpost.tasks.stage.grading_clock import week_ends

from tests.tasks.feedback.clock_cases import clocks

CASES = Path(__file__).parents[2] / "data" / "deadlines" / "cases.csv"


class DeadlineCase(NamedTuple):
    """One row."""

    calendar: str
    clock: str
    given: str
    expected: str
    why: str


def cases() -> list[DeadlineCase]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return [DeadlineCase(**row) for row in csv.DictReader(file)]


def counted(case: DeadlineCase) -> str:
    calendar = clocks(case.calendar).calendar
    if case.clock == "watch":
        return f"{late_after(calendar, datetime.fromisoformat(case.given)).astimezone(calendar.zone):%Y-%m-%dT%H:%M}"
    said = dict(part.split("=", 1) for part in case.given.split())
    cutoff = said["cutoff"]
    cycle = WrittenCycle.model_validate({
        "id": "c", "kind": said.get("kind", "final"), "session": "s", "cutoff": cutoff,
        "release": date.fromisoformat(cutoff).replace(day=28), "grading_due": said.get("due"),
    })  # fmt: skip
    complete = said.get("complete")
    ends = week_ends(calendar, cycle, datetime.fromisoformat(complete) if complete else None)
    return ends.isoformat() if ends else "none"


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.calendar} {case.clock} {case.given}")
def test_a_day_is_that_of_the_hand_worked_case(case: DeadlineCase) -> None:
    assert counted(case) == case.expected, case.why


def test_the_cases_are_of_many_places() -> None:
    assert len(cases()) >= 40
    assert len({clocks(case.calendar).calendar.country for case in cases()}) >= 5
    assert min(Counter(case.clock for case in cases()).values()) >= 20
