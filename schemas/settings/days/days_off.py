"""Days on which no clock runs: weekends and public holidays, as the `holidays` package has them, and days closed."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Final, NamedTuple

import holidays
from pydantic import BeforeValidator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.settings.cycle_sessions import Day, read_day
from termpost.schemas.settings.days.opening_hours import WEEKDAYS
from termpost.schemas.settings.toml_source import nearest

LONGEST_GAP: Final = 366  # days without an office day; more is a mistake, and no clock would ever end


class Closure(FrozenModel):
    """A range of days, both ends included."""

    first: Day
    last: Day

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """As the file has it: "2021-12-20/2021-12-31", or one day."""
        return f"{self.first}" if self.first == self.last else f"{self.first}/{self.last}"


def read_closure(value: object) -> Closure:
    """From "2021-12-20/2021-12-31", or one day.

    Raises:
        PydanticCustomError: it is neither, or ends before it begins.
    """
    if isinstance(value, Closure):
        return value
    if isinstance(value, date):
        return Closure(first=value, last=value)
    first, _, last = value.partition("/") if isinstance(value, str) else ("", "", "")
    closure = Closure(first=read_day(first), last=read_day(last or first))
    if closure.last < closure.first:
        raise wrong("the closure ends before it begins", 'write it as "2021-12-20/2021-12-31"')
    return closure


DayRange = Annotated[Closure, BeforeValidator(read_closure)]


class SchoolDaysOff(FrozenModel):
    """Days without teaching of one school among several; the clocks of the office stay those of the district."""

    closures: tuple[DayRange, ...] | None = None  # in place of the district's; (): none
    closures_add: tuple[DayRange, ...] = ()  # beside them


def _weekday(value: object) -> str:
    if value not in WEEKDAYS:
        known = list(WEEKDAYS)
        raise wrong("this is no day of the week", nearest(value, known) if isinstance(value, str) else 'write "sunday"')
    return str(value)


Weekday = Annotated[str, BeforeValidator(_weekday)]


@lru_cache(maxsize=256)
def days_off(country: str, subdivision: str, weekend: tuple[str, ...] | None, year: int) -> frozenset[date]:
    """Weekends and public holidays of a year, as observed. Whole years at once: the package fills its own lazily.

    Args:
        weekend: in place of the country's; with it no day of it is a working day, whatever was shifted to it.
    """
    known = holidays.country_holidays(country, subdiv=subdivision or None, years=year, observed=True)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    if weekend is None:
        return frozenset(day for day in days if not known.is_working_day(day))
    return frozenset(day for day in days if WEEKDAYS[day.weekday()] in weekend or day in known)


@lru_cache(maxsize=8)
def _week_of(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def is_weekend(country: str, day: date) -> bool:
    """By the weekend of the country alone."""
    return _week_of(country).is_weekend(day)


class HolidayKnowledge(NamedTuple):
    """What the package knows of a year."""

    known: bool  # whether it has any public holiday of it
    estimated: int  # holidays by the moon, whose day an authority has still to name


def holiday_knowledge(country: str, subdivision: str, year: int) -> HolidayKnowledge:
    """Asked of a year to come; the package has an end for some countries, and only estimates for others."""
    spoken = _week_of(country).default_language  # of the label; names are in that of the machine else
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, observed=True, language=spoken)
    label = getattr(found, "estimated_label", "").replace("%s", "").strip()
    estimated = sum(bool(label) and label in name for name in found.values())
    return HolidayKnowledge(bool(found) and found.start_year <= year <= found.end_year, estimated)


def longest_ranges(ranges: tuple[Closure, ...]) -> list[Closure]:
    """The ranges with those joined between which at most three weeks lie: only there a year can be without a day."""
    joined: list[Closure] = []
    for one in sorted(ranges, key=lambda closure: (closure.first, closure.last)):
        if joined and one.first <= joined[-1].last + timedelta(weeks=3):
            joined[-1] = Closure(first=joined[-1].first, last=max(joined[-1].last, one.last))
        else:
            joined.append(one)
    return [one for one in joined if (one.last - one.first).days >= LONGEST_GAP]
