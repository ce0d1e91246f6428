"""Reports of a year: made, let out, on time or by how many days late; by school, and why they were corrected."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.review.school_year import SchoolYear
from termpost.schemas.settings.days.cycles import CycleDates

ONE_WEEK: Final = timedelta(days=7)  # in which final reports are out (procedure, section 4.1)
UNKNOWN: Final = "unknown"
MADE_LATE, RELEASED_LATE = "made-late", "released-late"
_RENDITION = re.compile(r"reports/(?P<school>[^/]+)/.*/report\.(?P<language>[^./]+)\.[a-z]+")


class ReportNumbers(FrozenModel):
    """Of one school, or of all. Each report counts once, whatever its versions; late is late by its first release."""

    made: int = 0
    released: int = 0
    on_time: int = 0
    late: int = 0
    days_late: int = 0  # of all that were late together
    longest: int = 0  # days of the latest
    undated: int = 0  # released, of a cycle that the calendar no longer has
    waiting: int = 0  # made, and never let out by the end of the year
    overdue: int = 0  # of these, those whose day has passed


@dataclass(frozen=True)
class ReportClock:
    """By when the reports of a cycle are out in a school."""

    cycles: Mapping[str, CycleDates]
    # cycle and school → the day on which all its classes were signed off, or the school said that grading was complete:
    # which classes there are is in the history, and not in the log
    signed_off: Mapping[tuple[str, str], date] = field(default_factory=dict)

    def due(self, cycle_id: str, school: str, said: date | None) -> date | None:
        """Of final reports a week after grading was complete or due, whichever was first, and never counted from before
        the cut-off; of others the planned day. None: the calendar no longer has the cycle.

        Args:
            said: the school's word that grading is complete, by the log.
        """
        cycle = self.cycles.get(cycle_id)
        if cycle is None:
            return None
        starts = [day for day in (said, self.signed_off.get((cycle_id, school)), cycle.grading_due) if day is not None]
        return max(min(starts), cycle.cutoff) + ONE_WEEK if starts and cycle.kind == "final" else cycle.release


@dataclass
class _Report:
    cycle: str
    student: str | None = None
    school: str = UNKNOWN
    made: date | None = None
    released: date | None = None


@dataclass
class ReportsOfYear:
    """Folds entries up to the end of the year, oldest first."""

    year: SchoolYear
    zone: ZoneInfo
    reports: dict[tuple[str, str], _Report] = field(default_factory=dict)
    corrected: Counter[str] = field(default_factory=Counter)  # why a version was superseded
    languages: Counter[str] = field(default_factory=Counter)  # in which a report was made, each once
    completed: dict[str, date] = field(default_factory=dict)  # cycle → the school's word that grading is complete
    held: dict[tuple[str, str], str] = field(default_factory=dict)  # cycle and student → why first
    _spoken: set[tuple[str, str]] = field(default_factory=set)

    def add(self, entry: Logged) -> None:
        """The next entry; one about no report changes nothing."""
        day = entry.day.astimezone(self.zone).date()
        if entry.kind == "grading_complete" and entry.cycle and entry.class_id is None:
            self.completed.setdefault(entry.cycle, day)
        if entry.kind == "held" and entry.cycle and entry.student:
            self.held.setdefault((entry.cycle, entry.student), entry.reason or UNKNOWN)
        if entry.cycle is None or entry.report is None:
            return
        known = self.reports.setdefault((entry.cycle, entry.report), _Report(entry.cycle))
        known.student = known.student or entry.student
        if entry.kind == "report_made":
            self._made(known, entry, day)
        elif entry.kind == "released":
            known.released = known.released or day
        elif entry.kind == "superseded" and self.year.holds(day):
            self.corrected[entry.reason or UNKNOWN] += 1

    def _made(self, known: _Report, entry: Logged, day: date) -> None:
        known.made = known.made or day
        found = _RENDITION.fullmatch(entry.object or "")
        known.school = found["school"] if found else known.school
        spoken = (entry.report or "", found["language"] if found else UNKNOWN)
        if self.year.holds(day) and spoken not in self._spoken:
            self._spoken.add(spoken)
            self.languages[spoken[1]] += 1

    def numbers(self, clock: ReportClock, until: date) -> dict[str, ReportNumbers]:
        """By school, as things stood on that day."""
        found: dict[str, Counter[str]] = {}
        for report in self.reports.values():
            counted = found.setdefault(report.school, Counter())
            due = self._due(clock, report)
            if report.made and self.year.holds(report.made):
                counted["made"] += 1
                if report.released is None:
                    counted["waiting"] += 1
                    counted["overdue"] += due is not None and due < until
            if report.released and self.year.holds(report.released):
                counted["released"] += 1
                _count(counted, report.released, due)
        return {school: ReportNumbers(**counted) for school, counted in sorted(found.items()) if any(counted.values())}

    def why_late(self, clock: ReportClock) -> dict[str, int]:
        """Of the reports that were let out late in the year: by what they were held in that cycle, else whether they
        were made too late, or lay there in time."""
        found: Counter[str] = Counter()
        for report in self.reports.values():
            due = self._due(clock, report)
            if report.released and due and report.released > due and self.year.holds(report.released):
                made = MADE_LATE if report.made is None or report.made > due else RELEASED_LATE
                found[self.held.get((report.cycle, report.student or ""), made)] += 1
        return dict(sorted(found.items()))

    def due_of(self, clock: ReportClock, cycle: str, report: str | None) -> date | None:
        """The last day in time of one report, of whatever version."""
        known = self.reports.get((cycle, report or ""))
        return self._due(clock, known or _Report(cycle))

    def _due(self, clock: ReportClock, report: _Report) -> date | None:
        return clock.due(report.cycle, report.school, self.completed.get(report.cycle))


def together(numbers: Iterable[ReportNumbers]) -> ReportNumbers:
    """Of all schools."""
    every = list(numbers)
    sums = {name: sum(getattr(one, name) for one in every) for name in ReportNumbers.model_fields if name != "longest"}
    return ReportNumbers(**sums, longest=max((one.longest for one in every), default=0))


def _count(counted: Counter[str], released: date, due: date | None) -> None:
    if due is None:
        counted["undated"] += 1
    elif released <= due:
        counted["on_time"] += 1
    else:
        late = (released - due).days
        counted["late"] += 1
        counted["days_late"] += late
        counted["longest"] = max(counted["longest"], late)
