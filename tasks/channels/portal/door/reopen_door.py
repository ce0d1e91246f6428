"""The second code path for doors (law 13): opens one that is about to be put, and says what is in it.

It trusts nothing that made it. Of the sealing it shares `tidy` only, and states the format once more.
"""

import base64
import hmac
import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.door import DoorContent
from termpost.tasks.secrets.access_codes import tidy

_FORMAT, _FIELDS = "termpost.door/1", ["format", "key", "salt", "data"]


@dataclass(frozen=True)
class OpenedDoor:
    """What was sealed in a door, and the key that stands on it in clear."""

    content: DoorContent
    public: bytes


def reopen_door(sealed: bytes, code: str) -> OpenedDoor:
    """A door as it was before. InputError `does-not-open` on a wrong code or when any byte was changed."""
    secret = tidy(code).encode()
    try:
        return _opened(sealed, secret)
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise InputError(
            "does-not-open", "the door does not open with this code, or was changed since it was sealed", "a door",
            "check the code; if it is right, run `termpost feedback collect`, which makes the door again",
        ) from None  # fmt: skip


def _opened(sealed: bytes, secret: bytes) -> OpenedDoor:
    fields = json.loads(sealed)
    if list(fields) != _FIELDS or fields["format"] != _FORMAT:
        raise ValueError("not a door")
    salt, data, public = (base64.b64decode(fields[name], validate=True) for name in ("salt", "data", "key"))
    clear = (fields["format"] + "\n" + fields["key"]).encode()
    once = _expand(_extract(salt, secret), _FORMAT.encode(), 44)
    plain = AESGCM(once[:32]).decrypt(once[32:], data, clear)
    marker = hmac.new(_expand(_extract(bytes(32), secret), b"termpost.door/1 salt", 32), digestmod="sha256")
    marker.update(len(clear).to_bytes(8) + clear + plain)
    if not hmac.compare_digest(marker.digest(), salt):
        raise ValueError("the salt was not made from the content, so a key might have been used twice")
    return OpenedDoor(DoorContent.model_validate_json(plain), public)


def _extract(salt: bytes, secret: bytes) -> bytes:
    """RFC 5869 with SHA-256, written out: the sealing uses a library's."""
    return hmac.digest(salt, secret, "sha256")


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    made, last = b"", b""
    for count in range(1, -(-length // 32) + 1):
        last = hmac.digest(key, last + info + bytes([count]), "sha256")
        made += last
    return made[:length]
