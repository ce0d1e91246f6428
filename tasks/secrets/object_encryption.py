"""Envelope encryption: an object of the store under a fresh key of its own, which its header has under a key of the
home (docs/security.md, "Encrypted objects").

The bytes follow the header in chunks, each under AES-256-GCM. The nonce is the number of the chunk and whether it is
the last (the STREAM construction), so a chunk that lies elsewhere, is missing or was added does not open; the
associated data are the header and the name, so an object does not open in another's place or in another home.
"""

import base64
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from termpost.schemas.base.errors import Refused
from termpost.tasks.secrets.keys import open_bytes, seal_bytes
from termpost.tasks.secrets.object_keys import PERSON, ObjectKeys
from termpost.tasks.secrets.object_tags import changed

ENCRYPTED_FORMAT: Final = "termpost.encrypted/1"
MAGIC: Final = f"{ENCRYPTED_FORMAT} ".encode()
CHUNK: Final = 2**20  # clear bytes
TAG: Final = 16  # bytes that a chunk grows by
LONGEST_HEADER: Final = 2**16  # bytes, with more people than any envelope has
WHERE = "the store"


@dataclass(frozen=True)
class EncryptedHeader:
    """What an object says of itself in clear."""

    line: bytes  # as it lies there
    home: str
    keys: tuple[str, ...]  # ids, the innermost first
    wrapped: bytes

    def chunk_count(self, size: int) -> int:
        """Of an object of so many bytes, header included; of an object that was cut, what is left."""
        return max(1, -(-(size - len(self.line)) // (CHUNK + TAG)))

    def clear_size(self, size: int) -> int:
        """How many bytes it has when it is opened."""
        return max(0, size - len(self.line) - TAG * self.chunk_count(size))


def is_encrypted(beginning: bytes) -> bool:
    return beginning.startswith(MAGIC)


def encrypt(name: str, data: bytes, keys: ObjectKeys, ids: Sequence[str]) -> bytes:
    """The object as it lies in the store.

    Args:
        name: store key, which it opens under and no other.
        ids: of the keys that are all needed to open it.
    """
    data_key = secrets.token_bytes(32)
    wrapped = data_key
    for id_ in ids:
        wrapped = seal_bytes(keys.key(id_), wrapped, _context(keys.home, name, id_))
    said = {"home": keys.home, "keys": list(ids), "wrapped": base64.b64encode(wrapped).decode()}
    line = MAGIC + json.dumps(said, separators=(",", ":")).encode() + b"\n"
    cipher, bound, last = AESGCM(data_key), _bound(line, name), max(0, len(data) - 1) // CHUNK
    whole = memoryview(data)
    chunks = (
        cipher.encrypt(_nonce(number, last), whole[number * CHUNK : (number + 1) * CHUNK], bound)
        for number in range(last + 1)
    )
    return b"".join([line, *chunks])


def read_header(name: str, beginning: bytes) -> EncryptedHeader:
    """From the first bytes of an object.

    Raises:
        Refused: `not-encrypted`, `object-changed`.
    """
    if not is_encrypted(beginning):
        raise not_encrypted(name)
    line, end, _ = beginning[:LONGEST_HEADER].partition(b"\n")
    try:
        said = json.loads(line[len(MAGIC) :])
        ids, wrapped = tuple(map(str, said["keys"])), base64.b64decode(said["wrapped"])
        return EncryptedHeader(line + end, str(said["home"]), ids, wrapped)
    except (ValueError, KeyError, TypeError):
        raise changed(name) from None


def chunk_opener(
    name: str, header: EncryptedHeader, keys: ObjectKeys
) -> Callable[[int, int, bytes | memoryview], bytes]:
    """What opens a chunk: its number, that of the last, and the bytes.

    Raises:
        Refused: `other-home`, `other-key`, `person-erased`, `object-changed`, also by what is returned.
    """
    cipher, bound = AESGCM(_data_key(name, header, keys)), _bound(header.line, name)

    def opened(number: int, last: int, chunk: bytes | memoryview) -> bytes:
        try:
            return cipher.decrypt(_nonce(number, last), chunk, bound)
        except InvalidTag:
            raise changed(name) from None

    return opened


def decrypt(name: str, data: bytes, keys: ObjectKeys) -> bytes:
    """The bytes that were put.

    Raises:
        Refused: `not-encrypted`, `other-home`, `other-key`, `person-erased`, `object-changed`.
    """
    header = read_header(name, data)
    opened, last = chunk_opener(name, header, keys), header.chunk_count(len(data)) - 1
    return b"".join(opened(number, last, chunk) for number, chunk in enumerate(_chunks(data, len(header.line))))


def _data_key(name: str, header: EncryptedHeader, keys: ObjectKeys) -> bytes:
    if header.home != keys.home:
        raise Refused("other-home", f"{name} is an object of another home", WHERE,
                      "put back this home's; find out who changed the store (termpost log verify --full)")  # fmt: skip
    key = header.wrapped
    try:
        for id_ in reversed(header.keys):
            key = open_bytes(_key(name, id_, keys), key, _context(keys.home, name, id_))
    except ValueError:
        raise changed(name) from None
    return key


def _key(name: str, id_: str, keys: ObjectKeys) -> bytes:
    try:
        return keys.key(id_)
    except KeyError:
        if id_.startswith(PERSON):
            raise Refused("person-erased", f"{name} is about somebody who was erased", WHERE,
                          "nobody can read it any more") from None  # fmt: skip
        raise Refused("other-key", f"{name} was encrypted under a key that this home does not have",
                      "secrets/master.key", "restore the secrets (docs/keys.md)") from None  # fmt: skip


def _chunks(data: bytes, start: int) -> Iterator[memoryview]:
    whole = memoryview(data)[start:]
    yield from (whole[at : at + CHUNK + TAG] for at in range(0, max(1, len(whole)), CHUNK + TAG))


def _nonce(number: int, last: int) -> bytes:
    """12 bytes: a key encrypts one object, so the number of the chunk is nonce enough."""
    return number.to_bytes(11, "big") + bytes([number == last])


def _context(home: str, name: str, id_: str) -> str:
    return f"{ENCRYPTED_FORMAT}\0{home}\0{id_}\0{name}"


def _bound(line: bytes, name: str) -> bytes:
    return line + name.encode()


def not_encrypted(name: str) -> Refused:
    return Refused("not-encrypted", f"{name} lies there in clear", WHERE,
                   "run `termpost migrate` where an earlier version made the home; else put it back, and find out who "
                   "changed the store (termpost log verify --full)")  # fmt: skip
