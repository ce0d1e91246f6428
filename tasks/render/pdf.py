"""A report as PDF: tagged and accessible (PDF/UA-1, ISO 14289-1), one to keep (PDF/A-3a, ISO 19005-3), the same bytes
for the same report.

What its pages print is attached as data, taken from the words on them and from nothing else: what was left off for whom
it goes to, or for a small class, is not in it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from termpost.schemas.documents.printed_report import (
    PrintedAddress,
    PrintedAttendance,
    PrintedCategory,
    PrintedComment,
    PrintedCommentPart,
    PrintedCourse,
    PrintedFact,
    PrintedFigure,
    PrintedReport,
    PrintedSheet,
    PrintedStandard,
    PrintedWork,
)
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.printed import PrintedValue
from termpost.tasks.documents.typesetting import typeset
from termpost.tasks.render.course_row import CommentText, CourseRow, StandardRow
from termpost.tasks.render.report_view import PrintedLink, ReportView, report_view_of


def make_pdf(report: Report, language: str) -> bytes:
    """One report in one language, its stamp on every page.

    Raises InputError where no font covers a character, or the language has no words.
    """
    return pdf_of([report_view_of(report, language)], report.cutoff)


def pdf_of(views: Sequence[ReportView], dated: date) -> bytes:
    """The same, of a report that is in words already: its first part, since a second is for the screen alone."""
    data = {"parts": f"[{views[0].model_dump_json()}]", "printed": printed_data(views[:1])}
    return typeset("report.typ", data=data, dated=dated)


def printed_data(views: Sequence[ReportView]) -> str:
    """`report.json`, the same bytes for the same report."""
    report = PrintedReport(stamp=views[0].stamp, sheets=tuple(map(_sheet, views)))
    return report.model_dump_json(exclude_none=True)


def _sheet(view: ReportView) -> PrintedSheet:
    """The sections in which templates/report.typ prints something, by the same conditions."""
    sections = view.sections
    has_attendance = "attendance" in sections and view.attendance_text + view.attendance_note != ""
    has_comments = "comments" in sections
    return PrintedSheet(
        language=view.language,
        school=view.school,
        institution=view.institution if view.institution != view.school else None,
        student=view.student,
        title=view.title,
        under_name=view.under_name,
        verdict=view.verdict,
        actions=view.actions,
        corrected=view.corrected or None,
        notes=view.notes or None,
        translated=tuple(said.text for said in view.note) or None,
        ask=view.ask,
        contact=tuple(map(_address, view.contact)) or None,
        grade_label=view.grade_label or None if view.has_grades else None,
        courses=tuple(_course(course, view) for course in view.courses if _is_printed(course, view)) or None,
        columns=view.columns or None if view.has_grades else None,
        standing=view.standing or None if view.has_grades else None,
        levels=view.levels or None if "standards" in sections and view.has_standards else None,
        no_work=view.no_work or None if "work" in sections and not view.has_work else None,
        homeroom_comment=_comment(view.homeroom) if has_comments else None,
        attendance=PrintedAttendance(
            text=view.attendance_text or None,
            note=view.attendance_note or None,
            days={kind: PrintedFigure(text=n.text, exact=n.exact) for kind, n in view.attendance_said} or None,
        )
        if has_attendance
        else None,
        method=view.method or None if "method" in sections else None,
        scale=view.scale or None if "scale" in sections else None,
        policies=(tuple(map(_address, view.policies)) or None) if "policies" in sections else None,
        about=tuple(PrintedFact(label=fact.label, text=fact.value.text) for fact in view.about) or None,
    )


def _is_printed(row: CourseRow, view: ReportView) -> bool:
    """Whether its name stands anywhere: in the table of courses, or above what is said of it."""
    below = (("standards", row.standards), ("work", row.work), ("comments", row.comment))
    return view.has_grades or bool(row.categories) or any(said and of in view.sections for of, said in below)


def _course(row: CourseRow, view: ReportView) -> PrintedCourse:
    comment = row.comment if "comments" in view.sections else None
    in_table = _in_table(row, view) if view.has_grades else {}
    if comment and not comment.by:  # then the teachers stand for its author
        in_table["teachers"] = row.teachers or None
    return PrintedCourse(
        title=row.title,
        **in_table,
        categories=tuple(
            PrintedCategory(title=one.title, weight=one.weight.text, result=one.result, marks=one.marks)
            for one in row.categories
        )
        or None,
        standards=tuple(_standard(one, view) for one in row.standards if "standards" in view.sections) or None,
        work=tuple(
            PrintedWork(title=one.title, due=one.due.text, state=one.state, mark=one.mark.text)
            for one in row.work
            if "work" in view.sections
        )
        or None,
        comment=_comment(comment),
    )


def _in_table(row: CourseRow, view: ReportView) -> dict[str, Any]:
    """What the table of courses says of one."""
    return {
        "original": row.original or None,
        "teachers": row.teachers or None,
        "grade": _figure(row.grade) if view.grade_label else None,
        "if_nothing_more": _figure(row.beside) if view.beside_label else None,
        "letter": row.letter.text if view.has_letters and not row.letter.absent else None,
        "counts": row.counts or None,
        "notes": row.notes or None,
        "change": row.change or None,
    }


def _standard(row: StandardRow, view: ReportView) -> PrintedStandard:
    return PrintedStandard(
        title=row.title,
        percent=PrintedFigure(text=row.percent, exact=row.exact) if row.percent else None,
        level=row.level.text if view.has_levels else None,
        mastery=row.mastered,
        marks=row.marks if view.has_percents else None,
    )


def _figure(value: PrintedValue) -> PrintedFigure:
    return PrintedFigure(text=value.text, exact=value.exact, of=value.of)


def _comment(said: CommentText | None) -> PrintedComment | None:
    if said is None:
        return None
    return PrintedComment(
        language=said.language, by=said.by or None, note=said.note or None, paragraphs=said.paragraphs or None,
        parts=tuple(
            PrintedCommentPart(heading=one.heading, sentences=one.sentences or None, paragraphs=one.paragraphs or None)
            for one in said.parts
        )
        or None,
    )  # fmt: skip


def _address(link: PrintedLink) -> PrintedAddress:
    return PrintedAddress(text=link.text, note=link.note or None, address=link.address)
