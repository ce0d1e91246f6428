"""Reports made once, by version, and found again when nothing changed."""

import hashlib
import json
from typing import Any

import duckdb

from schemas.errors import InputError
from schemas.refs import Batch, PersonRef, Rendered, Rendition, ReportId
from schemas.report import Report
from tasks.home import Home
from tasks.render.model import reports_of
from tasks.render.page import make_page
from tasks.render.pdf import UNPRINTABLE, make_pdf

MADE_FORMAT = "termpost.made/1"


def render_batch(home: Home, lake: duckdb.DuckDBPyConnection, batch: Batch) -> Rendered:
    """Makes what is not there yet.

    A report whose model did not change keeps its version and its bytes; one that did gets the next version beside the
    old one (law 5).
    """
    renditions: list[Rendition] = []
    unmade: list[tuple[PersonRef, str]] = []
    for student, report in reports_of(lake, home, batch).items():
        try:
            renditions += _render(home, batch, student, report)
        except InputError as error:
            if error.code != UNPRINTABLE:
                raise
            unmade.append((student, error.code))  # one name in a script without a font holds one student, not a school
    return Rendered(batch, tuple(renditions), tuple(unmade))


def _render(home: Home, batch: Batch, student: PersonRef, report: Report) -> list[Rendition]:
    report_id = ReportId(home.people.name(student, "report", batch.cycle.id))
    prefix = f"reports/{batch.cycle.school}/{batch.cycle.id}/{report_id}"
    latest, made = _latest(home, prefix)
    if made is None or made["model"] != _digest(home, student, _numbered(report, latest)):
        latest += 1
        made = _make(home, student, _numbered(report, latest), f"{prefix}/v{latest}")
    return [
        Rendition(report_id, latest, student, f"{prefix}/v{latest}/{name}", said["sha256"], said["digest"])
        for name, said in sorted(made["renditions"].items())
    ]


def _latest(home: Home, prefix: str) -> tuple[int, dict[str, Any] | None]:
    """The highest finished version and what was noted of it; (0, None) where there is none."""
    version, made = 0, None
    while True:
        try:
            made = json.loads(home.store.get(f"{prefix}/v{version + 1}/made.json"))
        except KeyError:
            return version, made
        version += 1


def _numbered(report: Report, version: int) -> Report:
    return report.model_copy(update={"version": version})


def _digest(home: Home, student: PersonRef, report: Report) -> str:
    return home.people.digest(student, report.model_dump_json().encode())


def _make(home: Home, student: PersonRef, report: Report, prefix: str) -> dict[str, Any]:
    renditions = {}
    for name, data in (("report.html", make_page(report)), ("report.pdf", make_pdf(report))):
        home.store.put(f"{prefix}/{name}", data)
        digest = home.people.digest(student, data)
        renditions[name] = {"sha256": hashlib.sha256(data).hexdigest(), "digest": digest}
    made = {"format": MADE_FORMAT, "model": _digest(home, student, report), "renditions": renditions}
    # written last: its presence says that the version is whole; a run that died before makes the same bytes again
    home.store.put(f"{prefix}/made.json", json.dumps(made, sort_keys=True).encode())
    return made
