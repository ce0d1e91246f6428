"""How fast reports are rendered: in all languages by turns, each with nine courses.

`TERMPOST_BENCH_REPORTS` sets the number. Every measurement is a process of its own.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from benchmarks import Measured

REPORTS = int(os.environ.get("TERMPOST_BENCH_REPORTS", "600"))
ROUNDS = 3  # the fastest counts: anything slower was the machine's other work
THREADS = 2
MEMORY = 0.3  # GB a worker


@cache
def _cost(what: str, reports: int, threads: int) -> tuple[float, float]:
    """Seconds and peak gigabytes."""
    command = [sys.executable, "-m", "benchmarks.render.measure", what, str(reports), str(threads)]
    found = []
    for _ in range(ROUNDS):
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
        said = json.loads(done.stdout)
        found.append((said["seconds"], said["gigabytes"]))
    return min(found)


def _rate(what: str, reports: int, threads: int) -> str:
    return f"{reports / _cost(what, reports, threads)[0]:.0f} a second"


def _against_bare_typst(what: str, words: str) -> Measured:
    """At least 0.9 of the speed of the same template with its data ready, in as many threads."""
    ours, bare = (_cost(name, REPORTS, THREADS)[0] for name in (what, "bare"))
    return Measured(
        f"{words} of {REPORTS:,} reports", _rate(what, REPORTS, THREADS),
        f"{_rate('bare', REPORTS, THREADS)} PDFs by bare Typst, {THREADS} threads each", ours / bare, 1 / 0.9,
    )  # fmt: skip


def against_bare_typst(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """PDFs, from the report model."""
    return _against_bare_typst("ours", "PDFs")


def page_and_pdf(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Both renditions; bare Typst makes the PDFs alone."""
    return _against_bare_typst("both", "PDFs and pages")


def what_it_claims(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Tags with row headers, the two standards and the data that is attached: at most a tenth more."""
    ours, plain = (_cost(what, REPORTS, 1)[0] for what in ("bare", "unclaimed"))
    return Measured(
        f"PDF/UA-1 and PDF/A-3a with data, {REPORTS:,} reports", _rate("bare", REPORTS, 1),
        f"{_rate('unclaimed', REPORTS, 1)} without, one thread each", ours / plain, 1.1,
    )  # fmt: skip


def against_weasyprint(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """One thread each; WeasyPrint sets the page of the same report; at least five times as fast."""
    few = max(REPORTS // 10, 6)
    ours, other = (_cost(what, few, 1)[0] for what in ("ours", "weasyprint"))
    return Measured(
        f"PDFs of {few} reports, one thread", _rate("ours", few, 1), f"{_rate('weasyprint', few, 1)} by WeasyPrint",
        ours / other, 0.2,
    )  # fmt: skip


def memory(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Peak of a worker that sets all of them, fonts and all."""
    gigabytes = _cost("ours", REPORTS, 1)[1]
    return Measured(
        f"memory of one worker over {REPORTS:,} reports", f"{gigabytes:.2f} GB", f"{MEMORY:.1f} GB at most",
        gigabytes / MEMORY, 1,
    )  # fmt: skip
