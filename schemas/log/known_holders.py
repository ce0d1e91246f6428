"""By which extracts it is known whose a contact's id is, read from the distribution log alone.

Known it is where they were served by one, and where the office said that the id is the same person's, or another's.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from termpost.schemas.log.entry import Entry, EntryKind
from termpost.schemas.log.rights_decision import OF_HOLDER

SAID_BY: tuple[EntryKind, ...] = ("planned", "right_decided")


@dataclass
class KnownHolders:
    """Folds those entries, oldest first."""

    extracts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # recipient → extracts

    def add(self, entry: Entry) -> None:
        """The next entry; one that does not name its extract says nothing."""
        is_said = entry.kind == "planned" or (entry.kind == "right_decided" and entry.finding in OF_HOLDER)
        if is_said and entry.recipient and entry.extract:
            self.extracts[entry.recipient].add(entry.extract)
