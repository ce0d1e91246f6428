"""All numbers of a school year, and of the year before it: counts alone, of nobody in particular."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.query_threads import query_threads
from termpost.schemas.log.review.deliveries_of_year import DeliveriesOfYear
from termpost.schemas.log.review.queries_of_year import (
    QueryNumbers,
    Ratings,
    meetings_of_year,
    queries_of_year,
    ratings_of_year,
)
from termpost.schemas.log.review.records_of_year import RecordsOfYear
from termpost.schemas.log.review.reports_of_year import ReportClock, ReportNumbers, ReportsOfYear, together
from termpost.schemas.log.review.school_year import SchoolYear
from termpost.schemas.settings.calendar import Calendar


class ContractProblem(FrozenModel):
    """How often extracts of one source broke one rule of the contracts."""

    source: str  # the format
    rule: str  # docs/contracts.md
    severity: str
    extracts: int
    problems: int  # rows, or cells


@dataclass(frozen=True)
class BesideTheLog:
    """What the log alone does not say of a year."""

    signed_off: Mapping[tuple[str, str], date] = field(default_factory=dict)  # as of `ReportClock`
    problems: tuple[ContractProblem, ...] = ()
    rating_words: Mapping[str, int] = field(default_factory=dict)


class YearNumbers(FrozenModel):
    """One year, as things stood at its end, or today where it has not ended."""

    year: str
    first: date
    last: date
    until: date  # the day by which things are counted
    entries: int  # of the log, in the year
    reports: ReportNumbers
    by_school: dict[str, ReportNumbers]
    why_late: dict[str, int]
    languages: dict[str, int]
    corrections: dict[str, int]
    deliveries: dict[str, dict[str, int]]
    acknowledged: int
    holds: dict[str, int]
    holds_resolved: dict[str, int]
    queries: dict[str, QueryNumbers]
    ratings: Ratings
    meetings: dict[str, int]
    extracts: dict[str, int]
    quarantined: int
    problems: tuple[ContractProblem, ...]
    rating_words: dict[str, int]  # how many ratings have a word; of fewer than `small_cell` none
    access: dict[str, int]
    transfers: dict[str, int]
    erased: int
    incidents: dict[str, int]
    incident_steps: dict[str, int]
    refused: dict[str, int]
    settings: dict[str, int]
    policy_acknowledged: int
    retained: int
    backed_up: date | None
    restored: date | None


def year_numbers(
    entries: Iterable[Logged], year: SchoolYear, calendar: Calendar, today: date, cell: int,
    beside: BesideTheLog | None = None,
) -> YearNumbers:  # fmt: skip
    """Counts what the log says of the year.

    Args:
        entries: all of the log, oldest first; what lies after the year is not looked at.
        today: the school's day, for a year that has not ended.
        cell: `[privacy] small_cell`: no group of fewer ratings is shown.
    """
    zone, until = calendar.zone, min(today, year.last)
    told = [one for one in entries if one.day.astimezone(zone).date() <= until]
    reports, deliveries = ReportsOfYear(year, zone), DeliveriesOfYear(year, zone)
    records = RecordsOfYear(year, zone)
    for entry in told:
        reports.add(entry)
        deliveries.add(entry)
        records.add(entry)
    threads = list(query_threads(told).values())
    beside = beside or BesideTheLog()
    clock = ReportClock({cycle.id: cycle for cycle in calendar.cycles}, beside.signed_off)
    by_school = reports.numbers(clock, until)
    return YearNumbers(
        year=year.name, first=year.first, last=year.last, until=until,
        entries=len(in_year(told, year, calendar)),
        reports=together(by_school.values()), by_school=by_school, why_late=reports.why_late(clock),
        languages=dict(sorted(reports.languages.items())), corrections=dict(sorted(reports.corrected.items())),
        deliveries=deliveries.numbers(partial(reports.due_of, clock)), acknowledged=len(deliveries.acknowledged),
        holds=dict(sorted(records.holds.items())), holds_resolved=dict(sorted(records.resolved.items())),
        queries=queries_of_year(threads, year, calendar, until),
        ratings=ratings_of_year(threads, year, calendar, cell), meetings=meetings_of_year(threads, year, calendar),
        extracts=dict(sorted(records.extracts.items())), quarantined=records.quarantined,
        problems=beside.problems, rating_words=dict(beside.rating_words),
        access=dict(sorted(records.access.items())), transfers=dict(sorted(records.transfers.items())),
        erased=len(records.erased), incidents=dict(sorted(records.incidents.items())),
        incident_steps=dict(sorted(records.incident_steps.items())), refused=dict(sorted(records.refused.items())),
        settings=dict(sorted(records.settings.items())), policy_acknowledged=len(records.acknowledged),
        retained=records.retained, backed_up=records.backed_up, restored=records.restored,
    )  # fmt: skip


def in_year(entries: Iterable[Logged], year: SchoolYear, calendar: Calendar) -> Sequence[Logged]:
    """Those whose day lies in it."""
    return [one for one in entries if year.holds(one.day.astimezone(calendar.zone).date())]
