"""How fast a cycle's grades and summaries are computed, drops included.

`TERMPOST_BENCH_STUDENTS` sets the size; each student has about 100 results. Every measurement is a process of its own.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks import Measured

STUDENTS = int(os.environ.get("TERMPOST_BENCH_STUDENTS", "100000"))
MEMORY = 4.0  # GB
ROUNDS = 3  # the fastest counts: anything slower was the machine's other work


@dataclass(frozen=True)
class _Cost:
    results: int
    seconds: float
    gigabytes: float


@cache
def _cost(what: str, students: int) -> _Cost:
    command = [sys.executable, "-m", "benchmarks.grades.measure", what, str(students)]
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
        found.append(_Cost(**json.loads(done.stdout)))
    return min(found, key=lambda one: one.seconds)


def _against(what: str, words: str, limit: float) -> Measured:
    ours, other = _cost("ours", STUDENTS), _cost(what, STUDENTS)
    return Measured(
        f"{ours.results:,} results to all summaries, with drops", f"{ours.seconds:.2f} s, {ours.gigabytes:.2f} GB",
        f"{other.seconds:.2f} s, {other.gigabytes:.2f} GB for {words}", ours.seconds / other.seconds, limit,
    )  # fmt: skip


def against_one_group(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Results to all summaries against one scan and group of the same table by student, course and category."""
    return _against("group", "one scan and group in DuckDB", 6)


def against_pandas(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """The same against pandas, which loads the table and groups it once, in binary floats and without drops."""
    return _against("pandas", "pandas groupby alone", 1)


def memory(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Peak memory of the process, with the table itself."""
    ours = _cost("ours", STUDENTS)
    return Measured(
        f"memory of {ours.results:,} results to all summaries", f"{ours.gigabytes:.2f} GB", f"{MEMORY:.0f} GB at most",
        ours.gigabytes / MEMORY, 1,
    )  # fmt: skip


def linearity(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Twice the data."""
    twice, once = _cost("ours", STUDENTS), _cost("ours", STUDENTS // 2)
    return Measured(
        f"summaries of {STUDENTS:,} students", f"{twice.seconds:.2f} s", f"{once.seconds:.2f} s for half of them",
        twice.seconds / once.seconds, 2.2,
    )  # fmt: skip
