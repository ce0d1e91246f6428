"""How much of a cycle's grades is open: what is still to be decided, and what waits in reports without its grade."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import duckdb
from termpost.schemas.base.counted import counted
from termpost.schemas.documents.prepared import PreparedReport
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.grade_decisions import grade_entry
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.stage.grade_questions import (
    KINDS,
    PACKAGE,
    AskedQuestion,
    asked_in,
    decide_by,
    summaries_key,
)
from termpost.tasks.stage.manifests import of_school, prepared_of


@dataclass(frozen=True)
class ToDecide:
    """Of one cycle."""

    questions: int  # that nobody decided
    due: date  # the last day for it; what is open after it goes out as "grade to follow"
    courses: int  # of reports that wait, whose grade is to follow, decided or not

    @property
    def said(self) -> str:
        """To whoever releases; empty where nothing is open."""
        if not (self.questions or self.courses):
            return ""
        asked = f"{counted(self.questions, 'question')} about grades not decided"
        return f"{asked}; {counted(self.courses, 'course')} with the grade to follow"


def to_decide(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, reports: Collection[PreparedReport] | None = None,
    school: str | None = None,
) -> ToDecide:  # fmt: skip
    """Counts what is open in a cycle as it is prepared.

    Args:
        reports: that are about to be let out; None: all that wait.
        school: of it alone; None: of every school.
    """
    prepared = of_school(prepared_of(home, cycle_id), school)
    if reports is None:
        state = home.state(cycle_id)
        every = [report for one in prepared for report in one.reports]
        reports = [one for one in every if not state.is_released(one.report, one.version)]
    asked = [one for one in asked_in(lake, prepared, list(home.log.entries(*KINDS))) if one.is_open]
    due = decide_by(home, home.calendar.cycle(cycle_id))
    return ToDecide(len(asked), due, sum(report.to_follow for report in reports))


def entries_of_open(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, students: Collection[str], actor: str
) -> list[Entry]:
    """What the log says of a release: the questions that nobody decided, for which grades of these students are to
    follow."""
    schools = prepared_of(home, cycle_id)
    waits: set[tuple[str, str]] = set()  # class and student
    for school in schools:
        values = {**summaries_key(school), "students": sorted(students)}
        waits |= set(lake.execute(sql(PACKAGE, "open_courses"), values).fetchall())
    classes = {class_id for class_id, _ in waits}
    return [
        grade_entry("grade_follows", cycle_id, one.question, actor=actor, extract=one.extract_id, count=one.students)
        for one in asked_in(lake, schools, list(home.log.entries(*KINDS)))
        if one.is_open and _concerns(one, waits, classes)
    ]


def _concerns(asked: AskedQuestion, waits: set[tuple[str, str]], classes: set[str]) -> bool:
    question = asked.question
    if question.person_ref:
        return (question.class_id, question.person_ref) in waits
    return question.class_id in classes
