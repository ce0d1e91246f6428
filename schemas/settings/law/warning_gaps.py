"""Spans in which families hear nothing of grades, held against how often the law of the place wants them told.

Every report tells, a full one too; so what counts is the release of any cycle. A week in which nobody is taught does
not count, so a break that stands under `closures` lengthens the span. Nothing is asked after the last cycle of a
calendar where that is `final`: its courses are over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final

from termpost.schemas.settings.calendar import Calendar

WEEK: Final = 7  # days
LONGEST: Final = 60  # weeks that are looked at


@dataclass(frozen=True)
class WarningGap:
    """A span that is longer than the law has it."""

    told: date  # the release before it
    due: date  # the last day for the next one
    next: date | None  # when the calendar has it; None: never


def due_after(told: date, weeks: int, calendar: Calendar) -> date | None:
    """The last day of the so many weeks of teaching after a release; None where a year has not so many."""
    left = weeks
    for number in range(LONGEST):
        first = told + timedelta(days=1 + number * WEEK)
        left -= any(calendar.is_teaching_day(first + timedelta(days=day)) for day in range(WEEK))
        if left == 0:
            return first + timedelta(days=WEEK - 1)
    return None


def warning_gaps(calendar: Calendar, weeks: int) -> Iterator[WarningGap]:
    """Those of the cycles as they are planned, the earliest first."""
    released = sorted((cycle.release, cycle.kind) for cycle in calendar.cycles)
    for (told, kind), following in zip_longest(released, [day for day, _ in released[1:]]):
        due = due_after(told, weeks, calendar)
        if due is not None and (following > due if following else kind != "final"):
            yield WarningGap(told, due, following)
