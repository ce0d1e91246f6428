"""Sealing a door: all that is live for one person, encrypted under their access code.

As with sealed pages the key is used for one content only: its salt is a keyed hash of exactly what is encrypted, so the
same content sealed again gives the same bytes, and another content another key.
"""

import base64
import hmac
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.documents.feedback.door import DOOR_FORMAT, DoorContent
from termpost.tasks.secrets.access_codes import tidy

PADDED = 4096  # bytes: how many reports and answers there are, the length hardly says


def seal_door(content: DoorContent, code: str, public: bytes) -> bytes:
    """The door as it lies in the store, JSON in UTF-8. The same arguments give the same bytes.

    In clear: the format, and the key by which messages from this door are checked.

    Args:
        public: of the door's own key pair, a point of P-256 without compression; empty: nothing is signed here.

    Raises:
        InputError: `bad-code`, the code is not one.
    """
    secret, key = tidy(code).encode(), base64.b64encode(public).decode()
    plain = json.dumps(content.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    padded = plain.encode()
    padded += b" " * (-len(padded) % PADDED)
    clear = f"{DOOR_FORMAT}\n{key}".encode()
    salt = _salt(secret, clear, padded)
    once = HKDF(SHA256(), 44, salt=salt, info=DOOR_FORMAT.encode()).derive(secret)  # 32 key, 12 nonce
    block = {  # in this order: the portal reads the first two
        "format": DOOR_FORMAT,
        "key": key,
        "salt": base64.b64encode(salt).decode(),
        "data": base64.b64encode(AESGCM(once[:32]).encrypt(once[32:], padded, clear)).decode(),
    }
    return json.dumps(block, separators=(",", ":")).encode()


def _salt(secret: bytes, clear: bytes, padded: bytes) -> bytes:
    """A keyed hash of what is authenticated and what is encrypted."""
    key = HKDF(SHA256(), 32, salt=None, info=f"{DOOR_FORMAT} salt".encode()).derive(secret)
    return hmac.digest(key, len(clear).to_bytes(8) + clear + padded, "sha256")
