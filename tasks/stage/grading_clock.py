"""Whether grading is complete, and by when final reports are due then: within one week (procedure, section 4.1)."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
from termpost.schemas.log.grade_decisions import GRADING_KINDS, GradeDecisions
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.stage.sign_off import graded_in

ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Grading:
    """How far the marks of a cycle are."""

    classes: int  # that grades rest on; 0 before the cycle is prepared
    signed_off: int
    completed: date | None  # the school's day on which it said so, or its last class was signed off
    reports_due: date | None  # of final reports: a week after that, or after the day the calendar sets for it

    @property
    def is_complete(self) -> bool:
        return self.completed is not None


def grading_of(home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str) -> Grading:
    """By the log and the newest preparation."""
    plan, schools = home.calendar.cycle(cycle_id), prepared_of(home, cycle_id)
    classes = graded_in(lake, schools)
    decisions = GradeDecisions.fold(cycle_id, home.log.entries(*GRADING_KINDS))
    at = decisions.completed_at(classes)
    completed = at and at.astimezone(home.calendar.zone).date()
    starts = [day for day in (completed, plan.grading_due) if day is not None]
    due = min(starts) + ONE_WEEK if starts and plan.kind == "final" else None
    return Grading(len(classes), len(decisions.sign_offs.keys() & set(classes)), completed, due)
