"""The sheet a parent and a teacher have between them: how the student stands, what to agree on, who signs."""

from collections.abc import Sequence
from decimal import Decimal

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import WITHOUT_GRADES, Course, Report
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.documents.words.joints import joints
from termpost.tasks.render.course_row import CommentText, grade_cell, letter_cell, shared_places
from termpost.tasks.render.report_view import Field, ReportView, report_view_of
from termpost.tasks.render.summary_sentences import change

MOST_WORK = 10  # pieces listed, so that the sheet stays one page; the report has them all


class ConferenceRow(FrozenModel):
    """One course."""

    title: VisibleText
    teachers: VisibleText
    grade: PrintedValue
    letter: PrintedValue
    trend: PrintedValue
    missing: VisibleText
    late: VisibleText


class Remark(FrozenModel):
    """What a teacher wrote, of a course or in homeroom."""

    of: VisibleText
    written: CommentText


class ConferencePart(PaperPart):
    """One student."""

    facts: tuple[Field, ...]
    agreed: tuple[Field, ...]  # when and where one meets, if that is agreed on
    glance: tuple[VisibleText, ...]
    has_grades: bool  # else no table of courses
    rows: tuple[ConferenceRow, ...]
    work: tuple[VisibleText, ...]
    no_work: VisibleText
    work_more: VisibleText
    comments: tuple[Remark, ...]
    attendance_title: VisibleText
    attendance: tuple[Field, ...]
    attendance_note: VisibleText


def make_conference_sheets(
    settings: Settings, reports: Sequence[Report], agreed: Sequence[tuple[Field, ...]] = ()
) -> bytes:
    """A sheet for each report, in their order; PDF/UA-1.

    Args:
        agreed: of each report, in the same order, what is agreed on with one household: when and where one meets.

    Raises:
        InputError: no font covers a character.
    """
    first = reports[0]
    language = settings.institution.languages[0]
    translator = translator_for(language, first.country)
    frame = frame_of(settings, translator, language, translator.text("conference", "title"), first.cycle_title)
    facts = agreed or [()] * len(reports)
    parts = [_part(report, translator, language, more) for report, more in zip(reports, facts, strict=True)]
    labels = {**translator.labels("report"), **translator.labels("conference"), **joints(translator)}
    return set_paper("conference.typ", frame, parts, labels, first.cutoff)


def _part(report: Report, translator: Translator, language: str, agreed: tuple[Field, ...]) -> ConferencePart:
    sheet = report_view_of(report, language)
    work = [_work(course, translator) for course in report.courses]
    listed = [line for lines in work for line in lines]
    more = len(listed) - MOST_WORK
    return ConferencePart(
        school=report.school.name,
        name=sheet.student,
        running=sheet.student,
        stamp=report.stamp,
        facts=sheet.facts,
        agreed=agreed,
        glance=sheet.verdict,
        has_grades=report.layout not in WITHOUT_GRADES,
        rows=_rows(report, translator),
        work=tuple(listed[:MOST_WORK]),
        no_work=sheet.no_work,
        work_more=translator.plural("conference", "more_work", more) if more > 0 else "",
        comments=_comments(sheet),
        attendance_title=sheet.attendance_title,
        attendance=sheet.attendance,
        attendance_note=sheet.attendance_note,
    )  # fmt: skip


def _comments(sheet: ReportView) -> tuple[Remark, ...]:
    written = [(course.title, course.comment) for course in sheet.courses]
    written.append((sheet.labels["homeroom"], sheet.homeroom))
    return tuple(Remark(of=of, written=comment) for of, comment in written if comment is not None)


def _rows(report: Report, translator: Translator) -> tuple[ConferenceRow, ...]:
    shown = shared_places(report.courses, report.kind)
    rows = []
    for course in report.courses:
        counts = [translator.text("absent", "count") if course.is_hidden else translator.whole(n)
                  for n in (course.missing, course.late)]  # fmt: skip
        rows.append(
            ConferenceRow(
                title=course.title,
                teachers=", ".join(course.teachers),
                grade=grade_cell(course, report.kind, translator, shown),
                letter=letter_cell(course, report.kind, translator),
                trend=_trend(change(course, report.kind), translator),
                missing=counts[0],
                late=counts[1],
            )
        )
    return tuple(rows)


def _trend(moved: Decimal | None, translator: Translator) -> PrintedValue:
    if moved is None:
        return PrintedValue(text=translator.text("conference", "no_trend"), absent=True)
    if moved == 0:
        return PrintedValue(text=translator.text("conference", "same"))
    key = "up" if moved > 0 else "down"
    return PrintedValue(text=translator.text("conference", key, points=translator.number(abs(moved))))


def _work(course: Course, translator: Translator) -> list[str]:
    return [
        translator.text(
            "conference", "work_line", course=course.title, title=work.title,
            state=translator.text("report", f"state_{work.state}"),
        )
        for work in course.work
    ]  # fmt: skip
