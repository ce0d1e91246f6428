"""From summaries and identities to the frozen report model, for a batch of students."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import duckdb
from termpost.schemas.base.cycle_kinds import WARNING
from termpost.schemas.base.refs import Batch, ClassId, PersonRef
from termpost.schemas.documents.identity import StudentIdentity, TeacherIdentity
from termpost.schemas.documents.report import (
    Attendance,
    CategoryPart,
    Contact,
    Phrase,
    Report,
    ReportRank,
    School,
    Standard,
    Student,
    TrendPoint,
    Work,
)
from termpost.schemas.log.grade_decisions import WarningDecisions
from termpost.tasks.documents.logo import read_logo
from termpost.tasks.documents.words.report_words import with_words
from termpost.tasks.documents.words.school_words import read_words
from termpost.tasks.home.comment_edits import PrintedComments, comments_of
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.render.apply_decisions import as_decided, decided_in
from termpost.tasks.render.course_model import CourseDetails, CourseSummary, GradeReading, course_of
from termpost.tasks.render.grading_method_text import method_of
from termpost.tasks.render.layouts import laid_out
from termpost.tasks.render.standing import with_standing
from termpost.tasks.render.verdict.on_track_line import on_track_line
from termpost.tasks.render.verdict.warned_courses import as_warning, warning_line
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.summarise.medians import section_medians
from termpost.tasks.summarise.standing.ranks import ranks_of

PACKAGE = "termpost.tasks.render"
NOBODY: Final[Mapping[PersonRef, frozenset[str]]] = {}
LISTED = ("missing", "late")  # work that is listed by piece
Rows = list[tuple[Any, ...]]
Details = dict[PersonRef, defaultdict[str, CourseDetails]]  # student → class

MOST_POINTS = 7  # earlier reports that a chart shows


def reports_of(
    lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch, students: Mapping[PersonRef, StudentIdentity],
    warned: Mapping[PersonRef, frozenset[str]] = NOBODY,
) -> dict[PersonRef, Report]:  # fmt: skip
    """The report of each student of the batch, as version 1; the caller numbers corrections.

    In a cycle of warnings, who has no course to be named has none.

    Args:
        students: who they are.
        warned: classes that a progress notice which is out names, where it is corrected.
    """
    reading = _reading(home, batch)
    titles = _titles(lake, batch)
    courses, attendance = (_grouped(lake, batch, name) for name in ("courses", "attendance"))
    details = _details(lake, batch, home, titles)
    teachers = open_identities(lake, home.people, batch.summaries.extract_id, TeacherIdentity)
    session, first = _session(lake, batch)
    frame = _frame(lake, home, batch, session)
    method = method_of(home.policy, titles, batch.cycle.kind)
    decided = decided_in(lake, home, batch)
    comments = comments_of(home, batch.cycle.id, {ref: students[ref] for ref in batch.students})
    ranks = _ranks(lake, home, batch)
    words = {language: read_words(home.path, language) for language in home.settings.institution.languages}
    is_warning = batch.cycle.kind == WARNING
    said = WarningDecisions.fold(batch.cycle.id, home.log.entries("warning_decided") if is_warning else ())
    reports = {}
    for ref in batch.students:
        summaries = _in_order(CourseSummary(*row) for row in courses[ref])
        written: PrintedComments = comments.get(ref, {})
        report = Report(
            **frame,
            student=_student(students[ref]),
            courses=tuple(
                course_of(one, details[ref][one.class_id], reading, _names(one, teachers), written.get(one.class_id))
                for one in summaries
            ),
            homeroom_comment=written.get(None),
            attendance=_attendance(attendance[ref], first, batch.cycle.cutoff),
            method=(*method, Phrase(key="method.imported")) if any(s.is_imported for s in summaries) else method,
        )
        settled = as_decided(report, decided[ref])
        layout = home.settings.report.layout_of(batch.cycle.kind, students[ref].grade_level, batch.cycle.school)
        if is_warning:  # an average, the roll and a place are of all courses, so it has none
            full = as_warning(settled, layout, said.of(ref), warned.get(ref, frozenset()))
        else:
            rank = ranks.get(ref) if settled.courses == report.courses else None  # it was of all courses
            full = with_standing(settled, home.policy).model_copy(update={"rank": rank})
        if full is not None:
            reports[ref] = with_words(laid_out(full, layout), words)
    return reports


def in_title_order(title: str) -> str:
    """What titles are sorted by, so that `part 2` comes before `part 10`."""
    return re.sub(r"[0-9]+", lambda number: number[0].zfill(12), title.casefold())


def _in_order(courses: Iterable[CourseSummary]) -> list[CourseSummary]:
    return sorted(courses, key=lambda one: (in_title_order(one.title), one.title, one.class_id))


def _reading(home: Home, batch: Batch) -> GradeReading:
    policy, settings = home.policy, home.settings.report
    of_class = {class_id: policy.for_class(class_id) for class_id in policy.classes}
    return GradeReading(batch.cycle.kind, policy, of_class, settings.show_final, settings.min_share)


def _grouped(lake: duckdb.DuckDBPyConnection, batch: Batch, name: str, **more: object) -> defaultdict[str, Rows]:
    groups: defaultdict[str, Rows] = defaultdict(list)
    for row in _rows(lake, batch, name, **more):
        groups[row[0]].append(row)
    return groups


def _rows(lake: duckdb.DuckDBPyConnection, batch: Batch, name: str, **more: object) -> Rows:
    values = {**batch.summaries.key, "students": list(batch.students), **more}
    return lake.execute(sql(PACKAGE, name), values).fetchall()


def _details(lake: duckdb.DuckDBPyConnection, batch: Batch, home: Home, titles: Mapping[str, str]) -> Details:
    """What lies under each class of each student, ready for the model."""
    found: Details = {ref: defaultdict(CourseDetails) for ref in batch.students}
    for ref, class_id, title, due, state, score, possible, late_points in _rows(lake, batch, "work"):
        one = found[ref][class_id]
        if state in LISTED:
            one.work.append(
                Work(title=title, due=due, state=state, score=score, possible=possible, late_points=late_points)
            )
        else:
            one.other_work[state].append(title)
    least = home.settings.report.min_share
    for ref, class_id, day, percent in _rows(lake, batch, "trend", most=MOST_POINTS, min_share=least):
        found[ref][class_id].trend.append(TrendPoint(day=day, percent=percent))
    for ref, class_id, objective, percent, level, is_mastered, marks in _rows(lake, batch, "standards"):
        said = home.policy.standards.titles.get(objective, objective)
        found[ref][class_id].standards.append(
            Standard(title=said, percent=percent, level=level, is_mastered=is_mastered, marks=marks)
        )
    graded = home.settings.report.categories
    for ref, class_id, title, period, is_beside, weight, percent, word, marks in _rows(
        lake, batch, "categories", graded=graded
    ):
        part = CategoryPart(title=title, period=period, is_beside=is_beside, weight=weight, percent=percent, word=word,
                            marks=marks)  # fmt: skip
        found[ref][class_id].categories.append(part)
    for class_id, median in _medians(lake, home, batch).items():
        for ref in found:
            found[ref][class_id].class_median = median
    for ref, class_id, kind, part in _rows(lake, batch, "left_out"):
        one = found[ref][class_id]
        (one.empty_categories if kind == "category" else one.empty_periods).append(titles.get(part, part))
    _add_questions(found, _rows(lake, batch, "waiting"), titles)
    return found


def _medians(lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> dict[ClassId, Decimal]:
    """Class → median, of classes with enough grades, where the settings ask for it on reports."""
    if not home.settings.report.class_median:
        return {}
    return section_medians(lake, batch.summaries, home.settings.privacy.small_cell)


def _ranks(lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> dict[PersonRef, ReportRank]:
    """Where the students of the batch stand, where the settings ask for it on reports."""
    among = home.settings.report.rank
    if among == "none":
        return {}
    found = ranks_of(lake, batch.summaries, among, home.settings.privacy.small_cell, frozenset(batch.students))
    return {
        ref: ReportRank(among=among, place=one.place, of=one.of, is_shared=one.is_shared) for ref, one in found.items()
    }


def _add_questions(found: Details, questions: Rows, titles: Mapping[str, str]) -> None:
    """What the school must still decide, of one student or of a whole class."""
    for class_id, person, cause, part in questions:
        for ref in (PersonRef(person),) if person else tuple(found):
            found[ref][class_id].waiting.append((cause, titles.get(part, part)))


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
    policy, dates = home.policy, home.calendar.cycle(cycle.id)
    return {
        "languages": institution.languages,
        "reviewed": home.settings.languages.reviewed,
        "sections": home.settings.report.sections(cycle.kind),
        "text_size": home.settings.report.text_size,
        "paper": home.settings.channels.print.paper,
        "country": home.calendar.country,
        "cycle_id": cycle.id,
        "cycle_title": dates.title or session,
        "session_title": session,
        "kind": cycle.kind,
        "cutoff": cycle.cutoff,
        "version": 1,
        "school": School(
            name=school[0] if school else institution.name, institution=institution.name,
            colour=institution.colours.primary, logo=read_logo(home.path, institution.logo),
        ),
        "scale": policy.steps,
        "standard_levels": tuple(policy.standards.scale),
        "scale_is_exact": policy.scale_by == "exact",
        "on_track_at": warning_line(dates, policy.steps)
        or on_track_line(home.settings.report.on_track_at, policy.steps),
        "change_from": Decimal(home.settings.report.change_from),
        "query_until": dates.query_until,
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
        name=identity.name, given=identity.given if " " in identity.name else None, preferred=identity.preferred,
        number=identity.number, grade_level=identity.grade_level,
        verdict=identity.verdict is not False,  # None: not known, so by the class's own standards
    )  # fmt: skip


def _names(summary: CourseSummary, teachers: Mapping[PersonRef, TeacherIdentity]) -> tuple[str, ...]:
    return tuple(sorted(teachers[PersonRef(ref)].name for ref in summary.teachers or () if ref in teachers))


def _attendance(rows: Rows, first: date, last: date) -> Attendance | None:
    if not rows:
        return None
    _, present, excused, unexcused, unstated, part, late, left_out = rows[0]
    return Attendance(
        first=first, last=last, present=present, absent_excused=excused, absent_unexcused=unexcused,
        absent_unstated=unstated, part=part, late=late, left_out=left_out,
    )  # fmt: skip
