"""What the log says, kept up to date: asked again, it reads what is new only, so that asking often is one reading."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from termpost.schemas.log.entry import EntryKind, Logged
from termpost.tasks.log.log import Log
from termpost.tasks.log.segments import ChainPlace

T = TypeVar("T")


class Follower(Generic[T]):
    """Something that entries are added to, in their order.

    Args:
        log: the log to follow.
        kept: as it is before the first entry; it is changed in place.
        add: adds one entry to it.
        kinds: only entries of these kinds; of every kind where there are none.
    """

    def __init__(self, log: Log, kept: T, add: Callable[[T, Logged], None], *kinds: EntryKind) -> None:
        self._log, self._kept, self._add, self._kinds = log, kept, add, kinds
        self._place, self._lock = ChainPlace(), Lock()

    def now(self) -> T:
        """With everything that is in the log now; the same object each time."""
        with self._lock:
            for place, entries in self._log.read(self._place, *self._kinds):
                for entry in list(entries):  # all of a segment, or nothing
                    self._add(self._kept, entry)
                self._place = place
            return self._kept
