"""Where a student stands in each course, against the school's line: what a report's first sentence rests on.

"On track" is said of a course alone whose printed grade is at the line, and stays there whatever becomes of its missing
work. Everything else is named under what is known of it, so that the courses of all groups are those of the report.
"""

from decimal import Decimal
from typing import Literal

from termpost.schemas.base.cycle_kinds import SO_FAR, WARNING
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import WITHOUT_GRADES, Course, Report, ScaleStep
from termpost.tasks.render.summary_sentences import attended, has_grade, printed
from termpost.tasks.render.verdict.without_grades import to_help_with

CourseVerdict = Literal["on_track", "below", "missing", "to_mark", "follows", "too_little", "no_grade", "apart"]
MOST_ACTIONS = 3


class FamilyAction(FrozenModel):
    """Something that a family can do now, and with whom."""

    what: Literal["hand_in", "talk", "help", "absences", "wait", "nothing"]
    courses: tuple[Course, ...] = ()
    pieces: int = 0  # of work that can still be handed in
    days: Decimal = Decimal(0)  # absent, without an excuse on record


def middle_step(scale: tuple[ScaleStep, ...]) -> ScaleStep | None:
    """The line of a school that sets none: C of A to F, or of A to D with a failing grade beneath it."""
    steps = sorted(scale, key=lambda step: step.lower, reverse=True)
    if not steps:
        return None
    beneath = 1 if steps[-1].lower > 0 else 0
    return steps[(len(steps) + beneath - 1) // 2]


def line_of(report: Report) -> ScaleStep | None:
    """What courses are held against; a percentage of the school's own has no letter. None: nothing is judged."""
    if not report.student.verdict:
        return None
    return report.on_track_at or middle_step(report.scale)


def verdict_on(course: Course, report: Report, line: ScaleStep) -> CourseVerdict:
    """Of one course that the student is in."""
    if course.to_follow:
        return "follows"
    if course.basis.too_little or not has_grade(course, report.kind):
        return "too_little" if course.basis.too_little else "no_grade"
    reached = reaches(course, line, report)
    if not reached:
        return "apart" if reached is None else "below"
    if _may_fall(course, report, line):
        return "missing"
    return "to_mark" if course.basis.to_mark and not course.basis.blanks_are_zero else "on_track"


def verdicts_of(report: Report) -> dict[CourseVerdict, tuple[Course, ...]]:
    """The courses of each group, in their order; empty groups are left out. Without a line none is judged."""
    line = line_of(report)
    groups: dict[CourseVerdict, list[Course]] = {}
    for course in attended(report):
        unjudged = ScaleStep(letter="", lower=Decimal(0))
        found = verdict_on(course, report, line or unjudged)
        if line is None and found in ("on_track", "below", "missing"):
            found = "apart"
        groups.setdefault(found, []).append(course)
    return {found: tuple(courses) for found, courses in groups.items()}


def reaches(course: Course, line: ScaleStep, report: Report) -> bool | None:
    """Whether the printed grade is at the line or above; None where it is not on the school's scale (I, own letters).

    By the letter where the line is a step of the scale, so that sentence and letter cannot contradict each other.
    """
    if course.own_scale is not None:
        return None
    steps = {step.letter: step.lower for step in report.scale}
    if course.letter and course.letter not in steps:
        return None
    percent = printed(course, report.kind)
    is_step = line.lower in steps.values()
    if course.letter and (is_step or percent is None):
        lower = steps[course.letter]
        above = [step for step in steps.values() if step > lower]
        if lower >= line.lower:
            return True
        return False if above and min(above) <= line.lower else None
    return None if percent is None else percent >= line.lower


def _may_fall(course: Course, report: Report, line: ScaleStep) -> bool:
    """Whether missing work could take a course below the line that does not count against it yet."""
    blanks = _unmarked(course)
    if report.kind not in SO_FAR or course.source == "imported" or not (course.missing or blanks):
        return False
    known = [percent for percent in (course.basis.if_missing, course.final) if percent is not None]
    if not known:
        return blanks > 0 and course.basis.missing_at is None
    # where letters go by the exact percentage, one that rounds to the line may lie below it
    return min(known) <= line.lower if report.scale_is_exact and line.lower else min(known) < line.lower


def actions_of(report: Report) -> tuple[FamilyAction, ...]:
    """What a family can do now, at most three things, by rule; never nothing without saying so."""
    if report.layout in WITHOUT_GRADES:
        behind, absences = to_help_with(report), _absences(report)
        helped = [FamilyAction(what="help", courses=behind)] if behind else []
        return (*helped, *([absences] if absences else [])) or (FamilyAction(what="nothing"),)
    groups = verdicts_of(report)
    talk = _talk_about(groups, report)
    found = [action for action in (_hand_in(report), talk, _absences(report)) if action is not None]
    if found:
        return tuple(found[:MOST_ACTIONS])
    waits = any(course.basis.to_mark or course.to_follow for course in attended(report))
    return (FamilyAction(what="wait" if waits else "nothing"),)


def _hand_in(report: Report) -> FamilyAction | None:
    """Missing work that does not count yet, of courses that the student is in."""
    if report.kind not in SO_FAR or "work" not in report.sections:
        return None
    found = [(course, n) for course in attended(report) if not course.is_hidden and (n := _unmarked(course))]
    if not found:
        return None
    return FamilyAction(what="hand_in", courses=tuple(course for course, _ in found), pieces=sum(n for _, n in found))


def _unmarked(course: Course) -> int:
    """Missing pieces that have no mark yet, so that a mark can still come."""
    return sum(work.state == "missing" and work.score is None for work in course.work)


def _talk_about(groups: dict[CourseVerdict, tuple[Course, ...]], report: Report) -> FamilyAction | None:
    """Courses below the line; of a progress notice every one, since each is named for a reason."""
    courses = tuple(attended(report)) if report.kind == WARNING else groups.get("below", ())
    return FamilyAction(what="talk", courses=courses) if courses else None


def _absences(report: Report) -> FamilyAction | None:
    found = report.attendance
    if found is None or "attendance" not in report.sections:
        return None
    days = found.absent_unexcused + found.absent_unstated
    return FamilyAction(what="absences", days=days) if days else None
