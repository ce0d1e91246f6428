"""Every version of every report of a student that was let out, as it was let out."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.languages import INSERT, insert_page_name, rendition_name
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.records.packet import PacketReport
from termpost.schemas.documents.report import Report
from termpost.schemas.log.entry import Logged
from termpost.tasks.feedback.sent_reports import SentReports
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged


@dataclass(frozen=True)
class ReportFile:
    """One version, in one language."""

    entry: PacketReport
    page: bytes  # HTML
    pdf: bytes
    objects: tuple[str, ...]  # store keys that it was read from
    insert: tuple[bytes, bytes] | None = None  # page and PDF of what went along with it


def report_files(
    home: Home, student: PersonRef, entries: Sequence[Logged], languages: Sequence[str], *, with_inserts: bool = False
) -> list[ReportFile]:
    """Oldest first; what nobody released is no report yet (law 3).

    Args:
        languages: of who gets them, best first; then the school's own.
        with_inserts: also what went along with them, to whoever has the full right.

    Raises:
        Refused: `bytes-changed`, where a file is not the one that was made.
    """
    folders = SentReports.fold(entries).folders
    found, names = list[ReportFile](), Counter[str]()
    for one in _released(entries, student):
        folder = folders.get((one.report or "", one.version or 1))
        if folder is not None:
            name = f"{one.cycle}-v{one.version}"
            names[name] += 1  # a report of each of two schools has a version 1
            name += f"-{names[name]}" if names[name] > 1 else ""
            found.append(_file(home, student, folder, one, _state(entries, one), languages, name))
    return found if with_inserts else [replace(one, insert=None) for one in found]


def _released(entries: Sequence[Logged], student: PersonRef) -> Iterator[Logged]:
    seen = set[tuple[str | None, int | None]]()
    for one in entries:
        key = (one.report, one.version)
        if one.kind == "released" and one.student == student and one.report and key not in seen:
            seen.add(key)
            yield one


def _state(entries: Sequence[Logged], one: Logged) -> Literal["released", "withdrawn", "superseded"]:
    mine = {e.kind for e in entries if (e.report, e.version) == (one.report, one.version) and not e.delivery}
    return "superseded" if "superseded" in mine else "withdrawn" if "withdrawn" in mine else "released"


def _file(
    home: Home, student: PersonRef, folder: str, released: Logged,
    state: Literal["released", "withdrawn", "superseded"], languages: Sequence[str], name: str,
) -> ReportFile:  # fmt: skip
    made = json.loads(get_tagged(home, f"{folder}/made.json"))
    report = Report.model_validate_json(get_tagged(home, f"{folder}/report.json", made.get("report")))
    page, pdf = (_rendition(home, student, folder, made["renditions"], languages, kind) for kind in ("html", "pdf"))
    day = released.day.astimezone(home.calendar.zone).date()
    entry = PacketReport(file=f"{name}.pdf", day=day, state=state, report=report)
    insert = _insert(home, student, folder, made["renditions"], languages)
    return ReportFile(entry, page[1], pdf[1], (f"{folder}/report.json", page[0], pdf[0]), insert)


def _insert(
    home: Home, student: PersonRef, folder: str, made: dict[str, dict[str, str]], languages: Sequence[str]
) -> tuple[bytes, bytes] | None:
    if INSERT not in made:
        return None
    own = home.settings.institution.languages[0]
    page = next(name for name in map(insert_page_name, (*languages, own)) if name in made)
    return _bytes(home, student, folder, made, page)[1], _bytes(home, student, folder, made, INSERT)[1]


def _rendition(
    home: Home, student: PersonRef, folder: str, made: dict[str, dict[str, str]], languages: Sequence[str],
    kind: Literal["html", "pdf"],
) -> tuple[str, bytes]:  # fmt: skip
    own = home.settings.institution.languages[0]
    names = [rendition_name(language, kind) for language in (*languages, own)]
    reports = [one for one in made if one.endswith(f".{kind}") and one.startswith("report.")]
    return _bytes(home, student, folder, made, next((one for one in names if one in made), reports[0]))


def _bytes(
    home: Home, student: PersonRef, folder: str, made: dict[str, dict[str, str]], name: str
) -> tuple[str, bytes]:
    data = home.store.get(f"{folder}/{name}")
    if home.people.digest(student, data) != made[name]["digest"]:
        raise Refused("bytes-changed", "a report is not the one that was made", folder, "see `termpost log verify`")
    return f"{folder}/{name}", data
