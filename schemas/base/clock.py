"""The clock that every rule reads. Nothing else in termpost asks the machine what day it is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from termpost.schemas.base.errors import InputError


class Clock(Protocol):
    """Gives the instant that rules, the lake's `known_at` and the log go by."""

    def now(self) -> datetime:
        """An aware instant in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for `--as-of` and for tests."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC)


def day_of(text: str) -> date:
    """The day that --as-of names, where no home says in which zone: a date, or the date of an instant as written."""
    try:
        return date.fromisoformat(text) if len(text) == len("2021-12-17") else datetime.fromisoformat(text).date()
    except ValueError:
        mend = 'give a date, "2021-12-17", or an instant with its offset, "2021-12-17T15:00-06:00"'
        raise InputError("bad-as-of", "this is neither a date nor an instant", "--as-of", mend) from None
