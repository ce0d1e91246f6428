"""What of a person lies in the store: objects that are theirs by the log, and copies of extracts that have them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import GONE, Entry, Logged
from termpost.tasks.home.home import Home

COPIES = ("landing/", "quarantine/")
OF_CONTACT = ("notes/", "inbox/")  # what about a student is a contact's own: their words, their proofs
_RIGHTS = "notes/rights/"  # a decision about a student, and who decided: it bars, so it outlives whom it is about
SEPARATORS = re.compile(r"[^\w@.+-]+")


def words_in(text: str) -> str:
    """A text as words with one space around each, so that a value is found as words of its own."""
    return f" {' '.join(SEPARATORS.sub(' ', text.casefold()).split())} "


class Sought:
    """Values, ready to be looked for."""

    def __init__(self, values: Iterable[str]) -> None:
        self.words = [found for value in values if (found := words_in(value)).strip()]
        self.bytes = [value.encode() for value in values if len(value.encode()) >= 6]  # noqa: PLR2004 - fewer are in noise

    def in_text(self, data: bytes) -> int:
        text = words_in(data.decode("utf-8", "ignore"))
        return sum(word in text for word in self.words)

    def in_bytes(self, data: bytes) -> int:
        return sum(value in data for value in self.bytes)


def objects_of(entries: Sequence[Logged], person: PersonRef) -> list[str]:
    """Store keys whose bytes the log knows under this person's key, or that are words of theirs; in order."""
    found, whose = dict[str, None](), dict[str, str | None]()
    queries = {one.query for one in entries if one.kind == "query_received" and one.recipient == person}
    for one in entries:
        if not one.object or one.object.startswith(("landing/", "quarantine/", "log/", "lake/")):
            continue
        if one.digest is not None:
            whose[one.object] = one.student or one.recipient
        if one.kind in GONE and one.digest is None:
            whose.pop(one.object, None)
            found.pop(one.object, None)
        elif whose.get(one.object) == person or (
            one.object.startswith(OF_CONTACT)
            and not one.object.startswith(_RIGHTS)
            and (one.recipient == person or one.query in queries - {None})
        ):  # fmt: skip
            found[one.object] = None
    return list(found)


def folders_of(entries: Sequence[Logged], student: PersonRef) -> list[str]:
    """Where the versions of their reports lie, with what was noted beside them."""
    made = (one.object for one in entries if one.kind == "report_made" and one.student == student and one.object)
    return list(dict.fromkeys(key.rpartition("/")[0] for key in made))


def copies_of(home: Home, sought: Sought) -> list[str]:
    """Prefixes of copies of extracts, and of what was found in them, that have any of it: `landing/3f0c…`."""
    found = []
    for area in COPIES:
        keys = sorted(home.store.list(area))
        for prefix, group in groupby(keys, _copy):
            if any(sought.in_text(_opened(home, key)) for key in group):
                found.append(prefix)
    return found


def _copy(key: str) -> str:
    parts = key.split("/")
    return "/".join(parts[:3] if parts[1] == "incoming" else parts[:2])


def _opened(home: Home, key: str) -> bytes:
    try:
        return home.store.get(key)
    except (KeyError, Refused):
        return b""


def let_go(home: Home, run: str, case: str, keys: Sequence[str], folders: Sequence[str] = ()) -> int:
    """Into the log, then out of the store with every version; of folders whatever lies under them. How many objects."""
    gone = 0
    home.log.append(run, [Entry(kind="erased", case=case, object=key) for key in (*keys, *folders)])
    under = [key for folder in folders for key in home.store.list(f"{folder}/")]
    for key in (*keys, *under):
        gone += home.store.raw.head(key) is not None
        home.store.delete(key)
    return gone


def forget_older(home: Home) -> int:
    """Older versions of what is overwritten, which the keys of the home still open; the log's are never touched."""
    done = 0
    for area in _areas():
        for key in dict.fromkeys(home.store.rewritten(area)):
            if home.store.raw.head(key) is None:
                home.store.delete(key)
            else:
                home.store.forget_older(key)
            done += 1
    return done


def _areas() -> Iterator[str]:
    yield from ("landing/", "quarantine/", "reports/", "outgoing/", "print/", "notes/", "sealed/", "door/", "verify/",
                "records/", "analyst/")  # fmt: skip
