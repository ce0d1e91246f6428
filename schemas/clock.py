"""The clock that every rule reads. Nothing else in termpost asks the machine what day it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


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
