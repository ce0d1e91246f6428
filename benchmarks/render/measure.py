"""`python -m benchmarks.render.measure WHAT REPORTS THREADS`: one measurement in a process of its own, as JSON."""

import json
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from termpost.schemas.documents.report import Report
from termpost.tasks.documents.typesetting import typeset
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import make_pdf, pdf_of, printed_data
from termpost.tasks.render.report_view import report_views

from benchmarks.render.made import made_reports

Job = tuple[Report, str]
WARM = 30  # reports before the clock starts: fonts are read, templates compiled


def _ours(job: Job) -> None:
    make_pdf(*job)


def _both(job: Job) -> None:
    sheets = report_views(*job)
    pdf_of(sheets, job[0].cutoff)
    page_of(sheets)


def _bare(prepared: tuple[str, Report, str]) -> None:
    """The same template with its data ready: nothing of termpost."""
    typeset("report.typ", data={"parts": prepared[0], "printed": prepared[2]}, dated=prepared[1].cutoff)


def _unclaimed(prepared: tuple[str, Report, str]) -> None:
    """The same, without data attached, standards and row headers."""
    typeset("report.typ", data={"parts": prepared[0]}, dated=prepared[1].cutoff, claims=False)


def _weasyprint(page: bytes) -> None:
    import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415 - only this measurement has it in memory

    weasyprint.HTML(string=page.decode()).write_pdf()


def _prepared(job: Job) -> tuple[str, Report, str]:
    sheet = report_views(*job)[0]  # a second is for the screen alone
    return f"[{sheet.model_dump_json()}]", job[0], printed_data([sheet])


def _as_it_is(job: Job) -> Job:
    return job


# what is made ready before the clock starts, and what is measured
OPERATIONS: dict[str, tuple[Callable[[Job], object], Callable[..., None]]] = {
    "ours": (_as_it_is, _ours),
    "both": (_as_it_is, _both),
    "bare": (_prepared, _bare),
    "unclaimed": (_prepared, _unclaimed),
    "weasyprint": (lambda job: page_of(report_views(*job)), _weasyprint),
}


def main(what: str, reports: int, threads: int) -> None:
    """Prints seconds and peak memory."""
    ready, operation = OPERATIONS[what]
    jobs = [ready(job) for job in made_reports(WARM + reports)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(operation, jobs[:WARM]))
        start = perf_counter()
        list(pool.map(operation, jobs[WARM:]))
        seconds = perf_counter() - start
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # Linux counts in KiB
    print(json.dumps({"seconds": seconds, "gigabytes": gigabytes}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
