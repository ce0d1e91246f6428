"""Requests of parents whom the child does not live with, and when the other parent was told, read from the log alone.

Some laws (603 CMR 23.07(5)) have such a parent ask in writing each year, and wait so many days once the other one was
told, who may bring a paper that bars it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final, Literal

from termpost.schemas.log.entry import Logged
from termpost.schemas.log.records.requests import RECEIVED, TOLD

APART: Final = "apart"  # `cause` of a request that came from such a parent
YEAR: Final = timedelta(days=365)  # that a request counts
ApartRule = Literal["not-asked-this-year", "other-parent-not-told", "other-parent-waits"]


@dataclass(frozen=True)
class ParentAsk:
    """One request."""

    asked: date
    told: date | None = None  # the other parent; None: not yet

    def rule(self, day: date, days: int) -> ApartRule | None:
        """Why nothing is given on that day; None: it is."""
        if not self.asked <= day < self.asked + YEAR:
            return "not-asked-this-year"
        if self.told is None:
            return "other-parent-not-told"
        return "other-parent-waits" if day <= self.told + timedelta(days=days) else None


@dataclass
class ParentAsks:
    """Folds `access_request`, oldest first."""

    by_case: dict[str, tuple[tuple[str, str], ParentAsk]] = field(default_factory=dict)

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "ParentAsks":
        """Requests that were withdrawn or refused count for nothing."""
        found = cls()
        for entry in entries:
            if entry.kind != "access_request" or not entry.case or not (entry.student and entry.recipient):
                continue
            if entry.reason == RECEIVED and entry.since:
                asked = ParentAsk(date.fromisoformat(entry.since))
                found.by_case[entry.case] = ((entry.student, entry.recipient), asked)
            elif entry.reason == TOLD and entry.since and entry.case in found.by_case:
                pair, ask = found.by_case[entry.case]
                found.by_case[entry.case] = (pair, replace(ask, told=date.fromisoformat(entry.since)))
            elif entry.reason in ("withdrawn", "refused"):
                found.by_case.pop(entry.case, None)
        return found

    def rule(self, student: str, contact: str, day: date, days: int) -> ApartRule | None:
        """Of whatever they asked for, what lets them have it; else how far the last of it has come."""
        of_pair = defaultdict[tuple[str, str], list[ParentAsk]](list)
        for pair, ask in self.by_case.values():
            of_pair[pair].append(ask)
        rules = [ask.rule(day, days) for ask in of_pair[student, contact]]
        if None in rules:
            return None
        return next((rule for rule in reversed(rules) if rule != "not-asked-this-year"), "not-asked-this-year")
