"""From summaries and identities to the frozen report model, for a batch of students."""

from collections import defaultdict
from datetime import date
from typing import Any

import duckdb

from schemas.grading import GradingPolicy
from schemas.identity import StudentIdentity, TeacherIdentity
from schemas.refs import Batch, PersonRef
from schemas.report import Attendance, Contact, Course, Report, School, Student, Work
from tasks.home import Home
from tasks.identities import open_identities
from tasks.render.decided import as_decided, decided_in
from tasks.render.method import method_text
from tasks.sql import sql

PACKAGE = "tasks.render"
Rows = list[tuple[Any, ...]]


def reports_of(lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> dict[PersonRef, Report]:
    """The report of each student of the batch, as version 1; the caller numbers corrections."""
    courses, work, attendance = (_grouped(lake, batch, name) for name in ("courses", "work", "attendance"))
    extract_id = batch.summaries.extract_id
    students = open_identities(lake, home.people, extract_id, StudentIdentity, batch.students)
    teachers = open_identities(lake, home.people, extract_id, TeacherIdentity)
    frame = _frame(lake, home, batch)
    decided = decided_in(lake, home, batch)
    first = _session(lake, batch)[1]
    reports = {}
    for ref in batch.students:
        late_or_missing = defaultdict(list)
        for row in work[ref]:
            late_or_missing[row[1]].append(Work(title=row[2], due=row[3], state=row[4], score=row[5], possible=row[6]))
        report = Report(
            **frame,
            student=_student(students[ref]),
            courses=tuple(_course(row, teachers, tuple(late_or_missing[row[1]])) for row in courses[ref]),
            attendance=_attendance(attendance[ref], first, batch.cycle.cutoff),
        )
        reports[ref] = as_decided(report, decided[ref])
    return reports


def _grouped(lake: duckdb.DuckDBPyConnection, batch: Batch, name: str) -> defaultdict[str, Rows]:
    values = {**batch.summaries.key, "students": list(batch.students)}
    groups: defaultdict[str, Rows] = defaultdict(list)
    for row in lake.execute(sql(PACKAGE, name), values).fetchall():
        groups[row[0]].append(row)
    return groups


def _session(lake: duckdb.DuckDBPyConnection, batch: Batch) -> tuple[str, date]:
    """Title and first day; of an extract that knows no sessions the cycle's own name for it."""
    query = "SELECT title, start_date FROM lake.core_academic_session WHERE extract_id = ? AND session_id = ?"
    row = lake.execute(query, [batch.summaries.extract_id, batch.cycle.session]).fetchone()
    return (row[0], row[1]) if row else (batch.cycle.session, batch.cycle.cutoff)


def _frame(lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> dict[str, Any]:
    """What is the same on every report of the batch."""
    institution, cycle = home.settings.institution, batch.cycle
    query = "SELECT name FROM lake.core_org WHERE extract_id = ? AND org_id = ?"
    school = lake.execute(query, [batch.summaries.extract_id, cycle.school]).fetchone()
    policy: GradingPolicy = home.policy
    return {
        "language": institution.languages[0],
        "paper": home.settings.channels.print.paper,
        "cycle_id": cycle.id,
        "cycle_title": _session(lake, batch)[0],
        "session_title": _session(lake, batch)[0],
        "kind": cycle.kind,
        "cutoff": cycle.cutoff,
        "version": 1,
        "school": School(
            name=school[0] if school else institution.name, institution=institution.name,
            colour=institution.colours.primary,
        ),
        "scale": policy.steps,
        "method": method_text(policy),
        "query_until": home.calendar.cycle(cycle.id).query_until,
        "ask": institution.ask or Contact(name=institution.name),
        "policies": institution.policies,
    }  # fmt: skip


def _student(identity: StudentIdentity) -> Student:
    return Student(name=identity.name, number=identity.number, grade_level=identity.grade_level)


def _course(row: tuple[Any, ...], teachers: dict[PersonRef, TeacherIdentity], work: tuple[Work, ...]) -> Course:
    _, class_id, title, subject, current, final, letter, graded, missing, late, taught_by = row
    return Course(
        class_id=class_id, title=title, subject=subject, current=current, final=final, letter=letter,
        teachers=tuple(sorted(teachers[ref].name for ref in taught_by or () if ref in teachers)),
        graded=graded, missing=missing, late=late, work=work,
    )  # fmt: skip


def _attendance(rows: Rows, first: date, last: date) -> Attendance | None:
    if not rows:
        return None
    _, excused, unexcused, late, other = rows[0]
    return Attendance(
        first=first, last=last, absent_excused=excused, absent_unexcused=unexcused, late=late, other=other
    )
