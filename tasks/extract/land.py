"""Keeping an extract: read once for its content hash and its encoding, then copied without what nobody may keep."""

import codecs
import csv
import hashlib
import io
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO

from schemas.errors import InputError
from schemas.refs import Extract, ExtractId
from tasks.extract.source import SourceFile
from tasks.store import Store

LANDING_FORMAT = "termpost.landing/1"
CHUNK = 2**20  # bytes
NEVER_KEPT = frozenset({"password"})  # OneRoster users.csv; no setting can keep it


@dataclass(frozen=True)
class Weighed:
    """A source read through once: what it is, with nothing written."""

    id: ExtractId
    version: str  # of OneRoster
    files: dict[str, str]  # name → sha256


def weigh(files: Sequence[SourceFile]) -> Weighed:
    """Hashes and decodes every file.

    The id is the sha256 over the sorted names and content hashes, so a folder and its zip are one extract.

    Raises:
        InputError: a file is empty or not UTF-8.
    """
    sums = {file.name: _sum(file) for file in files}
    total = hashlib.sha256("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())
    return Weighed(ExtractId(total.hexdigest()), _version(files), sums)


def _sum(file: SourceFile) -> str:
    digest, decoder, size = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0
    with file.open() as source:
        try:
            while chunk := source.read(CHUNK):
                if "\0" in decoder.decode(chunk):
                    raise InputError(
                        "not-text", "the file holds NUL bytes, so it is not CSV", file.name, "export it again as CSV"
                    )
                digest.update(chunk)
                size += len(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise InputError(
                "not-utf8", f"the file is not UTF-8 (near byte {size:,})", file.name, "export it as CSV UTF-8"
            ) from None
    if not size:
        raise InputError("empty-file", "the file is empty, without even a header row", file.name, "export it again")
    return digest.hexdigest()


def _version(files: Sequence[SourceFile]) -> str:
    """What manifest.csv says of itself; OneRoster 1.1 where it says nothing."""
    manifest = next((file for file in files if file.name == "manifest.csv"), None)
    if manifest is None:
        return "1.1"
    with _text(manifest.open()) as text:
        said = {row[0]: row[1] for row in csv.reader(text) if len(row) > 1}
    return said.get("oneroster.version") or "1.1"


@contextmanager
def _text(opened: AbstractContextManager[IO[bytes]]) -> Iterator[io.TextIOWrapper]:
    with opened as source:
        yield io.TextIOWrapper(source, encoding="utf-8-sig", newline="")


def land(store: Store, files: Sequence[SourceFile], weighed: Weighed, drop: Collection[str]) -> Extract:
    """Copies an extract to `landing/<id>/`; one that already lies there whole is left alone.

    Args:
        drop: columns that settings say nobody may keep, as `file.column` or `column`.
    """
    prefix = f"landing/{weighed.id}"
    if store.head(f"{prefix}/landing.json") is None:
        for file in files:
            store.put(f"{prefix}/{file.name}", _without(file, {*NEVER_KEPT, *drop}))
        # written last: its presence says that all the rest is there
        summary = {"format": LANDING_FORMAT, "source_version": weighed.version, "files": weighed.files}
        store.put(f"{prefix}/landing.json", json.dumps(summary, sort_keys=True).encode())
    return Extract(weighed.id, prefix, weighed.id, "oneroster-csv", weighed.version)


def _without(file: SourceFile, drop: Collection[str]) -> bytes:
    with file.open() as source:
        data = source.read()
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    header = next(rows, [])
    keep = [i for i, column in enumerate(header) if column not in drop and f"{file.name}.{column}" not in drop]
    if len(keep) == len(header):
        return data
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([header[i] for i in keep])
    for row in rows:
        # in a ragged row any cell may be the one to drop: only its id stays, ragged still, for the check to find
        writer.writerow([row[i] for i in keep] if len(row) == len(header) else row[:1])
    return out.getvalue().encode()
