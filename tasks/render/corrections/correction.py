"""What a new version of a released report changes, so that a family need not compare two papers."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal, get_args

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.documents.correction import Correction, CorrectionReason, CourseChange, DetailChange
from termpost.schemas.documents.report import Comment, Course, Report, Standard

SHOWN: tuple[Literal["current", "final", "letter"], ...] = ("current", "final", "letter")
ReportPart = Literal["student", "work", "standards", "comments", "attendance", "other"]
# what of a course is printed in a section of its own, and what else is printed of it
OF_COURSE: dict[ReportPart, tuple[str, ...]] = {
    "work": ("work", "missing", "late"), "standards": ("standards",), "comments": ("comment",),
    "other": ("title", "subject", "teachers", "graded", "trend", "to_follow", "follows_for",
              "basis", "own_scale", "source", "categories", "class_median", "show_of"),
}  # fmt: skip
OF_REPORT: dict[ReportPart, tuple[str, ...]] = {
    "student": ("student",), "comments": ("homeroom_comment",), "attendance": ("attendance",),
}  # fmt: skip
DAYS = ("present", "absent_excused", "absent_unexcused", "absent_unstated", "part", "late")  # of attendance
# of the paper, not of the student: a new logo or another deadline is no correction
FRAME = frozenset({
    "version", "correction", "courses", "format", "languages", "reviewed", "paper", "country", "sections", "school",
    "ask", "words", "verification", "layout", "standard_levels",
})  # fmt: skip


def corrected(before: Report, after: Report) -> Correction:
    """As `correction`, for the reason that what differs speaks of: a mark, the record, a comment, attendance."""
    found = correction(before, after, "other")
    kinds = {change.what for change in found.changes}
    reason: CorrectionReason = "other"
    if kinds & set(SHOWN) or found.sections == ("work",):
        reason = "mark_corrected"
    elif kinds or found.sections == ("student",):
        reason = "record_corrected"
    elif found.sections == ("comments",):
        reason = "comment_corrected"
    elif found.sections == ("attendance",):
        reason = "attendance_corrected"
    return found.model_copy(update={"reason": reason})


def correction(before: Report, after: Report, reason: CorrectionReason) -> Correction:
    """What differs between a report that families have and the one that replaces it, course by course."""
    then, now = ({course.class_id: course for course in report.courses} for report in (before, after))
    return Correction(
        replaces=before.version,
        counted=before.counted_version,
        reason=reason,
        changes=tuple(
            change for class_id in then | now for change in _of(then.get(class_id), now.get(class_id), after.kind)
        ),
        details=tuple(_details(then, now, before, after)),
        sections=tuple(part for part in get_args(ReportPart) if _moved(part, before, after)),
    )


def _of(then: Course | None, now: Course | None, kind: str) -> Iterator[CourseChange]:
    if then is None or now is None:
        for what, course in (("added", now), ("gone", then)):
            if course is not None:
                yield CourseChange(course=course.title, what=what)
        return
    for what in SHOWN:
        old, new = getattr(then, what), getattr(now, what)
        # a percentage that is not the grade of this kind of cycle: a report of before may have printed it beside
        is_beside = what != "letter" and (what == "current") is not (kind in SO_FAR)
        if old != new and not (is_beside and (old is None or new is None)):
            yield CourseChange(course=now.title, what=what, before=old, after=new)


def _details(
    then: Mapping[str, Course], now: Mapping[str, Course], before: Report, after: Report
) -> Iterator[DetailChange]:
    """What can be said of it in words: numbers of pieces and days, levels, and whose comment."""
    for class_id, course in now.items():
        if class_id in then:
            yield from _of_course(then[class_id], course)
    if before.homeroom_comment != after.homeroom_comment:
        yield _comment("", before.homeroom_comment, after.homeroom_comment)
    if before.attendance is not None and after.attendance is not None:
        for day in DAYS:
            old, new = getattr(before.attendance, day), getattr(after.attendance, day)
            if old != new:
                yield DetailChange(what="attendance", part=day, before=_count(old), after=_count(new))


def _of_course(then: Course, now: Course) -> Iterator[DetailChange]:
    for what in ("missing", "late"):
        old, new = getattr(then, what), getattr(now, what)
        if old != new:
            yield DetailChange(course=now.title, what=what, before=_count(old), after=_count(new))
    if then.work != now.work and (then.missing, then.late) == (now.missing, now.late):
        yield DetailChange(course=now.title, what="work")
    known = {one.title: one for one in then.standards}
    for one in now.standards:
        old = known.get(one.title)
        if old != one:
            yield DetailChange(
                course=now.title, what="standard", part=one.title, before=_stands(old), after=_stands(one)
            )
    for title in sorted(known.keys() - {one.title for one in now.standards}):
        yield DetailChange(course=now.title, what="standard", part=title, before=_stands(known[title]))
    if then.comment != now.comment:
        yield _comment(now.title, then.comment, now.comment)


def _comment(course: str, then: Comment | None, now: Comment | None) -> DetailChange:
    """Its words stand in the report; here only whether there was one and is one."""
    old, new = ("there" if one else None for one in (then, now))
    return DetailChange(course=course, what="comment", before=old, after=new)


def _stands(one: Standard | None) -> Decimal | str | None:
    return None if one is None else one.level or one.percent


def _count(n: Decimal | int | None) -> Decimal | None:
    return None if n is None else Decimal(n)


def _moved(part: ReportPart, before: Report, after: Report) -> bool:
    """Whether a part differs, in the courses that both versions have or in the report itself."""
    then = {course.class_id: course for course in before.courses}
    pairs = [(then[course.class_id], course) for course in after.courses if course.class_id in then]
    if any(getattr(a, name) != getattr(b, name) for a, b in pairs for name in OF_COURSE.get(part, ())):
        return True
    named = {name for names in OF_REPORT.values() for name in names}
    names = OF_REPORT.get(part, ()) if part != "other" else tuple(set(Report.model_fields) - FRAME - named)
    return any(getattr(before, name) != getattr(after, name) for name in names)
