"""An extract as it lies in landing: whether its files are those that were copied, and all of them."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.documents.findings import SkippedFile
from termpost.tasks.extract.inserts import is_insert, student_of_insert
from termpost.tasks.formats.registry import known_names
from termpost.tasks.formats.source_file import SourceFile
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.secrets.object_tags import ObjectTags, changed, gone, split
from termpost.tasks.store.interface import Store

LANDED: Final = "landing.json"
ANEW: Final = "remove the folder from the store and prepare again, which copies the extract anew"


def extract_id(files: Mapping[str, str]) -> ExtractId:
    """Of what is in a source: name → sha256. A folder and its zip are one extract."""
    lines = "".join(f"{files[name]}  {name}\n" for name in sorted(files))
    return ExtractId(hashlib.sha256(lines.encode()).hexdigest())


def read_note(store: Store, tags: ObjectTags, prefix: str) -> dict[str, Any] | None:
    """What was noted of a copy; None where there is none, or one that an earlier version made.

    Raises:
        Refused: `object-changed`.
    """
    key = f"{prefix}/{LANDED}"
    try:
        data = store.get(key)
    except KeyError:
        return None
    if split(data)[1] is None:
        return None
    note: dict[str, Any] = json.loads(tags.opened(key, data))
    if prefix != f"landing/{extract_id(note['files'])}":
        raise changed(key)
    return note


@dataclass(frozen=True)
class LandedFile:
    """One file of a copy."""

    key: str  # of the store
    sha256: str  # of what must lie there


def place_in_copy(tags: ObjectTags, name: str) -> str:
    """Where a file lies within a copy: under its name where every extract of its format has that name; what a person
    called it (a class, a teacher, a student's id) is said by the copy's note alone, which is encrypted."""
    if is_insert(name):
        return f"insert-{tags.pseudonym(name)}.pdf"
    return name if name in known_names() else f"file-{tags.pseudonym(name)}.csv"


def landed_files(store: Store, tags: ObjectTags, prefix: str) -> dict[str, LandedFile]:
    """The files of a copy by their names.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    note = read_note(store, tags, prefix)
    if note is None:
        raise gone(f"{prefix}/{LANDED}", ANEW)
    places, sums = dict(note.get("places", ())), {**note["files"], **note["cut"]}
    return {name: LandedFile(f"{prefix}/{places.get(name, name)}", sha256) for name, sha256 in sums.items()}


def landed_inserts(store: Store, tags: ObjectTags, prefix: str) -> dict[str, SourceFile]:
    """Student's source id → the document that goes along with their report, compared again when it is opened.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    files = sorted(landed_files(store, tags, prefix).items())
    found = [(name, file) for name, file in files if is_insert(name)]
    return {student_of_insert(name): SourceFile(name, partial(_opened, store, file)) for name, file in found}


def _opened(store: Store, file: LandedFile) -> io.BytesIO:
    return io.BytesIO(unchanged(store, file))


def landed_skipped(store: Store, tags: ObjectTags, prefix: str) -> tuple[SkippedFile, ...]:
    """What lay in the source of a copy and was not read.

    Raises:
        Refused: `object-changed`.
    """
    note = read_note(store, tags, prefix) or {}
    return tuple(SkippedFile.model_validate(file) for file in note.get("skipped", ()))


def refuse_changed(store: Store, tags: ObjectTags, prefix: str) -> None:
    """Reads every file of a copy once, before anything goes by it.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    files = list(landed_files(store, tags, prefix).values())
    for file, head in zip(files, concurrent_map(lambda file: store.head(file.key), files), strict=True):
        if head is None:
            raise gone(file.key, ANEW)
        if head.sha256 != file.sha256:
            raise _changed(file.key)


def unchanged(store: Store, file: LandedFile) -> bytes:
    """One file of a copy.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    try:
        data = store.get(file.key)
    except KeyError:
        raise gone(file.key, ANEW) from None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise _changed(file.key)
    return data


def _changed(key: str) -> Refused:
    return changed(key, ANEW)
