"""Whether grading is complete, and by when final reports are due then: within one week (procedure, section 4.1).

Each school has a clock of its own: grading is complete where its classes are signed off, whatever another campus does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.grade_decisions import GRADING_KINDS, GradeDecisions
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.days.cycles import WrittenCycle
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.stage.sign_off import graded_classes

ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Grading:
    """How far the marks of a cycle are, in one school or in all."""

    classes: int  # that grades rest on; 0 before the cycle is prepared
    signed_off: int
    completed: date | None  # the school's day on which it said so, or its last class was signed off
    reports_due: date | None  # of final reports, as `week_ends` says
    school: str | None = None  # None: of all, or of a cycle that is not prepared

    @property
    def is_complete(self) -> bool:
        return self.completed is not None


def week_ends(calendar: Calendar, cycle: WrittenCycle, completed: datetime | None) -> date | None:
    """The last day on which the final reports of a school go out in time; None: no clock runs.

    The week begins with the school's day on which its grading was complete or with the day that the calendar sets for
    that, whichever is first, and never before the cut-off: a class that is signed off early shortens nobody's week.
    Seven calendar days, over weekends and holidays: the procedure says one week.

    Args:
        completed: an aware instant; None: it is not.
    """
    starts = [cycle.grading_due] if cycle.grading_due else []
    starts += [completed.astimezone(calendar.zone).date()] if completed else []
    if cycle.kind != "final" or not starts:
        return None
    return max(min(starts), cycle.cutoff) + ONE_WEEK


def gradings_of(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, schools: Sequence[PreparedSchool]
) -> list[Grading]:
    """Of each school of the newest preparation; of a cycle that is not prepared one that is of none."""
    plan, zone = home.calendar.cycle(cycle_id), home.calendar.zone
    decisions = GradeDecisions.fold(cycle_id, home.log.entries(*GRADING_KINDS))
    found = []
    for school in schools or (None,):
        classes = sorted(graded_classes(lake, school)) if school else []
        at = decisions.completed_at(classes)
        found.append(Grading(
            len(classes), len(decisions.sign_offs.keys() & set(classes)), at and at.astimezone(zone).date(),
            week_ends(home.calendar, plan, at), school.school if school else None,
        ))  # fmt: skip
    return found


def grading_of(home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str) -> Grading:
    """Of all schools together: complete where each is, and due where the first is."""
    found = gradings_of(home, lake, cycle_id, prepared_of(home, cycle_id))
    said = [one.completed for one in found if one.completed]
    due = [one.reports_due for one in found if one.reports_due]
    return Grading(
        sum(one.classes for one in found), sum(one.signed_off for one in found),
        max(said) if len(said) == len(found) else None, min(due, default=None),
    )  # fmt: skip
