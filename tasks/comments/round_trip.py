"""The two ways of the proof-reading: comments of a cycle out to a sheet, and what was made of them back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.comments import Edit
from termpost.schemas.documents.identity import StudentIdentity, TeacherIdentity
from termpost.tasks.comments.judge import Judged, Known, current_fingerprint, fingerprint_secret, judge
from termpost.tasks.comments.spreadsheet import read_sheet, write_sheet
from termpost.tasks.home.comment_bank import bank_of
from termpost.tasks.home.comment_edits import CommentStanding, keep_edits, standings
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.identities import open_identities

NEWEST = "SELECT extract_id FROM lake.core_extract ORDER BY known_at DESC, rowid DESC"


@dataclass(frozen=True)
class TeacherClasses:
    """Whose comments a teacher proof-reads."""

    name: str  # as an author
    classes: frozenset[str]


@dataclass(frozen=True)
class Proofs:
    """The comments of a cycle in one extract, with the names that a reader knows things by."""

    comments: tuple[CommentStanding, ...]
    students: dict[PersonRef, StudentIdentity]  # everyone in the extract
    classes: dict[str, str]  # id → title
    teachers: dict[str, TeacherClasses]  # by the school's id
    astray: int  # comments whose cycle the calendar does not have

    def student_id(self, ref: PersonRef) -> str:
        return self.students[ref].id


def open_proofs(home: Home, cycle_id: str, prepared_from: Iterable[str]) -> Proofs:
    """Everyone's comments, homeroom first, then by class, student and author.

    Args:
        prepared_from: extracts that the cycle's reports were prepared from; without any the newest that was loaded.

    Raises:
        InputError: nothing was ever loaded.
    """
    planned = {cycle.id for cycle in home.calendar.cycles}
    remedy = "run `termpost prepare` first"
    nothing = InputError("not-prepared", "there are no comments, since no extract was loaded", "this home", remedy)
    if not home.lake.catalogue.exists():
        raise nothing
    with open_lake(home.lake) as lake:
        known = [extract_id for (extract_id,) in lake.execute(NEWEST).fetchall()]
        if not known:
            raise nothing
        wanted = set(prepared_from)
        extract_id = next((one for one in known if one in wanted), known[0])
        students = open_identities(lake, home.people, ExtractId(extract_id), StudentIdentity)
        classes = _titles(lake, extract_id)
        teachers = _teachers(home, lake, extract_id)
        found = standings(home, lake, extract_id, cycle_id)
    order = {
        one.key: (one.class_id is not None, classes.get(one.class_id or "", ""), one.class_id or "",
                  students[one.student].name, students[one.student].id, one.author or "", number)
        for number, one in enumerate(found)
    }  # fmt: skip
    astray = sum(comment.cycle not in planned for student in students.values() for comment in student.comments)
    return Proofs(tuple(sorted(found, key=lambda one: order[one.key])), students, classes, teachers, astray)


def chosen(proofs: Proofs, class_id: str | None, teacher_id: str | None) -> Proofs:
    """Those of one class, and of one teacher: of a class that they teach, or under their name.

    Raises:
        InputError: `unknown-class`, `unknown-teacher`.
    """
    found = list(proofs.comments)
    if class_id is not None:
        if class_id not in proofs.classes:
            raise InputError("unknown-class", "the extract has no such class", "--class", "give its sourcedId")
        found = [one for one in found if one.class_id == class_id]
    if teacher_id is not None:
        if teacher_id not in proofs.teachers:
            raise InputError("unknown-teacher", "the extract has no such teacher", "--teacher", "give their sourcedId")
        theirs = proofs.teachers[teacher_id]
        found = [one for one in found if one.class_id in theirs.classes or (one.author or "") == theirs.name]
    return replace(proofs, comments=tuple(found))


def make_sheet(home: Home, proofs: Proofs) -> bytes:
    """The sheet of all comments."""
    secret = fingerprint_secret(home)
    zone = home.calendar.zone
    return write_sheet(
        (
            one.key, proofs.students[one.student].id, proofs.students[one.student].name, one.class_id or "",
            proofs.classes.get(one.class_id or "", ""), one.author or "", one.language or "", one.written,
            *(said for _, said in one.worded_parts), one.state,
            one.text or "", one.by or "", one.at.astimezone(zone).isoformat() if one.at else "",
            current_fingerprint(secret, one),
        )
        for one in proofs.comments
    )  # fmt: skip


def take_back(
    home: Home, cycle_id: str, proofs: Proofs, data: bytes, by: str | None, *, keep: bool, name: str = "the file"
) -> Judged:
    """Holds a sheet against the comments as they stand; with `keep` its changes are kept, all or, with a problem, none.

    Whoever calls this holds the cycle (termpost.tasks.home.cycle_locks).

    Raises:
        InputError: `unknown-staff`, where `by` is not registered.
    """
    staff = frozenset(member.id for member in home.staff.list() if not member.removed)
    if by is not None and by not in staff:
        raise InputError("unknown-staff", "there is no such staff id", "--by", "see `termpost staff list`")
    rows, problems = read_sheet(data, name)
    if problems:
        return Judged([], problems)
    comments = {one.key: one for one in proofs.comments}
    ids = {ref: student.id for ref, student in proofs.students.items()}
    judged = judge(rows, Known(comments, ids, staff, fingerprint_secret(home), bank_of(home).codes, by))
    if keep and judged.changes and not judged.problems:
        at = home.clock.today()
        edits = [
            (c.before.student, Edit(comment=c.before.key, written=c.before.written,
                                    written_parts=c.before.written_parts, text=c.text, parts=c.parts, state=c.state,
                                    by=c.by, at=at))
            for c in judged.changes
        ]  # fmt: skip
        keep_edits(home, cycle_id, edits)
    return judged


def _teachers(home: Home, lake: duckdb.DuckDBPyConnection, extract_id: str) -> dict[str, TeacherClasses]:
    query = "SELECT person_ref, class_id FROM lake.core_enrollment WHERE extract_id = ? AND role_code = 'teacher'"
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for ref, class_id in lake.execute(query, [extract_id]).fetchall():
        classes[ref].add(class_id)
    people = open_identities(lake, home.people, ExtractId(extract_id), TeacherIdentity)
    return {one.id: TeacherClasses(one.name, frozenset(classes[ref])) for ref, one in people.items()}


def _titles(lake: duckdb.DuckDBPyConnection, extract_id: str) -> dict[str, str]:
    query = "SELECT class_id, title FROM lake.core_class WHERE extract_id = ?"
    return dict(lake.execute(query, [extract_id]).fetchall())
