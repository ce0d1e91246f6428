"""The keys that keys of objects are wrapped under: of the people that an object is about, else of the home."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from termpost.schemas.base.refs import PersonRef
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.secrets.keys import Keys
from termpost.tasks.secrets.object_tags import OBJECTS

STORE: Final = "store"  # purpose of the home's key
HOME, PERSON = "home", "person"  # how ids of keys begin


class ObjectKeys:
    """By the id that the header of an object has of each: `home:<fingerprint>` or `person:<reference>`."""

    def __init__(self, keys: Keys, people: PersonKeyStore) -> None:
        # a purpose that outlives rotations, so that a home is the same home after one
        self.home = hmac.digest(keys.derive(OBJECTS), b"termpost home", "sha256")[:8].hex()
        self._people = people
        now = keys.derive_from_master(STORE)
        self.of_home = home_key_id(now)
        self._home = {self.of_home: now} | {
            home_key_id(key): key for purpose, key in keys.retained_keys.items() if is_store_key(purpose)
        }

    def of_people(self, people: Sequence[PersonRef]) -> tuple[str, ...]:
        """In one order, whoever names them."""
        return tuple(f"{PERSON}:{ref}" for ref in sorted(set(people)))

    def key(self, id_: str) -> bytes:
        """32 bytes.

        Raises:
            KeyError: the home does not have it, or the person was erased.
        """
        kind, _, name = id_.partition(":")
        if kind == PERSON:
            return hmac.digest(self._people.key(PersonRef(name)), b"termpost object", "sha256")
        return self._home[id_]


def home_key_id(key: bytes) -> str:
    """From which nothing can be told: it is of 32 random bytes, and cut short."""
    return f"{HOME}:{hashlib.sha256(b'termpost key id' + key).hexdigest()[:16]}"


def is_store_key(purpose: str) -> bool:
    """Whether it is one of those that a rotation left for objects that are under it."""
    return purpose.startswith(f"{STORE}/")


def retained_store_keys(keys: Keys) -> list[tuple[str, bytes]]:
    """What a rotation keeps, so that objects that are there still open; new ones are under the new key."""
    now = keys.derive_from_master(STORE)
    before = [(purpose, key) for purpose, key in keys.retained_keys.items() if is_store_key(purpose)]
    return [*before, (f"{STORE}/{home_key_id(now).partition(':')[2]}", now)]
