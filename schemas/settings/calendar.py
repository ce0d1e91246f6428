"""`calendar.toml`: the school's days, hours and cycles, and the arithmetic of its clocks."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
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
from termpost.schemas.settings.cycle_sessions import EXAMPLE, Day, SchoolSessions, SessionChoice, read_day
from termpost.schemas.settings.toml_source import build, nearest, read_source, with_environment

FILE = "calendar.toml"
QUERY_DAYS = 5  # working days (procedure, section 4.4)
BACKFILLED = "backfill-"  # how the ids of terms before termpost begin (docs/history.md)
_HOUR = re.compile(r"\d{2}:\d{2}")


def _hour(value: object) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    try:
        return time.fromisoformat(value if isinstance(value, str) and _HOUR.fullmatch(value) else "")
    except ValueError:
        raise wrong("this is no hour", 'write it as "08:00"') from None


Hour = Annotated[time, BeforeValidator(_hour)]


class Closure(FrozenModel):
    """Days without teaching, both ends included."""

    first: Day
    last: Day


def _closure(value: object) -> Closure:
    if isinstance(value, Closure):
        return value
    first, _, last = value.partition("/") if isinstance(value, str) else ("", "", "")
    closure = Closure(first=read_day(first), last=read_day(last or first))
    if closure.last < closure.first:
        raise wrong("the closure ends before it begins", 'write it as "2021-12-20/2021-12-31"')
    return closure


class WrittenCycle(FrozenModel):
    """A cycle as the file gives it."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")  # part of store keys
    kind: Literal["midterm", "end_of_term", "final"]
    title: str | None = None  # on reports, in place of kind and session: "Midterm report, Fall 2025"
    session: SessionChoice | None = None
    sessions: dict[str, SchoolSessions] = Field(
        {}
    )  # school → academic sessions; a school that is left out has no report
    cutoff: Day  # the last day whose marks count
    release: Day
    grading_due: Day | None = None  # by when marks are to be complete; a final's one week starts then at the latest
    query_until: Day | None = None

    @model_validator(mode="after")
    def _has_sessions(self) -> Self:
        if self.session is None and not self.sessions:
            raise wrong("the cycle names no academic session", 'add session = "ID"; ' + EXAMPLE.replace("write", "or"))
        if self.session is not None and self.sessions:
            raise wrong("the cycle has both session and sessions", "keep one of them", at=("sessions",))
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.release < self.cutoff:
            raise wrong("the release is before the cut-off", "release on or after the cut-off", at=("release",))
        if self.grading_due is not None and not self.cutoff <= self.grading_due <= self.release:
            remedy = "choose a day from the cut-off to the release"
            raise wrong("grading is due before the cut-off or after the release", remedy, at=("grading_due",))
        if self.query_until is not None and self.query_until < self.release:
            raise wrong("the query window ends before the release", "end it later", at=("query_until",))
        return self


class CycleDates(WrittenCycle):
    """A reporting cycle of every school of the institution, with its last day for questions."""

    query_until: Day


@lru_cache(maxsize=256)
def _days_off(country: str, subdivision: str, year: int) -> frozenset[date]:
    """Weekends and public holidays of a year, as observed. Whole years at once: the package fills its own lazily."""
    known = holidays.country_holidays(country, subdiv=subdivision or None, years=year, observed=True)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return frozenset(day for day in days if not known.is_working_day(day))


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
    closures: tuple[Annotated[Closure, BeforeValidator(_closure)], ...] = ()
    office_days: Literal["working", "teaching"] = "working"
    opens: Hour = time(8)
    closes: Hour = time(16, 30)
    written: tuple[WrittenCycle, ...] = Field((), alias="cycle")

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
        ids = [cycle.id for cycle in self.written]
        for position, name in enumerate(ids):
            if name in ids[:position]:
                raise wrong("two cycles have this id", "give each cycle its own", at=("cycle", position, "id"))
            if name.startswith(BACKFILLED):
                raise wrong("ids that begin so are those of terms read in afterwards", "give the cycle another id",
                            at=("cycle", position, "id"))  # fmt: skip
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The school's zone."""
        return ZoneInfo(self.timezone)

    @property
    def cycles(self) -> tuple[CycleDates, ...]:
        """Every cycle in the order of the file; without `query_until` it is five working days after release.

        All of them are planned days: what families are told is counted from the day of release (`ask_until`).
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

    def is_office_day(self, day: date) -> bool:
        """Whether clocks run: never on weekends and holidays, and not on closures where `teaching` days count."""
        if day in _days_off(self.country, self.subdivision, day.year):
            return False
        return self.office_days == "working" or not any(c.first <= day <= c.last for c in self.closures)

    def is_teaching_day(self, day: date) -> bool:
        """Whether there is school: never on weekends, holidays and closures."""
        return day not in _days_off(self.country, self.subdivision, day.year) and not any(
            closure.first <= day <= closure.last for closure in self.closures
        )

    def add_office_days(self, start: date | datetime, days: int) -> date:
        """The day that lies `days` office days after `start`.

        A date counts as day 0 as it stands. An aware instant counts as the local day it falls on; after closing, or
        on a day off, as the next office day.
        """
        day = self._received(start) if isinstance(start, datetime) else start
        for _ in range(days):
            day = self._next_office_day(day)
        return day

    def ask_until(self, day: date, cycle_id: str | None = None) -> date:
        """The last day for questions about what goes to a family on `day`, never before it: five office days later.

        Where the cycle has a `query_until` of its own, as many as lie between its planned release and that, and not
        before that: a school that gives more time gives it late, too.
        """
        cycle = next((one for one in self.written if one.id == cycle_id), None)
        if cycle is None or cycle.query_until is None:
            return self.add_office_days(day, QUERY_DAYS)
        return max(self.add_office_days(day, self.office_days_between(cycle.release, cycle.query_until)),
                   cycle.query_until)  # fmt: skip

    def answered_by(self, until: date) -> date:
        """The last day for the answer to a question that came on the last day for questions."""
        return self.add_office_days(until, QUERY_DAYS)

    def office_days_between(self, first: date, last: date) -> int:
        """How many office days come after `first`, up to `last` and with it; none where that is earlier."""
        return sum(self.is_office_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def office_days_before(self, day: date, days: int) -> date:
        """The day that lies `days` office days before another one."""
        while days > 0:
            day, days = self._next_office_day(day, -1), days - 1
        return day

    def _received(self, instant: datetime) -> date:
        if instant.tzinfo is None:
            raise ValueError("an instant needs its offset")
        local = instant.astimezone(self.zone)
        if local.time() <= self.closes and self.is_office_day(local.date()):
            return local.date()
        return self._next_office_day(local.date())

    def _next_office_day(self, day: date, step: Literal[1, -1] = 1) -> date:
        for away in range(1, 400):
            if self.is_office_day(day + timedelta(days=step * away)):
                return day + timedelta(days=step * away)
        raise InputError("no-office-day", "no office day within a year", f"{FILE} closures", "shorten the closures")

    def opening_instant(self, day: date) -> datetime:
        """When the office opens on that day (or would), in UTC."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def as_of(self, text: str) -> datetime:
        """An instant in UTC, from a date (its opening hour) or an ISO 8601 instant with its offset."""
        said = read_as_of(text)
        return said.astimezone(UTC) if isinstance(said, datetime) else self.opening_instant(said)


def load_calendar(home: Path, environ: Mapping[str, str]) -> Calendar:
    """Reads `calendar.toml` of a home, with `TERMPOST_CALENDAR__<KEY>` over it; InputError names the line."""
    source = read_source(home / FILE)
    return build(Calendar, with_environment(source, Calendar, environ, section="calendar"))
