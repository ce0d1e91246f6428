"""How fast and how lean the check is: against one plain DuckDB query, Great Expectations and `datacontract test`."""

import atexit
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from benchmarks import Measured
from benchmarks.district.plan import District
from benchmarks.district.write import write_district

RESULTS = int(os.environ.get("BENCH_RESULTS", "1000000"))
PER_STUDENT = 90  # results, with 12 line items a class
ROUNDS = 2 if RESULTS <= 1_000_000 else 1  # the fastest counts: anything slower was the machine's other work
OTHERS = 1_000_000  # results that the other tools are given; pandas takes 5 GB for ten times as many
MEMORY = 4.0  # gigabytes


@dataclass(frozen=True)
class Cost:
    """What a process took, its imports aside."""

    seconds: float
    gigabytes: float


def _folder(results: int) -> Path:
    """A district of about so many results, made once in a process."""
    return _made(max(100, results // PER_STUDENT))


@lru_cache(maxsize=4)
def _made(students: int) -> Path:
    folder = Path(mkdtemp(prefix="termpost-bench-check-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_district(District(students=students), folder)
    return folder


@lru_cache(maxsize=16)
def cost(yardstick: str, results: int) -> Cost:
    """The best of some rounds, each in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.check_yardsticks", yardstick, str(_folder(results))]
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
        said = json.loads(done.stdout.splitlines()[-1])
        found.append(Cost(float(said["seconds"]), float(said["gigabytes"])))
    return min(found, key=lambda one: one.seconds)


def _against(operation: str, ours: str, other: str, results: int, limit: float) -> Measured:
    mine, theirs = cost(ours, results), cost(other, results)
    return Measured(
        f"{operation}, {results:,} results",
        f"{mine.seconds:.2f} s, {mine.gigabytes:.2f} GB",
        f"{theirs.seconds:.2f} s, {theirs.gigabytes:.2f} GB {other}",
        mine.seconds / theirs.seconds,
        limit,
    )


def plain_query(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """All checks of all files against one DuckDB query with the rules on results.csv."""
    return _against("check an extract", "ours", "plain", RESULTS, 3)


def memory(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """Peak memory of the check against what it may take."""
    mine = cost("ours", RESULTS)
    return Measured(
        f"memory of the check, {RESULTS:,} results",
        f"{mine.gigabytes:.2f} GB",
        f"{MEMORY:.0f} GB at most",
        mine.gigabytes / MEMORY,
        1,
    )


def linear(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """Ten times the results, against ten times the time."""
    large, small = cost("ours", RESULTS), cost("ours", RESULTS // 10)
    return Measured(
        f"check of {RESULTS:,} results",
        f"{large.seconds:.2f} s",
        f"10 × {small.seconds:.2f} s for a tenth of them",
        large.seconds / small.seconds / 10,
        1.2,
    )


def great_expectations(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """Against a third of the rules by Great Expectations on pandas."""
    return _against("check an extract", "ours", "great-expectations", min(RESULTS, OTHERS), 3)


def datacontract(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """Against types, required cells and the key by `datacontract test`."""
    return _against("check an extract", "ours", "datacontract", min(RESULTS, OTHERS), 3)


def loading(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """Accepted rows as a typed table, against DuckDB's own loading of the same files."""
    return _against("load an extract", "load-ours", "load-plain", RESULTS, 3)


def reading(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """An extract read through to name it by its content, against DuckDB's own loading of the same files."""
    return _against("read an extract", "read-ours", "load-plain", RESULTS, 0.5)


def checking(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """All checks of all files, against DuckDB's own loading of the same files."""
    return _against("check an extract", "ours", "load-plain", RESULTS, 10)
