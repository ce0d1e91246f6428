"""Who decides about marks: the teacher; or a registrar or head for a teacher, with the reason in words."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.grade_decisions import SaidBy
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note, keep_note_of_nobody, read_note, writer_ref
from termpost.tasks.secrets.staff import RELEASE_ROLES, Role

TEACHERS: frozenset[Role] = frozenset({"teacher"})
TAUGHT_BY = """SELECT DISTINCT class_id FROM lake.core_enrollment
  WHERE extract_id = ? AND person_ref = ? AND role_code = 'teacher'"""


@dataclass(frozen=True)
class SigningPerson:
    """Who acts, with the proof and the reason that were given."""

    staff: str
    otp: str
    at: datetime  # the machine's time
    teacher: str | None = None  # for whom: a staff id, or the teacher's id in the extract
    words: str | None = None

    @property
    def reason(self) -> str | None:
        return self.words.strip() or None if self.words else None


@dataclass(frozen=True)
class MarkClasses:
    """The classes whose marks are decided about."""

    extract_id: str
    schools: Mapping[str, str]  # class → its school


def prove_authority(
    home: Home, lake: duckdb.DuckDBPyConnection, person: SigningPerson, classes: MarkClasses
) -> tuple[StaffId, str | None]:
    """The person who proved who they are, and the teacher for whom they decide; a code counts once, so it comes last.

    Raises:
        InputError: `for-whom`, `no-reason`, `not-the-teacher`.
        Refused: `other-school`, `not-their-class`, or as `Staff.prove` does.
    """
    on_behalf_of = _teacher(home, lake, person, classes)
    own_schools = home.staff.schools_of(person.staff)
    if own_schools and not set(classes.schools.values()) <= own_schools:
        raise Refused("other-school", "this person is registered for another school", "--by",
                      "ask somebody of that school")  # fmt: skip
    may = RELEASE_ROLES if on_behalf_of else TEACHERS
    return home.staff.prove(person.staff, person.otp, person.at, may), on_behalf_of


def _teacher(
    home: Home, lake: duckdb.DuckDBPyConnection, person: SigningPerson, classes: MarkClasses
) -> str | None:  # fmt: skip
    registered = {member.id: member for member in home.staff.list() if not member.removed}
    if person.teacher is None:
        own = registered.get(StaffId(person.staff))
        if own is not None and own.role in RELEASE_ROLES:
            remedy = "give --for TEACHER, and the reason with --note-file FILE (- is standard input)"
            raise InputError("for-whom", "a registrar or head decides about marks only for a teacher", "--for", remedy)
        if own is not None and own.teacher_id and not _teaches(home, lake, own.teacher_id, classes):
            raise Refused("not-their-class", "this teacher does not teach that class", "--by",
                          "ask its teacher, or a registrar or head with --for")  # fmt: skip
        return None
    if person.reason is None:
        raise InputError("no-reason", "who decides for a teacher gives the reason in words", "--note-file",
                         "give --note-file FILE (- is standard input)")  # fmt: skip
    named = registered.get(StaffId(person.teacher))
    if named is not None and named.role == "teacher" and not named.teacher_id:
        return person.teacher
    teacher_id = named.teacher_id if named is not None and named.teacher_id else person.teacher
    if not _teaches(home, lake, teacher_id, classes):
        raise InputError("not-the-teacher", "this is neither a registered teacher nor one of the class", "--for",
                         "give a staff id (`termpost staff list`), or an id of users.csv")  # fmt: skip
    return person.teacher if named is not None else home.people.find(teacher_id)


def _teaches(home: Home, lake: duckdb.DuckDBPyConnection, teacher_id: str, classes: MarkClasses) -> bool:
    """Whether the extract has somebody of that id as a teacher of all the classes."""
    ref = home.people.find(teacher_id)
    taught = lake.execute(TAUGHT_BY, [classes.extract_id, ref]).fetchall() if ref else []
    return {row[0] for row in taught}.issuperset(classes.schools)


def keep_reason(
    home: Home, staff: StaffId, folder: str, words: str | None, student: str | None = None
) -> tuple[str, str] | None:
    """Puts the reason in words into the store; key and digest for the log, None where there are none.

    Sealed under the key of the student, where it is about one; else under a key of whoever wrote it.
    """
    if words is None:
        return None
    key = f"notes/{folder}/g{secrets.token_hex(6)}.sealed"
    if student is not None:
        return key, keep_note(home, PersonRef(student), key, words)
    return key, keep_note_of_nobody(home, staff, key, words)


def reason_of(home: Home, said: SaidBy, student: str | None = None) -> str:
    """The reason in words; empty where there is none, or nobody can read it any more."""
    if said.words is None:
        return ""
    person = PersonRef(student) if student else writer_ref(home, StaffId(said.by))
    try:
        return read_note(home, person, said.words[0]) or ""
    except KeyError:
        return ""
