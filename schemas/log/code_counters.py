"""Which access code of each recipient counts, read from the distribution log alone.

A code is derived from a counter. Every revocation adds one, so a home that was restored from an old backup does not
make a revoked code good again.
"""

from collections import Counter
from collections.abc import Iterable

from termpost.schemas.log.entry import Entry

FIRST = 1
REVOKED, ISSUED = "code-revoked", "code-issued"  # reasons of `settings_changed`


class CodeCounters:
    """Folds the entries of the log, oldest first; the order does not matter."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        revoked = (e.recipient for e in entries if e.kind == "settings_changed" and e.reason == REVOKED)
        self._revoked = Counter(revoked)  # None: everyone's

    def of(self, recipient: str) -> int:
        return FIRST + self._revoked[None] + self._revoked[recipient]
