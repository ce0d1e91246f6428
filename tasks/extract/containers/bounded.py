"""Unpacking within the limits that a zip has: what swells to far more than a gradebook is a bomb."""

import io
import zipfile
from collections.abc import Sequence
from typing import IO

from termpost.schemas.base.errors import InputError

LARGEST_UNPACKED = 16 * 2**30  # bytes; 100,000 students need about 2
LARGEST_RATIO = 300  # deflate reaches about 1,000 on zeros; gradebook CSV stays below 30
SMALL = 2**20  # bytes; below this a ratio says nothing


def bomb(where: str, what: str = "file") -> InputError:
    return InputError(f"{what}-bomb", f"the {what} unpacks to far more than a gradebook", where, "export it again")


def size_of(source: IO[bytes]) -> int:
    """In bytes, of something seekable that is at its beginning, and stays there."""
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    return size


class _Bounded(io.RawIOBase):
    def __init__(self, source: IO[bytes], most: int, where: str) -> None:
        self._source, self._left, self._where = source, most, where

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io passes is one
        data = self._source.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise bomb(self._where)
        buffer[: len(data)] = data
        return len(data)


def bounded(source: IO[bytes], packed: int, where: str) -> io.BufferedReader:
    """What `source` unpacks, as long as that is no bomb.

    Args:
        packed: bytes before unpacking.

    Raises:
        InputError: `file-bomb`, when too much was read.
    """
    most = min(LARGEST_UNPACKED, max(SMALL, packed * LARGEST_RATIO))
    return io.BufferedReader(_Bounded(source, most, where), 2**20)


def refuse_bomb(infos: Sequence[zipfile.ZipInfo], where: str, most: int = LARGEST_UNPACKED) -> None:
    """Raises InputError (`zip-bomb`) where the members unpack to more than `most` bytes, or swell."""
    swollen = any(i.file_size > SMALL and i.file_size > LARGEST_RATIO * max(i.compress_size, 1) for i in infos)
    if swollen or sum(i.file_size for i in infos) > most:
        raise bomb(where, "zip")
