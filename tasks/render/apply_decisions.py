"""What decisions of the school change on a report, and the sentences that say so."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
from termpost.schemas.base.refs import Batch, PersonRef
from termpost.schemas.documents.prepared import GARBLED_NAME, Hold
from termpost.schemas.documents.report import Course, GradeBasis, Phrase, Report
from termpost.schemas.log.grade_decisions import GradeDecisions
from termpost.schemas.log.hold_decisions import HoldDecisions, ResolutionWay
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.render.decided_questions import NotCounted, question_effects

# where several rules of one course were decided differently, the one that shows least
BY_WEIGHT: tuple[ResolutionWay, ...] = ("omit-course", "grade-to-follow", "accept")


@dataclass
class Decided:
    """What counts on one student's report."""

    ways: dict[str | None, ResolutionWay] = field(default_factory=dict)  # class, or None for the whole report
    left_out: list[NotCounted] = field(default_factory=list)

    def add(self, class_id: str | None, way: ResolutionWay) -> None:
        """One more decision about a course."""
        self.ways[class_id] = min({way, self.ways.get(class_id, way)}, key=BY_WEIGHT.index)


def decided_in(lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> defaultdict[PersonRef, Decided]:
    """The decisions that count for the students of the batch: about holds that this extract brought, about courses that
    are left off whatever it brought, and about questions of grades."""
    found: defaultdict[PersonRef, Decided] = defaultdict(Decided)
    entries = list(home.log.entries())
    decisions = HoldDecisions.fold(batch.cycle.id, entries)
    extract_id = batch.summaries.extract_id
    values = {"extract_id": extract_id, "students": list(batch.students)}
    rows = lake.execute(sql("termpost.tasks.render", "holds"), values).fetchall() if decisions else []
    for ref, class_id, reason in rows:
        decision = decisions.on(Hold(student=ref, class_id=class_id, reason=reason), extract_id)
        if decision is not None and reason != GARBLED_NAME:  # a name that is right as it is takes nothing off a report
            found[PersonRef(ref)].add(class_id, decision.way)
    for (student, class_id), decision in decisions.left_off.items():
        found[PersonRef(student)].add(class_id, decision.way)
    for ref, effects in question_effects(lake, batch, GradeDecisions.fold(batch.cycle.id, entries, extract_id)).items():
        for class_id in effects.omitted:
            found[ref].add(class_id, "omit-course")
        found[ref].left_out += effects.left_out
    return found


def as_decided(report: Report, decided: Decided) -> Report:
    """The report as the school decided. A decision about a course that is not on it changes nothing."""
    ways = decided.ways
    notes = [Phrase(key="decided.accepted")] if None in ways else []
    notes += [_note(course, ways[course.class_id]) for course in report.courses if course.class_id in ways]
    courses = (_shown(course, ways.get(course.class_id)) for course in report.courses)
    kept = tuple(course for course in courses if course is not None)
    notes += _left_out(kept, decided.left_out)
    return report.model_copy(update={"courses": kept, "notes": (*report.notes, *notes)}) if notes else report


def _note(course: Course, way: ResolutionWay) -> Phrase:
    key = {"accept": "accepted_course", "omit-course": "omitted", "grade-to-follow": "follows"}[way]
    return Phrase(key=f"decided.{key}", texts=(("course", course.title),))


def _left_out(courses: tuple[Course, ...], found: list[NotCounted]) -> Iterator[Phrase]:
    """What a grade that is printed rests on without. Work that is left out stands under its course."""
    for course in courses:
        for one in found:
            if one.class_id == course.class_id and not course.to_follow:
                texts = (("course", course.title), *((("title", one.title),) if one.title else ()))
                yield Phrase(key=f"decided.without_{one.what}", texts=texts)


def _shown(course: Course, way: ResolutionWay | None) -> Course | None:
    if way == "omit-course":
        return None
    if way == "grade-to-follow":
        no_grade = {"current": None, "final": None, "letter": None, "graded": 0, "missing": 0, "late": 0}
        no_work = {"work": (), "trend": (), "standards": (), "categories": (), "basis": GradeBasis(), "follows_for": ()}
        return course.model_copy(update={**no_grade, **no_work, "to_follow": True})
    return course
