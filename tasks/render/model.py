"""From summaries and identities to the frozen report model, for a batch of students."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
from termpost.schemas.base.refs import Batch, PersonRef
from termpost.schemas.documents.identity import StudentIdentity, TeacherIdentity
from termpost.schemas.documents.report import (
    Attendance,
    Comment,
    Contact,
    Course,
    Report,
    School,
    Standard,
    Student,
    TrendPoint,
    Work,
)
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.documents.logo import read_logo
from termpost.tasks.home.comment_edits import comments_of
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.render.apply_decisions import as_decided, decided_in
from termpost.tasks.render.grading_method_text import method_of
from termpost.tasks.secrets.identities import open_identities

PACKAGE = "termpost.tasks.render"
Rows = list[tuple[Any, ...]]
OfClass = dict[str, list[Any]]  # a field of Course → its items


MOST_POINTS = 7  # earlier reports that a chart shows


def reports_of(
    lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch, students: Mapping[PersonRef, StudentIdentity]
) -> dict[PersonRef, Report]:
    """The report of each student of the batch, as version 1; the caller numbers corrections.

    Args:
        students: who they are.
    """
    found = {name: _grouped(lake, batch, name) for name in ("courses", "work", "attendance", "standards")}
    trend = _grouped(lake, batch, "trend", most=MOST_POINTS)
    teachers = open_identities(lake, home.people, batch.summaries.extract_id, TeacherIdentity)
    session, first = _session(lake, batch)
    frame = _frame(lake, home, batch, session)
    decided = decided_in(lake, home, batch)
    comments = comments_of(home, batch.cycle.id, {ref: students[ref] for ref in batch.students})
    titles = home.policy.standards.titles
    reports = {}
    for ref in batch.students:
        of_class = _by_class(found["work"][ref], trend[ref], found["standards"][ref], titles)
        written = comments.get(ref, {})
        report = Report(
            **frame,
            student=_student(students[ref]),
            courses=tuple(
                _course(row, teachers, of_class[row[1]], written.get(row[1])) for row in found["courses"][ref]
            ),
            homeroom_comment=written.get(None),
            attendance=_attendance(found["attendance"][ref], first, batch.cycle.cutoff),
        )
        reports[ref] = as_decided(report, decided[ref])
    return reports


def _grouped(lake: duckdb.DuckDBPyConnection, batch: Batch, name: str, **more: object) -> defaultdict[str, Rows]:
    values = {**batch.summaries.key, "students": list(batch.students), **more}
    groups: defaultdict[str, Rows] = defaultdict(list)
    for row in lake.execute(sql(PACKAGE, name), values).fetchall():
        groups[row[0]].append(row)
    return groups


def _by_class(work: Rows, trend: Rows, standards: Rows, titles: Mapping[str, str]) -> defaultdict[str, OfClass]:
    """What of one student lies under each of their classes, ready for `Course`."""
    found: defaultdict[str, OfClass] = defaultdict(lambda: {"work": [], "trend": [], "standards": []})
    for _, class_id, title, due, state, score, possible in work:
        found[class_id]["work"].append(Work(title=title, due=due, state=state, score=score, possible=possible))
    for _, class_id, day, percent in trend:
        found[class_id]["trend"].append(TrendPoint(day=day, percent=percent))
    for _, class_id, objective, percent, level, is_mastered, marks in standards:
        said = titles.get(objective, objective)
        found[class_id]["standards"].append(
            Standard(title=said, percent=percent, level=level, is_mastered=is_mastered, marks=marks)
        )
    return found


def _session(lake: duckdb.DuckDBPyConnection, batch: Batch) -> tuple[str, date]:
    """Title and first day; of an extract that knows no sessions the cycle's own name for it."""
    query = "SELECT title, start_date FROM lake.core_academic_session WHERE extract_id = ? AND session_id = ?"
    row = lake.execute(query, [batch.summaries.extract_id, batch.cycle.session]).fetchone()
    return (row[0], row[1]) if row else (batch.cycle.session, batch.cycle.cutoff)


def _frame(lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch, session: str) -> dict[str, Any]:
    """What is the same on every report of the batch."""
    institution, cycle = home.settings.institution, batch.cycle
    query = "SELECT name FROM lake.core_org WHERE extract_id = ? AND org_id = ?"
    school = lake.execute(query, [batch.summaries.extract_id, cycle.school]).fetchone()
    policy: GradingPolicy = home.policy
    return {
        "languages": institution.languages,
        "sections": home.settings.report.sections(cycle.kind),
        "paper": home.settings.channels.print.paper,
        "cycle_id": cycle.id,
        "cycle_title": session,
        "session_title": session,
        "kind": cycle.kind,
        "cutoff": cycle.cutoff,
        "version": 1,
        "school": School(
            name=school[0] if school else institution.name, institution=institution.name,
            colour=institution.colours.primary, logo=read_logo(home.path, institution.logo),
        ),
        "scale": policy.steps,
        "method": method_of(policy, _titles(lake, batch)),
        "query_until": home.calendar.cycle(cycle.id).query_until,
        "ask": institution.ask or Contact(name=institution.name),
        "policies": institution.policies,
    }  # fmt: skip


def _titles(lake: duckdb.DuckDBPyConnection, batch: Batch) -> dict[str, str]:
    """What families call the categories and grading periods that a policy may name by id."""
    query = """SELECT category_id, title FROM lake.core_category WHERE extract_id = $extract_id
      UNION ALL SELECT session_id, title FROM lake.core_academic_session WHERE extract_id = $extract_id"""
    return dict(lake.execute(query, {"extract_id": batch.summaries.extract_id}).fetchall())


def _student(identity: StudentIdentity) -> Student:
    return Student(
        name=identity.name, preferred=identity.preferred, number=identity.number, grade_level=identity.grade_level
    )


def _course(
    row: tuple[Any, ...], teachers: dict[PersonRef, TeacherIdentity], more: OfClass, comment: Comment | None
) -> Course:
    _, class_id, title, subject, current, final, letter, graded, missing, late, taught_by, is_open = row
    course = Course(
        class_id=class_id, title=title, subject=subject, current=current, final=final, letter=letter,
        teachers=tuple(sorted(teachers[ref].name for ref in taught_by or () if ref in teachers)),
        graded=graded, missing=missing, late=late, comment=comment,
        **{name: tuple(items) for name, items in more.items()},
    )  # fmt: skip
    if not is_open:
        return course
    nothing = {"current": None, "final": None, "letter": None, "graded": 0, "missing": 0, "late": 0}
    return course.model_copy(update={**nothing, "work": (), "trend": (), "standards": (), "to_follow": True})


def _attendance(rows: Rows, first: date, last: date) -> Attendance | None:
    if not rows:
        return None
    _, present, excused, unexcused, late, other = rows[0]
    return Attendance(
        first=first, last=last, present=present, absent_excused=excused, absent_unexcused=unexcused, late=late,
        other=other,
    )  # fmt: skip
