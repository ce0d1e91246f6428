"""Calls that wait go on at once; their results come in order, and none is forgotten when one fails."""

from collections.abc import Iterator
from threading import Barrier, Lock, current_thread

import pytest
from termpost.tasks.runtime.concurrent import concurrent_map


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(concurrent_map(lambda n: n * n, range(100), at_once=7)) == [n * n for n in range(100)]
    assert list(concurrent_map(str, [])) == []


def test_as_many_as_asked_for_are_at_work_at_once() -> None:
    barrier = Barrier(5, timeout=30)  # broken, with an error, unless five calls meet
    assert len(list(concurrent_map(lambda _: barrier.wait(), range(5), at_once=5))) == 5


def test_for_a_single_call_no_thread_is_begun() -> None:
    assert list(concurrent_map(lambda _: current_thread(), [1])) == [current_thread()]
    assert current_thread() not in list(concurrent_map(lambda _: current_thread(), [1, 2]))


def test_no_more_items_are_taken_than_can_be_in_hand() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        while taken < 1000:
            taken += 1
            yield taken

    results = concurrent_map(lambda n: n, items(), at_once=4)
    assert next(results) == 1
    assert taken <= 9
    assert sum(1 for _ in results) == 999


def test_the_first_failure_is_raised_when_what_was_begun_has_ended() -> None:
    ended, lock = [0], Lock()

    def work(n: int) -> int:
        if n == 3:
            raise KeyError(n)
        with lock:
            ended[0] += 1
        return n

    got: list[int] = []
    results = concurrent_map(work, range(100), at_once=2)
    with pytest.raises(KeyError, match="3"):
        got.extend(results)
    at_the_end = ended[0]
    assert at_the_end <= 8
    assert ended[0] == at_the_end
