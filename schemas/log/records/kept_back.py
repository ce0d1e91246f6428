"""Whose records stay whatever the retention policy says: under a legal hold, or of a case that is open."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.holds import RecordsHolds

CASES = frozenset({"access_request", "erased", "transferred", "incident"})
GOES_ON = frozenset({"received", "opened", "concerns", "noted", "reported", "told"})  # other reasons end a case


@dataclass
class KeptBack:
    """Folds all entries of the log, oldest first."""

    holds: RecordsHolds = field(default_factory=RecordsHolds)
    cases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # open case → whom it is about
    _families: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # student → recipients

    @classmethod
    def fold(cls, entries: Iterable[Entry]) -> "KeptBack":
        found, all_entries = cls(), list(entries)
        found.holds = RecordsHolds.fold(all_entries)
        for entry in all_entries:
            if entry.student and entry.recipient:
                found._families[entry.student].add(entry.recipient)
            if entry.case and entry.kind in CASES:
                found._add(entry, entry.case)
        return found

    def _add(self, entry: Entry, case: str) -> None:
        if entry.reason in GOES_ON:
            self.cases[case] |= {one for one in (entry.student, entry.recipient) if one}
        else:
            self.cases.pop(case, None)

    @property
    def people(self) -> frozenset[str]:
        """References of the students and of those who received something about them."""
        students: set[str] = {*self.holds.causes, *(one for people in self.cases.values() for one in people)}
        return frozenset(students.union(*(self._families[one] for one in students if one in self._families)))

    @property
    def is_any_held(self) -> bool:
        """Whether a legal hold is on: then what is about many stays too, since it may be about them."""
        return bool(self.holds.causes)
