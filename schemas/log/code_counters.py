"""Which access code of each recipient counts, read from the distribution log alone.

A code is derived from a counter. Every revocation adds one, and so does the office where it finds that a recipient's id
passed to another person; so a home that was restored from an old backup does not make a revoked code good again.
"""

from collections import Counter
from collections.abc import Iterable

from termpost.schemas.log.cycle_state import NEW_PERSON
from termpost.schemas.log.entry import Entry

FIRST = 1
REVOKED, ISSUED = "code-revoked", "code-issued"  # reasons of `settings_changed`


class CodeCounters:
    """Folds the entries of the log, oldest first; the order does not matter."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._revoked = Counter(e.recipient for e in entries if _revokes(e))  # None: everyone's

    def of(self, recipient: str) -> int:
        return FIRST + self._revoked[None] + self._revoked[recipient]


def _revokes(entry: Entry) -> bool:
    if entry.kind == "right_decided":
        return entry.finding == NEW_PERSON and entry.recipient is not None
    return entry.kind == "settings_changed" and entry.reason == REVOKED
