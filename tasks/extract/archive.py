"""Reading a zip, wherever it lies, and trusting nothing in it."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO
from weakref import finalize

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.containers.bounded import refuse_bomb
from termpost.tasks.extract.containers.member_names import member_name, unsafe
from termpost.tasks.extract.containers.refused_kinds import refuse_zip_of_an_office
from termpost.tasks.extract.inventory import ExtractFiles, take_stock
from termpost.tasks.formats.source_file import Opener, SourceFile

# what zipfile and its decompressors raise on damage, on places before the beginning, on names that are not text and on
# methods they do not know
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OSError,
              ValueError)  # fmt: skip
DEFLATE64, AES = 9, 99  # of APPNOTE.TXT 4.4.5
FOLDER = 0x10  # of the attributes of MS-DOS


def zip_files(opener: Opener, where: str) -> ExtractFiles:
    """The files of the extract in a zip, sorted by name.

    Args:
        opener: of the zip itself, seekable.

    Raises:
        InputError: not a zip, unsafe names, a bomb, a method that is not read, or its files lie in a folder.
    """
    archive = _Archive(opener, where)
    infos = archive.infos
    refuse_zip_of_an_office({info.filename for info in infos}, where)
    names = _safe_names(infos, where)
    _refuse_unread(infos, where)
    refuse_bomb(infos, where)
    entries = [
        SourceFile(name, _member(archive, info, where), size=info.file_size)
        for name, info in zip(names, infos, strict=True)
    ]
    return take_stock(entries, where, packed=True)


class _Archive:
    """A zip that is open as long as one of its files may be asked for: its list, which grows with them, is read once.

    Raises:
        InputError: `unreadable-zip`.
    """

    def __init__(self, opener: Opener, where: str) -> None:
        self._held = ExitStack()
        finalize(self, self._held.close)
        try:
            self.zip = self._held.enter_context(zipfile.ZipFile(self._held.enter_context(opener())))
            self.infos = [info for info in self.zip.infolist() if not _is_folder(info)]
        except UNREADABLE:  # a negative offset, among others
            raise InputError("unreadable-zip", "the zip cannot be read", where, "export or copy it again") from None


def _is_folder(info: zipfile.ZipInfo) -> bool:
    # .NET writes supplement\ with a backslash
    named = info.filename.endswith(("/", "\\")) and not info.file_size
    return info.is_dir() or named or bool(info.external_attr & FOLDER and not info.file_size)


def _member(archive: _Archive, info: zipfile.ZipInfo, where: str) -> Opener:
    @contextmanager
    def open_member() -> Iterator[IO[bytes]]:
        try:
            # zipfile never yields more than the size that the entry declares, so refuse_bomb's sums hold
            with archive.zip.open(info) as member:
                yield member
        except UNREADABLE:
            raise InputError(
                "unreadable-zip", f"{info.filename} in the zip cannot be read", where, "export or copy it again"
            ) from None

    return open_member


def _safe_names(infos: Sequence[zipfile.ZipInfo], where: str) -> list[str]:
    names = []
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)  # what a Unix wrote; 0 of any other
        if kind not in (0, stat.S_IFREG):  # a link, a device, a pipe
            raise unsafe("zip", where)
        names.append(member_name(info.filename, "zip", where))
    if len(set(names)) < len(names):
        raise InputError("unsafe-zip", "the zip holds one name twice", where, "export it again")
    return names


def _refuse_unread(infos: Sequence[zipfile.ZipInfo], where: str) -> None:
    """Encryption and methods that only some programs know."""
    if any(info.flag_bits & 0x1 or info.compress_type == AES for info in infos):
        raise InputError("encrypted-zip", "the zip is encrypted", where, "export it without a password")
    if any(info.compress_type == DEFLATE64 for info in infos):
        raise InputError("deflate64", "the zip is packed with Deflate64, as Windows Explorer does above 2 GB", where,
                         "pack it with another program or as .tar.gz, or name the folder")  # fmt: skip
