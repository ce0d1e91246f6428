"""An extract as it lies in landing: whether its files are those that were copied, and all of them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.documents.findings import SkippedFile
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


def landed_files(store: Store, tags: ObjectTags, prefix: str) -> dict[str, str]:
    """Each file of a copy with the sha256 of what must lie there.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    note = read_note(store, tags, prefix)
    if note is None:
        raise gone(f"{prefix}/{LANDED}", ANEW)
    return {**note["files"], **note["cut"]}


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
    files = landed_files(store, tags, prefix)
    keys = [f"{prefix}/{name}" for name in files]
    for key, must, head in zip(keys, files.values(), concurrent_map(store.head, keys), strict=True):
        if head is None:
            raise gone(key, ANEW)
        if head.sha256 != must:
            raise _changed(key)


def unchanged(store: Store, key: str, sha256: str) -> bytes:
    """One file of a copy.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    try:
        data = store.get(key)
    except KeyError:
        raise gone(key, ANEW) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise _changed(key)
    return data


def _changed(key: str) -> Refused:
    return changed(key, ANEW)
