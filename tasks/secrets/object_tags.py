"""The tag that an object of the store carries: nobody without a key of the home can write, change or rename one.

It is a line after the last of the object, so that whoever reads the object, with `jq` or by eye, sees what it says.
"""

import hmac
import re
from typing import Final

from termpost.schemas.base.errors import Refused
from termpost.schemas.documents.stored_objects import label_of
from termpost.tasks.secrets.keys import Keys

TAG_FORMAT: Final = "termpost.tag/1"
OBJECTS: Final = "objects"  # purpose of the key; a rotation of the master secret keeps it
PUT_BACK: Final = "put it back"
_LINE = re.compile(rb'\n\{"tag":"([0-9a-f]{64})"\}\n')
_LENGTH = len(b'\n{"tag":""}\n') + 64


class ObjectTags:
    """Tags under a key of the home: HMAC-SHA-256 over format, name, cycle and bytes, each with its length before it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of_home(cls, keys: Keys) -> "ObjectTags":
        return cls(keys.derive(OBJECTS))

    def of(self, name: str, body: bytes) -> str:
        """The tag, hex. It is also what the log has as the digest of a kept object: it confirms no guess."""
        label = label_of(name)
        said = [TAG_FORMAT, label.format, label.name, label.cycle]
        return hmac.digest(self._key, _joined([*(one.encode() for one in said), body]), "sha256").hex()

    def pseudonym(self, name: str) -> str:
        """A name that says nothing and is the same each time: nobody without the key can try out what it stands for."""
        return hmac.digest(self._key, _joined([b"name", name.encode()]), "sha256").hex()[:20]

    def tagged(self, name: str, body: bytes) -> bytes:
        """As it lies in the store."""
        return body + f'\n{{"tag":"{self.of(name, body)}"}}\n'.encode()

    def opened(self, name: str, data: bytes, place: str | None = None) -> bytes:
        """The bytes without their tag.

        Args:
            place: where it lies, if not under its name.

        Raises:
            Refused: `no-tag`, `object-changed`.
        """
        body, tag = split(data)
        if tag is None:
            raise no_tag(place or name)
        if not hmac.compare_digest(tag, self.of(name, body)):
            raise changed(place or name)
        return body


def split(data: bytes) -> tuple[bytes, str | None]:
    """The bytes and the tag that they carry; None where they carry none."""
    found = _LINE.fullmatch(data, max(0, len(data) - _LENGTH))
    return (data[:-_LENGTH], found[1].decode()) if found else (data, None)


def no_tag(place: str) -> Refused:
    return Refused("no-tag", f"{place} carries no tag of this home", "the store",
                   "run `termpost migrate` where an earlier version made the home; else put it back, and find out who "
                   "changed the store (termpost log verify --full)")  # fmt: skip


def changed(place: str, remedy: str = PUT_BACK) -> Refused:
    return Refused("object-changed", f"{place} is not what this home put there", "the store",
                   f"{remedy}; find out who changed the store (termpost log verify --full)")  # fmt: skip


def gone(place: str, remedy: str = PUT_BACK) -> Refused:
    return Refused("object-gone", f"{place} is gone", "the store",
                   f"{remedy}; find out who changed the store (termpost log verify --full)")  # fmt: skip


def _joined(parts: list[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
