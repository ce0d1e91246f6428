"""A lock that one process has at a time. The kernel lets go of it when that process ends, however it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from termpost.schemas.base.errors import InputError

POLL = 0.01  # seconds between two tries of who waits


@contextmanager
def file_lock(path: Path, busy: InputError | None = None) -> Iterator[None]:
    """Holds the lock that this file stands for; the file itself stays, empty, and only its owner may open it.

    Args:
        busy: raised where somebody else has it; without it this waits, for as long as it takes.

    Raises:
        OSError: the file cannot be made or opened.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - slow to import, and most commands lock nothing

    # no soft fallback: a file that merely exists would outlive the process that made it
    lock = FileLock(path, mode=0o600, thread_local=False, poll_interval=POLL, fallback_to_soft=False,
                    preserve_lock_file=True)  # fmt: skip
    try:
        lock.acquire(blocking=busy is None)
    except Timeout:
        if busy is None:
            raise
        raise busy from None
    try:
        yield
    finally:
        lock.release()
