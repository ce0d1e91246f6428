"""Who answers for whom while somebody is away, read from the distribution log alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from termpost.schemas.log.entry import Logged

DELEGATED = "delegated"  # `reason` of `query_changed` without a query
LONGEST = 10  # people who hand on to one another; a circle ends where it began


@dataclass(frozen=True)
class Delegation:
    """One member of staff stands in for another, both days included."""

    away: str  # staff id
    to: str
    first: date
    last: date
    by: str


def delegations(entries: Iterable[Logged]) -> list[Delegation]:
    """All of them, oldest first."""
    return [
        Delegation(one.on_behalf_of, one.subject, date.fromisoformat(one.since), date.fromisoformat(one.due), one.actor)
        for one in entries
        if one.reason == DELEGATED and one.on_behalf_of and one.subject and one.since and one.due
    ]  # fmt: skip


def stands_in(said: Iterable[Delegation], staff: str, day: date) -> str:
    """Who answers for them on that day: the person themselves where nobody stands in. The last word counts."""
    known = list(said)
    seen = [staff]
    while len(seen) < LONGEST:
        now = [one.to for one in known if one.away == seen[-1] and one.first <= day <= one.last]
        if not now or now[-1] in seen:
            break
        seen.append(now[-1])
    return seen[-1]
