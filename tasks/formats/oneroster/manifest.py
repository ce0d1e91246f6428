"""What the manifest of a OneRoster bundle says: which version it is, and what each file holds of the whole."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from termpost.tasks.formats.service_notes import SERVICE, SERVICE_NOTES
from termpost.tasks.formats.source_file import SourceFile

MANIFEST = "manifest.csv"
MODES = frozenset({"absent", "bulk", "delta"})
# what termpost itself says in the manifest of a delta that was applied
APPLIED = "termpost.delta"
OWN = "termpost."  # how every property begins that termpost itself writes
APPLIED_ROWS = "termpost.delta.rows."  # and the file: so many rows at its beginning are the delta's


@dataclass(frozen=True)
class Manifest:
    """Property → value, without blank ones: they are common in real bundles and say nothing."""

    properties: Mapping[str, str]

    @property
    def modes(self) -> dict[str, str]:
        """File name → absent, bulk, delta, or a word that is none of them."""
        start = "file."
        return {
            f"{name.removeprefix(start)}.csv": value.lower()
            for name, value in self.properties.items()
            if name.startswith(start)
        }

    @property
    def deltas(self) -> frozenset[str]:
        """Files that hold changes only."""
        return frozenset(name for name, mode in self.modes.items() if mode == "delta")

    @property
    def is_applied(self) -> bool:
        """Whether this extract is a delta that was applied: a whole again, in which rows may carry status and date."""
        return APPLIED in self.properties

    @property
    def service_notes(self) -> dict[str, list[str]]:
        """File → what was odd about how a REST service gave its collection."""
        return {
            f"{name.removeprefix(SERVICE)}.csv": [word for word in SERVICE_NOTES if word in value.split()]
            for name, value in self.properties.items()
            if name.startswith(SERVICE)
        }

    @property
    def applied_rows(self) -> dict[str, int]:
        """File → how many rows at its beginning are a delta's."""
        return {
            name.removeprefix(APPLIED_ROWS): int(value)
            for name, value in self.properties.items()
            if name.startswith(APPLIED_ROWS) and value.isdecimal()
        }


def of_pairs(pairs: Iterable[tuple[str | None, str | None]]) -> Manifest:
    """From rows of (propertyName, value)."""
    return Manifest({name.strip(): value.strip() for name, value in pairs if name and value and value.strip()})


def read_manifest(files: Iterable[SourceFile]) -> Manifest:
    """The manifest among the files; an empty one where there is none or it cannot be read, which the check tells."""
    found = next((file for file in files if file.name == MANIFEST), None)
    if found is None:
        return Manifest({})
    text = found.head.decode("utf-8-sig", errors="replace")  # some thirty lines
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return Manifest({})
    return of_pairs((row[0], row[1]) for row in rows[1:] if len(row) > 1)
