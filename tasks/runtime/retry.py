"""Trying again what may come through the next time, ever more slowly.

By tenacity rather than stamina, which is made of it: who calls can hand in how to wait, so no test waits.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from termpost.schemas.base.errors import RetryableError

T = TypeVar("T")


def retried(
    work: Callable[[], T], *, attempts: int, first_wait: float, longest_wait: float = 120.0,
    may_pass: Callable[[BaseException], bool] = lambda error: isinstance(error, RetryableError),
    asked_wait: Callable[[BaseException], float] = lambda _: 0.0, sleep: Callable[[float], None] | None = None,
) -> T:  # fmt: skip
    """What the work returns, or raises at its last attempt.

    Args:
        first_wait: seconds before the second attempt, doubled each time, and up to as much again by chance, so that
            workers which failed together do not come back together.
        may_pass: whether another attempt after this error makes sense.
        asked_wait: seconds that whoever refused wants to be left alone.
        sleep: how to wait; None: as everybody does.
    """
    growing = wait_exponential_jitter(initial=first_wait, max=longest_wait, jitter=first_wait)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return min(max(growing(state), asked_wait(error) if error else 0.0), longest_wait)

    trying = Retrying(
        stop=stop_after_attempt(attempts), wait=wait, retry=retry_if_exception(may_pass),
        sleep=time.sleep if sleep is None else sleep, reraise=True,
    )  # fmt: skip
    return trying(work)
