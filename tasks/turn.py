"""One flow at a time per cycle: a prepare must not change what a release is about to let out."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from schemas.errors import InputError
from tasks.home import Home


@contextmanager
def turn(home: Home, cycle_id: str) -> Iterator[None]:
    """Holds the cycle until the block ends; the kernel lets go when the process dies.

    Raises:
        InputError: another run has it, or the calendar does not know it.
    """
    home.calendar.cycle(cycle_id)  # whatever a user typed, the name of the lock is that of a planned cycle
    folder = home.path / "locks"
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / f"{cycle_id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError("cycle-busy", f"another run is at work on cycle {cycle_id}", "this home",
                             "wait until it has ended, then try again") from None  # fmt: skip
        yield
    finally:
        os.close(handle)
