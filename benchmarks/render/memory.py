"""`python -m benchmarks.render.memory REPORTS`: the memory while so many reports become PDF and page, as JSON lines."""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.render.made import made_reports
from tasks.render.page import page_of
from tasks.render.pdf import pdf_of
from tasks.render.sheet import make_sheets

STEPS = 50
PAGE = resource.getpagesize()


def resident() -> float:
    """Megabytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 10**6


def memory_of(reports: int) -> Iterator[dict[str, float]]:
    """Reports made so far, with the memory now and at most (MB)."""
    for place, (report, language) in enumerate(made_reports(reports), 1):
        sheets = make_sheets(report, language)
        pdf_of(sheets, report.cutoff)
        page_of(sheets)
        if place % max(reports // STEPS, 1) == 0:
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 10**6  # Linux counts in KiB
            yield {"reports": place, "now": round(resident(), 1), "most": round(most, 1)}


if __name__ == "__main__":
    for found in memory_of(int(sys.argv[1])):
        print(json.dumps(found), flush=True)
