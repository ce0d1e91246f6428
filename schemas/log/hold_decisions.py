"""What staff decided about holds, read from the distribution log alone.

A decision is about the holds that one extract brought, rule by rule. An `accept` says that a report is right without
the rows that were quarantined then; other rows may be missing next time, so it counts for that extract only. A course
that is left off, or whose grade is to follow, shows no mark that could be wrong: such a decision counts again where a
later extract brings the same hold (student, class and rule).

A course may also be left off a report that no extract brought a hold to. That is about the course alone, and counts
until something else is decided about it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from termpost.schemas.documents.prepared import Hold
from termpost.schemas.log.entry import Entry

ResolutionWay = Literal["accept", "omit-course", "grade-to-follow"]
RESOLUTION_WAYS: tuple[ResolutionWay, ...] = get_args(ResolutionWay)
HoldPlace = tuple[str, str | None]  # student, class or the whole report


@dataclass(frozen=True)
class HoldDecision:
    """How a hold was resolved, by whom, and in which extract it was seen."""

    way: ResolutionWay
    by: str
    extract_id: str


@dataclass
class HoldDecisions:
    """Folds the entries of one cycle, oldest first; a later decision goes before an earlier one."""

    cycle: str
    _held: defaultdict[tuple[HoldPlace, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    _made: dict[tuple[HoldPlace, str], HoldDecision] = field(default_factory=dict)
    left_off: dict[HoldPlace, HoldDecision] = field(default_factory=dict)  # courses, without a hold

    @classmethod
    def fold(cls, cycle: str, entries: Iterable[Entry]) -> "HoldDecisions":
        decisions = cls(cycle)
        for entry in entries:
            if entry.cycle == cycle and entry.student and entry.extract:
                decisions._add(entry, (entry.student, entry.class_id), entry.extract)
        return decisions

    def _add(self, entry: Entry, place: HoldPlace, extract_id: str) -> None:
        if entry.kind == "held" and entry.reason:
            self._held[place, extract_id].add(entry.reason)
        elif entry.kind == "hold_resolved":
            rules = self._held[place, extract_id]
            for way in RESOLUTION_WAYS:
                if way == entry.reason:
                    decision = HoldDecision(way, entry.actor, extract_id)
                    self._made.update({(place, rule): decision for rule in rules})
                    self.left_off.pop(place, None)
                    if way == "omit-course" and entry.class_id and not rules:
                        self.left_off[place] = decision

    def __bool__(self) -> bool:
        return bool(self._made or self.left_off)

    def knows(self, hold: Hold, extract_id: str) -> bool:
        """Whether the log has this hold, so that a decision on it would count."""
        return hold.reason in self._held.get(((hold.student, hold.class_id), extract_id), ())

    def on(self, hold: Hold, extract_id: str) -> HoldDecision | None:
        """The decision that counts for a hold of an extract; None while there is none."""
        decision = self._made.get(((hold.student, hold.class_id), hold.reason))
        if decision is None or (decision.way == "accept" and decision.extract_id != extract_id):
            return None
        return decision


def entries_of(
    cycle: str,
    student: str,
    classes: Iterable[str | None],
    way: ResolutionWay,
    by: str,
    extract_id: str,
    note: tuple[str, str] | None = None,
) -> Iterator[Entry]:
    """One entry for each course, or for the whole report (None).

    Args:
        note: key and digest of the reason in words, where one was given.
    """
    key, digest = note or (None, None)
    for class_id in classes:
        yield Entry(
            kind="hold_resolved", actor=by, cycle=cycle, student=student, class_id=class_id, reason=way,
            extract=extract_id, object=key, digest=digest,
        )  # fmt: skip
