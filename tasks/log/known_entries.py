"""What a writer of the log keeps in mind of its entries."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b

from termpost.schemas.log.entry import GONE, IDENTITY, REPEATABLE, Entry
from termpost.tasks.log.segments import EntryRow

HANDED_OVER = "log-key-rotated"  # reason of the entry whose digest is the next key, raw, in base64


class KnownEntries:
    """Of the entries up to here."""

    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self.kept: dict[str, str] = {}  # object → digest, of those whose version the log says
        self.last: datetime | None = None  # when the last entry was written
        self._facts: set[bytes] = set()

    def learn(self, rows: Iterator[EntryRow]) -> str | None:
        """Keeps in mind which facts are there; returns the key that the log is handed over to, in base64."""
        next_key, row = None, None
        for row in rows:
            if row["kind"] == "kept":
                self.kept[row.get("object", "")] = row.get("digest", "")
            elif row["kind"] in GONE:
                self.kept.pop(row.get("object", ""), None)
            if row["kind"] not in REPEATABLE:
                self._facts.add(_mark(tuple(row.get(name) for name in IDENTITY)))
            elif row.get("reason") == HANDED_OVER:
                next_key = str(row["digest"])
            elif row.get("previous"):
                self.settings[row["reason"]] = row["digest"]
        if row is not None:
            self.last = datetime.fromisoformat(row["at"])
        return next_key

    def fresh(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those that are to be written: acts, and facts that are not there yet, each once."""
        seen: set[bytes] = set()
        fresh = []
        for entry in entries:
            mark = _mark(entry.identity)
            if entry.kind in REPEATABLE or not (mark in self._facts or mark in seen):
                fresh.append(entry)
                seen.add(mark)
        return fresh


def _mark(identity: tuple[object, ...]) -> bytes:
    """Sixteen bytes that stand for a fact: it is in memory for every fact of the log, and two never share one."""
    return blake2b(repr(identity).encode(), digest_size=16).digest()
