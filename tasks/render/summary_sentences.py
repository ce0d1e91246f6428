"""The few sentences a family reads first. Made by rules from the report, so they say the same of everyone."""

from datetime import date
from decimal import Decimal

from termpost.schemas.documents.report import Course, Report, ScaleStep
from termpost.tasks.documents.wording import Translator, places


def benchmark(scale: tuple[ScaleStep, ...]) -> ScaleStep | None:
    """The middle step, the one families are told about: C of A to F, or of A to D with a failing grade beneath it."""
    steps = sorted(scale, key=lambda step: step.lower, reverse=True)
    if not steps:
        return None
    beneath = 1 if steps[-1].lower > 0 else 0
    return steps[(len(steps) + beneath - 1) // 2]


def reaches(course: Course, step: ScaleStep, scale: tuple[ScaleStep, ...]) -> bool | None:
    """Whether a course is at the step or above; None where its grade is not on the scale (I, W, none).

    By the letter where there is one: it was looked up before the percentage was rounded.
    """
    lower = {s.letter: s.lower for s in scale}
    if course.letter:
        return lower[course.letter] >= step.lower if course.letter in lower else None
    return None if course.current is None else course.current >= step.lower


def has_grade(course: Course) -> bool:
    return course.current is not None or bool(course.letter)


def printed(course: Course, kind: str) -> Decimal | None:
    """The percentage that a report of this kind is about: of a midterm the current one, else the final one."""
    return course.current if kind == "midterm" else course.final


def change(course: Course, kind: str) -> Decimal | None:
    """Percentage points since the earlier report; None where there is none, or no percentage now."""
    now = printed(course, kind)
    return now - course.trend[-1].percent if course.trend and now is not None else None


def _grades(report: Report, translator: Translator) -> str:
    n = len(report.courses)
    graded = sum(has_grade(course) for course in report.courses)
    if n == 0:
        return translator.text("summary", "no_course")
    if graded == n:
        key = "all"
    elif graded:
        key = "some"
    else:
        key = "none_final" if report.kind == "final" else "none"
    return translator.plural("summary", key, n, name=report.student.called, graded=translator.whole(graded))


def _standing(report: Report, translator: Translator) -> list[str]:
    step = benchmark(report.scale)
    if step is None:
        return []
    judged = [reaches(course, step, report.scale) for course in report.courses if has_grade(course)]
    graded = len(judged)
    if all(one is None for one in judged):
        return []
    there = sum(one is True for one in judged)
    lower = translator.percent(step.lower, places([step.lower]))
    key, n = ("above", there)
    if there == graded:
        key = "above_all"
    elif there == 0 and None not in judged:
        key, n = "above_none", graded
    return [translator.plural("summary", key, n, letter=step.letter, lower=lower)]


def _work(report: Report, translator: Translator) -> list[str]:
    missing = sum(course.missing for course in report.courses)
    late = sum(course.late for course in report.courses)
    if not report.courses:
        return []
    if not missing and not late:
        return [translator.text("absent", "work")]
    if not missing:
        return [translator.plural("summary", "late_only", late)]
    first = translator.plural("summary", "missing", missing)
    if not late:
        return [translator.text("summary", "missing_only", missing=first)]
    return [
        translator.text("summary", "missing_and_late", missing=first, late=translator.plural("summary", "late", late))
    ]


def _changes(report: Report, translator: Translator) -> list[str]:
    """Of the courses that were on the last report, how many went up, down, or stayed."""
    last = last_report(report)
    if last is None:
        return []
    moved = [
        step for course in report.courses
        if (step := change(course, report.kind)) is not None and course.trend[-1].day == last
    ]  # fmt: skip
    counts = (
        ("went_up", sum(step > 0 for step in moved)), ("went_down", sum(step < 0 for step in moved)),
        ("stayed", sum(step == 0 for step in moved)),
    )  # fmt: skip
    told = [translator.plural("summary", key, n) for key, n in counts if n]
    return (
        [translator.text("summary", "change", day=translator.day(last), changes=translator.joined(told))]
        if told
        else []
    )


def last_report(report: Report) -> date | None:
    """The cut-off of the latest report before this one that has a percentage of one of its courses."""
    if "trend" not in report.sections:
        return None
    return max((course.trend[-1].day for course in report.courses if course.trend), default=None)


def glance(report: Report, translator: Translator) -> tuple[str, ...]:
    """One to four sentences: how many courses have a grade, how many reach the middle step, what is missing, what
    changed."""
    work = _work(report, translator) if "work" in report.sections else []
    return (_grades(report, translator), *_standing(report, translator), *work, *_changes(report, translator))
