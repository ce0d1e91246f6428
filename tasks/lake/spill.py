"""Where DuckDB puts what its memory does not hold: encrypted, in the home, gone with the process that wrote it."""

import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

SPILL: Final = "spill"  # in a home


def spill_folder(root: Path | None = None) -> Path:
    """A folder of this process's own, which DuckDB makes when it must; those of processes that were killed go.

    Args:
        root: of the home. A check without a home has a folder in the system's for such files, under a name that nobody
            can lay a link or a folder of theirs under.
    """
    if root is None:
        return Path(tempfile.gettempdir()) / f"termpost-{secrets.token_hex(16)}"
    with suppress(OSError):  # who may only read a home has no room for what they would spill
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in root.iterdir():
            if left.name.isdigit() and not _runs(int(left.name)):
                shutil.rmtree(left, ignore_errors=True)
    return root / str(os.getpid())


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
