"""Keeping an extract: read once for its content hash and its encoding, then copied without what nobody may keep."""

import codecs
import csv
import hashlib
import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from termpost.schemas.base.clock import Clock, SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Extract, ExtractId
from termpost.schemas.documents.findings import SkippedFile
from termpost.tasks.extract.encoding import not_utf8, refuse_wide
from termpost.tasks.extract.excluded_columns import all_dropped, dropped_in
from termpost.tasks.extract.inventory import ExtractFiles
from termpost.tasks.extract.landed import LANDED, extract_id, place_in_copy, read_note
from termpost.tasks.formats.registry import delimiter_of, detect
from termpost.tasks.formats.rows import rows_of
from termpost.tasks.formats.source_file import SourceFile, from_bytes
from termpost.tasks.secrets.object_tags import ObjectTags
from termpost.tasks.store.interface import Store

LANDING_FORMAT = "termpost.landing/2"
BEGUN = "begun.json"
CHUNK = 2**20  # bytes
MACHINE = SystemClock()


@dataclass(frozen=True)
class Fingerprint:
    """A source read through once: what it is, with nothing written."""

    id: ExtractId
    format: str  # "oneroster-csv", "lms-toolkit", "canvas-gradebook"
    version: str  # "1.1"
    files: dict[str, str]  # name → sha256

    @property
    def form(self) -> str:
        """Format and version in one: "oneroster-csv/1.1"."""
        return f"{self.format}/{self.version}"


def fingerprint(files: Sequence[SourceFile]) -> Fingerprint:
    """Hashes and decodes every file.

    The id is the sha256 over the sorted names and content hashes, so a folder and its zip are one extract.

    Raises:
        InputError: a file is empty or not UTF-8.
    """
    sums = {file.name: _sum(file) for file in files} | {file.name: _sum_of_bytes(file) for file in inserts_of(files)}
    form = detect(files)
    return Fingerprint(extract_id(sums), form.name, form.version, sums)


def inserts_of(files: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """The documents that came with these files."""
    return files.inserts if isinstance(files, ExtractFiles) else ()


def _sum_of_bytes(file: SourceFile) -> str:
    digest = hashlib.sha256()
    with file.open() as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _sum(file: SourceFile) -> str:
    digest, decoder, size = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0
    with file.open() as source:
        try:
            while chunk := source.read(CHUNK):
                if not size:
                    refuse_wide(chunk, file)
                if "\0" in decoder.decode(chunk):
                    raise InputError(
                        "not-text", "the file holds NUL bytes, so it is not CSV", file.shown, "export it again as CSV"
                    )
                digest.update(chunk)
                size += len(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            kept = len(error.object) - len(chunk)  # of the chunk before, whose last character went on in this one
            raise not_utf8(file, size - kept + error.start) from None
    if not size:
        raise InputError("empty-file", "the file is empty, without even a header row", file.shown, "export it again")
    return digest.hexdigest()


def land(
    store: Store,
    tags: ObjectTags,
    files: Sequence[SourceFile],
    weighed: Fingerprint,
    drop: Collection[str],
    clock: Clock = MACHINE,
    days: int | None = None,
    skipped: Sequence[SkippedFile] = (),
) -> Extract:
    """Copies an extract to `landing/<id>/`; one that already lies there whole, cut the same way, is left alone.

    Args:
        drop: columns that settings say nobody may keep, as `column`, `users.column` or `users.csv.column`, in any case.
        clock: gives the instant from which `landing_days` count.
        days: a copy older than that is made anew, since another run may be about to empty it; None: never.
        skipped: what lay in the source and was not read, for the record.

    Raises:
        InputError: a file to cut cannot be read as CSV, or one is not what it was when it was weighed; nothing is kept.
        Refused: `object-changed`, where the copy's note is not what was put there.
    """
    prefix = f"landing/{weighed.id}"
    dropped = all_dropped(drop)
    inserts = inserts_of(files)
    places = {file.name: place_in_copy(tags, file.name) for file in (*files, *inserts)}
    summary = {
        "format": LANDING_FORMAT, "source_version": weighed.version, "files": weighed.files, "dropped": dropped,
        "skipped": [file.model_dump() for file in skipped],
        "places": [[name, place] for name, place in sorted(places.items()) if place != name],
    }  # fmt: skip
    oldest = clock.today() - timedelta(days=days) if days is not None else None
    if not _landed(store, tags, prefix, summary, oldest):
        keep = {file.name: _kept_columns(file, dropped) for file in files}  # before the first is written
        stamp = {"landed_at": clock.today().isoformat()}
        store.put(f"{prefix}/{BEGUN}", json.dumps(stamp).encode())  # so that what a killed run leaves grows old too
        cut = dict[str, str]()  # sums of what lies there and is not as it came
        try:
            for file in inserts:
                store.put(f"{prefix}/{places[file.name]}", _cut(_unchanged(file, weighed), None))
            for file in files:
                data = _cut(_unchanged(file, weighed), keep[file.name])
                store.put(f"{prefix}/{places[file.name]}", data)
                if keep[file.name] is not None:
                    cut[file.name] = hashlib.sha256(data).hexdigest()
        except InputError:
            for key in list(store.list(f"{prefix}/")):
                store.delete(key)
            raise
        # written last: its presence says that all the rest is there
        note = json.dumps({**summary, **stamp, "cut": cut}, sort_keys=True).encode()
        store.put(f"{prefix}/{LANDED}", tags.tagged(f"{prefix}/{LANDED}", note))
        store.delete(f"{prefix}/{BEGUN}")
    return Extract(weighed.id, prefix, weighed.id, weighed.format, weighed.version)


def _unchanged(file: SourceFile, weighed: Fingerprint) -> SourceFile:
    """Its bytes in hand. Someone may be writing the export while we read it: what lands must be what was weighed."""
    with file.open() as source:
        data = source.read()
    if hashlib.sha256(data).hexdigest() != weighed.files[file.name]:
        raise InputError("source-changed", "the file changed while it was read", file.name,
                         "wait until the export has ended, then try again")  # fmt: skip
    return from_bytes(file.name, data)


def _landed(
    store: Store, tags: ObjectTags, prefix: str, summary: Mapping[str, object], oldest: datetime | None
) -> bool:  # fmt: skip
    note = read_note(store, tags, prefix)
    if note is None:
        return False
    old = oldest is not None and datetime.fromisoformat(note["landed_at"]) < oldest
    # a note of an earlier version does not say what was skipped, which is no reason to copy anew
    return not old and {name: note.get(name, []) for name in summary} == summary


def _kept_columns(file: SourceFile, dropped: Collection[str]) -> list[int] | None:
    """Places of the columns to keep; None where that is all of them. A file to cut is read to its end."""
    rows = rows_of(file, delimiter_of(file.beginning()))
    names = [cell.strip().casefold() for cell in next(rows, [])]
    own = dropped_in(file.name, dropped)
    keep = [place for place, name in enumerate(names) if name not in own]
    if len(keep) == len(names):
        return None
    for _ in rows:
        pass
    return keep


def _cut(file: SourceFile, keep: Sequence[int] | None) -> bytes:
    if keep is None:
        with file.open() as source:
            return source.read()
    delimiter = delimiter_of(file.beginning())
    rows = rows_of(file, delimiter)
    header = next(rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([header[i] for i in keep])
    for row in rows:
        # in a torn row any cell may be the one to drop: only its id stays, which is torn still, for the check to find
        torn = row[:1] if 0 in keep else row and [""]
        writer.writerow([row[i] for i in keep] if len(row) == len(header) else torn)
    return out.getvalue().encode()
