"""Progress notices: a teacher adds a course to one, or takes it off; what was decided goes with what is prepared."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
from termpost.schemas.base.cycle_kinds import WARNING
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.prepared import PreparedSchool, WarnedCourse
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.grade_decisions import IN_WORDS, WARNING_REASONS, WarningDecisions, WarningWay
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.stage.grade_questions import summaries_key
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.stage.mark_authority import MarkClasses, SigningPerson, prove_authority

RUN = "warnings"
SITS_IN = """SELECT 1 FROM lake.out_course_summary
  WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
    AND cutoff_date = $cutoff AND person_ref = $student AND class_id = $class_id AND left_date IS NULL"""


@dataclass(frozen=True)
class WarningChange:
    """A course that is to be added, or taken off, with why."""

    student: PersonRef
    class_id: str
    way: WarningWay
    reason: str | None  # closed code; None: in words


def refuse_no_warning(home: Home, cycle_id: str) -> None:
    """Raises InputError `no-warning` where the cycle is of another kind."""
    if home.calendar.cycle(cycle_id).kind != WARNING:
        raise InputError("no-warning", f"cycle {cycle_id} makes no progress notices", "--cycle",
                         'name a cycle of the kind "warning"')  # fmt: skip


def change_warning(home: Home, cycle_id: str, change: WarningChange, person: SigningPerson) -> StaffId:
    """Writes a teacher's decision down; the next preparation goes by it.

    Raises:
        InputError: `no-warning`, `not-prepared`, `unknown-course`, `bad-reason`, `no-reason`, or as `prove_authority`.
        Refused: as `prove_authority`.
    """
    refuse_no_warning(home, cycle_id)
    reason = _reason(change, person)
    with open_lake(home.lake) as lake, one_transaction(lake):
        school = _school_of(lake, read_prepared(home, cycle_id), change)
        classes = MarkClasses(school.extract_id, {change.class_id: school.school})
        staff, on_behalf_of = prove_authority(home, lake, person, classes)
    key, digest = None, None
    if person.reason is not None:
        key = f"notes/{school.extract_id}/w{secrets.token_hex(6)}.sealed"
        digest = keep_note(home, change.student, key, person.reason)
    entry = Entry(
        kind="warning_decided", actor=staff, cycle=cycle_id, student=change.student, class_id=change.class_id,
        cause=change.way, reason=reason, extract=school.extract_id, on_behalf_of=on_behalf_of, object=key,
        digest=digest,
    )  # fmt: skip
    home.log.append(RUN, [entry])
    return staff


def warned_in(home: Home, cycle_id: str, students: Iterable[str]) -> tuple[WarnedCourse, ...]:
    """What teachers decided about courses of these students, in the order of their references; none in other cycles."""
    if home.calendar.cycle(cycle_id).kind != WARNING:
        return ()
    made = WarningDecisions.fold(cycle_id, home.log.entries("warning_decided")).made
    known = frozenset(students)
    return tuple(
        WarnedCourse(student=student, class_id=class_id, way=one.way, reason=one.reason, by=one.by,
                     on_behalf_of=one.on_behalf_of)
        for (student, class_id), one in sorted(made.items()) if student in known
    )  # fmt: skip


def refuse_changed_warnings(home: Home, cycle_id: str) -> None:
    """Raises Refused `warnings-changed` where a teacher decided something since the notices were made."""
    for school in read_prepared(home, cycle_id):
        if school.warned != warned_in(home, cycle_id, students_in(school)):
            raise Refused("warnings-changed", "a teacher changed whom these notices name since they were made",
                          f"cycle {cycle_id}", "prepare the cycle again")  # fmt: skip


def students_in(school: PreparedSchool) -> set[str]:
    """Everybody of whom a manifest says something."""
    return {one.student for group in (school.reports, school.holds, school.unreported) for one in group}


def _school_of(
    lake: duckdb.DuckDBPyConnection, schools: Iterable[PreparedSchool], change: WarningChange
) -> PreparedSchool:
    about = {"student": change.student, "class_id": change.class_id}
    for school in schools:
        if lake.execute(SITS_IN, {**summaries_key(school), **about}).fetchone():
            return school
    raise InputError("unknown-course", "the student does not sit in this class in the cycle", "--student, --class",
                     "use ids of users.csv and classes.csv, as they were prepared")  # fmt: skip


def _reason(change: WarningChange, person: SigningPerson) -> str:
    codes = WARNING_REASONS[change.way]
    if change.reason is None and person.reason is None:
        raise InputError("no-reason", "nobody said why", "--reason",
                         f"give one of {', '.join(codes)}, or the reason in words with --note-file FILE")  # fmt: skip
    reason = change.reason or IN_WORDS
    if reason not in codes:
        raise InputError("bad-reason", "this is no reason of that kind", "--reason", f"give one of {', '.join(codes)}")
    if reason == IN_WORDS and person.reason is None:
        raise InputError(
            "no-reason", "the words are missing", "--note-file", "give --note-file FILE (- is standard input)"
        )
    return reason
