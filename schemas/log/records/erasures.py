"""Who was erased, and under which mark they would come back, read from the log alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Logged

ErasureReason = Literal["asked", "duty", "retention-over", "recorded-by-mistake"]
ERASURE_REASONS: tuple[ErasureReason, ...] = get_args(ErasureReason)
ErasureDuty = Literal["court-order", "state-law", "contract", "data-protection-law"]  # that asks for it
ERASURE_DUTIES: tuple[ErasureDuty, ...] = get_args(ErasureDuty)
READMITTED: Final = "readmitted"  # the office lets an erased id in again, as somebody new


@dataclass(frozen=True)
class Erasure:
    """One person, as the log names them: by a reference that means nothing any more."""

    case: str
    person: PersonRef
    role: Literal["student", "contact"]
    mark: str  # keyed digest of the id that the source has of them
    begun: Logged


@dataclass
class Erasures:
    """Folds `erased` entries with a case, oldest first. One without an object is a person; one with an object and a
    digest is the record of the erasure, which ends it."""

    by_case: dict[str, Erasure] = field(default_factory=dict)
    recorded: dict[str, str] = field(default_factory=dict)  # case → store key of its record
    marks: set[str] = field(default_factory=set)  # of ids that do not come in

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "Erasures":
        found = cls()
        for entry in entries:
            if entry.kind == "erased" and entry.case:
                found._add(entry, entry.case)
        return found

    def _add(self, entry: Logged, case: str) -> None:
        if entry.object and entry.digest:
            self.recorded[case] = entry.object
        elif entry.object is None and entry.reason == READMITTED:
            self.marks.discard(entry.digest or "")
        elif entry.object is None and (entry.student or entry.recipient):
            person, mark = PersonRef(entry.student or entry.recipient or ""), entry.digest or ""
            self.by_case[case] = Erasure(case, person, "student" if entry.student else "contact", mark, entry)
            self.marks.add(mark)

    def unfinished(self) -> list[Erasure]:
        """Those that were begun and have no record yet: a run was killed, and the next one goes on."""
        return [one for one in self.by_case.values() if one.case not in self.recorded]
