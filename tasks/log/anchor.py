"""The anchor: the last head this machine wrote, kept outside the store, so that a log cut short there shows here."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from termpost.tasks.log.segments import BrokenError, LogHead, read_head
from termpost.tasks.secrets.signers import Signer


def read_anchor(anchor: Path, public_key: Signer) -> LogHead | None:
    """The anchored head, None before the first; BrokenError where the file is not a head of this log's key."""
    try:
        data = anchor.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return read_head(data, 0, public_key)
    except BrokenError as error:
        raise BrokenError(0, "anchor-invalid") from error


def advance(anchor: Path, number: int, head: bytes, public_key: Signer) -> None:
    """Puts the head of segment `number` there, unless another writer was further."""
    anchor.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(anchor):
        before = read_anchor(anchor, public_key)
        if before is not None and before.segment >= number:
            return
        handle, name = tempfile.mkstemp(dir=anchor.parent, prefix=f".{anchor.name}-")  # 0600 from birth
        with os.fdopen(handle, "wb") as out:
            out.write(head)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(anchor)


@contextmanager
def _alone(anchor: Path) -> Iterator[None]:
    """Of two writers in two processes the slower must not put the anchor back; the lock dies with its process."""
    lock = os.open(anchor.with_name(anchor.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
