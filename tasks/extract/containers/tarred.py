"""`gradebook.tar.gz`: read through once, into memory, since a packed tar has no way back to its beginning."""

import lzma
import tarfile
import zlib

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.containers.bounded import LARGEST_RATIO, SMALL, bomb, size_of
from termpost.tasks.extract.containers.member_names import member_name, unsafe
from termpost.tasks.formats.source_file import Opener, SourceFile, from_bytes

MOST = 4 * 2**30  # bytes held in memory
UNREADABLE = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, OSError, UnicodeDecodeError, ValueError)

BLOCK = 512  # bytes


def tar_entries(opener: Opener, where: str) -> list[SourceFile]:
    """Every file in a tar, packed with gzip, bzip2, xz or not at all.

    Raises:
        InputError: `unreadable-tar`, `unsafe-tar`, `tar-bomb`.
    """
    found: list[SourceFile] = []
    with opener() as source:
        limit = min(MOST, max(SMALL, size_of(source) * LARGEST_RATIO))
        total, end = 0, 0
        try:
            with tarfile.open(fileobj=source, mode="r:*") as archive:
                for info in archive:
                    end = info.offset_data + -(-info.size // BLOCK) * BLOCK * info.isreg()
                    if info.isdir():
                        continue
                    if not info.isreg():  # a link, a device
                        raise unsafe("tar", where)
                    name = member_name(info.name.removeprefix("./"), "tar", where)
                    total += info.size
                    if total > limit:
                        raise bomb(where, "tar")
                    data = archive.extractfile(info)
                    found.append(from_bytes(name, data.read() if data else b""))
                _refuse_cut(archive, end, limit)
        except InputError:
            raise
        except UNREADABLE:
            raise InputError("unreadable-tar", "the tar cannot be read", where, "export or copy it again") from None
    return found


def _refuse_cut(archive: tarfile.TarFile, end: int, limit: int) -> None:
    """Reads on to the end of the file. A tar that was cut between two files looks whole to tarfile, and files are lost.

    Raises:
        EOFError: no block of zeros, with which each tar ends, or the packed stream breaks off.
    """
    stream = archive.fileobj
    if stream is None:
        raise EOFError
    stream.seek(end)
    if stream.read(BLOCK) != bytes(BLOCK):
        raise EOFError
    while (left := stream.read(2**20)) and limit > 0:  # the checksum of a packed stream stands at its end
        limit -= len(left)
