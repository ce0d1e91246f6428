"""How fast a cycle's grades and summaries are computed, drops included.

`TERMPOST_BENCH_STUDENTS` sets the size; each student has about 100 results. Every measurement is a process of its own.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from benchmarks import Measured

STUDENTS = int(os.environ.get("TERMPOST_BENCH_STUDENTS", "100000"))
MEMORY = 4.0  # GB


@cache
def _measured(what: str, students: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.grades.measure", what, str(students)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _operation(found: dict[str, float]) -> str:
    return f"{found['results']:,.0f} results to all summaries, with drops"


def against_one_group(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Results to all summaries against one scan and group of the same table by student, course and category."""
    found = _measured("ours", STUDENTS)
    return Measured(
        _operation(found), f"{found['summaries']:.2f} s", f"{found['group']:.2f} s for one scan and group in DuckDB",
        found["summaries"] / found["group"], 3,
    )  # fmt: skip


def memory(scratch: Path) -> Measured:  # noqa: ARG001
    """Peak memory of the process, with the table itself."""
    found = _measured("ours", STUDENTS)
    return Measured(
        f"memory of {found['results']:,.0f} results to all summaries", f"{found['gigabytes']:.2f} GB",
        f"{MEMORY:.0f} GB at most", found["gigabytes"] / MEMORY, 1,
    )  # fmt: skip


def against_pandas(scratch: Path) -> Measured:  # noqa: ARG001
    """The same against pandas, which loads the table and groups it once, in binary floats and without drops."""
    found, pandas = _measured("ours", STUDENTS), _measured("pandas", STUDENTS)
    return Measured(
        _operation(found), f"{found['summaries']:.2f} s",
        f"{pandas['pandas']:.2f} s and {pandas['gigabytes']:.1f} GB for pandas groupby alone",
        found["summaries"] / pandas["pandas"], 1,
    )  # fmt: skip


def linearity(scratch: Path) -> Measured:  # noqa: ARG001
    """Twice the data."""
    twice, once = _measured("ours", STUDENTS), _measured("ours", STUDENTS // 2)
    return Measured(
        f"summaries of {STUDENTS:,} students", f"{twice['summaries']:.2f} s",
        f"{once['summaries']:.2f} s for half of them", twice["summaries"] / once["summaries"], 2.2,
    )  # fmt: skip
