"""Consistent copies of SQLite files, as bytes, whoever is writing to them meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_VERSIONS = slice(18, 20)  # of the header: 2 means a write-ahead log, which bytes in memory cannot have
_ROLLBACK = b"\x01\x01"


def copy_of(path: Path) -> bytes:
    """The database at one instant, by SQLite's own backup, with what its write-ahead log holds."""
    with closing(sqlite3.connect(path, timeout=60)) as source, closing(sqlite3.connect(":memory:")) as copy:
        source.backup(copy)
        data = bytearray(copy.serialize())
    data[_VERSIONS] = _ROLLBACK
    return bytes(data)


@contextmanager
def changed(data: bytes) -> Iterator[tuple[sqlite3.Connection, list[bytes]]]:
    """Opens such bytes in memory; when the block ends, the list holds them as they are then, without freed pages."""
    after: list[bytes] = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(data)
        connection.execute("PRAGMA secure_delete = ON")
        yield connection, after
        connection.execute("VACUUM")
        after.append(connection.serialize())
