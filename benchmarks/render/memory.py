"""`python -m benchmarks.render.memory REPORTS`: the memory while so many reports become PDF and page, as JSON lines."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import pdf_of
from termpost.tasks.render.report_view import report_views

from benchmarks.render.made import made_reports

STEPS = 50


def memory() -> dict[str, float]:
    """Megabytes of this process in memory, now and at most.

    Not `ru_maxrss`: a process that another one started inherits that one's, through fork and exec.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    kept = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if "kB" in value}
    return {"now": round(kept["VmRSS"] * 1024 / 10**6, 1), "most": round(kept["VmHWM"] * 1024 / 10**6, 1)}


def memory_of(reports: int) -> Iterator[dict[str, float]]:
    """Reports made so far, with the memory now and at most (MB)."""
    for place, (report, language) in enumerate(made_reports(reports), 1):
        sheets = report_views(report, language)
        pdf_of(sheets, report.cutoff)
        page_of(sheets)
        if place % max(reports // STEPS, 1) == 0:
            yield {"reports": place, **memory()}


if __name__ == "__main__":
    for found in memory_of(int(sys.argv[1])):
        print(json.dumps(found), flush=True)
