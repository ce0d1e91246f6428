"""What recipients can open or the office can print, read from the distribution log alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from termpost.schemas.log.cycle_state import ARRIVED
from termpost.schemas.log.entry import Entry


@dataclass(frozen=True)
class PublishedDelivery:
    """One delivery and the object that it lies in."""

    delivery: str
    report: str
    version: int
    student: str
    recipient: str
    channel: str
    cycle: str
    object: str


@dataclass
class Visible:
    """Folds the entries of the log, oldest first."""

    shown: dict[str, PublishedDelivery] = field(default_factory=dict)  # delivery → where it lies
    withdrawn: dict[str, str] = field(default_factory=dict)  # delivery → reason code
    digests: dict[str, str] = field(default_factory=dict)  # object → what it must be by the last entry
    approved: dict[str, tuple[str, int, str]] = field(default_factory=dict)  # digest → report, version, student

    @classmethod
    def fold(cls, entries: Iterable[Entry]) -> "Visible":
        found = cls()
        for entry in entries:
            found._add(entry)
        return found

    def _add(self, e: Entry) -> None:
        if e.object and e.digest:
            self.digests[e.object] = e.digest
        if e.kind == "report_made" and e.digest and e.report and e.version and e.student:
            self.approved[e.digest] = (e.report, e.version, e.student)
        if not (e.delivery and e.report and e.version and e.student and e.recipient and e.cycle):
            return
        if e.kind in ARRIVED and e.object:
            self.shown[e.delivery] = PublishedDelivery(
                e.delivery, e.report, e.version, e.student, e.recipient, e.channel or "", e.cycle, e.object
            )  # fmt: skip
            self.withdrawn.pop(e.delivery, None)
        elif e.kind == "withdrawn":
            self.withdrawn[e.delivery] = e.reason or ""

    def objects(self) -> dict[str, list[PublishedDelivery]]:
        """Every object that was delivered, with all deliveries in it, withdrawn or not, in the order of the log."""
        found: defaultdict[str, list[PublishedDelivery]] = defaultdict(list)
        for one in self.shown.values():
            found[one.object].append(one)
        return dict(found)

    def live(self) -> list[PublishedDelivery]:
        """What has not been taken back."""
        return [one for one in self.shown.values() if one.delivery not in self.withdrawn]
