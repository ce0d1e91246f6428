"""Requests about records, read from the log alone: who asked for what, by when, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import EntryKind, Logged

RequestKind = Literal["access_request", "transferred"]
RequestState = Literal["open", "given", "refused", "withdrawn"]
REQUEST_KINDS: Final[tuple[EntryKind, ...]] = ("access_request", "transferred")
RECEIVED: Final = "received"
TOLD: Final = "other-parent-told"  # of a request of a parent whom the child does not live with
ENDS: Final[tuple[RequestState, ...]] = ("given", "refused", "withdrawn")


@dataclass
class RecordsRequest:
    """One case."""

    case: str
    kind: RequestKind
    student: PersonRef
    recipient: PersonRef  # who asked; the student, where they asked themselves
    received: date
    due: date
    state: RequestState = "open"
    ended: Logged | None = None
    note: str | None = None  # store key of the sealed words that came with it: of a transfer, the name of the school


@dataclass
class RecordsRequests:
    """Folds `access_request` and `transferred`, oldest first."""

    by_case: dict[str, RecordsRequest] = field(default_factory=dict)

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "RecordsRequests":
        found = cls()
        for entry in entries:
            if entry.kind in REQUEST_KINDS and entry.case:
                found._add(entry, entry.case)
        return found

    def _add(self, entry: Logged, case: str) -> None:
        if entry.reason == RECEIVED and entry.student and entry.due:
            kind: RequestKind = "access_request" if entry.kind == "access_request" else "transferred"
            since = date.fromisoformat(entry.since) if entry.since else entry.day.date()
            self.by_case[case] = RecordsRequest(
                case, kind, PersonRef(entry.student), PersonRef(entry.recipient or entry.student), since,
                date.fromisoformat(entry.due), note=entry.object,
            )  # fmt: skip
        elif entry.reason == TOLD and case in self.by_case and entry.due:
            self.by_case[case].due = date.fromisoformat(entry.due)
        elif case in self.by_case:
            for state in ENDS:
                if entry.reason == state:
                    self.by_case[case].state, self.by_case[case].ended = state, entry

    def open(self) -> list[RecordsRequest]:
        """Those that wait for the office, the first due first."""
        return sorted(
            (one for one in self.by_case.values() if one.state == "open"), key=lambda one: (one.due, one.case)
        )

    def open_about(self, person: PersonRef) -> list[RecordsRequest]:
        """Those of or about somebody; while one is open nothing of theirs is destroyed (34 CFR 99.10(e))."""
        return [one for one in self.open() if person in (one.student, one.recipient)]

    def open_of(self, kind: RequestKind, student: PersonRef, recipient: PersonRef) -> RecordsRequest | None:
        """What this person asked for and waits for."""
        mine = (one for one in self.open() if (one.kind, one.student, one.recipient) == (kind, student, recipient))
        return next(mine, None)
