"""What grades wait for: a sign-off, a decision, a correction; and the one week in which final reports go out."""

from collections.abc import Iterator

from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.grade_decisions import GRADING_KINDS, GradeDecisions
from termpost.tasks.deadlines.deadline import Deadline, at
from termpost.tasks.deadlines.facts import CycleFacts, Facts
from termpost.tasks.deadlines.kinds.arrival import not_arrived
from termpost.tasks.stage.grade_questions import asked_in, decide_by, summaries_key
from termpost.tasks.stage.grading_clock import Grading, gradings_of
from termpost.tasks.stage.sign_off import graded_classes

SIGNED_OFF = ("end_of_term", "final")  # kinds of cycle in which a teacher says that the marks are complete
# a class of which nothing is still to be marked: it may be complete, and nobody but its teacher knows
LOOKS_COMPLETE = """SELECT class_id FROM lake.out_course_summary
  WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
    AND cutoff_date = $cutoff
  GROUP BY class_id HAVING coalesce(sum(to_mark_count), 0) = 0"""


def of_grading(facts: Facts) -> Iterator[Deadline]:
    """What a cycle's grades wait for, until its reports are out; and what is out without its grade, however old."""
    for cycle in facts.cycles:
        for school in cycle.prepared:  # families may ask about it until then
            count = sum(cycle.to_follow(school).values())
            yield from at("grade-follows", cycle.asks_until, facts.today, count, cycle.plan.id, school.school)
        if cycle.is_live:
            yield from _questions(facts, cycle)
            yield from _completion(facts, cycle)


def _questions(facts: Facts, cycle: CycleFacts) -> Iterator[Deadline]:
    """By so many office days before the release; what is open after it goes out as *grade to follow*."""
    if _is_out(cycle):
        return
    open_ones = [one for one in asked_in(facts.lake, cycle.prepared, facts.entries) if one.is_open]
    due = decide_by(facts.home, cycle.plan)
    for school in cycle.prepared:
        mine = sum(one.school == school.school for one in open_ones)
        yield from at("grade-question", due, facts.today, mine, cycle.plan.id, school.school)


def _completion(facts: Facts, cycle: CycleFacts) -> Iterator[Deadline]:
    schools = {school.school: school for school in cycle.prepared}
    for grading in gradings_of(facts.home, facts.lake, cycle.plan.id, cycle.prepared):
        school = schools.get(grading.school or "")
        if not grading.is_complete and not _is_out(cycle):
            yield from _sign_offs(facts, cycle, grading, school)
        if grading.reports_due:
            left = len(late_if_not_out(facts, cycle, school)) if school else 1
            yield from at("final-report", grading.reports_due, facts.today, left, cycle.plan.id, grading.school)


def late_if_not_out(facts: Facts, cycle: CycleFacts, school: PreparedSchool) -> set[str]:
    """Students whose final report counts late once the week is over: not released, held, out without a grade, or not
    with everybody to whom it was to go."""
    return (cycle.unreleased(school) | cycle.waiting(school) | cycle.to_follow(school).keys()
            | not_arrived(facts, cycle, school))  # fmt: skip


def _sign_offs(
    facts: Facts, cycle: CycleFacts, grading: Grading, school: PreparedSchool | None
) -> Iterator[Deadline]:  # fmt: skip
    """By the calendar's day. Without one, classes in which nothing is left to be marked are a prompt and no more:
    whether a class is complete is said by its teacher, never found out."""
    plan, unsigned = cycle.plan, grading.classes - grading.signed_off
    if plan.grading_due:
        yield from at("sign-off", plan.grading_due, facts.today, unsigned or 1, plan.id, grading.school)
    elif school and plan.kind in SIGNED_OFF and (count := len(_look_complete(facts, plan.id, school))):
        yield Deadline("sign-off", plan.release, "waiting", count, plan.id, school.school)


def _look_complete(facts: Facts, cycle_id: str, school: PreparedSchool) -> set[str]:
    complete = {row[0] for row in facts.lake.execute(LOOKS_COMPLETE, summaries_key(school)).fetchall()}
    signed = GradeDecisions.fold(cycle_id, facts.of_kinds(*GRADING_KINDS)).sign_offs.keys()
    return (complete & graded_classes(facts.lake, school)) - signed


def _is_out(cycle: CycleFacts) -> bool:
    has_reports = any(school.reports for school in cycle.prepared)
    return has_reports and not any(cycle.unreleased(school) for school in cycle.prepared)
