"""Opening what a user points at: a folder, archive, workbook or CSV file, here or elsewhere, trusted in nothing."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access, access_by_environment
from termpost.tasks.extract.address import read_address
from termpost.tasks.extract.containers.refused_kinds import linked_folder, not_a_file
from termpost.tasks.extract.inventory import ExtractFiles, finished, take_stock
from termpost.tasks.extract.names import is_system_file, is_system_folder
from termpost.tasks.extract.single_file import read_single
from termpost.tasks.formats.source_file import SourceFile


def open_source(uri: str, access: Access | None = None) -> ExtractFiles:
    """The files of an extract, sorted by name, and what of it is skipped: nothing is overlooked.

    Args:
        access: how sources away from this machine are reached; by the environment alone where empty.

    Raises:
        InputError: nothing there or nobody let in, not a zip, unsafe names, a bomb, a name that is nearly one that is
            read, a kind or a format that is not read, a required file is missing, or nothing has changed.
        RetryableError: the server was busy for longer than anyone waits.
    """
    address = read_address(uri)
    access = access or access_by_environment(os.environ)
    # clients are imported where they are used: a local extract should not wait for them
    match address.scheme:
        case "s3":
            from termpost.tasks.extract.s3 import s3_files  # noqa: PLC0415

            return s3_files(address, access)
        case "sftp":
            from termpost.tasks.extract.sftp.download import sftp_files  # noqa: PLC0415

            return sftp_files(address, access)
        case "https":
            from termpost.tasks.extract.oneroster.service import service_files  # noqa: PLC0415

            return finished(service_files(address, access), [], address.shown)
    return local_files(Path(address.path))


def local_files(path: Path) -> ExtractFiles:
    """Of a folder, an archive, a workbook or one CSV file on this machine."""
    if path.is_dir():
        return take_stock(list(_entries(path)), str(path), packed=False)
    if not path.is_file():
        raise InputError("no-extract", "there is no such folder, zip or CSV file", str(path),
                         "check the path of the extract")  # fmt: skip
    return read_single(_source_file(path, path.name), path.name)


def _source_file(path: Path, name: str) -> SourceFile:
    return SourceFile(name, partial(_open_file, path), path, path.stat().st_size)


def _open_file(path: Path) -> AbstractContextManager[IO[bytes]]:
    return path.open("rb")


def _open_listed(path: Path, name: str) -> AbstractContextManager[IO[bytes]]:
    """Opens a file of a folder; one that became a link or a pipe since the folder was listed is not followed.

    Raises:
        InputError: `not-a-file`.
    """
    try:
        # a pipe that nobody writes to would wait for ever
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise not_a_file(stat.S_IFLNK, name) from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise not_a_file(mode, name)
    return os.fdopen(descriptor, "rb")


def _entries(root: Path) -> Iterator[SourceFile]:
    """Every file below a folder. What a system keeps for itself is not looked into and stands as one entry."""
    for folder, below, files in os.walk(root, onerror=_refuse_folder):
        at = PurePosixPath(Path(folder).relative_to(root).as_posix())
        for name in below:
            if is_system_folder(name):
                yield SourceFile(f"{at / name}/", partial(_open_file, Path(folder, name)))
            elif Path(folder, name).is_symlink():
                raise linked_folder(str(at / name))
        below[:] = [name for name in below if not is_system_folder(name)]
        for name in files:
            path, shown = Path(folder, name), str(at / name)
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) and not is_system_file(at / name):
                raise not_a_file(found.st_mode, shown)
            yield SourceFile(shown, partial(_open_listed, path, shown), path, found.st_size)


def _refuse_folder(error: OSError) -> None:
    raise InputError("access-denied", "a folder of the extract cannot be read", str(error.filename),
                     "let this user read it") from None  # fmt: skip
