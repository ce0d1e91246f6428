"""Files of secrets: the owner's alone from birth, and on the disk before they take their name."""

import os
import tempfile
from pathlib import Path

MARK = ".new-"  # how a file is called until it has its name


def lay_beside(path: Path, data: bytes) -> Path:
    """Writes the bytes beside their place; they are durable when this returns."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=MARK)  # 0600 from birth
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return Path(name)


def settle(beside: Path, path: Path) -> None:
    """Gives the file its name, in place of one that is there; durable when this returns."""
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Which names the folder has is on the disk when this returns."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_durably(path: Path, data: bytes) -> None:
    beside = lay_beside(path, data)
    try:
        settle(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Removes what a killed run laid beside and never settled."""
    for left in folder.glob(f"{MARK}*"):
        left.unlink(missing_ok=True)
