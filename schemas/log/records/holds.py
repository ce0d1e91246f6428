"""Whose records may not be let go: a legal hold, set and lifted by a registered person."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry, EntryKind

HOLD_KINDS: Final[tuple[EntryKind, ...]] = ("records_held",)
HoldCause = Literal["litigation", "audit", "investigation", "request", "incident"]


@dataclass
class RecordsHolds:
    """Folds `records_held` entries, oldest first: `reason` is `set` or `lifted`, `cause` why."""

    causes: dict[PersonRef, set[str]] = field(default_factory=dict)  # whoever is here is held

    @classmethod
    def fold(cls, entries: Iterable[Entry]) -> "RecordsHolds":
        found = cls()
        for entry in entries:
            if entry.kind == "records_held" and entry.student:
                found._add(PersonRef(entry.student), entry.reason or "", entry.cause or "")
        return found

    def _add(self, student: PersonRef, reason: str, cause: str) -> None:
        if reason == "set":
            self.causes.setdefault(student, set()).add(cause)
            return
        self.causes.get(student, set()).discard(cause)
        if not self.causes.get(student):
            self.causes.pop(student, None)

    def of(self, student: PersonRef) -> frozenset[str]:
        """Why this student's records stay; empty where nothing holds them."""
        return frozenset(self.causes.get(student, ()))
