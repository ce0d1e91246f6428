"""When each deployment runs: the dates of the school calendar, in the school's zone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.days.cycles import CycleDates

NIGHT = time(3)  # no clock is put forward over it, and few systems export then
NIGHTS = 14  # before a cut-off
EACH_NIGHT = "RRULE:FREQ=DAILY;BYHOUR=4;BYMINUTE=0;BYSECOND=0"
# day and night: what came is in the log soon, whoever may be reminded of it only in office hours
EACH_QUARTER = "RRULE:FREQ=HOURLY;BYMINUTE=0,15,30,45;BYSECOND=0"
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class PlannedRuns:
    """One schedule of a deployment, an RFC 5545 rule: a school's dates have no pattern that cron could say."""

    slug: str
    rrule: str
    timezone: str
    parameters: dict[str, Any] = field(default_factory=dict)
    last: date | None = None  # day of its last run; None: it goes on

    def as_written(self) -> dict[str, Any]:
        """In the form of prefect.yaml."""
        return {"rrule": self.rrule, "timezone": self.timezone, "slug": self.slug, "parameters": self.parameters}


def day_after_cutoff(calendar: Calendar, cycle: CycleDates) -> tuple[date, date]:
    """The first office day after it, from and to."""
    day = calendar.add_office_days(cycle.cutoff, 1)
    return day, day


def days_before_cutoff(calendar: Calendar, cycle: CycleDates) -> tuple[date, date]:  # noqa: ARG001 - as above
    """From two weeks before it to its day."""
    return cycle.cutoff - timedelta(days=NIGHTS), cycle.cutoff


def on_the_day_after_cutoff(calendar: Calendar, cycle: CycleDates) -> PlannedRuns:
    """One run, at opening hour."""
    day, _ = day_after_cutoff(calendar, cycle)
    rrule = f"DTSTART:{day:%Y%m%d}T{calendar.opens:%H%M%S}\nRRULE:FREQ=DAILY;COUNT=1"
    return PlannedRuns(cycle.id, rrule, calendar.timezone, {"cycle_id": cycle.id}, day)


def nights_before_cutoff(calendar: Calendar, cycle: CycleDates) -> PlannedRuns:
    """Each night, the last before the day of the cut-off ends."""
    first, last = days_before_cutoff(calendar, cycle)
    rrule = f"DTSTART:{first:%Y%m%d}T{NIGHT:%H%M%S}\nRRULE:FREQ=DAILY;COUNT={NIGHTS + 1}"
    return PlannedRuns(cycle.id, rrule, calendar.timezone, {"cycle_id": cycle.id}, last)


def each_quarter(calendar: Calendar) -> list[PlannedRuns]:
    """Of an hour."""
    return [PlannedRuns("each-quarter", EACH_QUARTER, calendar.timezone)]


def each_night(calendar: Calendar) -> list[PlannedRuns]:
    """After the check of the source."""
    return [PlannedRuns("each-night", EACH_NIGHT, calendar.timezone)]


def on_office_days(calendar: Calendar) -> list[PlannedRuns]:
    """Each weekday on which the office is open, at its opening hour: one schedule an hour.

    A rule that goes on for ever knows no holidays; the flow does on them no more than note that it ran. Explicit dates
    would end with the year for which somebody deployed last, and then nothing would be watched.
    """
    hours: dict[time, list[str]] = {}
    for number, day in enumerate(WEEK):
        if calendar.is_office_weekday(number):
            opens = calendar.hours.of(number)
            hours.setdefault(opens.opens if opens else calendar.opens, []).append(day)
    return [
        PlannedRuns(
            f"office-days-{at:%H%M}",
            f"RRULE:FREQ=WEEKLY;BYDAY={','.join(days)};BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND=0",
            calendar.timezone,
        )
        for at, days in hours.items()
    ]


def still_to_come(planned: Iterable[PlannedRuns], today: date) -> tuple[Sequence[PlannedRuns], Sequence[PlannedRuns]]:
    """Those that still have a run, and those whose last day is over: the server would keep them, and never run them."""
    every = list(planned)
    over = [one for one in every if one.last is not None and one.last < today]
    return [one for one in every if one not in over], over
