"""The anchor: the last head this machine wrote, kept outside the store, so that a log cut short there shows here."""

from pathlib import Path

from termpost.tasks.log.segments import BrokenError, LogHead, read_head
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.runtime.file_locks import file_lock
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
    # of two writers in two processes the slower must not put the anchor back
    with file_lock(anchor.with_name(f"{anchor.name}.lock")):
        before = read_anchor(anchor, public_key)
        if before is not None and before.segment >= number:
            return
        write_durably(anchor, head)
