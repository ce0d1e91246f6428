"""Whether the objects that the log names lie in the store as the log says, and carry the tag that they must."""

import hashlib
from collections.abc import Callable

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.stored_objects import label_of
from termpost.schemas.log.entry import Logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged, kept_version

BESIDE_REPORTS = ("made.json", "report.json")


def object_is_as_logged(home: Home) -> Callable[[Logged], bool]:
    """A check for one entry with object and digest. What was noted beside a report is looked at with the report."""
    beside: dict[str, bool] = {}

    def judge(entry: Logged) -> bool:
        if entry.object is None or entry.kind == "extract_received":  # what landed is looked at before it is used
            return True
        try:
            if not _is_as_logged(home, entry, entry.object):
                return False
            if entry.kind != "report_made":
                return True
            folder = entry.object.rpartition("/")[0]
            if folder not in beside:
                beside[folder] = _has_its_notes(home, folder)
            return beside[folder]
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


def _has_its_notes(home: Home, folder: str) -> bool:
    """Reports of before there were models have no second one."""
    made, *model = BESIDE_REPORTS
    noted = get_tagged(home, f"{folder}/{made}")
    return b'"termpost.made/1"' in noted or all(get_tagged(home, f"{folder}/{name}") for name in model)


def _has_tag(key: str) -> bool:
    try:
        label_of(key)
    except ValueError:
        return False
    return True
