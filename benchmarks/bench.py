"""`python -m benchmarks.bench`: every benchmark against a yardstick of the same run; exits 1 where a ratio is too high.

To add one: write a function of type `Benchmark` and put it into BENCHMARKS.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks import (
    Benchmark,
    Measured,
    check_speed,
    encryption_speed,
    log_speed,
    plan_speed,
    print_speed,
    start_speed,
    store_speed,
)
from benchmarks.district import speed
from benchmarks.grades import speed as grade_speed
from benchmarks.render import speed as render_speed

BENCHMARKS: list[Benchmark] = [
    speed.generation, speed.memory, check_speed.plain_query, check_speed.memory, check_speed.linear,
    check_speed.great_expectations, check_speed.datacontract, check_speed.reading,
    check_speed.checking, check_speed.loading,
    grade_speed.against_one_group, grade_speed.memory, grade_speed.against_pandas, grade_speed.linearity,
    render_speed.against_bare_typst, render_speed.page_and_pdf, render_speed.what_it_claims,
    render_speed.against_weasyprint, render_speed.memory,
    log_speed.against_sha256, store_speed.against_boto3, encryption_speed.share_of_a_cycle,
    plan_speed.seconds, plan_speed.memory, print_speed.packs, start_speed.show_help,
    start_speed.status, start_speed.prepare,
]  # fmt: skip


def run(benchmarks: Sequence[Benchmark]) -> list[Measured]:
    """Runs them one after another, each in an empty folder of its own."""
    measured = []
    for benchmark in benchmarks:
        with TemporaryDirectory(prefix="termpost-bench-") as scratch:
            measured.append(benchmark(Path(scratch)))
    return measured


def table(measured: Iterable[Measured]) -> Table:
    """What was measured, as people read it."""
    shown = Table("operation", "measured", "against", title="Benchmarks")
    for column in ("ratio", "limit"):
        shown.add_column(column, justify="right")
    shown.add_column("verdict")
    for one in measured:
        verdict = "[green]passed[/]" if one.passed else "[red]FAILED[/]"
        shown.add_row(one.operation, one.measured, one.reference, f"{one.ratio:.2f}", f"{one.limit:.2f}", verdict)
    return shown


def main(benchmarks: Sequence[Benchmark]) -> int:
    """Prints the table; 1 where a ratio is above its limit, else 0."""
    measured = run(benchmarks)
    Console().print(table(measured))
    return 0 if all(one.passed for one in measured) else 1


if __name__ == "__main__":
    sys.exit(main(BENCHMARKS))
