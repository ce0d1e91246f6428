"""What a command costs before it does anything, and what a prepare of a handful of students costs after that.

CPU seconds, since what a user waits for at a quiet machine is nothing but them; the fastest of some rounds counts.
"""

import csv
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from unittest.mock import patch

from benchmarks import Measured
from benchmarks.home import make_home

ROUNDS = 5
COMMAND = "from termpost.flows.cli import main; main()"
SAMPLE = Path(__file__).parents[1] / "examples" / "grand-bend"
KEPT = {"604822", "604847", "604874", "C778167", "C778791", "C779044"}  # three students and three contacts
PERSON_COLUMNS = {
    "users.csv": ("sourcedId",), "demographics.csv": ("sourcedId",), "enrollments.csv": ("userSourcedId",),
    "results.csv": ("studentSourcedId",), "supplement/attendance.csv": ("studentSourcedId",),
    "supplement/comments.csv": ("studentSourcedId",),
    "supplement/contacts.csv": ("studentSourcedId", "contactSourcedId"),
}  # fmt: skip
CYCLE, DAY = "2021-fall-final", datetime(2021, 12, 17, 14, tzinfo=UTC)


def show_help(scratch: Path) -> Measured:  # noqa: ARG001 - a Benchmark gets one
    """`termpost --help`: a quarter of what it took while it imported every command is 25 times Python's own start."""
    return _against_nothing("termpost --help", ["--help"], 10)


def status(scratch: Path) -> Measured:
    """`termpost status` of a home in which nothing happened yet."""
    make_home(scratch, DAY)
    return _against_nothing("termpost status", ["status", "--home", str(scratch)], 65)


def prepare(scratch: Path) -> Measured:
    """The second prepare of a process, each in a home of its own: imports, caches and Prefect's engine are paid for.

    The tasks run as the plain functions they are made of, in the flow's own order.
    """
    done = _python("-m", "benchmarks.start_speed", str(scratch))
    seconds = float(json.loads(done.splitlines()[-1]))
    nothing = _cpu("-c", "pass")
    return Measured(
        "prepare three students, after start-up", f"{seconds:.2f} CPU-s", f"{nothing:.3f} CPU-s python -c pass",
        seconds / nothing,
        130,  # of about 95: 1 CPU-second where Python itself takes a hundredth of one
    )  # fmt: skip


def _against_nothing(operation: str, arguments: Sequence[str], limit: float) -> Measured:
    ours, nothing = _cpu("-c", COMMAND, *arguments), _cpu("-c", "pass")
    return Measured(operation, f"{ours:.3f} CPU-s", f"{nothing:.3f} CPU-s python -c pass", ours / nothing, limit)


def _python(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return done.stdout


def _cpu(*arguments: str) -> float:
    """User and system time of the process; a first run, which may have to compile, does not count."""
    found = []
    for _ in range(ROUNDS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _python(*arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found[1:])


def _three_students(folder: Path) -> Path:
    """The sample district with nobody else in it."""
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("*.md"))
    for name, columns in PERSON_COLUMNS.items():
        with (folder / name).open(newline="", encoding="utf-8") as source:
            reader = csv.DictReader(source)
            rows = [row for row in reader if all(row[column] in KEPT for column in columns)]
        with (folder / name).open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, fieldnames=reader.fieldnames or ())
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _prepare_once(extract: Path, home: Path) -> float:
    from prefect import Task  # noqa: PLC0415 - slow to import, and only the process that prepares needs it
    from prefect.logging import disable_run_logger  # noqa: PLC0415
    from termpost.flows import prepare_reports as flow  # noqa: PLC0415

    home.mkdir()
    make_home(home, DAY)
    with disable_run_logger(), ExitStack() as plain:
        for name, value in list(vars(flow).items()):
            if isinstance(value, Task):
                plain.enter_context(patch.object(flow, name, value.fn))
        for name in ("Progress", "show_checked", "show_prepared"):  # Prefect's UI
            plain.enter_context(patch.object(flow, name))
        start = process_time()
        flow.prepare_reports.fn(CYCLE, str(extract), str(home), DAY.isoformat())
        return process_time() - start


if __name__ == "__main__":
    place = Path(sys.argv[1])
    three = _three_students(place / "extract")
    _prepare_once(three, place / "first")
    print(min(_prepare_once(three, place / f"home{n}") for n in range(3)))
