"""The one clock, with two readings: the machine's time, and the day that every rule goes by.

Nothing else in termpost asks the machine what time it is.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from termpost.schemas.base.errors import InputError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def machine_now() -> datetime:
    """What the machine says, in UTC."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Two readings, both aware instants in UTC; they differ under `--as-of` only."""

    def now(self) -> datetime:
        """The machine's: for one-time codes, the embargo and what a store keeps locked."""
        ...

    def today(self) -> datetime:
        """The instant that rules and the lake's `known_at` go by."""
        ...

    @property
    def told(self) -> datetime | None:
        """The instant that `--as-of` named; None where rules go by the machine's."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return machine_now()

    def today(self) -> datetime:
        return machine_now()

    @property
    def told(self) -> datetime | None:
        return None


@dataclass(frozen=True)
class FixedClock:
    """Under it every rule goes by the same instant, for `--as-of` and for tests."""

    at: datetime

    def now(self) -> datetime:
        return machine_now()

    def today(self) -> datetime:
        return self.at.astimezone(UTC)

    @property
    def told(self) -> datetime | None:
        return self.at.astimezone(UTC)


def read_as_of(text: str) -> date | datetime:
    """What `--as-of` says: a date, or an aware instant.

    Raises:
        InputError: `bad-as-of`, `naive-instant`.
    """
    remedy = 'give a date, "2021-12-17", or an instant with its offset, "2021-12-17T15:00-06:00"'
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise InputError("bad-as-of", "this is neither a date nor an instant", "--as-of", remedy) from None
    if instant.tzinfo is None:
        raise InputError("naive-instant", "the instant does not say its offset from UTC", "--as-of", remedy)
    return instant


def day_of(as_of: str | None) -> date:
    """The day that `--as-of` names, where no home says in which zone: a date, or the date of an instant as written;
    the machine's day in UTC without it."""
    said = read_as_of(as_of) if as_of else machine_now()
    return said.date() if isinstance(said, datetime) else said
