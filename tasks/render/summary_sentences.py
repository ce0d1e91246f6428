"""The few sentences a family reads first. Made by rules from the report, so they say the same of everyone."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from termpost.schemas.documents.report import Course, Report, ScaleStep
from termpost.tasks.documents.wording import Translator, places
from termpost.tasks.render.letters import as_printed, school_shows_of


def benchmark(scale: tuple[ScaleStep, ...]) -> ScaleStep | None:
    """The middle step, the one families are told about: C of A to F, or of A to D with a failing grade beneath it."""
    steps = sorted(scale, key=lambda step: step.lower, reverse=True)
    if not steps:
        return None
    beneath = 1 if steps[-1].lower > 0 else 0
    return steps[(len(steps) + beneath - 1) // 2]


def reaches(course: Course, step: ScaleStep, scale: tuple[ScaleStep, ...], kind: str) -> bool | None:
    """Whether a course is at the step or above; None where its grade is not on the school's scale.

    So it is of I, W, none, and a class with a scale of its own. By the letter where there is one, so that the sentence
    and the letter cannot contradict each other.
    """
    lower = {s.letter: s.lower for s in scale}
    if course.own_scale is not None:
        return None
    if course.letter:
        return lower[course.letter] >= step.lower if course.letter in lower else None
    percent = printed(course, kind)
    return None if percent is None else percent >= step.lower


def printed(course: Course, kind: str) -> Decimal | None:
    """The percentage that a report of this kind is about: of a midterm the current one, else the final one."""
    return course.current if kind == "midterm" else course.final


def has_grade(course: Course, kind: str) -> bool:
    return printed(course, kind) is not None or bool(course.letter)


def change(course: Course, kind: str) -> Decimal | None:
    """Percentage points since the earlier report; None where there is none, or no percentage now."""
    now = printed(course, kind)
    return now - course.trend[-1].percent if course.trend and now is not None else None


def attended(report: Report) -> list[Course]:
    """The courses that the student is in: of one that was left nothing is judged."""
    return [course for course in report.courses if course.basis.left is None]


def _grades(report: Report, translator: Translator) -> list[str]:
    courses = attended(report)
    n, name = len(courses), report.student.called
    if not report.courses:
        return [translator.text("summary", "no_course")]
    if not courses:
        return [translator.plural("summary", "left_all", len(report.courses), name=name)]
    graded = sum(has_grade(course, report.kind) for course in courses)
    key = "none_final" if report.kind == "final" and not _follow(report) else "none"
    if graded:
        key = "all" if graded == n else "some"
    return [translator.plural("summary", key, n, name=name, graded=translator.whole(graded))]


def _follow(report: Report) -> int:
    return sum(course.to_follow for course in report.courses)


def _standing(report: Report, translator: Translator) -> list[str]:
    step = benchmark(report.scale)
    graded = [course for course in attended(report) if has_grade(course, report.kind)]
    if step is None or not report.student.verdict:
        return []
    reached = [reaches(course, step, report.scale, report.kind) for course in graded]
    judged = [one for one in reached if one is not None]
    if not judged:
        return []
    there, n = sum(judged), len(judged)
    key = "above"
    if there in (0, n):
        key, there = "above_all" if there else "above_none", n
    if n < len(graded):  # some have letters of another kind: the sentence names those that it is about
        key = f"scale_{key}"
    lower = as_printed(step.lower, school_shows_of(report), translator, places([step.lower]))
    return [translator.plural("summary", key, there, letter=step.letter, lower=lower, judged=translator.whole(n))]


def work_sentences(report: Report, translator: Translator) -> tuple[str, ...]:
    """How much work is missing or late, and how much the school has still to mark. None where nothing is known."""
    to_mark = sum(len(course.basis.to_mark) for course in report.courses)
    said = (translator.plural("summary", "to_mark", to_mark),) if to_mark else ()
    return (*_missing_and_late(report, translator), *said)


def _missing_and_late(report: Report, translator: Translator) -> Sequence[str]:
    missing = sum(course.missing for course in report.courses)
    late = sum(course.late for course in report.courses)
    if not missing and not late:
        return _nothing(report, translator)
    if not missing:
        return [translator.plural("summary", "late_only", late)]
    first = translator.plural("summary", "missing", missing)
    if not late:
        return [translator.text("summary", "missing_only", missing=first)]
    return [
        translator.text("summary", "missing_and_late", missing=first, late=translator.plural("summary", "late", late))
    ]


def _nothing(report: Report, translator: Translator) -> Sequence[str]:
    """That no work is missing or late, said of no course that the school does not show yet."""
    hidden = sum(course.is_hidden for course in report.courses)
    if hidden == len(report.courses):
        return []
    return [translator.text("absent", "work_elsewhere" if hidden else "work")]


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
    """A few sentences: how many courses have a grade, how many reach the middle step, what is missing, what changed."""
    work = work_sentences(report, translator) if "work" in report.sections else ()
    follow = (translator.plural("summary", "follow", n),) if (n := _follow(report)) else ()
    return (
        *_grades(report, translator), *_standing(report, translator), *follow, *work, *_changes(report, translator),
    )  # fmt: skip
