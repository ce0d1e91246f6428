"""Files that name people: nobody but their owner reads them, and none is ever half there."""

import stat
from pathlib import Path

from termpost.schemas.base.errors import InputError
from termpost.tasks.runtime.atomic_files import commit, stage, write_durably


def write_private(path: Path, data: bytes) -> None:
    """Writes a file that only its owner can read, in place of one that is there.

    Raises:
        InputError: `not-writable`, where the folder is missing or takes no file.
    """
    try:
        write_durably(path, data)
    except OSError as error:
        raise _not_writable(path, error) from None


def write_public(path: Path, data: bytes) -> None:
    """Writes a file that names nobody and that every program of this machine may read, whole or not at all.

    Raises:
        InputError: `not-writable`, where the folder is missing or takes no file.
    """
    try:
        staged = stage(path, data)
        staged.chmod(0o644)
        commit(staged, path)
    except OSError as error:
        raise _not_writable(path, error) from None


def private_folder(path: Path) -> Path:
    """A folder that only its owner can enter; one that is there must be so already, since it may hold other things.

    Raises:
        InputError: `not-private` or `not-writable`.
    """
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        mode = path.stat().st_mode
    except OSError as error:
        raise _not_writable(path, error) from None
    if stat.S_IMODE(mode) & 0o077:
        raise InputError(
            "not-private", "others can read this folder, and the papers name students", str(path),
            "name a folder that is not there yet, or close it with `chmod 700`",
        )  # fmt: skip
    return path


def _not_writable(path: Path, error: OSError) -> InputError:
    what = f"this cannot be written ({error.strerror})"
    return InputError("not-writable", what, str(path), "name another place, or fix its permissions")
