"""Reports made once, by version, and found again when nothing changed."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import duckdb

from schemas.cycle_state import CycleState
from schemas.errors import InputError
from schemas.languages import Format, rendition_name
from schemas.refs import Batch, PersonRef, Rendered, Rendition, ReportId
from schemas.report import Report
from tasks.home import Home
from tasks.render.correction import correction
from tasks.render.languages import languages_of
from tasks.render.model import reports_of
from tasks.render.page import make_page, own_template
from tasks.render.pdf import UNPRINTABLE, make_pdf

MADE_FORMAT = "termpost.made/2"
MODEL = "report.json"


def render_batch(home: Home, lake: duckdb.DuckDBPyConnection, batch: Batch) -> Rendered:
    """Makes what is not there yet.

    A report whose model did not change keeps its version and its bytes; one that did gets the next version beside the
    old one (law 5).
    """
    renditions: list[Rendition] = []
    unmade: list[tuple[PersonRef, str]] = []
    languages = languages_of(lake, home, batch)
    state = CycleState.fold(batch.cycle.id, home.log.entries())
    for student, report in reports_of(lake, home, batch).items():
        try:
            renditions += _render(home, batch, student, report, languages[student], state)
        except InputError as error:
            if error.code != UNPRINTABLE:
                raise
            unmade.append((student, error.code))  # one name in a script without a font holds one student, not a school
    return Rendered(batch, tuple(renditions), tuple(unmade))


def _render(
    home: Home, batch: Batch, student: PersonRef, report: Report, languages: Iterable[str], state: CycleState
) -> list[Rendition]:
    report_id = ReportId(home.people.name(student, "report", batch.cycle.id))
    prefix = f"reports/{batch.cycle.school}/{batch.cycle.id}/{report_id}"
    latest, made = _latest(home, prefix)
    if made is None or made["model"] != _digest(home, student, _numbered(report, latest)):
        latest, made = latest + 1, None
    released = state.released_version(report_id)
    if made is None and released is not None:
        before = Report.model_validate_json(home.store.get(f"{prefix}/v{released}/{MODEL}"))
        report = report.model_copy(update={"correction": correction(before, report, "other")})
    elif made is not None:
        report = Report.model_validate_json(home.store.get(f"{prefix}/v{latest}/{MODEL}"))
    made = _make(home, student, _numbered(report, latest), f"{prefix}/v{latest}", languages, made)
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
    """Of all that the bytes of the renditions come from: the model, and the school's own template.

    What a version corrects is left out, since it is said against the version before and not against itself.
    """
    plain = report.model_copy(update={"correction": None}).model_dump_json().encode()
    return home.people.digest(student, plain + own_template(home.path))


def _make(
    home: Home, student: PersonRef, report: Report, prefix: str, languages: Iterable[str], made: dict[str, Any] | None
) -> dict[str, Any]:
    """The renditions of a version, in the languages it has no rendition of yet; what is there stays as it is."""
    renditions = dict(made["renditions"]) if made else {}
    wanted = [language for language in languages if rendition_name(language, "pdf") not in renditions]
    if made and not wanted:
        return made
    own = home.path / "templates" if own_template(home.path) else None
    for language in wanted:
        made_now: tuple[tuple[Format, bytes], ...] = (
            ("html", make_page(report, language, own)), ("pdf", make_pdf(report, language)),
        )  # fmt: skip
        for kind, data in made_now:
            name = rendition_name(language, kind)
            home.store.put(f"{prefix}/{name}", data)
            digest = home.people.digest(student, data)
            renditions[name] = {"sha256": hashlib.sha256(data).hexdigest(), "digest": digest}
    home.store.put(f"{prefix}/{MODEL}", report.model_dump_json().encode())
    made = {"format": MADE_FORMAT, "model": _digest(home, student, report), "renditions": renditions}
    # written last: its presence says that the version is whole; a run that died before makes the same bytes again
    home.store.put(f"{prefix}/made.json", json.dumps(made, sort_keys=True).encode())
    return made
