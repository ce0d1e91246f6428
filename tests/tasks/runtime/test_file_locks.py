"""A lock dies with its process; who comes second waits, or is told."""

import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.runtime.file_locks import file_lock

ROOT = Path(__file__).parents[3]
BUSY = InputError("busy", "somebody else has it", "here", "wait")
HOLDER = """
import sys
from pathlib import Path
from termpost.tasks.runtime.file_locks import file_lock
with file_lock(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.lock"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_kernel_lets_go_when_its_process_dies(
    path: Path, holder: subprocess.Popen[str], how: signal.Signals
) -> None:
    with pytest.raises(InputError) as refused, file_lock(path, BUSY):
        pass
    assert refused.value is BUSY
    holder.send_signal(how)
    assert holder.wait(30) == -how
    with file_lock(path, BUSY):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_who_waits_gets_it_when_the_other_is_done(path: Path, holder: subprocess.Popen[str]) -> None:
    def wait() -> str:
        with file_lock(path):
            return "mine"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        assert not waiting.done()
        assert holder.stdin is not None
        holder.stdin.close()
        assert waiting.result(30) == "mine"


def test_threads_take_turns(path: Path) -> None:
    inside, most = 0, 0

    def work(_: int) -> None:
        nonlocal inside, most
        with file_lock(path):
            inside += 1
            most = max(most, inside)
            inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(80)))
    assert most == 1
