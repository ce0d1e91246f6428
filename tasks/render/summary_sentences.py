"""How many grades there are, and how much work is missing, late or unmarked: by rule, so the same of everyone."""

from collections.abc import Sequence
from decimal import Decimal

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.documents.report import Course, Report
from termpost.tasks.documents.wording import Translator


def printed(course: Course, kind: str) -> Decimal | None:
    """The percentage that a report of this kind is about: of a midterm the current one, else the final one."""
    return course.current if kind in SO_FAR else course.final


def has_grade(course: Course, kind: str) -> bool:
    return printed(course, kind) is not None or bool(course.letter)


def change(course: Course, kind: str) -> Decimal | None:
    """Percentage points since the earlier report; None where there is none, or no percentage now."""
    now = printed(course, kind)
    return now - course.trend[-1].percent if course.trend and now is not None else None


def attended(report: Report) -> list[Course]:
    """The courses that the student is in: of one that was left nothing is judged."""
    return [course for course in report.courses if course.basis.left is None]


def grade_sentence(report: Report, translator: Translator) -> str:
    """In how many courses there is a grade."""
    courses = attended(report)
    n, name = len(courses), report.student.called
    if not report.courses:
        return translator.text("summary", "no_course")
    if not courses:
        return translator.plural("summary", "left_all", len(report.courses), name=name)
    graded = sum(has_grade(course, report.kind) for course in courses)
    key = "none_final" if report.kind == "final" and not _follow(report) else "none"
    if graded:
        key = "all" if graded == n else "some"
    return translator.plural("summary", key, n, name=name, graded=translator.whole(graded))


def _follow(report: Report) -> int:
    return sum(course.to_follow for course in report.courses)


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
