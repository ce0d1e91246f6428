"""Which courses stand on a progress notice: those below its line, and those that a teacher names."""

import re
from collections.abc import Mapping, Sequence

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import WITHOUT_GRADES, Course, Report, ReportLayout, ScaleStep
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.render.summary_sentences import has_grade
from termpost.tasks.render.verdict.course_verdicts import reaches
from termpost.tasks.render.verdict.on_track_line import on_track_line

PLAIN = re.compile(r"\d{1,3}(?:\.\d{1,4})?")


def warning_line(cycle: CycleDates, scale: Sequence[ScaleStep]) -> ScaleStep | None:
    """The line of a warning: a letter of the scale, or per cent. None: the cycle is no warning.

    Raises:
        InputError: `bad-setting`, where it is neither.
    """
    if cycle.below is None:
        return None
    said = cycle.below.strip()
    try:
        return on_track_line(f"{said}%" if PLAIN.fullmatch(said) else said, scale)
    except InputError:
        letters = ", ".join(step.letter for step in scale) or "it has none"
        raise InputError(
            "bad-setting", f"below is neither a percentage nor a letter of the scale ({letters})",
            f"calendar.toml [[cycle]] {cycle.id} below", 'write a letter of the scale, or a percentage such as "70"',
        ) from None  # fmt: skip


def is_below(course: Course, report: Report, line: ScaleStep) -> bool:
    """Whether the printed grade is below the line. Where there is none, where it is to follow, and on a scale of its
    own nothing is judged; of a class that was left neither."""
    if course.basis.left is not None or course.to_follow or not has_grade(course, report.kind):
        return False
    return reaches(course, line, report) is False


def as_warning(
    report: Report, layout: ReportLayout, said: Mapping[str, str], before: frozenset[str]
) -> Report | None:  # fmt: skip
    """The report with those courses alone; None where there are none.

    Args:
        report: with its line as `on_track_at`.
        layout: where it shows no grades, only what a teacher names is told: nothing is held against a line.
        said: class → `added` or `removed`, as the teachers decided.
        before: classes that a notice which is out names: a correction says what became of them.
    """
    line = None if layout in WITHOUT_GRADES else report.on_track_at

    def stands(course: Course) -> bool:
        way = said.get(course.class_id)
        if course.class_id in before or way == "added":
            return True
        return way != "removed" and line is not None and is_below(course, report, line)

    courses = tuple(course for course in report.courses if stands(course))
    return report.model_copy(update={"courses": courses}) if courses else None
