"""What a corrected report says of the one it replaces, in words: course by course, from what to what."""

from decimal import Decimal

from termpost.schemas.documents.correction import CourseChange, DetailChange
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.wording import Translator
from termpost.tasks.render.letters import as_printed

# what is told one by one is not told again as a section that changed
SECTION_OF = {
    "missing": "work", "late": "work", "work": "work", "standard": "standards", "comment": "comments",
    "attendance": "attendance",
}  # fmt: skip
DAY_LABELS = {"part": "part_day", "late": "days_late"}  # keys of the table "report" that are called otherwise


def corrected_text(report: Report, translator: Translator) -> tuple[str, ...]:
    """Why there is a new version, then one line a course that changed."""
    correction = report.correction
    if correction is None:
        return ()
    reason = translator.text("reason", correction.reason)
    old = translator.whole(report.counted_version - 1)
    lines = [translator.text("report", "corrected_text", old=old, reason=reason)]
    show_of = {course.title: course.show_of for course in report.courses}
    details = correction.details
    for course in dict.fromkeys([c.course for c in correction.changes] + [d.course for d in details if d.course]):
        changes = [found for found in correction.changes if found.course == course]
        mine = [found for found in details if found.course == course]
        lines.append(_course(course, changes, mine, show_of.get(course), translator))
    for heading, what in (("homeroom", "comment"), ("attendance", "attendance")):
        told = [_detail(found, translator) for found in details if not found.course and found.what == what]
        if told:
            title = translator.text("report", heading)
            lines.append(translator.text("report", "changed_course", course=title, changes=translator.joined(told)))
    explained = {SECTION_OF[found.what] for found in details}
    others = [section for section in correction.sections if section not in explained]
    if others:
        titles = [translator.text("report", "record" if section == "student" else section) for section in others]
        lines.append(translator.text("report", "changed_other", sections=translator.joined(titles)))
    return tuple(lines)


def _course(
    course: str, changes: list[CourseChange], details: list[DetailChange], show_of: Decimal | None,
    translator: Translator,
) -> str:  # fmt: skip
    for found in changes:
        if found.what in ("added", "gone"):
            return translator.text("report", f"changed_{found.what}", course=course)

    def written(value: Decimal | str | None, what: str) -> str:
        if value is None:
            return translator.text("absent", "letter_final" if what == "letter" else "grade_final")
        return as_printed(value, show_of, translator, None) if isinstance(value, Decimal) else value

    told = [
        _value(translator.text("report", found.what), written(found.before, found.what),
               written(found.after, found.what), translator)
        for found in changes
    ]  # fmt: skip
    told += [_detail(found, translator) for found in details]
    return translator.text("report", "changed_course", course=course, changes=translator.joined(told))


def _detail(found: DetailChange, translator: Translator) -> str:
    if found.what == "comment":
        key = "changed" if found.before and found.after else "new" if found.after else "gone"
        return translator.text("report", f"comment_{key}")
    if found.what == "work":
        return translator.text("report", "work_changed")
    what = found.part if found.what == "standard" else translator.text("report", _label(found))
    if found.what == "standard" and found.before == found.after:
        return translator.text("report", "standard_changed", standard=what)
    return _value(what, _amount(found.before, found, translator), _amount(found.after, found, translator), translator)


def _label(found: DetailChange) -> str:
    if found.what == "attendance":
        return DAY_LABELS.get(found.part, found.part)
    return f"{found.what}_work"


def _amount(value: Decimal | str | None, found: DetailChange, translator: Translator) -> str:
    if value is None:
        return translator.text("absent", "level" if found.what == "standard" else "days")
    if isinstance(value, str):
        return value
    return translator.exact_percent(value) if found.what == "standard" else translator.number(value)


def _value(what: str, before: str, after: str, translator: Translator) -> str:
    return translator.text("report", "changed_value", what=what, before=before, after=after)
