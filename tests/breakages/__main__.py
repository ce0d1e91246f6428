"""Breaks the product in one place after another and expects a named test to fail each time (`make breakages`).

python -m tests.breakages [NAME ...] [--jobs N]
"""

import argparse
import contextlib
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.breakages.breakage_list import ROOT, Breakage, read_breakages
from tests.breakages.trial import HUNG, Outcome, Trial, begin, make_copy

LIBRARIES = (
    "asyncssh", "babel.dates", "boto3", "click.testing", "cryptography.hazmat.primitives.ciphers.aead", "duckdb",
    "great_expectations", "holidays", "httpx", "hypothesis", "jinja2", "pandas", "pikepdf", "playwright.sync_api",
    "prefect", "prefect.artifacts", "prefect.logging", "pyarrow", "pyotp", "pypdfium2", "qrcode", "sqlglot",
    "typst",
)  # fmt: skip
MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one: what is durable takes long on a disk
LOOK_AGAIN = 0.05  # seconds
LAST_LINES = 25  # of a run that went wrong


@dataclass(frozen=True)
class Work:
    """Tests to run in a copy: whole, or with one breakage in it."""

    tests: tuple[str, ...]
    breakage: Breakage | None = None


@dataclass(frozen=True)
class Done:
    work: Work
    outcome: Outcome
    output: str


def main() -> int:
    """0 where every breakage was caught; 1 where one was not, does not apply, or its test fails without it."""
    asked = argparse.ArgumentParser(prog="python -m tests.breakages", description=(__doc__ or "").splitlines()[0])
    asked.add_argument("name", nargs="*", help="breakages to try; without any, all")
    asked.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="runs at once; a core each")
    given = asked.parse_args()
    breakages = [b for b in read_breakages() if not given.name or b.name in given.name]
    if unknown := set(given.name) - {b.name for b in breakages}:
        asked.error(f"no such breakage: {', '.join(sorted(unknown))}")
    begun = time.monotonic()
    _import_libraries()
    with _scratch() as scratch:
        copies = [make_copy(ROOT, scratch / f"copy-{n}") for n in range(max(given.jobs, 1))]
        caught = _caught(copies, breakages, _red_before(copies, breakages))
    missed = len(breakages) - caught
    _say(f"{caught} of {len(breakages)} breakages caught, {missed} not; {time.monotonic() - begun:.0f} s")
    return 1 if missed else 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a report on the console


def _import_libraries() -> None:
    """Only what is not ours: the product is imported by each run from its own copy."""
    os.environ |= {"GX_ANALYTICS_ENABLED": "false"}  # read once, at import
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # the product may have done without it since
            importlib.import_module(name)


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="breakages-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _red_before(copies: Sequence[Path], breakages: Sequence[Breakage]) -> set[str]:
    """Tests that do not pass in a whole copy, so that a failure would prove nothing."""
    by_folder: defaultdict[str, set[str]] = defaultdict(set)  # tests of one folder share what they set up
    for breakage in breakages:
        by_folder[breakage.test.partition("::")[0].rpartition("/")[0]].add(breakage.test)
    work = [Work(tuple(sorted(tests))) for tests in sorted(by_folder.values(), key=len, reverse=True)]
    red = set()
    for done in _run(copies, work):
        passed = {node.partition("[")[0] for node in done.outcome.passed}
        failed = {node.partition("[")[0] for node in done.outcome.failed}
        names = {test: test.partition("[")[0] for test in done.work.tests}
        bad = {test for test, name in names.items() if name not in passed or name in failed or done.outcome.strays}
        for test in sorted(bad):
            _say(f"RED BEFORE  {test}")
        if bad:
            _say(_why(done))
        red |= bad
    return red


def _caught(copies: Sequence[Path], breakages: Sequence[Breakage], red: set[str]) -> int:
    fitting = []
    for breakage in breakages:
        try:
            breakage.broken((copies[0] / breakage.file).read_text(encoding="utf-8"))
        except (LookupError, OSError) as error:
            _say(f"NO PLACE    {breakage.name}: {error}")
            continue
        if breakage.test in red:
            _say(f"NO TEST     {breakage.name}: {breakage.test} fails without it")
        else:
            fitting.append(Work((breakage.test,), breakage))
    caught = 0
    for done in _run(copies, fitting):
        outcome, tried = done.outcome, done.work.breakage
        assert tried is not None
        if outcome.is_red and not outcome.strays:
            _say(f"caught      {tried.name} ({tried.area}) {outcome.seconds:.1f} s")
            caught += 1
        else:
            said = "hung" if outcome.exit == HUNG else f"pytest exit {outcome.exit}"
            _say(f"NOT CAUGHT  {tried.name} ({tried.area}) by {tried.test}: {said}\n{_why(done)}")
    return caught


def _why(done: Done) -> str:
    strays = f"    not of the copy: {', '.join(done.outcome.strays)}\n" if done.outcome.strays else ""
    return strays + "\n".join(f"    {line}" for line in done.output.splitlines()[-LAST_LINES:])


def _run(copies: Sequence[Path], work: Sequence[Work]) -> Iterator[Done]:
    """Each work in the first copy that is free, which is whole again before it is given out."""
    waiting, busy = list(reversed(work)), dict[Path, tuple[Work, Trial, contextlib.ExitStack]]()
    while waiting or busy:
        for copy in copies:
            if copy in busy and (outcome := busy[copy][1].poll()) is not None:
                one, trial, broken = busy.pop(copy)
                broken.close()
                yield Done(one, outcome, trial.log.read_text(encoding="utf-8", errors="replace"))
            if copy not in busy and waiting:
                one, broken = waiting.pop(), contextlib.ExitStack()
                if one.breakage:
                    broken.enter_context(_broken(copy, one.breakage))
                scratch = copy.with_name(f"{copy.name}-run")
                busy[copy] = one, begin(ROOT, copy, scratch, one.tests, warm=one.breakage is None), broken
        time.sleep(LOOK_AGAIN)


@contextlib.contextmanager
def _broken(copy: Path, breakage: Breakage) -> Iterator[None]:
    file = copy / breakage.file
    whole, times = file.read_bytes(), file.stat()
    file.write_text(breakage.broken(whole.decode()), encoding="utf-8")
    # bytecode is told apart by time in seconds and by size, and a breakage may have both of the whole file
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns + 10**10))
    try:
        yield
    finally:
        file.write_bytes(whole)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


if __name__ == "__main__":
    sys.exit(main())
