"""What a decision about a hold changes on a report, and the sentence that says so."""

from collections import defaultdict

import duckdb
from termpost.schemas.base.refs import Batch, PersonRef
from termpost.schemas.documents.prepared import Hold
from termpost.schemas.documents.report import Course, GradeBasis, Phrase, Report
from termpost.schemas.log.hold_decisions import HoldDecisions, ResolutionWay
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql

# where several rules of one course were decided differently, the one that shows least
BY_WEIGHT: tuple[ResolutionWay, ...] = ("omit-course", "grade-to-follow", "accept")
Decided = dict[str | None, ResolutionWay]  # class, or None for the whole report


def decided_in(lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch) -> defaultdict[PersonRef, Decided]:
    """The decisions that count for the holds this extract brought to the students of the batch."""
    found: defaultdict[PersonRef, Decided] = defaultdict(dict)
    decisions = HoldDecisions.fold(batch.cycle.id, home.log.entries())
    if not decisions:
        return found
    extract_id = batch.summaries.extract_id
    values = {"extract_id": extract_id, "students": list(batch.students)}
    for ref, class_id, reason in lake.execute(sql("termpost.tasks.render", "holds"), values).fetchall():
        decision = decisions.on(Hold(student=ref, class_id=class_id, reason=reason), extract_id)
        if decision is not None:
            ways = {decision.way, found[PersonRef(ref)].get(class_id, decision.way)}
            found[PersonRef(ref)][class_id] = min(ways, key=BY_WEIGHT.index)
    return found


def as_decided(report: Report, decided: Decided) -> Report:
    """The report as the school decided. A decision about a course that is not on it changes nothing."""
    if not decided:
        return report
    notes = [Phrase(key="decided.accepted")] if None in decided else []
    notes += [_note(course, decided[course.class_id]) for course in report.courses if course.class_id in decided]
    courses = (_shown(course, decided.get(course.class_id)) for course in report.courses)
    kept = tuple(course for course in courses if course is not None)
    return report.model_copy(update={"courses": kept, "notes": (*report.notes, *notes)})


def _note(course: Course, way: ResolutionWay) -> Phrase:
    key = {"accept": "accepted_course", "omit-course": "omitted", "grade-to-follow": "follows"}[way]
    return Phrase(key=f"decided.{key}", texts=(("course", course.title),))


def _shown(course: Course, way: ResolutionWay | None) -> Course | None:
    if way == "omit-course":
        return None
    if way == "grade-to-follow":
        nothing = {"current": None, "final": None, "letter": None, "graded": 0, "missing": 0, "late": 0}
        empty = {"work": (), "trend": (), "standards": (), "follows_for": (), "basis": GradeBasis()}
        return course.model_copy(update={**nothing, **empty, "to_follow": True})
    return course
