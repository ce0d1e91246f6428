"""Where the tests make their homes: in memory where there is room, since a durable write to a disk costs 10 ms."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the tests, and only where root or its user may write
ROOM = 4 << 30  # bytes; the suite needs less than one


def use_memory() -> None:
    """Sets TMPDIR for this process and those it starts, unless somebody chose a folder already."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # chosen anew at the next question
