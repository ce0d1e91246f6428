"""Words of people: sealed under the key of the person they are about, so that erasing the key erases them.

Words about nobody (a class, a piece of work) are sealed under a key of whoever wrote them.
"""

import hashlib
import json

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.tasks.home.home import Home

NOTE_FORMAT = "termpost.note/1"


def keep_note(home: Home, person: PersonRef, key: str, text: str) -> str:
    """Puts the words under `key` and gives their digest for the log.

    Raises:
        InputError: no words.
    """
    if not text.strip():
        raise InputError("no-words", "there are no words", "standard input", "type them, or give --note-file FILE")
    sealed = home.people.seal(person, json.dumps({"format": NOTE_FORMAT, "text": text.strip()}).encode())
    home.store.put(key, sealed)
    return home.people.digest(person, sealed)


def keep_note_of_nobody(home: Home, staff: StaffId, key: str, text: str) -> str:
    """The same for words that are about no person; the digest is that of the object.

    Raises:
        InputError: no words.
    """
    keep_note(home, writer_ref(home, staff), key, text)
    return hashlib.sha256(home.store.get(key)).hexdigest()


def read_note(home: Home, person: PersonRef, key: str) -> str | None:
    """The words; None where nobody can read them any more.

    Raises:
        KeyError: the note is gone.
    """
    note = json.loads(home.people.open(person, home.store.get(key)))
    return str(note["text"]) if note["format"] == NOTE_FORMAT else None


def writer_ref(home: Home, staff: StaffId) -> PersonRef:
    """The reference of a member of staff in the key store: no id of an extract has a control character."""
    name = f"staff\0{staff}"
    return home.people.references([name])[name]
