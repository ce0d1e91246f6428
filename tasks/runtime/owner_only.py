"""Files and folders that only their owner enters."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from termpost.schemas.base.counted import counted

OTHERS = 0o077


def close_to_others(step: str, root: Path) -> Iterator[tuple[str, str]]:
    """Takes from group and others what they may do below a folder; links and what another user owns stay as they are.

    Nothing is said where nothing was open.
    """
    closed = 0
    for path in (root, *root.rglob("*")) if root.is_dir() else ():
        there = path.lstat()
        if not stat.S_ISLNK(there.st_mode) and there.st_mode & OTHERS and there.st_uid == os.geteuid():
            path.chmod(stat.S_IMODE(there.st_mode) & ~OTHERS)
            closed += 1
    if closed:
        yield step, f"{counted(closed, 'file or folder', 'files or folders')} closed to others"
