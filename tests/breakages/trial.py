"""Runs tests of a copy of the tree in a process of its own, and says what became of them.

The process is forked from one that has the libraries in memory and nothing of the product: importing them takes longer
than most of the tests. What is imported of the product comes from the copy, and `strays` proves it.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

LEFT_BEHIND = (".git", ".venv", "demo", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "node_modules")
LONGEST = 240.0  # seconds for one run; a breakage that makes a test hang is not caught by an assertion
LONGEST_WHOLE = 900.0  # for many tests of a whole copy
# what a mistake in the list looks like: the code no longer runs, so no test has judged what it does
CRASHES = ("ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "NameError", "UnboundLocalError")
HUNG = -1
EDITABLE = Path("build") / "editable"  # where `termpost` is a link to the tree that it lies in


@dataclass
class Outcome:
    """What pytest said."""

    exit: int = HUNG
    passed: list[str] = field(default_factory=list)  # node ids
    failed: list[str] = field(default_factory=list)  # node ids that failed in the test itself
    raised: list[str] = field(default_factory=list)  # the exceptions' types
    strays: list[str] = field(default_factory=list)  # modules of the product that are not the copy's
    seconds: float = 0.0

    @property
    def is_red(self) -> bool:
        """Whether a test judged and said no; a crash, an error before the test or a hang is no judgement."""
        return self.exit == pytest.ExitCode.TESTS_FAILED and bool(self.failed) and not {*CRASHES} & {*self.raised}


class _Witness:
    """A plugin that notes each verdict."""

    def __init__(self) -> None:
        self.outcome = Outcome()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.outcome.passed.append(report.nodeid)
        elif report.when == "call" and report.failed:
            self.outcome.failed.append(report.nodeid)

    def pytest_exception_interact(self, call: pytest.CallInfo[object]) -> None:
        if call.excinfo is not None:
            self.outcome.raised.append(call.excinfo.type.__name__)


def make_copy(root: Path, place: Path) -> Path:
    """The tree as it lies there, without what no test reads; times of files stay, so that bytecode counts."""
    shutil.copytree(root, place, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    return place


@dataclass
class Trial:
    """A run of some tests that goes on."""

    pid: int
    said: Path
    log: Path
    longest: float
    begun: float = field(default_factory=time.monotonic)

    def poll(self) -> Outcome | None:
        """What came of it; None while it goes on."""
        pid, _ = os.waitpid(self.pid, os.WNOHANG)
        seconds = time.monotonic() - self.begun
        if pid == 0 and seconds < self.longest:
            return None
        if pid == 0:
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        outcome = Outcome(**json.loads(self.said.read_text())) if self.said.exists() else Outcome()
        outcome.seconds = seconds
        return outcome


def begin(root: Path, copy: Path, scratch: Path, tests: Collection[str], *, warm: bool = False) -> Trial:
    """Starts the tests of a copy.

    Args:
        root: the tree that the copy was made of, whose modules must not be used.
        scratch: a folder of this run alone; it is emptied.
        warm: the copy is whole, so bytecode may be left in it.
    """
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    said, log = scratch / "outcome.json", scratch / "output.txt"
    pid = os.fork()
    if pid:
        return Trial(pid, said, log, LONGEST_WHOLE if warm else LONGEST)
    code = 1
    try:
        os.setsid()
        code = _child(root, copy, scratch, tests, warm=warm)
    finally:
        os._exit(code)


def _child(root: Path, copy: Path, scratch: Path, tests: Collection[str], *, warm: bool) -> int:
    with (scratch / "output.txt").open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.chdir(copy)
    gone = {"", str(root), str(root / EDITABLE), str(Path(__file__).parent)}
    own = [str(copy / EDITABLE), str(copy)]
    sys.path[:] = [*own, str(copy / "tests"), *(entry for entry in sys.path if entry not in gone)]
    # for what the tests start: before the editable install of the tree itself
    os.environ |= {"PYTHONPATH": os.pathsep.join(own), "TMPDIR": str(scratch)}
    if not warm:
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    (scratch / "tmp").mkdir()
    witness = _Witness()
    options = [
        "-p",
        "no:cacheprovider",
        "-p",
        "one_thread",
        "--tb=short",
        "--disable-warnings",
        f"--basetemp={scratch / 'tmp'}",
        f"--rootdir={copy}",
    ]
    options += [] if warm else ["-x"]
    witness.outcome.exit = int(pytest.main([*options, *tests], plugins=[witness]))
    witness.outcome.strays = _strays(root, copy)
    (scratch / "outcome.part").write_text(json.dumps(asdict(witness.outcome)))
    (scratch / "outcome.part").replace(scratch / "outcome.json")
    sys.stdout.flush()
    sys.stderr.flush()
    return 0


def _strays(root: Path, copy: Path) -> list[str]:
    """Modules of the tree that the copy was made of; "nothing of the copy" where none of the product was imported."""
    files = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
    known = (f"{root}/.venv/", f"{Path(__file__).parent}/")  # libraries, and whoever runs this
    strays = [name for name, file in files.items() if file.startswith(f"{root}/") and not file.startswith(known)]
    product = [f for f in files.values() if f.startswith(f"{copy}/") and not f.startswith(f"{copy}/tests/")]
    return sorted(strays) if product else ["nothing of the copy"]
