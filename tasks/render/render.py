"""Reports made once, by version, and found again when nothing changed."""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from termpost.schemas.base.cycle_kinds import WARNING
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import ReportFormat, rendition_name
from termpost.schemas.base.refs import Batch, PersonRef, Rendered, Rendition, ReportId
from termpost.schemas.contracts.insert_rules import NO_PDF
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import report_folder
from termpost.schemas.documents.report import Report
from termpost.schemas.documents.verification import Verification
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.documents.typesetting import UNPRINTABLE
from termpost.tasks.documents.verify.attached import NOT_PRINTED, STRANGE
from termpost.tasks.documents.verify.stamps import MIXED, UNSTAMPED, refuse_unlike
from termpost.tasks.documents.verify.verification_numbers import expected_number, refuse_other_number
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged, put_tagged
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.render.corrections.correction import corrected
from termpost.tasks.render.inserts.insert import insert_renditions, inserts_for
from termpost.tasks.render.languages import languages_of
from termpost.tasks.render.model import reports_of
from termpost.tasks.render.page import own_template, page_of
from termpost.tasks.render.pdf import pdf_of
from termpost.tasks.render.report_view import report_views
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.object_tags import changed, gone
from termpost.tasks.secrets.verification import VERIFICATION

LOGGER = logging.getLogger(__name__)
MADE_FORMAT = "termpost.made/2"
MODEL, MADE = "report.json", "made.json"


@dataclass(frozen=True)
class _Due:
    """One report version, and the languages it has no rendition in yet."""

    student: PersonRef
    id: ReportId
    report: Report
    prefix: str  # of its objects
    model: str  # digest of what its bytes come from
    made: dict[str, Any] | None  # what was noted of it
    wanted: tuple[str, ...]
    insert: bytes = b""  # what goes along with it, as the school sent it


@cache
def _setters() -> ThreadPoolExecutor:
    """Typst works outside of Python's lock, so a thread a core is worth it; each keeps its own compiler."""
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="set")


def render_batch(home: Home, lake: duckdb.DuckDBPyConnection, batch: Batch) -> Rendered:
    """Makes what is not there yet.

    A report whose model did not change keeps its version and its bytes; one that did gets the next version beside the
    old one (law 5).
    """
    renditions: list[Rendition] = []
    unmade: list[tuple[PersonRef, str]] = []
    state = home.state(batch.cycle.id)
    with one_transaction(lake):
        students = open_identities(lake, home.people, batch.summaries.extract_id, StudentIdentity, batch.students)
        languages = languages_of(lake, home, batch, students)
        reports = reports_of(lake, home, batch, students, _warned(home, batch, state))
    template = own_template(home.path)
    inserts = inserts_for(home, f"landing/{batch.summaries.extract_id}", {ref: students[ref].id for ref in reports})
    due = concurrent_map(
        lambda one: _due(home, batch, one[0], one[1], languages[one[0]], template, state, inserts.get(one[0], b"")),
        list(reports.items()),
    )
    own = home.path / "templates" if template else None
    being_set = [(one, [_setters().submit(_set, one, lang, own) for lang in one.wanted]) for one in due]
    for kept in concurrent_map(lambda one: _kept_or_unmade(home, *one), being_set):
        if isinstance(kept, tuple):
            unmade.append(kept)
        else:
            renditions += kept
    unneeded = tuple(ref for ref in batch.students if ref not in reports)
    return Rendered(batch, tuple(renditions), tuple(unmade), unneeded)


def _warned(home: Home, batch: Batch, state: CycleState) -> dict[PersonRef, frozenset[str]]:
    """The classes that progress notices name which are out, of the students of the batch: a correction has each."""
    if batch.cycle.kind != WARNING:
        return {}
    folder, found = report_folder(batch.cycle.school, batch.cycle.id), {}
    for student in batch.students:
        report_id = _report_id(home, batch, student, state, folder)
        if (version := state.released_version(report_id)) is not None:
            before = _kept(home, f"{folder}{report_id}", version)
            found[student] = frozenset(course.class_id for course in before.courses)
    return found


def _due(
    home: Home, batch: Batch, student: PersonRef, report: Report, languages: Iterable[str], template: bytes,
    state: CycleState, insert: bytes,
) -> _Due:  # fmt: skip
    folder = report_folder(batch.cycle.school, batch.cycle.id)
    report_id = _report_id(home, batch, student, state, folder)
    prefix = f"{folder}{report_id}"
    latest, made = _latest(home, prefix)
    _refuse_unlike_log(state, report_id, prefix, latest, made)
    carried = _verification(home, report_id, latest)
    if made is not None and made["format"] == MADE_FORMAT and state.is_released(report_id, latest):
        carried = _kept(home, prefix, latest).verification  # what is out stays so, whatever is set
    report = _numbered(report, latest, carried)
    model = _digest(home, student, report, template + insert)
    if made is None or made["model"] != model:
        latest, made = latest + 1, None
        report = _numbered(report, latest, _verification(home, report_id, latest))
        model = _digest(home, student, report, template + insert)
    there = made["renditions"] if made else {}
    wanted = tuple(language for language in languages if rendition_name(language, "pdf") not in there)
    if made is not None and wanted:
        report = _kept(home, prefix, latest)  # with what it corrects
    elif made is None and latest > 1 and (released := state.released_version(report_id)) is not None:
        report = report.model_copy(update={"correction": corrected(_kept(home, prefix, released), report)})
    return _Due(student, report_id, report, f"{prefix}/v{latest}", model, made, wanted, insert)


def _report_id(home: Home, batch: Batch, student: PersonRef, state: CycleState, folder: str) -> ReportId:
    """One for each school that the student sits in; what was made before that was so keeps its own."""
    before = ReportId(home.people.name(student, "report", batch.cycle.id))
    made = state.reports.get((before, 1))
    if made is not None and any(name.startswith(folder) for name in made.digests):
        return before
    return ReportId(home.people.name(student, "report", f"{batch.cycle.id}/{batch.cycle.school}"))


def _kept(home: Home, prefix: str, version: int) -> Report:
    """The model of a version that was made.

    Raises:
        InputError: `no-earlier-model`: it was made in format 1, which kept none, so nobody can say what changed.
        Refused: `object-gone`, `object-changed`, `no-tag`.
    """
    made = json.loads(get_tagged(home, f"{prefix}/v{version}/{MADE}"))
    if made["format"] != MADE_FORMAT:
        raise InputError(
            "no-earlier-model", "the released report has no model beside it, so what a correction changes is not known",
            f"{prefix}/v{version}", "prepare without --correct for this student, and tell the family what changed",
        )  # fmt: skip
    # a report of before models had tags is known by its own alone
    return Report.model_validate_json(get_tagged(home, f"{prefix}/v{version}/{MODEL}", made.get("report")))


def _latest(home: Home, prefix: str) -> tuple[int, dict[str, Any] | None]:
    """The highest finished version and what was noted of it; (0, None) where there is none."""
    version, made = 0, None
    while True:
        try:
            name = f"{prefix}/v{version + 1}/{MADE}"
            made = json.loads(home.tags.opened(name, home.store.get(name)))
        except KeyError:
            return version, made
        version += 1


def _refuse_unlike_log(
    state: CycleState, report_id: ReportId, prefix: str, latest: int, made: Mapping[str, Any] | None
) -> None:
    """What the log knows of a report must be noted in the store, and in the same bytes (law 5).

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    if (report_id, latest + 1) in state.reports:
        raise gone(f"{prefix}/v{latest + 1}/{MADE}")
    logged, place = state.reports.get((report_id, latest)), f"{prefix}/v{latest}"
    noted = {f"{place}/{name}": said["digest"] for name, said in made["renditions"].items()} if made else {}
    if logged and any(noted.get(key) != digest for key, digest in logged.digests.items()):
        raise changed(f"{place}/{MADE}")


def _numbered(report: Report, version: int, verification: Verification | None) -> Report:
    return report.model_copy(update={"version": version, "verification": verification})


def _verification(home: Home, report_id: ReportId, version: int) -> Verification | None:
    """What a version carries by the settings of now."""
    portal = home.settings.channels.portal
    if not home.settings.report.verification or portal is None:
        return None
    return Verification(number=home.verification.number(report_id, version), base_url=portal.base_url)


def _digest(home: Home, student: PersonRef, report: Report, beside: bytes) -> str:
    """Of all that the bytes of the renditions come from: the model, the school's own template, and what goes along.

    What a version corrects is not yet in it, since that is said against the version before and not against itself.
    """
    return home.people.digest(student, report.model_dump_json().encode() + beside)


def _set(due: _Due, language: str, own: Path | None) -> dict[str, bytes]:
    """Both renditions in one language, by file name, with what goes along."""
    views = report_views(due.report, language)
    made: dict[ReportFormat, bytes] = {"html": page_of(views, own), "pdf": pdf_of(views, due.report.cutoff)}
    beside = insert_renditions(due.report, language, due.insert) if due.insert else {}
    return {rendition_name(language, kind): data for kind, data in made.items()} | beside


def _kept_or_unmade(
    home: Home, due: _Due, pages: Sequence[Future[dict[str, bytes]]]
) -> list[Rendition] | tuple[PersonRef, str]:
    """One name in a script without a font holds one student, not all; so does a page that a release would refuse."""
    try:
        made = [page.result() for page in pages]
        for language, page in zip(due.wanted, made, strict=True):
            html, pdf = (page[rendition_name(language, kind)] for kind in ("html", "pdf"))
            refuse_unlike(html, pdf, due.report.stamp)
            refuse_other_number(html, pdf, _expected(home, due))
        return _keep(home, due, made)
    except InputError as error:
        if error.code not in (UNPRINTABLE, UNSTAMPED, MIXED, STRANGE, NOT_PRINTED, NO_PDF):
            raise
        LOGGER.warning("report %s is held: %s (%s)", due.id, error.what, error.where)
        return due.student, error.code


def _expected(home: Home, due: _Due) -> str | None:
    if due.report.verification is None:
        return None
    return expected_number(home.keys.derive(VERIFICATION), due.id, due.report.version)


def _keep(home: Home, due: _Due, pages: Iterable[dict[str, bytes]]) -> list[Rendition]:
    """Puts new renditions into the store beside those that are there."""
    renditions = dict(due.made["renditions"]) if due.made else {}
    about = (due.student,)
    for name, data in (item for page in pages for item in page.items()):
        home.store.put(f"{due.prefix}/{name}", data, about=about)
        digest = home.people.digest(due.student, data)
        renditions[name] = {"sha256": hashlib.sha256(data).hexdigest(), "digest": digest}
    if due.wanted:
        report = put_tagged(home, f"{due.prefix}/{MODEL}", due.report.model_dump_json().encode(), about)
        made = {"format": MADE_FORMAT, "model": due.model, "renditions": renditions, "report": report}
        # written last: its presence says that the version is whole; a run that died before makes the same bytes again
        put_tagged(home, f"{due.prefix}/{MADE}", json.dumps(made, sort_keys=True).encode(), about)
    to_follow = sum(course.to_follow for course in due.report.courses)
    return [
        Rendition(
            report=due.id, version=due.report.version, student=due.student, object=f"{due.prefix}/{name}",
            sha256=said["sha256"], digest=said["digest"], to_follow=to_follow,
            is_verifiable=due.report.verification is not None,
        )
        for name, said in sorted(renditions.items())
    ]  # fmt: skip
