"""The evidence: the entries that show each section of the procedure, and the sums of the segments they lie in."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final

from termpost.schemas.log.entry import Logged
from termpost.schemas.log.review.evidence import SECTIONS, evidence_of
from termpost.schemas.log.review.school_year import SchoolYear
from termpost.tasks.home.home import Home
from termpost.tasks.log.segments import ChainPlace, segment_key

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # of every file in it: ZIP knows no earlier day
READ_ME: Final = """The evidence of a yearly review.

index.json      each section of the procedure, with the entries of the distribution log that show it (seq, segment)
section-*.ndjson  these entries, as `termpost log export` writes them
segments.sha256   the sums of the segments they lie in: sha256sum --check, in a copy of the store
review.json     the numbers

Entries name people by reference only. docs/verify-log.md of termpost shows how the log is checked without it.
"""


def segments_of(home: Home) -> tuple[list[Logged], dict[int, ChainPlace]]:
    """Every entry in order, and for each its segment's place by `seq`; the chain is checked on the way."""
    entries: list[Logged] = []
    places: dict[int, ChainPlace] = {}
    for place, rows in home.log.read(ChainPlace()):
        for entry in rows:
            entries.append(entry)
            places[entry.seq] = place
    return entries, places


def evidence_zip(
    entries: Sequence[Logged], places: Mapping[int, ChainPlace], year: SchoolYear, numbers: bytes
) -> bytes:  # fmt: skip
    """The same bytes for the same log and year: sorted, stored without a clock.

    Args:
        entries: those of the year.
        numbers: review.json.
    """
    shown = evidence_of(entries)
    used = {places[entry.seq].segment: places[entry.seq].sha256 for entry in entries}
    index = {
        "format": "termpost.evidence/1", "year": year.name, "first": year.first.isoformat(),
        "last": year.last.isoformat(),
        "sections": [
            {"section": one.number, "title": one.title,
             "entries": [{"seq": e.seq, "kind": e.kind, "segment": places[e.seq].segment} for e in shown[one.number]]}
            for one in SECTIONS
        ],
        "segments": [{"segment": n, "object": segment_key(n), "sha256": used[n]} for n in sorted(used)],
    }  # fmt: skip
    files = {f"section-{number}.ndjson": _lines(found) for number, found in shown.items()}
    files["index.json"] = (json.dumps(index, indent=1, sort_keys=True) + "\n").encode()
    files["segments.sha256"] = "".join(f"{used[n]}  {segment_key(n)}\n" for n in sorted(used)).encode()
    files["review.json"], files["README.txt"] = numbers, READ_ME.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            place = zipfile.ZipInfo(name, EARLIEST)
            place.compress_type, place.create_system, place.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            archive.writestr(place, files[name])
    return made.getvalue()


def sum_of(data: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


def _lines(entries: Sequence[Logged]) -> bytes:
    return "".join(json.dumps(entry.model_dump(mode="json"), sort_keys=True) + "\n" for entry in entries).encode()
