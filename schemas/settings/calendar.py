"""`calendar.toml`: the school's days, hours and cycles, and the arithmetic of its clocks."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

import holidays
from holidays.registry import EntityLoader
from pydantic import BeforeValidator, Field, field_validator, model_validator
from termpost.schemas.base.clock import read_as_of
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.settings.days import days_off as off
from termpost.schemas.settings.days.cycles import CycleDates, WrittenCycle
from termpost.schemas.settings.days.days_off import LONGEST_GAP, DayRange, SchoolDaysOff, Weekday
from termpost.schemas.settings.days.opening_hours import (
    WEEKDAYS,
    HalfDay,
    Hour,
    OpenHours,
    WeekHours,
    closing_early,
    read_half_day,
    refuse_half_days,
)
from termpost.schemas.settings.toml_source import Source, build, nearest, read_source, with_environment

FILE = "calendar.toml"
QUERY_DAYS = 5  # working days (procedure, section 4.4)
BACKFILLED = "backfill-"  # how the ids of terms before termpost begin (docs/history.md)


@cache
def _zones() -> frozenset[str]:
    """Read from many files, so once a process."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether this is the IANA name of a time zone."""
    return name in _zones()


class Calendar(FrozenModel):
    """All of `calendar.toml`."""

    timezone: str
    country: str  # ISO 3166-1, two letters
    subdivision: str = ""
    weekend: tuple[Weekday, ...] | None = None  # in place of the country's; (): none
    holidays_add: tuple[DayRange, ...] = ()  # public holidays that the package does not know
    holidays_drop: tuple[DayRange, ...] = ()  # days that it has for public holidays and that are none
    closures: tuple[DayRange, ...] = ()  # days without teaching
    staff_absent: tuple[DayRange, ...] = ()  # staff have no contract days: their clocks stand, the office covers
    office_days: Literal["working", "teaching"] = "working"
    opens: Hour = time(8)  # the office, on days without hours of their own
    closes: Hour = time(16, 30)
    hours: WeekHours = WeekHours()
    half_days: tuple[Annotated[HalfDay, BeforeValidator(read_half_day)], ...] = ()
    written: tuple[WrittenCycle, ...] = Field((), alias="cycle")
    school: dict[str, SchoolDaysOff] = Field({})  # sourcedId → days on which that school alone does not teach, or does

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if not is_zone(name):
            raise wrong("this time zone is not known", 'use an IANA name such as "America/Chicago"')
        return name

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str) -> str:
        # by the codes alone: the package's list of countries imports every one of them
        if country not in EntityLoader.get_country_codes():
            raise wrong("no public holidays are known for this country", 'use its ISO 3166 code, such as "US"')
        return country

    @field_validator("subdivision")
    @classmethod
    def _known_subdivision(cls, subdivision: str, info: Any) -> str:  # pydantic's ValidationInfo
        country = info.data.get("country", "")
        known = getattr(holidays, country).subdivisions if subdivision and country else ()
        if known and subdivision not in known:
            raise wrong("this subdivision of the country is not known", nearest(subdivision, list(known)))
        return subdivision

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.closes <= self.opens:
            raise wrong("the office closes before it opens", "set closes after opens", at=("closes",))
        refuse_half_days(self.half_days, self.hours, OpenHours(self.opens, self.closes))
        ids = [cycle.id for cycle in self.written]
        for position, name in enumerate(ids):
            if name in ids[:position]:
                raise wrong("two cycles have this id", "give each cycle its own", at=("cycle", position, "id"))
            if name.startswith(BACKFILLED):
                raise wrong("ids that begin so are those of terms read in afterwards", "give the cycle another id",
                            at=("cycle", position, "id"))  # fmt: skip
        return self

    @model_validator(mode="after")
    def _has_office_days(self) -> Self:
        """A clock that never ends would be looked for day by day, and never said."""
        if self.weekend is not None and len(set(self.weekend)) == len(WEEKDAYS):
            raise wrong("every day is weekend, so there is no office day", "leave at least one day of the week out",
                        at=("weekend",))  # fmt: skip
        closed = (*self.holidays_add, *(self.closures if self.office_days == "teaching" else ()))
        for at, ranges, counts in (("closures" if closed != self.holidays_add else "holidays_add", closed,
                                    self.is_office_day),
                                   ("staff_absent", (*closed, *self.staff_absent), self.is_staff_day)):  # fmt: skip
            for one in off.longest_ranges(ranges):
                days = (one.first + timedelta(days=n) for n in range((one.last - one.first).days + 1))
                if _longest_without(days, counts) > LONGEST_GAP:
                    raise wrong("there is no office day within a year", "shorten the days off", at=(at,))
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The school's zone."""
        return ZoneInfo(self.timezone)

    @property
    def cycles(self) -> tuple[CycleDates, ...]:
        """Every cycle in the order of the file; without `query_until` it is five working days after release.

        All of them are planned days: what families are told is counted from the day on which it goes to them
        (`Clocks.ask_until`).
        """
        filled = []
        for cycle in self.written:
            until = cycle.query_until or self.add_office_days(cycle.release, QUERY_DAYS)
            filled.append(CycleDates.model_validate(cycle.model_dump() | {"query_until": until}))
        return tuple(filled)

    def cycle(self, cycle_id: str) -> CycleDates:
        """The cycle of that id; InputError `unknown-cycle` names those there are."""
        for cycle in self.cycles:
            if cycle.id == cycle_id:
                return cycle
        remedy = nearest(cycle_id, [c.id for c in self.written]) if self.written else f"add a [[cycle]] to {FILE}"
        raise InputError("unknown-cycle", "there is no such cycle", FILE, remedy)

    def is_off(self, day: date) -> bool:
        """Weekend or public holiday, as the package has them and the calendar corrects them."""
        if self.weekend is not None and WEEKDAYS[day.weekday()] in self.weekend:
            return True
        if any(day in one for one in self.holidays_add):
            return True
        is_listed = day in off.days_off(self.country, self.subdivision, self.weekend, day.year)
        return is_listed and not (self._is_weekday(day) and any(day in one for one in self.holidays_drop))

    def _is_weekday(self, day: date) -> bool:
        """Outside the weekend: no `holidays_drop` opens the office on a Sunday."""
        return self.weekend is not None or not off.is_weekend(self.country, day)

    def is_office_weekday(self, weekday: int) -> bool:
        """Whether the office is open on that day of a week without holidays; 0 is Monday."""
        if self.weekend is not None:
            return WEEKDAYS[weekday] not in self.weekend
        return not off.is_weekend(self.country, date(2024, 1, 1 + weekday))  # a Monday, and the days after it

    def is_office_day(self, day: date) -> bool:
        """Whether clocks run: never on weekends and holidays, and not on closures where `teaching` days count."""
        if self.is_off(day):
            return False
        return self.office_days == "working" or not any(day in one for one in self.closures)

    def is_teaching_day(self, day: date) -> bool:
        """Whether there is school: never on weekends, holidays and closures."""
        return not self.is_off(day) and not any(day in one for one in self.closures)

    def is_teaching_day_of(self, school: str) -> Callable[[date], bool]:
        """The same of one school of a district: with its own closures in place of the others', where it has any."""
        own = self.school.get(school)
        if own is None:
            return self.is_teaching_day
        closures = self.closures if own.closures is None else own.closures
        return lambda day: not (self.is_off(day) or any(day in one for one in (*closures, *own.closures_add)))

    def is_staff_day(self, day: date) -> bool:
        """Whether staff have a contract day, so that their clocks run: an office day on which they are not absent."""
        return self.is_office_day(day) and not any(day in one for one in self.staff_absent)

    def hours_of(self, day: date) -> OpenHours | None:
        """When the office is open; None on a day on which it is not."""
        if not self.is_office_day(day):
            return None
        hours = self.hours.of(day.weekday()) or OpenHours(self.opens, self.closes)
        early = closing_early(self.half_days, day)
        return hours if early is None else OpenHours(hours.opens, early)

    def is_open(self, instant: datetime) -> bool:
        """Whether the office is open at an aware instant, at its opening and closing too."""
        local = _aware(instant).astimezone(self.zone)
        hours = self.hours_of(local.date())
        return hours is not None and hours.opens <= local.time() <= hours.closes

    def received(self, instant: datetime) -> date:
        """The office day for which something counts that came at an aware instant: after closing, the next one.

        What comes before opening, also at night, counts for the day on which the office then opens.
        """
        local = _aware(instant).astimezone(self.zone)
        hours = self.hours_of(local.date())
        if hours is not None and local.time() <= hours.closes:
            return local.date()
        return self.next_day(local.date(), self.is_office_day)

    def add_office_days(self, start: date | datetime, days: int) -> date:
        """The day that lies `days` office days after `start`.

        A date counts as day 0 as it stands. An aware instant counts as the local day it falls on; after closing, or
        on a day off, as the next office day.
        """
        return self.add_days(start, days, self.is_office_day)

    def add_days(self, start: date | datetime, days: int, counts: Callable[[date], bool]) -> date:
        """The same with days for which `counts` is true."""
        day = self.received(start) if isinstance(start, datetime) else start
        for _ in range(days):
            day = self.next_day(day, counts)
        return day

    def office_days_between(self, first: date, last: date) -> int:
        """How many office days come after `first`, up to `last` and with it; none where that is earlier."""
        return days_between(first, last, self.is_office_day)

    def office_days_before(self, day: date, days: int) -> date:
        """The day that lies `days` office days before another one."""
        return self.days_before(day, days, self.is_office_day)

    def days_before(self, day: date, days: int, counts: Callable[[date], bool]) -> date:
        """The same with days for which `counts` is true."""
        while days > 0:
            day, days = self.next_day(day, counts, -1), days - 1
        return day

    def next_day(self, day: date, counts: Callable[[date], bool], step: Literal[1, -1] = 1) -> date:
        """The next day after `day`, or the last before it, for which `counts` is true.

        Raises:
            InputError: `no-office-day`, where none lies within the longest gap that a calendar may have.
        """
        for away in range(1, LONGEST_GAP + 2):
            if counts(day + timedelta(days=step * away)):
                return day + timedelta(days=step * away)
        raise InputError("no-office-day", "no office day within a year", f"{FILE} closures", "shorten the closures")

    def opening_instant(self, day: date) -> datetime:
        """When the office opens on that day (or would), in UTC."""
        hours = self.hours.of(day.weekday()) or OpenHours(self.opens, self.closes)
        return datetime.combine(day, hours.opens, self.zone).astimezone(UTC)

    def as_of(self, text: str) -> datetime:
        """An instant in UTC, from a date (its opening hour) or an ISO 8601 instant with its offset."""
        said = read_as_of(text)
        return said.astimezone(UTC) if isinstance(said, datetime) else self.opening_instant(said)


def days_between(first: date, last: date, counts: Callable[[date], bool]) -> int:
    """How many days for which `counts` is true come after `first`, up to `last` and with it."""
    return sum(counts(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def _longest_without(days: Iterable[date], counts: Callable[[date], bool]) -> int:
    longest = running = 0
    for day in days:
        running = 0 if counts(day) else running + 1
        longest = max(longest, running)
    return longest


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant


def load_calendar(home: Path, environ: Mapping[str, str]) -> Calendar:
    """Reads `calendar.toml` of a home, with `TERMPOST_CALENDAR__<KEY>` over it; InputError names the line."""
    return _built(read_source(home / FILE), environ)


def calendar_in(text: str, environ: Mapping[str, str]) -> Calendar:
    """The same from the text of such a file."""
    return _built(Source(FILE, tomllib.loads(text), text), environ)


def _built(source: Source, environ: Mapping[str, str]) -> Calendar:
    return build(Calendar, with_environment(source, Calendar, environ, section="calendar"))
