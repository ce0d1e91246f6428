"""Words of people: sealed under the key of the person they are about, so that erasing the key erases them."""

import json

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
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
