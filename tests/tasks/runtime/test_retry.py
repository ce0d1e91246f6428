"""What may pass is tried again, ever more slowly; nothing waits here, since the waits are handed in."""

from collections.abc import Callable
from functools import partial

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.runtime.retry import retried


class AskedError(RetryableError):
    """As a service that says when to come back."""


def failing(times: int, error: Exception) -> Callable[[], str]:
    left = iter([error] * times)

    def work() -> str:
        if wrong := next(left, None):
            raise wrong
        return "done"

    return work


def test_it_waits_ever_longer_and_returns_what_came_in_the_end() -> None:
    waits: list[float] = []
    said = retried(failing(3, RetryableError("busy")), attempts=4, first_wait=1.0, sleep=waits.append)
    assert said == "done"
    assert 1 <= waits[0] <= 2 <= waits[1] <= 3 < waits[2] <= 5


def test_the_last_error_is_raised_as_it_was() -> None:
    waits: list[float] = []
    error = RetryableError("busy")
    with pytest.raises(RetryableError) as caught:
        retried(failing(9, error), attempts=3, first_wait=1.0, sleep=waits.append)
    assert caught.value is error
    assert len(waits) == 2


def test_what_stays_wrong_is_not_tried_again() -> None:
    waits: list[float] = []
    with pytest.raises(InputError):
        retried(failing(1, InputError("a", "b", "c", "d")), attempts=3, first_wait=1.0, sleep=waits.append)
    assert waits == []


def _asking(seconds: float, _: BaseException) -> float:
    return seconds


def test_who_asks_to_be_left_alone_is_left_alone_within_reason() -> None:
    waits: list[float] = []
    for asked in (50.0, 0.1, 9999.0):
        retried(
            failing(1, AskedError()), attempts=2, first_wait=1.0, longest_wait=60.0, sleep=waits.append,
            asked_wait=partial(_asking, asked),
        )  # fmt: skip
    assert waits[0] == 50
    assert 1 <= waits[1] <= 2
    assert waits[2] == 60
