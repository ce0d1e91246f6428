"""Processes that help a run: results in order, errors as they are, and none is left behind by whoever was killed."""

import os
import select
import signal
import subprocess
import sys

import pytest
from termpost.schemas.base.errors import Refused, RetryableError
from termpost.tasks.runtime.processes import WORTH_IT, held_processes, hold_processes

MANY = range(WORTH_IT)
MOTHER = """
import os, sys
from termpost.tasks.runtime.processes import held_processes, hold_processes
from tests.tasks.runtime.test_processes import MANY, where
with hold_processes(2):
    print(*set(held_processes(len(MANY)).map(where, None, MANY)), flush=True)
    sys.stdin.read()
"""


def where(_: None, __: int) -> int:
    return os.getpid()


def add(shared: int, item: int) -> int:
    if item == 40:
        raise Refused("no-forty", "forty is refused", "an item", "leave it out")
    return shared + item


def killed(_: None, item: int) -> int:
    if item == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_results_come_in_order_from_other_processes_and_nothing_of_them_stays() -> None:
    with hold_processes(2):
        processes = held_processes(len(MANY))
        assert processes
        assert list(processes.map(add, 100, range(40))) == list(range(100, 140))
        with pytest.raises(Refused, match="forty is refused") as refused:
            list(processes.map(add, 100, MANY))
        assert (refused.value.code, refused.value.remedy) == ("no-forty", "leave it out")
        at_work = set(processes.map(where, None, MANY))
        assert os.getpid() not in at_work
    for process in at_work:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_few_items_one_core_and_who_holds_none_get_none() -> None:
    assert held_processes(10**6) is None
    with hold_processes(1):
        assert held_processes(10**6) is None
    with hold_processes(2):
        assert held_processes(WORTH_IT - 1) is None
        assert held_processes(WORTH_IT)


def test_a_process_that_was_ended_from_outside_is_tried_again_with_others() -> None:
    with hold_processes(2):
        processes = held_processes(len(MANY))
        assert processes
        with pytest.raises(RetryableError, match="memory"):
            list(processes.map(killed, None, MANY))
        assert list(processes.map(add, 0, range(9))) == list(range(9))


def test_who_is_killed_takes_them_along_since_they_hold_keys() -> None:
    with subprocess.Popen([sys.executable, "-c", MOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as mother:
        assert mother.stdout
        children = [os.pidfd_open(int(pid)) for pid in mother.stdout.readline().split()]
        assert children
        mother.kill()
        for child in children:
            ended, _, _ = select.select([child], [], [], 60)  # a pidfd can be read once its process has ended
            os.close(child)
            assert ended
