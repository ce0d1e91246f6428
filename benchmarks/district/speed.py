"""How fast and how lean the generator is."""

import csv
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import Measured
from benchmarks.district.plan import District
from benchmarks.district.write import write_district

STUDENTS = 1500
ROUNDS = 3  # the fastest counts: anything slower was the machine's other work


def _rewrite(source: Path, target: Path) -> float:
    """Seconds to write the rows of `source` with the plain csv writer, once they are in memory."""
    seconds = 0.0
    for path in sorted(source.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        start = perf_counter()
        with (target / path.name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
        seconds += perf_counter() - start
    return seconds


def generation(scratch: Path) -> Measured:
    """Seconds to generate a district against seconds to write the same rows from memory."""
    generated, rewritten, rows = [], [], 0
    for turn in range(ROUNDS):  # by turns, so that both meet the same machine
        start = perf_counter()
        counts = write_district(District(students=STUDENTS), scratch / f"made-{turn}")
        generated.append(perf_counter() - start)
        with TemporaryDirectory(dir=scratch) as target:
            rewritten.append(_rewrite(counts.path, Path(target)))
        rows = sum(counts.rows.values())
    best, plain = min(generated), min(rewritten)
    return Measured(
        f"generate a district of {STUDENTS:,} students, {rows:,} rows",
        f"{best:.2f} s",
        f"{plain:.2f} s to write the same rows with csv",
        best / plain,
        limit=5,
    )


def memory(scratch: Path) -> Measured:
    """Peak memory of a district four times as large against that of the smaller one."""
    peaks = []
    for students in (STUDENTS // 2, STUDENTS * 2):
        tracemalloc.start()
        write_district(District(students=students, line_items_per_class=1), scratch / str(students))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    small, large = peaks
    return Measured(
        f"memory to generate {STUDENTS * 2:,} students",
        f"{large / 2**20:.1f} MiB",
        f"{small / 2**20:.1f} MiB for a quarter of them",
        large / small,
        limit=1.5,
    )
