"""When the office is open: the same hours each day, others on some weekdays, and days on which it closes early.

There is no lunch break. A clock that stopped at noon would make two o'clock and one o'clock the same moment, and
nobody who calls in at half past twelve would know on which day their question came.
"""

import re
from datetime import date, datetime, time
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.settings.cycle_sessions import Day, read_day

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT: Final = time.max  # "24:00", up to the last instant of the day: a night without a gap
_HOUR = re.compile(r"\d{2}:\d{2}")


def read_hour(value: object) -> time:
    """An hour of the calendar; "24:00" is the end of the day.

    Raises:
        PydanticCustomError: it is none.
    """
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if value == "24:00":
        return MIDNIGHT
    try:
        return time.fromisoformat(value if isinstance(value, str) and _HOUR.fullmatch(value) else "")
    except ValueError:
        raise wrong("this is no hour", 'write it as "08:00"') from None


Hour = Annotated[time, BeforeValidator(read_hour)]


class OpenHours(NamedTuple):
    """Of one day, both included."""

    opens: time
    closes: time


def _span(value: object) -> OpenHours:
    if isinstance(value, OpenHours):
        return value
    first, _, last = value.partition("-") if isinstance(value, str) else ("", "", "")
    try:
        hours = OpenHours(read_hour(first), read_hour(last))
    except ValueError:
        hours = OpenHours(time(0), time(0))
    if hours.closes <= hours.opens:
        raise wrong("these are no opening hours", 'write them as "08:00-16:30"')
    return hours


Span = Annotated[OpenHours, BeforeValidator(_span)]


class WeekHours(FrozenModel):
    """Weekdays whose hours are others than `opens` and `closes`."""

    monday: Span | None = None  # "08:00-16:30"
    tuesday: Span | None = None  # "08:00-16:30"
    wednesday: Span | None = None  # "08:00-16:30"
    thursday: Span | None = None  # "08:00-16:30"
    friday: Span | None = None  # "08:00-16:30"
    saturday: Span | None = None  # "08:00-16:30"
    sunday: Span | None = None  # "08:00-16:30"

    def of(self, weekday: int) -> OpenHours | None:
        """0 is Monday."""
        found: OpenHours | None = getattr(self, WEEKDAYS[weekday])
        return found


class HalfDay(FrozenModel):
    """A day on which the office closes early."""

    day: Day
    closes: Hour

    def __str__(self) -> str:
        """As the file has it: "2021-11-24 12:00"."""
        return f"{self.day} {self.closes:%H:%M}"


def read_half_day(value: object) -> HalfDay:
    """From "2021-11-24 12:00", or TOML's own date and time.

    Raises:
        PydanticCustomError: it is neither.
    """
    if isinstance(value, HalfDay):
        return value
    if isinstance(value, datetime):
        return HalfDay(day=value.date(), closes=value.time())
    day, _, hour = value.partition(" ") if isinstance(value, str) else ("", "", "")
    try:
        return HalfDay(day=read_day(day), closes=read_hour(hour))
    except ValueError:
        raise wrong("this is no day with the hour at which the office closes",
                    'write it as "2021-11-24 12:00"') from None  # fmt: skip


def refuse_half_days(half_days: tuple[HalfDay, ...], week: WeekHours, usual: OpenHours) -> None:
    """Raises:
    PydanticCustomError: one does not end early, or stands twice.
    """
    for place, half in enumerate(half_days):
        hours = week.of(half.day.weekday()) or usual
        if not hours.opens < half.closes <= hours.closes:
            raise wrong("a half day ends before the office opens, or after it closes anyway",
                        f"give an hour between {hours.opens:%H:%M} and {hours.closes:%H:%M}",
                        at=("half_days", place))  # fmt: skip
        if half.day in [one.day for one in half_days[:place]]:
            raise wrong("a half day stands twice", "keep one of them", at=("half_days", place))


def closing_early(half_days: tuple[HalfDay, ...], day: date) -> time | None:
    """When the office closes on that day, where it does so early."""
    return next((one.closes for one in half_days if one.day == day), None)
