"""The lines under a course: what a family must know to read the grade beside it, each only where it holds."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.documents.report import Course, Report, ScaleStep
from termpost.tasks.documents.wording import Translator
from termpost.tasks.render.letters import as_printed, looked_up, own_scale_text, scale_of
from termpost.tasks.render.summary_sentences import printed

Percent = Callable[[Decimal], str]  # with the places that the report shows


def course_notes(course: Course, report: Report, translator: Translator, percent: Percent) -> tuple[str, ...]:
    """In the order: how the grade stands, what lowers it, what it leaves out, by which letters it goes."""
    return (
        *_standing(course, translator), *_missing(course, report, translator, percent),
        *_lowered(course, report, translator), *_left_out(course, report, translator),
        *_letters(course, report, translator), *_class(course, translator, percent),
    )  # fmt: skip


def _standing(course: Course, translator: Translator) -> Iterator[str]:
    basis = course.basis
    if basis.left is not None:
        key = "left" if course.source == "computed" else "left_only"
        yield translator.text("course", key, day=translator.day(basis.left))
    for reason in course.follows_for:
        if reason == "marks":
            work = translator.joined(basis.to_mark)
            yield translator.plural("course", "waits_marks", len(basis.to_mark), work=work)
        elif reason == "parts":
            yield translator.text("course", "waits_parts", parts=translator.joined(basis.empty))
        else:
            yield translator.text("course", f"waits_{reason}")
    if basis.to_mark and not course.follows_for:
        key = "blanks_zero" if basis.blanks_are_zero else "to_mark"
        yield translator.text("course", key, work=translator.joined(basis.to_mark))


def _missing(course: Course, report: Report, translator: Translator, percent: Percent) -> Iterator[str]:
    """What missing work does to the grade, or will: what counts as 0 already, and what does not count yet."""
    basis, now = course.basis, printed(course, report.kind)
    if course.to_follow or basis.too_little or course.source == "imported":
        return
    scores = [work.score for work in course.work if work.state == "missing"]
    blanks = scores.count(None)
    if blanks and basis.if_missing is not None:
        if now is None:
            key, values = "none_so_far", {"if_missing": percent(basis.if_missing)}
        elif basis.if_missing > now:  # it takes the place of a piece that is dropped, or a bonus has what to count in
            key, values = "missing_free", {}
        else:
            key, values = "so_far", {"if_missing": percent(basis.if_missing), "current": percent(now)}
        yield translator.plural("course", key, len(scores), **values)
    zeros = sum(score == 0 for score in scores) + (blanks if basis.missing_at == 0 else 0)
    if zeros and now is not None:
        yield translator.plural("course", "missing_zero", zeros)
    if blanks and basis.missing_at and now is not None:
        share = translator.exact_percent(basis.missing_at)
        yield translator.plural("course", "missing_at", blanks, percent=share)


def _lowered(course: Course, report: Report, translator: Translator) -> Iterator[str]:
    basis = course.basis
    lowered = [work.title for work in course.work if work.late_points]
    if lowered and course.source == "computed":
        yield translator.text("course", "late_cost", work=translator.joined(lowered))
    if basis.incomplete:
        key = "incomplete" if report.kind in SO_FAR else "incomplete_zero"
        yield translator.text("course", key, work=translator.joined(basis.incomplete))
    if basis.empty_as_zero:
        yield translator.text("course", "empty_zero", parts=translator.joined(basis.empty_as_zero))


def _left_out(course: Course, report: Report, translator: Translator) -> Iterator[str]:
    basis = course.basis
    if basis.empty and not course.to_follow:
        key = "nothing_in" if basis.too_little else "empty_yet" if report.kind in SO_FAR else "empty"
        yield translator.text("course", key, parts=translator.joined(basis.empty))
    for name in ("just_joined", "left_out"):
        if titles := getattr(basis, name):
            yield translator.text("course", name, work=translator.joined(titles))
    if basis.moved_from:
        yield translator.text("course", "moved", course=basis.moved_from)


def _class(course: Course, translator: Translator, percent: Percent) -> Iterator[str]:
    if course.class_median is not None and not course.to_follow:
        yield translator.text("course", "class_median", median=percent(course.class_median))


def _letters(course: Course, report: Report, translator: Translator) -> Iterator[str]:
    """Where a letter is not what the scale gives the percentage beside it, why; and the scale of the class itself."""
    now, scale = printed(course, report.kind), scale_of(course, report)
    step = None if now is None else looked_up(now, scale)
    lower = {step.letter: step.lower for step in scale}
    is_unlikely = course.missing or course.basis.left is not None  # else missing work would seem to count in it
    if course.source == "imported" and is_unlikely and now is not None and not _is_off(course, step, lower):
        yield translator.text("course", "set_by_school")
    if step is not None and course.letter is not None and _is_off(course, step, lower):
        if course.source == "imported":
            yield translator.text("course", "as_set")
        else:
            key = "rounds_up" if step.lower > lower[course.letter] else "rounds_down"
            bound = max(step.lower, lower[course.letter])
            yield translator.text("course", key, lower=as_printed(bound, course.show_of, translator, None))
    if course.own_scale is not None and (course.own_scale.steps or report.scale):
        yield own_scale_text(course.own_scale, course.show_of, translator)


def _is_off(course: Course, step: ScaleStep | None, lower: Mapping[str, Decimal]) -> bool:
    """Whether the letter is another one of the scale than the percentage reaches."""
    return step is not None and course.letter in lower and course.letter != step.letter
