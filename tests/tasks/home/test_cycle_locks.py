"""One run at a time per cycle; the kernel frees it, however the run ends."""

import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home

from tests.tasks.gradebook import new_home

ROOT = Path(__file__).parents[3]
MIDTERM, FINAL = "2021-fall-midterm", "2021-fall-final"
CODE = """
import sys
from termpost.tasks.home.home import open_home
from termpost.tasks.home.cycle_locks import cycle_lock
with cycle_lock(open_home(sys.argv[1]), sys.argv[2]):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def other(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that has a cycle."""
    command = [sys.executable, "-c", CODE, str(home.path), FINAL]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


def test_a_second_process_is_refused(home: Home, other: subprocess.Popen[str]) -> None:
    with pytest.raises(InputError) as caught, cycle_lock(home, FINAL):
        pass
    assert caught.value.code == "cycle-busy"
    with cycle_lock(home, MIDTERM):  # another cycle is free
        pass
    assert other.poll() is None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_process_frees_it(home: Home, other: subprocess.Popen[str], how: signal.Signals) -> None:
    other.send_signal(how)
    assert other.wait(30) == -how
    with cycle_lock(home, FINAL):
        pass


def test_an_ended_run_frees_it_also_after_an_error(home: Home) -> None:
    with pytest.raises(KeyError), cycle_lock(home, FINAL):
        raise KeyError
    with cycle_lock(home, FINAL), pytest.raises(InputError), cycle_lock(home, FINAL):  # in one process too
        pass
    with cycle_lock(home, FINAL):
        pass


@pytest.mark.parametrize("cycle", ["../../escaped", "a/b", "", "2021-fall-finale"])
def test_a_cycle_nobody_planned_gets_no_lock(home: Home, cycle: str) -> None:
    with pytest.raises(InputError) as caught, cycle_lock(home, cycle):
        pass
    assert caught.value.code == "unknown-cycle"
    assert [lock.name for lock in home.path.parent.rglob("*.lock")] == ["log-anchor.json.lock"]  # the rehearsal's log


def test_the_lock_is_the_owners_alone(home: Home) -> None:
    with cycle_lock(home, FINAL):
        folder = home.path / "locks"
        modes = [stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600]
