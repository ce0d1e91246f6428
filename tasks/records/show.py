"""Opening one object of the store for somebody who has the home's keys."""

import json

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.stored_objects import SEALED_WORDS
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import writer_ref
from termpost.tasks.secrets.object_tags import changed, split
from termpost.tasks.secrets.staff import Role

MAY: frozenset[Role] = frozenset({"registrar", "head", "office", "auditor"})
SHOWN = "shown"  # reason in the log
ELSEWHERE = {  # prefix → what shows it
    "sealed/": ("a family's page opens with the family's code alone", "open it in a browser, with the code"),
    "lake/": ("the history is no object to look at", "ask it with `termpost sql`"),
}


def show_object(home: Home, key: str, staff: str, otp: str) -> bytes:
    """The clear bytes of an object; the log has said before that somebody looks, and who.

    Raises:
        InputError: `no-object`, `opens-elsewhere`, or why the home has no keys.
        Refused: see `EncryptedStore.get`, and as `Staff.prove` does; a code counts once, so it is asked last.
    """
    for prefix, (what, remedy) in ELSEWHERE.items():
        if key.startswith(prefix):
            raise InputError("opens-elsewhere", what, key, remedy)
    try:
        data = home.store.get(key)
    except (KeyError, ValueError):  # a name that leads out of the store
        raise InputError("no-object", "there is no such object in the store", key,
                         "`termpost show PREFIX/` lists what there is") from None  # fmt: skip
    if SEALED_WORDS.fullmatch(key):
        data = _words(home, key, data)
    who = home.staff.prove(staff, otp, home.clock.now(), MAY)
    home.log.append("show", [Entry(kind="exported", actor=who, object=key, reason=SHOWN)])
    return data


def _words(home: Home, key: str, data: bytes) -> bytes:
    """What was sealed under the key of the person it is about, else of whoever wrote it, as the log says."""
    try:
        opened = json.loads(home.people.open(_person(home, key), split(data)[0]))
    except KeyError:
        raise InputError("person-erased", "nobody can read this any more", key, "nothing can be done") from None
    except ValueError:
        raise changed(key) from None
    return json.dumps(opened, ensure_ascii=False, indent=1).encode()


def _person(home: Home, key: str) -> PersonRef:
    entry: Logged | None = None
    for one in home.log.entries():
        if one.object == key and one.digest is not None:
            entry = one
    if entry is None:
        raise InputError("no-object", "the log does not say whom this is about", key, "name one that the log has")
    person = entry.student or entry.recipient
    return PersonRef(person) if person else writer_ref(home, StaffId(entry.actor))
