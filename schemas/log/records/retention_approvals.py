"""Who approved a list of what is to be deleted: each approval is of exactly one list, and is used up when one goes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from termpost.schemas.log.entry import Logged

REASON: Final = "retention"  # of the approvals in the log
PIPELINE: Final = "pipeline"  # who lets go what needs no two people


@dataclass
class RetentionApprovals:
    """Folds all entries of the log, oldest first."""

    given: dict[str, dict[str, datetime]] = field(default_factory=dict)  # digest of the list → by whom, and when last

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "RetentionApprovals":
        found = cls()
        for entry in entries:
            if entry.kind == "approved" and entry.reason == REASON and entry.digest:
                found.given.setdefault(entry.digest, {})[entry.actor] = entry.day
            elif entry.kind == "retained" and entry.actor != PIPELINE:
                found.given.clear()
        return found

    def by(self, digest: str, now: datetime, days: int, people: frozenset[str]) -> frozenset[str]:
        """Whose approval of this list still counts: no older than that many days, of somebody who may approve."""
        given = self.given.get(digest, {})
        return frozenset(who for who, at in given.items() if who in people and now <= at + timedelta(days=days))
