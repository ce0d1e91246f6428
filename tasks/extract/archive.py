"""Reading a zip, wherever it lies, and trusting nothing in it."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import PurePosixPath
from typing import IO

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.names import is_part
from termpost.tasks.formats.source_file import SourceFile

LARGEST_ZIP = 16 * 2**30  # bytes unpacked; 100,000 students need about 2
LARGEST_RATIO = 300  # deflate reaches about 1,000 on zeros; gradebook CSV stays below 30
SMALL = 2**20  # bytes; below this a ratio says nothing
# what zipfile and its decompressors raise on damage, on names that are not text and on methods they do not know
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OSError,
              UnicodeDecodeError)  # fmt: skip

Opener = Callable[[], AbstractContextManager[IO[bytes]]]  # of the zip itself, seekable, at its beginning


def zip_files(opener: Opener, where: str) -> list[SourceFile]:
    """The files of the extract in a zip, sorted by name.

    Raises:
        InputError: not a zip, unsafe names, a bomb, or its files lie in a folder.
    """
    infos = _infos(opener, where)
    _refuse_unsafe(infos, where)
    _refuse_bomb(infos, where)
    files = [info for info in infos if is_part(PurePosixPath(info.filename))]
    if not files and infos:
        raise InputError(
            "nested-zip",
            "there is no CSV file at the root of the zip",
            where,
            "zip the files themselves, not the folder they lie in",
        )
    found = (SourceFile(info.filename, _member(opener, info, where)) for info in files)
    return sorted(found, key=lambda file: file.name)


def _infos(opener: Opener, where: str) -> list[zipfile.ZipInfo]:
    with opener() as source:
        try:
            with zipfile.ZipFile(source) as archive:
                return [info for info in archive.infolist() if not info.is_dir()]
        except (*UNREADABLE, ValueError):  # a negative offset
            raise InputError("unreadable-zip", "the zip cannot be read", where, "export or copy it again") from None


def _member(opener: Opener, info: zipfile.ZipInfo, where: str) -> Opener:
    @contextmanager
    def open_member() -> Iterator[IO[bytes]]:
        with opener() as source:
            try:
                # zipfile never yields more than the size that the entry declares, so _refuse_bomb's sums hold
                with zipfile.ZipFile(source) as archive, archive.open(info) as member:
                    yield member
            except UNREADABLE:
                raise InputError(
                    "unreadable-zip", f"{info.filename} in the zip cannot be read", where, "export or copy it again"
                ) from None

    return open_member


def _refuse_unsafe(infos: list[zipfile.ZipInfo], where: str) -> None:
    seen = set()
    for info in infos:
        name = PurePosixPath(info.filename)
        link = stat.S_ISLNK(info.external_attr >> 16)
        if name.is_absolute() or ".." in name.parts or "\\" in info.filename or ":" in info.filename or link:
            raise InputError(
                "unsafe-zip", "the zip names files outside itself", where, "export it again; do not unpack it"
            )
        if info.flag_bits & 0x1:
            raise InputError("encrypted-zip", "the zip is encrypted", where, "export it without a password")
        if info.filename in seen:
            raise InputError("unsafe-zip", "the zip holds one name twice", where, "export it again")
        seen.add(info.filename)


def _refuse_bomb(infos: list[zipfile.ZipInfo], where: str) -> None:
    swollen = any(i.file_size > SMALL and i.file_size > LARGEST_RATIO * max(i.compress_size, 1) for i in infos)
    if swollen or sum(i.file_size for i in infos) > LARGEST_ZIP:
        raise InputError("zip-bomb", "the zip unpacks to far more than a gradebook", where, "export it again")
