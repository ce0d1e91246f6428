"""What decisions about questions of grades change on reports: courses left off, and what is left out of a grade."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import duckdb
from termpost.schemas.base.refs import Batch, PersonRef
from termpost.schemas.log.grade_decisions import GradeDecisions
from termpost.schemas.log.settlements import Question
from termpost.tasks.lake.sql import sql

PACKAGE = "termpost.tasks.render"
PARTS: Final = ("empty-category", "empty-period")


@dataclass
class CourseLine:
    """One course of one student, and what a question may be about."""

    class_id: str
    moved_from: str | None
    is_open: bool  # a question about it is not settled
    to_mark: set[str] = field(default_factory=set)  # line items
    empty: dict[str, str] = field(default_factory=dict)  # category or period → title

    def waits_for(self, question: Question) -> bool:
        """Whether the question is one of those that keep the course open."""
        if question.line_item_id:
            return self.is_open and question.line_item_id in self.to_mark
        return self.is_open and question.class_id == self.class_id


@dataclass(frozen=True)
class NotCounted:
    """What is not counted in a course because the school decided so."""

    class_id: str
    what: str  # part, move
    title: str = ""


@dataclass
class QuestionEffects:
    """Of one student."""

    omitted: list[str] = field(default_factory=list)  # classes
    left_out: list[NotCounted] = field(default_factory=list)


def question_effects(
    lake: duckdb.DuckDBPyConnection, batch: Batch, decisions: GradeDecisions
) -> dict[PersonRef, QuestionEffects]:
    """By student; of decisions that a later extract made needless, nothing."""
    if not decisions.made:
        return {}
    omitted, accepted = sorted(decisions.by_way("omit-course")), sorted(decisions.by_way("accept"))
    found: defaultdict[PersonRef, QuestionEffects] = defaultdict(QuestionEffects)
    for (ref, class_id), line in _lines(lake, batch).items():
        if any(line.waits_for(question) for question in omitted if question.person_ref in ("", ref)):
            found[ref].omitted.append(class_id)
        for question in accepted:
            if question.person_ref in ("", ref):
                found[ref].left_out += _left_out(question, line)
    return found


def _left_out(question: Question, line: CourseLine) -> Iterator[NotCounted]:
    if question.class_id != line.class_id:
        return
    elif question.cause in PARTS and question.part_id in line.empty:
        yield NotCounted(line.class_id, "part", line.empty[question.part_id])
    elif question.cause == "move-differs" and line.moved_from:
        yield NotCounted(line.class_id, "move")


def _lines(lake: duckdb.DuckDBPyConnection, batch: Batch) -> dict[tuple[PersonRef, str], CourseLine]:
    values = {**batch.summaries.key, "students": list(batch.students)}
    lines = {
        (PersonRef(ref), class_id): CourseLine(class_id, moved_from, is_open)
        for ref, class_id, moved_from, is_open in lake.execute(sql(PACKAGE, "decided_courses"), values).fetchall()
    }
    for ref, class_id, item in lake.execute(sql(PACKAGE, "undecided_work"), values).fetchall():
        if (line := lines.get((ref, class_id))) is not None:
            line.to_mark.add(item)
    for ref, class_id, part, title in lake.execute(sql(PACKAGE, "empty_parts"), values).fetchall():
        if (line := lines.get((ref, class_id))) is not None:
            line.empty[part] = title
    return lines
