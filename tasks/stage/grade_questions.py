"""What a prepared cycle asks about its grades: questions the summaries found, and what was decided about them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
from termpost.schemas.documents.prepared import LEFT_OFF, PreparedSchool
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.schemas.log.grade_decisions import GRADING_KINDS, GradeDecision, GradeDecisions
from termpost.schemas.log.hold_decisions import HoldDecisions
from termpost.schemas.log.settlements import Question
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.stage.manifests import prepared_of

PACKAGE = "termpost.tasks.stage"
KINDS: tuple[EntryKind, ...] = ("held", "hold_resolved", *GRADING_KINDS)


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it stands. The course it is about never holds a report: its grade is to follow."""

    question: Question
    school: str
    extract_id: str
    students: int | None  # whose grade waits for it; None: it was decided, and the summaries ask it no longer
    decision: GradeDecision | None = None
    is_signed_off: bool = False  # since these summaries: the next preparation has every blank as missing
    is_off_report: bool = False  # the one course that it is about is left off
    # who alone waits for it, and is held in the course: the mark may be among what was quarantined
    held_student: str = ""

    @property
    def is_with_hold(self) -> bool:
        """Whether the decision about the hold is the one about it too."""
        return bool(self.held_student) or (self.decision is not None and self.decision.with_hold)

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to decide it."""
        return self.decision is None and not (self.is_signed_off or self.is_off_report or self.is_with_hold)


def summaries_key(school: PreparedSchool) -> dict[str, object]:
    """By which the lake finds what a manifest rests on."""
    return {
        "cycle_id": school.cycle, "school_id": school.school, "extract_id": school.extract_id, "policy": school.policy,
        "cutoff": school.cutoff,
    }  # fmt: skip


def asked_in(
    lake: duckdb.DuckDBPyConnection, schools: Sequence[PreparedSchool], entries: Sequence[Entry]
) -> list[AskedQuestion]:
    """Every question of a prepared cycle, also those that were decided."""
    if not schools:
        return []
    cycle, extract_id = schools[0].cycle, schools[0].extract_id
    decisions = GradeDecisions.fold(cycle, entries, extract_id)
    left_off = HoldDecisions.fold(cycle, entries).left_off
    found = [one for school in schools for one in _asked_of(lake, school, decisions)]
    still = {one.question for one in found}
    decided = [  # a person may change their mind, also once nothing asks any more
        AskedQuestion(question, school.school, school.extract_id, None, decision)
        for question, decision in sorted(decisions.made.items(), key=lambda one: one[0]) if question not in still
        for school in schools if question.class_id in _classes(lake, school)
    ]  # fmt: skip
    return [
        replace(one, is_off_report=(one.question.person_ref, one.question.class_id) in left_off)
        for one in (*found, *decided)
    ]


def questions_of_cycle(home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str) -> list[AskedQuestion]:
    """The same of a cycle as the log says that it is prepared; none where it is not."""
    return asked_in(lake, prepared_of(home, cycle_id), list(home.log.entries(*KINDS)))


def decide_by(home: Home, cycle: CycleDates) -> date:
    """The last day for a decision. What is open after it goes out as "grade to follow"."""
    return home.calendar.office_days_before(cycle.release, home.policy.unmarked.follow_after)


def _asked_of(
    lake: duckdb.DuckDBPyConnection, school: PreparedSchool, decisions: GradeDecisions
) -> Iterator[AskedQuestion]:
    held = {(hold.student, hold.class_id) for hold in (*school.holds, *school.resolved) if hold.reason != LEFT_OFF}
    rows = lake.execute(sql(PACKAGE, "asked_questions"), summaries_key(school)).fetchall()
    for cause, class_id, item, person, part, students, handed_in, alone, course in rows:
        question = Question(cause, class_id, item or "", person or "", part or "")
        signed = bool(item) and not handed_in and class_id in decisions.sign_offs
        yield AskedQuestion(
            question, school.school, school.extract_id, students, decisions.on(question), signed,
            held_student=alone if (alone, course) in held else "",
        )  # fmt: skip


def courses_of(lake: duckdb.DuckDBPyConnection, school: PreparedSchool, student: str) -> set[str]:
    """The classes of one student in what was prepared."""
    values = {**summaries_key(school), "students": [student]}
    return {class_id for _, class_id in lake.execute(sql(PACKAGE, "courses_of"), values).fetchall()}


def asked_of_alone(
    lake: duckdb.DuckDBPyConnection, school: PreparedSchool, student: str, classes: Collection[str], *, has_row: bool
) -> list[AskedQuestion]:
    """Questions about pieces of these courses for which one student alone waits.

    Args:
        has_row: also where the extract has an accepted row about the mark, which then is none that is in quarantine.
    """
    values = {**summaries_key(school), "student": student, "classes": sorted(classes)}
    return [
        AskedQuestion(
            Question(cause, class_id, item or "", person or "", part or ""), school.school, school.extract_id, 1
        )
        for cause, class_id, item, person, part, is_there in lake.execute(
            sql(PACKAGE, "asked_of_alone"), values
        ).fetchall()
        if has_row or not is_there
    ]


def _classes(lake: duckdb.DuckDBPyConnection, school: PreparedSchool) -> set[str]:
    query = "SELECT class_id FROM lake.core_class WHERE extract_id = ? AND school_id = ?"
    return {row[0] for row in lake.execute(query, [school.extract_id, school.school]).fetchall()}
