"""Opening what a user points at: a folder, a zip or a CSV file, here or elsewhere, read once and trusted in nothing."""

import os
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access, access_by_environment
from termpost.tasks.extract.address import Address, read_address
from termpost.tasks.extract.archive import zip_files
from termpost.tasks.extract.names import is_part, is_single
from termpost.tasks.formats.registry import refuse
from termpost.tasks.formats.source_file import SourceFile


def open_source(uri: str, access: Access | None = None) -> list[SourceFile]:
    """The files of an extract, sorted by name.

    Args:
        access: how sources away from this machine are reached; by the environment alone where empty.

    Raises:
        InputError: nothing there or nobody let in, not a zip, unsafe names, a bomb, a required file is missing, or
            nothing has changed.
        RetryableError: the server was busy for longer than anyone waits.
    """
    address = read_address(uri)
    files = _files(address, access or access_by_environment(os.environ))
    if not files:
        raise InputError("no-csv", "there is no CSV file in it", address.shown, "check the path of the extract")
    refuse(files, address.shown)
    return files


def _files(address: Address, access: Access) -> list[SourceFile]:
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

            return service_files(address, access)
    return local_files(Path(address.path))


def local_files(path: Path) -> list[SourceFile]:
    """Of a folder, a zip or one CSV file on this machine."""
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise InputError("no-extract", "there is no such folder, zip or CSV file", str(path),
                         "check the path of the extract")  # fmt: skip
    if is_single(path.name):
        return [SourceFile(path.name, partial(_open_file, path), path)]
    return zip_files(partial(_open_file, path), path.name)


def _open_file(path: Path) -> AbstractContextManager[IO[bytes]]:
    return path.open("rb")


def _folder(root: Path) -> list[SourceFile]:
    found = []
    for path in sorted(root.rglob("*.csv")):
        name = PurePosixPath(path.relative_to(root).as_posix())
        if is_part(name) and path.is_file():
            found.append(SourceFile(str(name), partial(_open_file, path), path))
    return found
