"""What the log in the store says to someone who holds a backup: whether it holds, and who was erased since."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Logged
from termpost.tasks.log.segments import (
    BreakReason,
    BrokenError,
    ChainPlace,
    LogHead,
    head_key,
    read_head,
    read_segment,
    segment_key,
    write_head,
)
from termpost.tasks.log.verify import verify
from termpost.tasks.records.erase import erased_people
from termpost.tasks.secrets.keys import Keys
from termpost.tasks.store.interface import LOG, Store

HEAD_MISSING: Final[BreakReason] = "head-missing"


@dataclass(frozen=True)
class LogInStore:
    """What a restore needs of the log."""

    erased: set[PersonRef]
    head: LogHead | None  # the newest there is; None where the log is empty or does not hold


def read_log_in_store(store: Store, keys: Keys, anchors: Sequence[bytes], *, despite: bool) -> LogInStore:
    """Reads the log against the anchors of the backup and of the home.

    Args:
        anchors: the head in each, as it lies under log/heads/.
        despite: a log that does not hold is read as far as it does.

    Raises:
        InputError: `no-store`, `log-broken`.
    """
    public, published = keys.log_signers, [anchor.decode() for anchor in anchors]
    verdict = verify(store, public, None, published=published)
    if verdict.reason == HEAD_MISSING and _close_last(store, keys, verdict.segments + 1):
        verdict = verify(store, public, None, published=published)
    if not verdict.ok and not despite and not next(iter(store.list(LOG)), None):
        raise InputError("no-store", "the store of this home is not there, so nobody knows who was erased",
                         "termpost.toml [store] url", "bring the store to its address first; a folder of the home is "
                         "copied to the same folder of the new one")  # fmt: skip
    if not verdict.ok and not despite:
        raise InputError(
            "log-broken", f"the log in the store does not hold ({verdict.reason}), so nobody knows who was erased",
            verdict.broken_at or "log/",
            "bring the store back, or take a backup from after the log's last rotation; "
            "--despite-log goes on, and may bring back who was erased",
        )  # fmt: skip
    erased = erased_people(_entries(store, keys))
    if verdict.ok and verdict.segments:
        return LogInStore(erased, read_head(store.get(head_key(verdict.segments)), verdict.segments, public))
    return LogInStore(erased, None)


def _close_last(store: Store, keys: Keys, number: int) -> bool:
    """Puts the head that a writer left out who died right after the last segment, as the next writer would. The
    segment's own signature says that it was one of ours; a head that is missing before the last is left missing."""
    place, public = ChainPlace(), keys.log_signers
    try:
        while place.segment < number:
            place, _ = read_segment(store.get(segment_key(place.segment + 1)), place, public)
    except (KeyError, BrokenError):
        return False
    if store.head(segment_key(number + 1)) is not None or not public.is_newest(number):
        return False
    with suppress(FileExistsError):  # another was first
        store.put(head_key(number), write_head(place, keys.log_key), once=True)
    return True


def _entries(store: Store, keys: Keys) -> Iterator[Logged]:
    place, public = ChainPlace(), keys.log_signers
    while True:
        try:
            place, rows = read_segment(store.get(segment_key(place.segment + 1)), place, public)
            yield from (Logged.model_validate(row) for row in rows if row["kind"] == "erased")
        except (KeyError, BrokenError):  # its end; where it does not hold, somebody asked to go on
            return
