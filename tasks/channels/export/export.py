"""Individual PDFs and an index, for a school's own platform (procedure, section 4.3: official platforms)."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.tasks.documents.spreadsheet import as_csv
from termpost.tasks.documents.statement_sheet import make_statement_sheet
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_statements import OF_STATEMENTS, kept_statements, words_of_statement
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.runtime.private_files import private_folder, write_private
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.stage.manifests import of_school, read_prepared
from termpost.tasks.stage.may_leave import approved_bytes

PATTERN = "{student}-{cycle}-v{version}.pdf"
FIELDS = ("student", "number", "family", "given", "cycle", "version", "school", "language")
INDEX = "index.csv"
COLUMNS = ("file", "student", "number", "family", "given", "school", "cycle", "version", "sha256")


@dataclass(frozen=True)
class ExportedFile:
    """One file."""

    name: str
    report: PreparedReport
    pdf: bytes
    row: tuple[str, ...]


def export_cycle(home: Home, cycle: str, folder: Path, pattern: str, actor: str, only: str | None = None) -> int:
    """Writes every report that is out into a folder of its own, 0600, with `index.csv` last; returns how many.

    The log knows of each before its file is there.

    Args:
        pattern: file name with fields of FIELDS in braces.
        only: reports of this school; None: of every one.

    Raises:
        InputError: `bad-pattern`, `same-name`, `not-prepared`, `nothing-out`, `not-empty`.
        Refused: `bytes-changed`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError("not-empty", "the folder holds something already", str(folder), "name a new one")
    state = CycleState.fold(cycle, home.log.entries())
    prepared = read_prepared(home, cycle)
    if pattern == PATTERN and _sits_in_two(prepared):
        pattern = PATTERN.replace("{student}", "{student}-{school}")
    files = [one for school in of_school(prepared, only) for one in _of_school(home, school, state, pattern)]
    where = f"cycle {cycle}" if only is None else f"cycle {cycle}, school {only}"
    if not files:
        raise InputError("nothing-out", "no report of this cycle is out", where, "release it first")
    _refuse_same_names(files)
    home.log.append("export", [
        Entry(kind="exported", actor=actor, cycle=cycle, report=one.report.report, version=one.report.version,
              student=one.report.student, channel=ChannelName.EXPORT, reason="own-platform")
        for one in files
    ])  # fmt: skip
    private_folder(folder)
    for one in files:
        write_private(folder / one.name, one.pdf)
    for name, pdf in _statements(home, files):
        write_private(folder / name, pdf)
    write_private(folder / INDEX, as_csv(COLUMNS, (one.row for one in files)))
    return len(files)


def not_exported(home: Home, cycle: str, only: str | None = None) -> int:
    """How many documents go along with reports that are out: they are for the envelope and the locked page alone."""
    state = CycleState.fold(cycle, home.log.entries())
    reports = (report for school in of_school(read_prepared(home, cycle), only) for report in school.reports)
    return sum(r.insert(r.own_language) is not None for r in reports if state.is_out(r.report, r.version))


def _statements(home: Home, files: Sequence[ExportedFile]) -> Iterator[tuple[str, bytes]]:
    """What families put on the record, beside the report that it goes with (34 CFR 99.21(c))."""
    kept = kept_statements(home.log.entries(*OF_STATEMENTS))
    for one, statement in ((one, statement) for one in files for statement in kept):
        if statement.goes_with(one.report.student, one.report.report, one.report.version):
            words, day = words_of_statement(home, statement), statement.kept.astimezone(home.calendar.zone).date()
            name = f"{one.row[COLUMNS.index('given')]} {one.row[COLUMNS.index('family')]}".strip()
            stem = one.name.removesuffix(".pdf")
            yield (
                f"{stem}-statement-{statement.query}.pdf",
                make_statement_sheet(
                    home.settings, home.calendar.country, name, one.row[COLUMNS.index("cycle")], words or "", day
                ),
            )


def _sits_in_two(prepared: Sequence[PreparedSchool]) -> bool:
    """Whether a student has a report of each of two schools."""
    students = [report.student for school in prepared for report in school.reports]
    return len(set(students)) < len(students)


def _of_school(home: Home, school: PreparedSchool, state: CycleState, pattern: str) -> Iterator[ExportedFile]:
    out = [r for r in school.reports if state.is_out(r.report, r.version)]
    with open_lake(home.lake) as lake:
        refs = [PersonRef(r.student) for r in out]
        people = open_identities(lake, home.people, ExtractId(school.extract_id), StudentIdentity, refs)
    for report in out:
        person = people.get(PersonRef(report.student))
        if person is None:  # erased, or no longer in the extract
            continue
        pdf = approved_bytes(home, report, report.own_language, "pdf")
        fields = {
            "student": person.id, "number": person.number, "family": person.family or "", "given": person.given or "",
            "cycle": school.cycle, "version": str(report.version), "school": school.school,
            "language": report.own_language,
        }  # fmt: skip
        name = _name(pattern, fields)
        sha256 = hashlib.sha256(pdf).hexdigest()
        yield ExportedFile(name, report, pdf, (name, *(fields[c] for c in COLUMNS[1:-1]), sha256))


def _refuse_same_names(files: Sequence[ExportedFile]) -> None:
    by_name: dict[str, set[str]] = {}
    for one in files:
        by_name.setdefault(one.name, set()).add(one.report.student)
    if len(by_name) < len(files):
        # a student of two schools has two reports
        field = "school" if all(len(students) == 1 for students in by_name.values()) else "student"
        raise InputError("same-name", "two reports would have one file name", "--name",
                         f"add {{{field}}} to the pattern")  # fmt: skip


def _name(pattern: str, fields: dict[str, str]) -> str:
    """A file name in which no value can name another folder."""
    try:
        said = pattern.format(**{key: re.sub(r"[^\w.\-]+", "_", value).strip(".") for key, value in fields.items()})
    except (KeyError, IndexError, ValueError, AttributeError):
        raise InputError("bad-pattern", "the pattern has a field that no report has", "--name",
                         f"use some of {', '.join(f'{{{field}}}' for field in FIELDS)}") from None  # fmt: skip
    if not re.fullmatch(r"[\w.\- ]+", said) or said.startswith(".") or said == INDEX:
        raise InputError("bad-pattern", "the pattern makes no plain file name", "--name", f'try "{PATTERN}"')
    return said if said.endswith(".pdf") else f"{said}.pdf"
