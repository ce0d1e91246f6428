"""Calls that wait for a disk or a network, several at once."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

AT_ONCE = 16
Item = TypeVar("Item")
Result = TypeVar("Result")


def concurrent_map(work: Callable[[Item], Result], items: Iterable[Item], at_once: int = AT_ONCE) -> Iterator[Result]:
    """The results in the order of the items, of which no more than twice `at_once` are in hand.

    What the first call that failed raised is raised here, once those begun before it have ended.
    """
    rest = iter(items)
    first = list(islice(rest, 2))
    if len(first) < 2:  # noqa: PLR2004
        yield from map(work, first)  # nothing to wait for at once, so no thread is worth its start
        return
    waiting, running = chain(first, rest), deque[Future[Result]]()
    with ThreadPoolExecutor(at_once, thread_name_prefix="side") as threads:
        running.extend(threads.submit(work, item) for item in islice(waiting, 2 * at_once))
        try:
            while running:
                result = running.popleft().result()
                running.extend(threads.submit(work, item) for item in islice(waiting, 1))
                yield result
        finally:
            threads.shutdown(cancel_futures=True)
