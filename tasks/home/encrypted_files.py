"""Encrypted objects as files, for DuckDB: opened in memory as they are read, and never laid down in clear."""

import io
from collections.abc import Callable
from typing import Any, Final

from fsspec import AbstractFileSystem
from termpost.tasks.secrets.object_encryption import CHUNK, TAG, chunk_opener, read_header
from termpost.tasks.secrets.object_keys import ObjectKeys
from termpost.tasks.store.interface import Store

PROTOCOL: Final = "encrypted"
FIRST = 2**16  # bytes that are read on opening: the header, and all of a small object


class EncryptedFile(io.RawIOBase):
    """One object; as much of it is in memory as is asked for at once.

    Raises:
        KeyError: there is none.
        Refused: see `termpost.tasks.secrets.object_encryption`; on reading, `object-changed`.
    """

    def __init__(self, store: Store, key: str, keys: ObjectKeys) -> None:
        self._store, self._key, self._at = store, key, 0
        first = store.part(key, 0, FIRST)
        header = read_header(key, first.data)
        self._opened = chunk_opener(key, header, keys)
        self._start, self._all = len(header.line), first.size
        self._first = first.data
        self._last = header.chunk_count(first.size) - 1
        self.size = header.clear_size(first.size)

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self._at + size, self.size)
        begin, end = self._at // CHUNK, max(self._at, end)
        if end == self._at and self.size:
            return b""
        until = min(-(-end // CHUNK), self._last + 1) or 1
        clear = b"".join(self._opened(number, self._last, chunk) for number, chunk in self._chunks(begin, until))
        skipped = self._at - begin * CHUNK
        found = clear[skipped : skipped + end - self._at]
        self._at = end
        return found

    def _chunks(self, begin: int, until: int) -> "list[tuple[int, bytes]]":
        """Those of these numbers, as they lie there."""
        first, length = self._start + begin * (CHUNK + TAG), (until - begin) * (CHUNK + TAG)
        if min(first + length, self._all) <= len(self._first):
            data = self._first[first : first + length]
        else:
            data = self._store.part(self._key, first, length).data
        return [(number, data[(number - begin) * (CHUNK + TAG) :][: CHUNK + TAG]) for number in range(begin, until)]

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


class EncryptedFiles(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The paths are keys of the store."""

    protocol = PROTOCOL
    cachable = False

    def __init__(self, open_file: Callable[[str], EncryptedFile]) -> None:
        super().__init__()
        self._open_file = open_file

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        name = self._strip_protocol(path)
        try:
            return {"name": name, "size": self._open_file(name).size, "type": "file"}
        except KeyError:
            raise FileNotFoundError(name) from None

    def glob(self, path: str, **_: Any) -> list[str]:
        """Its one file: a name with a star in it means itself."""
        return [self._strip_protocol(path)]

    def _open(self, path: str, mode: str = "rb", **_: Any) -> EncryptedFile:  # noqa: ARG002 - as fsspec calls it
        return self._open_file(self._strip_protocol(path))
