"""The two or three sentences a family reads first. Made by rules from the report, so they say the same of everyone."""

from schemas.report import Course, Report, ScaleStep
from tasks.render.wording import Words, places


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


def _grades(report: Report, said: Words) -> str:
    n = len(report.courses)
    graded = sum(has_grade(course) for course in report.courses)
    if n == 0:
        return said.say("summary", "no_course")
    if graded == n:
        key = "all"
    elif graded:
        key = "some"
    else:
        key = "none_final" if report.kind == "final" else "none"
    return said.count("summary", key, n, name=report.student.name, graded=said.whole(graded))


def _standing(report: Report, said: Words) -> list[str]:
    step = benchmark(report.scale)
    if step is None:
        return []
    judged = [reaches(course, step, report.scale) for course in report.courses if has_grade(course)]
    graded = len(judged)
    if all(one is None for one in judged):
        return []
    there = sum(one is True for one in judged)
    lower = said.percent(step.lower, places([step.lower]))
    key, n = ("above", there)
    if there == graded:
        key = "above_all"
    elif there == 0 and None not in judged:
        key, n = "above_none", graded
    return [said.count("summary", key, n, letter=step.letter, lower=lower)]


def _work(report: Report, said: Words) -> list[str]:
    missing = sum(course.missing for course in report.courses)
    late = sum(course.late for course in report.courses)
    if not report.courses:
        return []
    if not missing and not late:
        return [said.say("absent", "work")]
    if not missing:
        return [said.count("summary", "late_only", late)]
    first = said.count("summary", "missing", missing)
    if not late:
        return [said.say("summary", "missing_only", missing=first)]
    return [said.say("summary", "missing_and_late", missing=first, late=said.count("summary", "late", late))]


def glance(report: Report, said: Words) -> tuple[str, ...]:
    """One to three sentences: how many courses have a grade, how many reach the middle step, what is missing."""
    return (_grades(report, said), *_standing(report, said), *_work(report, said))
