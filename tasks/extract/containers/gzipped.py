"""`users.csv.gz`: one file packed by itself, read as users.csv."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.containers.bounded import bounded, size_of
from termpost.tasks.formats.source_file import SourceFile

SUFFIX = ".gz"


def is_gzipped(name: str) -> bool:
    return name.lower().endswith(".csv.gz")


def unpacked(file: SourceFile) -> SourceFile:
    """The file inside, unpacked whenever it is read; nothing of it touches the disk.

    Raises:
        InputError: when read: `unreadable-gzip`, `file-bomb`.
    """

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with file.open() as source:
            packed = size_of(source)
            try:
                with gzip.GzipFile(fileobj=source) as inside:
                    yield bounded(inside, packed, file.name)  # type: ignore[arg-type] # it reads as IO[bytes] does
            except (gzip.BadGzipFile, EOFError, zlib.error):
                raise InputError("unreadable-gzip", "the gzip file cannot be read", file.name,
                                 "export or copy it again") from None  # fmt: skip

    return SourceFile(file.name[: -len(SUFFIX)], opened, origin=file.name)
