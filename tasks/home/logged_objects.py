"""Whether the objects that the log names lie in the store as the log says, and carry the tag that they must."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.stored_objects import label_of
from termpost.schemas.log.entry import Logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged, kept_version


def object_is_as_logged(home: Home) -> Callable[[Logged], bool]:
    """A check for one entry with object and digest. What was noted beside a report is looked at with the report."""
    notes: dict[str, dict[str, Any]] = {}  # folder of a report version → what was noted of its renditions

    def judge(entry: Logged) -> bool:
        if entry.object is None or entry.kind == "extract_received":  # what landed is looked at before it is used
            return True
        try:
            if not _is_as_logged(home, entry, entry.object):
                return False
            if entry.kind != "report_made":
                return True
            folder, _, name = entry.object.rpartition("/")
            if folder not in notes:
                notes[folder] = _noted(home, folder)
            return bool(notes[folder][name]["digest"] == entry.digest)
        except (KeyError, Refused):
            return False

    return judge


def _is_as_logged(home: Home, entry: Logged, key: str) -> bool:
    if entry.kind == "kept":
        return kept_version(home, key, entry.digest or "") is not None
    data = get_tagged(home, key) if _has_tag(key) else home.store.get(key)
    person = entry.student or entry.recipient
    if person is None:
        return hashlib.sha256(data).hexdigest() == entry.digest
    return home.people.digest(PersonRef(person), data) == entry.digest


def _noted(home: Home, folder: str) -> dict[str, Any]:
    """Of the renditions of a report, whose model is looked at too; those of before there were models have none."""
    made = json.loads(get_tagged(home, f"{folder}/made.json"))
    if made["format"] != "termpost.made/1":
        get_tagged(home, f"{folder}/report.json", made.get("report"))
    renditions: dict[str, Any] = made["renditions"]
    return renditions


def _has_tag(key: str) -> bool:
    try:
        label_of(key)
    except ValueError:
        return False
    return True
