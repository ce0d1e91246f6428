"""The list a teacher proof-reads before a release: a class on a fresh sheet, with room to correct and to sign."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import WITHOUT_GRADES, Course, Report
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.register_order import RegisterOrder
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.documents.words.joints import joints
from termpost.tasks.render.course_row import CommentText, comment_text, grade_cell, letter_cell, shared_places
from termpost.tasks.render.model import in_title_order
from termpost.tasks.render.report_view import Field


class ClassListRow(FrozenModel):
    """One student of the class."""

    name: VisibleText
    number: VisibleText
    grade: PrintedValue
    letter: PrintedValue
    missing: VisibleText
    late: VisibleText
    comment: CommentText | None


class ClassPart(PaperPart):
    """One class."""

    facts: tuple[Field, ...]
    has_grades: bool  # else there is nothing but the comments to read
    grade_label: VisibleText
    note: VisibleText  # what the columns are
    rows: tuple[ClassListRow, ...]


CourseReports = list[tuple[Report, Course]]


def make_class_list(
    settings: Settings, schools: Sequence[tuple[str, Sequence[Report]]], only: str | None = None
) -> bytes:
    """The classes of every school, each with the students who have it on their report.

    Args:
        schools: name and reports of each, in the order they are printed.
        only: one class by its id; every class without it.

    Raises:
        InputError: `unknown-class`, where no report has it; or no font covers a character.
    """
    language = settings.institution.languages[0]
    order = RegisterOrder(language)
    classes = [(school, found) for school, reports in schools for found in _classes(reports, only, order)]
    if not classes:
        raise unknown_class()
    first = classes[0][1][0][0]
    translator = translator_for(language, first.country)
    frame = frame_of(settings, translator, language, translator.text("class_list", "title"), first.cycle_title)
    parts = [_part(school, found, translator) for school, found in classes]
    labels = {**translator.labels("report"), **translator.labels("class_list"), **joints(translator)}
    return set_paper("class_list.typ", frame, parts, labels, first.cutoff)


def unknown_class() -> InputError:
    """Of a class that nobody has."""
    what, remedy = "no report of this cycle has this class", "use an id of classes.csv"
    return InputError("unknown-class", what, "--class", remedy)


def _classes(reports: Iterable[Report], only: str | None, order: RegisterOrder) -> list[CourseReports]:
    """Each class with its students, by title."""
    by_class: defaultdict[tuple[str, str], CourseReports] = defaultdict(list)
    for report in reports:
        for course in report.courses:
            if only in (None, course.class_id):
                by_class[course.title, course.class_id].append((report, course))
    titles = order.keys(in_title_order(title) for title, _ in by_class)
    in_order = sorted(by_class, key=lambda key: (titles[in_title_order(key[0])], *key))
    return [by_class[key] for key in in_order]


def _part(school: str, found: CourseReports, translator: Translator) -> ClassPart:
    report, course = found[0]
    shown = shared_places([one for _, one in found], report.kind)
    is_midterm = report.kind in SO_FAR
    return ClassPart(
        school=school,
        name=course.title,
        running=course.title,
        stamp=f"{course.class_id} · {report.cycle_id}",
        facts=_facts(course, len(found), report.cutoff, translator),
        has_grades=any(one.layout not in WITHOUT_GRADES for one, _ in found),
        grade_label=translator.text("report", "current" if is_midterm else "final"),
        note=translator.text("class_list", "columns_note" if is_midterm else "columns_note_final"),
        rows=tuple(_row(each, one, translator, shown) for each, one in found),
    )


def _facts(course: Course, students: int, cutoff: date, translator: Translator) -> tuple[Field, ...]:
    nobody = PrintedValue(text=translator.text("class_list", "no_teacher"), absent=True)
    values = {
        "teachers": PrintedValue(text=", ".join(course.teachers)) if course.teachers else nobody,
        "students": PrintedValue(text=translator.whole(students)),
        "cutoff": PrintedValue(text=translator.day(cutoff)),
    }
    return tuple(Field(label=translator.text("class_list", key), value=value) for key, value in values.items())


def _row(report: Report, course: Course, translator: Translator, shown: int) -> ClassListRow:
    counts = [
        translator.text("absent", "count") if course.is_hidden else translator.whole(n)
        for n in (course.missing, course.late)
    ]
    return ClassListRow(
        name=report.student.name,
        number=report.student.number,
        grade=grade_cell(course, report.kind, translator, shown),
        letter=letter_cell(course, report.kind, translator),
        missing=counts[0],
        late=counts[1],
        comment=comment_text(course.comment, report, translator, report.languages[0], course.title),
    )
