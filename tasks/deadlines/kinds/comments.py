"""Comments that are still to be written before reports go out."""

from collections.abc import Iterator

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.tasks.deadlines.deadline import Deadline, at
from termpost.tasks.deadlines.facts import CycleFacts, Facts
from termpost.tasks.home.comment_edits import standings
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.stage.grade_questions import decide_by, summaries_key

StudentCourse = tuple[str, str | None]  # student, class; None: none in particular


def of_comments(facts: Facts) -> Iterator[Deadline]:
    """Of a cycle whose reports show comments and which has some: a school that writes none lacks none. Due with the
    grades: by the calendar's day, else by the day on which what is open about grades is decided."""
    for cycle in facts.cycles:
        if not cycle.is_live:
            continue
        due = cycle.plan.grading_due or decide_by(facts.home, cycle.plan)
        for school in cycle.prepared:
            count = len(missing_comments(facts.home, facts.lake, cycle, school))
            yield from at("comment", due, facts.today, count, cycle.plan.id, school.school)


def missing_comments(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle: CycleFacts, school: PreparedSchool
) -> set[StudentCourse]:
    """Of the reports of a school that are not out: who has no comment at all, or which course has none of its own,
    as `[deadlines] comments` asks."""
    wanted, students = home.settings.deadlines.comments, cycle.unreleased(school)
    if wanted == "none" or not students or "comments" not in home.settings.report.sections(cycle.plan.kind):
        return set()
    found = standings(home, lake, school.extract_id, cycle.plan.id, [PersonRef(one) for one in students])
    written: set[StudentCourse] = {(one.student, one.class_id) for one in found}
    if not written:
        return set()
    if wanted == "student":
        return {(student, None) for student in students - {student for student, _ in written}}
    values = {**summaries_key(school), "students": sorted(students)}
    courses = set(lake.execute(sql("termpost.tasks.stage", "courses_of"), values).fetchall())
    return courses - written
