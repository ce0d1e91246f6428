"""Tags for what an earlier version put into the store, once each is compared with what the log says of it.

What only one run reads is left alone: landing, findings and plans are made anew. A home is asked once: whoever strips
a tag later does not get another one.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.stored_objects import OBJECT_KINDS, label_of
from termpost.schemas.log.entry import Logged
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.object_tags import changed, split

PREFIXES = ("notes/comments/", "notes/rights/", "reports/")
KEPT = ("/prepared.json", "notes/comments/")  # how names of kept objects end, or begin


@dataclass
class Untagged:
    """What carries no tag yet."""

    kept: list[str] = field(default_factory=list)  # names, also where they lie, of what the log is to say which counts
    others: list[str] = field(default_factory=list)
    unverified: Counter[str] = field(default_factory=Counter)  # place of a kind → objects of which the log says nothing


def look(home: Home) -> Untagged:
    """Compares every object without a tag with the log.

    Raises:
        Refused: `object-changed`, where it is another than the log says; nothing was changed.
    """
    found, said = Untagged(), _Said.of(home.log.entries())
    for key, data in _untagged(home):
        if not _is_as_logged(home, key, data, said):
            found.unverified[_place(key)] += 1
        (found.kept if _is_kept(key) else found.others).append(key)
    return found


def tag_in_place(home: Home) -> None:
    """Adds the tag to all that stay where they are; safe to run again."""
    for key, data in _untagged(home):
        if not _is_kept(key):
            home.store.put(key, home.tags.tagged(key, data))


@dataclass
class _Said:
    """What the log has of objects."""

    digests: dict[str, str] = field(default_factory=dict)  # object → digest
    about: dict[str, str] = field(default_factory=dict)  # object → student

    @classmethod
    def of(cls, entries: Iterable[Logged]) -> "_Said":
        found = cls()
        for entry in entries:
            if entry.object and entry.digest:
                found.digests[entry.object] = entry.digest
                found.about[entry.object] = entry.student or ""
        return found


def _untagged(home: Home) -> Iterator[tuple[str, bytes]]:
    for key in [key for prefix in PREFIXES for key in home.store.list(prefix)]:
        if not key.endswith(".json") or not _has_label(key):
            continue
        data = home.store.get(key)
        if split(data)[1] is None:
            yield key, data


def _is_as_logged(home: Home, key: str, data: bytes, said: _Said) -> bool:
    """False where the log says nothing of it.

    Raises:
        Refused: `object-changed`.
    """
    student = PersonRef(said.about.get(key, ""))
    if key in said.digests and student:
        return home.people.is_known(student) and _same(key, said.digests[key], home.people.digest(student, data))
    if key in said.digests:
        return _same(key, said.digests[key], hashlib.sha256(data).hexdigest())
    name = key.rpartition("/")[2]
    if name == "made.json":
        folder, value = key.removesuffix("/made.json"), json.loads(data)
        return _all_same(key, {f"{folder}/{file}": one["digest"] for file, one in value["renditions"].items()}, said)
    if name == "prepared.json":  # its holds are what nothing else says
        _all_same(key, {one["object"]: one["digest"] for one in _renditions(json.loads(data))}, said)
    return False


def _renditions(manifest: dict[str, Any]) -> Iterator[dict[str, str]]:
    for report in manifest["reports"]:
        yield from report["renditions"]


def _all_same(key: str, digests: dict[str, str], said: _Said) -> bool:
    return all(_same(key, said.digests[name], digest) for name, digest in digests.items() if name in said.digests)


def _same(key: str, logged: str, found: str) -> bool:
    if logged != found:
        raise changed(key)
    return True


def _is_kept(key: str) -> bool:
    return key.endswith(KEPT[0]) or key.startswith(KEPT[1])


def _has_label(key: str) -> bool:
    try:
        label_of(key)
    except ValueError:
        return False
    return True


def _place(key: str) -> str:
    """Of the kind."""
    return next(kind.place for kind in OBJECT_KINDS if kind.format == label_of(key).format)
