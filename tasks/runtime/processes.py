"""Work that keeps a core busy, on every core: Python runs on one core at a time, so each has a process of its own.

What a process is given and what it answers goes through a pipe between processes of one user, and nowhere else. Few
items are not worth the second that a process takes to start, so the caller works on them as it would without.
"""

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from time import sleep
from typing import Any, TypeVar

import loky
from loky.process_executor import BrokenProcessPool
from termpost.schemas.base.errors import RetryableError
from termpost.tasks.runtime.concurrent import Item, Result, concurrent_map
from termpost.tasks.runtime.private_process import keep_private

WORTH_IT = 48  # items, of a tenth of a second each; half a second more is lost by waiting for the start
AT_ONCE = 2  # in one process: one waits for a disk or a network while the other works
CHUNK = 4  # items that a process is given at once
LOOKS = 1.0  # seconds between looks for the process that started this one
Shared = TypeVar("Shared")


class Processes:
    """Processes that start with the first work and end with the run."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: loky.ProcessPoolExecutor | None = None

    def are_worth(self, items: int) -> bool:
        """Whether so many items are done sooner by them."""
        return self._count > 1 and items >= WORTH_IT

    def map(self, work: Callable[[Shared, Item], Result], shared: Shared, items: Sequence[Item]) -> Iterator[Result]:
        """The results in the order of the items.

        Args:
            work: a function of a module, since it goes to another process by its name.
            shared: what every item needs, sent once for a handful of them.

        Raises:
            RetryableError: a process was ended from outside, most likely for want of memory.
            what `work` raised for the first item, in order, that it raised anything for.
        """
        if self._pool is None:
            self._pool = loky.ProcessPoolExecutor(self._count, initializer=_begin, initargs=(os.getpid(),))
        do = partial(_do, work, pickle.dumps(shared))
        chunks = [items[first : first + CHUNK] for first in range(0, len(items), CHUNK)]
        try:
            for results in self._pool.map(do, chunks):
                yield from results
        except BrokenProcessPool:
            self.end()
            raise RetryableError(
                "a process that worked for this run was ended from outside; was there memory?"
            ) from None

    def end(self) -> None:
        """Waits for none of them; what they work on is done again by the next run."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=True)
            self._pool = None


_held: list[Processes] = []


@contextmanager
def hold_processes(count: int) -> Iterator[None]:
    """Within it `held_processes` gives processes, so many at most; 0: one a core that this process may use."""
    _held.append(Processes(count or len(os.sched_getaffinity(0))))
    try:
        yield
    finally:
        _held.pop().end()


def held_processes(items: int) -> Processes | None:
    """Those of the run that this is part of, where they are worth it for so many items."""
    return _held[-1] if _held and _held[-1].are_worth(items) else None


def _begin(parent: int) -> None:
    """As every process of ours begins; and it ends with its parent, however that ended: it holds keys in memory."""
    keep_private()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # that is for the parent, which ends its processes
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        sleep(LOOKS)
    os._exit(1)


def _do(work: Callable[[Any, Item], Result], shared: bytes, items: Sequence[Item]) -> list[Result]:
    return list(concurrent_map(partial(work, _opened(shared)), items, at_once=AT_ONCE))


@lru_cache(maxsize=1)
def _opened(shared: bytes) -> Any:
    return pickle.loads(shared)  # noqa: S301 - from the process that started this one
