"""The first sentence of a report that has no grades: standards that are reached, or what teachers have written."""

from termpost.schemas.documents.report import Course, Report
from termpost.tasks.documents.wording import Translator
from termpost.tasks.render.summary_sentences import attended


def ungraded_verdict(report: Report, translator: Translator) -> tuple[str, ...]:
    """One sentence, and no line that anything is held against."""
    name, courses = report.student.called, attended(report)
    standards = [one for course in courses for one in course.standards] if "standards" in report.sections else []
    if standards:
        there = translator.whole(sum(one.is_mastered for one in standards))
        return (translator.text("verdict", "standards", name=name, there=there, n=translator.whole(len(standards))),)
    if not report.courses:
        return (translator.text("summary", "no_course"),)
    written = sum(course.comment is not None for course in courses) if "comments" in report.sections else 0
    key = "written_all" if written == len(courses) else "written_some" if written else "written_none"
    if not written and report.homeroom_comment is not None and "comments" in report.sections:
        key = "written_homeroom"
    there, n = translator.whole(written), translator.whole(len(courses))
    return (translator.text("verdict", key, name=name, there=there, n=n),)


def to_help_with(report: Report) -> tuple[Course, ...]:
    """Courses with a standard that is not reached yet, where standards are what a report is about."""
    if "standards" not in report.sections:
        return ()
    return tuple(course for course in attended(report) if any(not one.is_mastered for one in course.standards))
