"""Writing a file so that it is there whole or not at all, survives a power cut, and is its owner's alone (0600)."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

STAGED = ".new-"  # how a file's name begins until it has its own


def write_durably(path: Path, data: bytes, *, once: bool = False) -> None:
    """The bytes under that name, in place of what was there; on the disk when this returns.

    Raises:
        FileExistsError: with `once`, where the name is taken; nothing is changed.
    """
    staged = stage(path, data)
    (_commit_once if once else commit)(staged, path)


def stage(path: Path, data: bytes) -> Path:
    """Writes the bytes beside their place; they are on the disk when this returns."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=STAGED)  # 0600 from birth
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        os.unlink(name)  # noqa: PTH108 - a full disk has no room for what is half there
        raise
    return Path(name)


def commit(staged: Path, path: Path) -> None:
    """Gives a staged file its name, in place of one that is there."""
    _named(staged, path, staged.replace)


def _commit_once(staged: Path, path: Path) -> None:
    # a link fails where the name is taken: the write-once of a file system
    _named(staged, path, lambda to: os.link(staged, to))


def _named(staged: Path, path: Path, name: Callable[[Path], object]) -> None:
    try:
        name(path)
    finally:
        staged.unlink(missing_ok=True)
    sync_path(path.parent)


def make_folders(path: Path) -> None:
    """A folder and those above it, for their owner alone (0700); on the disk when this returns."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_path(folder.parent)  # else a power cut could take the folder, and with it what lies in it


def sync_path(path: Path) -> None:
    """Forces a file that another program wrote, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clean_up(folder: Path) -> None:
    """Removes what a killed run staged and never committed."""
    for left in folder.glob(f"{STAGED}*"):
        left.unlink(missing_ok=True)
