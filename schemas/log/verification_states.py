"""What the log says of the numbers by which copies are verified, and what it should say by now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from termpost.schemas.base.refs import ReportVersion
from termpost.schemas.documents.verification import VerificationState
from termpost.schemas.log.entry import Entry, EntryKind

STATED_BY: tuple[EntryKind, ...] = ("released", "withdrawn", "verification_set", "erased", "retained")


@dataclass(frozen=True)
class SaidOfNumber:
    """The last that the log says of one report version."""

    object: str
    state: str
    student: str
    cycle: str


@dataclass
class VerificationStates:
    """Folds the entries of the log, oldest first."""

    said: dict[ReportVersion, SaidOfNumber] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)  # report → newest version that was released
    withdrawn: set[ReportVersion] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)  # objects that are gone for good

    @classmethod
    def fold(cls, entries: Iterable[Entry]) -> "VerificationStates":
        found = cls()
        for entry in entries:
            found.add(entry)
        return found

    def add(self, e: Entry) -> None:
        """The next entry."""
        if e.kind in {"erased", "retained"} and e.object:
            self.erased.add(e.object)
        if not (e.report and e.version):
            return
        key = e.report, e.version
        if e.kind == "released":
            self.newest[e.report] = max(e.version, self.newest.get(e.report, 0))
        elif e.kind == "withdrawn" and e.delivery is None:  # from everybody, not from one recipient
            self.withdrawn.add(key)
        elif e.kind == "verification_set" and e.object:
            self.said[key] = SaidOfNumber(e.object, e.reason or "", e.student or "", e.cycle or "")

    def is_current(self, key: ReportVersion) -> bool:
        """Whether a version is the newest that was released, and was not taken back."""
        return self.newest.get(key[0]) == key[1] and key not in self.withdrawn

    def outdated(self) -> Iterator[tuple[ReportVersion, SaidOfNumber]]:
        """What has a number and is not current, or not any more; nothing of who was erased."""
        for key, one in self.said.items():
            if one.object not in self.erased and not self.is_current(key):
                yield key, one


def verification_entry(
    key: ReportVersion, said: SaidOfNumber, state: VerificationState, digest: str
) -> Entry:  # fmt: skip
    """That the object of a number says so from now on."""
    return Entry(kind="verification_set", cycle=said.cycle, report=key[0], version=key[1], student=said.student,
                 object=said.object, digest=digest, reason=state)  # fmt: skip
