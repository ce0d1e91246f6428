"""The store as a home uses it: what is about people is encrypted before it is put, and opened when it is got.

Nobody who puts or gets asks for it: how an object is protected follows from its name (schemas/documents/
stored_objects.py). Digests and sizes are those of the clear bytes.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.stored_objects import protection_of
from termpost.tasks.home.encrypted_files import PROTOCOL, EncryptedFile, EncryptedFiles
from termpost.tasks.secrets.object_encryption import decrypt, encrypt, is_encrypted, read_header
from termpost.tasks.secrets.object_keys import ObjectKeys
from termpost.tasks.store.finding import Finding
from termpost.tasks.store.interface import Capability, ObjectHead, ObjectPart, Store, Surroundings

AT_ONCE = 16 * 2**20  # bytes of an object that is summed


class EncryptedStore:
    """A store whose verbs take and give clear bytes.

    Args:
        raw: where the bytes lie.
        keys: the keys of the home; asked for only when there is something to encrypt or to open, since the portal
            has none.
        takes_clear: what lies there in clear is read as it is. Only for a migration.
    """

    def __init__(self, raw: Store, keys: Callable[[], ObjectKeys], *, takes_clear: bool = False) -> None:
        self.raw, self._keys, self._takes_clear = raw, keys, takes_clear

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.raw.capabilities

    @property
    def local_folder(self) -> Path | None:
        """Where it lies on this machine; None where it lies elsewhere."""
        return Path(self.raw.url("x")).parent if Capability.LOCAL_PATHS in self.capabilities else None

    def put(
        self, key: str, data: bytes, *, once: bool = False, about: Sequence[PersonRef] | None = None
    ) -> ObjectHead:  # fmt: skip
        """As every store; what lies there already, in the same bytes and about the same people, is not put again.

        Args:
            about: everybody whom the object is about, or nobody; None: as the one that lies there, else nobody.

        Raises:
            ValueError: such an object is about people, and nobody says about whom.
        """
        if protection_of(key) == "own":
            return self.raw.put(key, data, once=once)
        head = ObjectHead(key, len(data), hashlib.sha256(data).hexdigest())
        before = None if once else self._there(key)
        ids = self._ids(key, about, before[0] if before else None)
        if before != (ids, data):
            self.raw.put(key, encrypt(key, data, self._keys(), ids), once=once)
        return head

    def _there(self, key: str) -> tuple[tuple[str, ...], bytes] | None:
        """Ids of the keys of what lies there, and its bytes; None where there is nothing that this home put."""
        try:
            data = self.raw.get(key)
            return read_header(key, data).keys, decrypt(key, data, self._keys())
        except (KeyError, Refused):
            return None

    def _ids(self, key: str, about: Sequence[PersonRef] | None, before: tuple[str, ...] | None) -> tuple[str, ...]:
        keys = self._keys()
        if about:
            return keys.of_people(about)
        if about is not None or protection_of(key) == "home":
            return (keys.of_home,)
        if before is None:
            raise ValueError("an object of this kind is about people: say about whom")
        return before

    def get(self, key: str) -> bytes:
        """As every store.

        Raises:
            Refused: `not-encrypted`, `other-home`, `other-key`, `person-erased`, `object-changed`.
        """
        data = self.raw.get(key)
        if protection_of(key) == "own" or (self._takes_clear and not is_encrypted(data)):
            return data
        return decrypt(key, data, self._keys())

    def part(self, key: str, start: int, length: int) -> ObjectPart:
        if protection_of(key) == "own":
            return self.raw.part(key, start, length)
        with self.open_file(key) as source:
            source.seek(start)
            return ObjectPart(source.read(length), source.size)

    def open_file(self, key: str) -> EncryptedFile:
        """An encrypted object as a file that is opened as it is read; KeyError where there is none.

        Raises:
            Refused: `not-encrypted`, `other-home`, `other-key`, `person-erased`; `object-changed`, also as it is read.
        """
        return EncryptedFile(self.raw, key, self._keys())

    def head(self, key: str) -> ObjectHead | None:
        if protection_of(key) == "own":
            return self.raw.head(key)
        try:
            source = self.open_file(key)
        except KeyError:
            return None
        digest = hashlib.sha256()
        while data := source.read(AT_ONCE):
            digest.update(data)
        return ObjectHead(key, source.size, digest.hexdigest())

    def url(self, key: str) -> str:
        """As every store; what is encrypted DuckDB opens through a file system that `let_in` gives it."""
        return self.raw.url(key) if protection_of(key) == "own" else f"{PROTOCOL}://{key}"

    def let_in(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.raw.let_in(connection)
        if connection.filesystem_is_registered(PROTOCOL):
            connection.unregister_filesystem(PROTOCOL)
        connection.register_filesystem(EncryptedFiles(self.open_file))

    def list(self, prefix: str) -> Iterator[str]:
        return self.raw.list(prefix)

    def delete(self, key: str) -> None:
        self.raw.delete(key)

    def forget_older(self, key: str) -> None:
        self.raw.forget_older(key)

    def changed_at(self, key: str) -> datetime | None:
        return self.raw.changed_at(key)

    def locked_until(self, key: str) -> datetime | None:
        return self.raw.locked_until(key)

    def rewritten(self, prefix: str) -> Iterator[str]:
        return self.raw.rewritten(prefix)

    def sign(self, key: str, lifetime: timedelta) -> str:
        return self.raw.sign(key, lifetime)

    def probe(self, around: Surroundings, *, thorough: bool) -> Iterator[Finding]:
        return self.raw.probe(around, thorough=thorough)

    def set_up(self, landing_days: int) -> Iterator[tuple[str, str]]:
        return self.raw.set_up(landing_days)
