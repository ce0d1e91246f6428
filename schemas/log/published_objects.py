"""What recipients can open or the office can print, read from the distribution log alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from termpost.schemas.log.cycle_state import ARRIVED, NEW_PERSON
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
    state: str = ""  # the last that the log says of it, with its reason
    reason: str = ""
    count: int | None = None  # which attempt it was, from the second on
    extract: str | None = None  # by which it was planned; of what was planned before the log said so, none


@dataclass
class Visible:
    """Folds the entries of the log, oldest first."""

    shown: dict[str, PublishedDelivery] = field(default_factory=dict)  # delivery → where it lies
    begun: dict[str, PublishedDelivery] = field(default_factory=dict)  # planned, and perhaps there already
    withdrawn: dict[str, str] = field(default_factory=dict)  # delivery → reason code
    digests: dict[str, str] = field(default_factory=dict)  # object → what it must be by the last entry
    approved: dict[str, tuple[str, int, str]] = field(default_factory=dict)  # digest → report, version, student
    abandoned: dict[str, PublishedDelivery] = field(default_factory=dict)  # object that was planned → what is elsewhere
    of_before: set[str] = field(default_factory=set)  # deliveries to whoever had the recipient's id before
    _planned_by: dict[str, str] = field(default_factory=dict)  # delivery → extract
    _attempts: Counter[str] = field(default_factory=Counter)  # delivery → how often it was planned

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
        if e.kind == "right_decided" and e.finding == NEW_PERSON:
            self.of_before |= {one.delivery for one in self.open() if one.recipient == e.recipient}
        if e.kind == "retained" and e.object:
            self._let_go(e.object)
        if e.delivery:
            self._add_delivery(e, e.delivery)

    def _let_go(self, key: str) -> None:
        """What went by the retention policy is open to nobody any more."""
        for deliveries in (self.shown, self.begun):
            for delivery in [one.delivery for one in deliveries.values() if one.object == key]:
                del deliveries[delivery]

    def _add_delivery(self, e: Entry, delivery: str) -> None:
        if e.kind == "planned":
            self._attempts[delivery] += 1
            if e.extract:
                self._planned_by[delivery] = e.extract
        if e.kind == "withdrawn":
            self.withdrawn[delivery] = e.reason or ""
        elif e.kind in (*ARRIVED, "planned") and e.object and (place := self._published(e, delivery, e.object)):
            # planned again, it is where it was planned last: killed there, it may be seen there and nowhere else
            self.shown.pop(delivery, None)
            before = self.begun.pop(delivery, None)
            if before is not None and before.object != place.object:
                self.abandoned[before.object] = before
            self.abandoned.pop(place.object, None)
            (self.begun if e.kind == "planned" else self.shown)[delivery] = place
            self.withdrawn.pop(delivery, None)
            self.of_before.discard(delivery)

    def _published(self, e: Entry, delivery: str, key: str) -> PublishedDelivery | None:
        if not (e.report and e.version and e.student and e.recipient and e.cycle):
            return None
        attempt = self._attempts[delivery]
        return PublishedDelivery(
            delivery, e.report, e.version, e.student, e.recipient, e.channel or "", e.cycle, key, e.kind,
            e.reason or "", attempt if attempt > 1 else None, self._planned_by.get(delivery),
        )  # fmt: skip

    def objects(self) -> dict[str, list[PublishedDelivery]]:
        """Every object that was delivered, with all deliveries in it, withdrawn or not, in the order of the log."""
        return _by_object(self.shown)

    def objects_begun(self) -> dict[str, list[PublishedDelivery]]:
        """Likewise every object that was planned, and of which nothing more is known."""
        return _by_object(self.begun)

    def live(self) -> list[PublishedDelivery]:
        """What has not been taken back."""
        return [one for one in self.shown.values() if one.delivery not in self.withdrawn]

    def open(self) -> list[PublishedDelivery]:
        """The same, with what may be there because a run was killed while it delivered."""
        return [one for one in (*self.shown.values(), *self.begun.values()) if one.delivery not in self.withdrawn]

    @cached_property
    def newest_live(self) -> dict[tuple[str, str, str], PublishedDelivery]:
        """Report, recipient and channel → the newest version that has not been taken back. Of a log read to its end."""
        return {(one.report, one.recipient, one.channel): one for one in sorted(self.live(), key=lambda o: o.version)}


def _by_object(deliveries: Mapping[str, PublishedDelivery]) -> dict[str, list[PublishedDelivery]]:
    found: defaultdict[str, list[PublishedDelivery]] = defaultdict(list)
    for one in deliveries.values():
        found[one.object].append(one)
    return dict(found)
