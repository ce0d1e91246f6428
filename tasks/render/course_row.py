"""What a report says of one course: its grade, change, standards, work and comment, every string in words."""

from collections.abc import Iterable
from decimal import Decimal

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.languages import found_as
from termpost.schemas.documents.comments import BankSentence, CommentPart
from termpost.schemas.documents.report import Comment, Course, Report, Standard, Work
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import Translator, base_of, direction_of, places
from termpost.tasks.render.course_categories import CategoryRow, category_rows_of
from termpost.tasks.render.course_notes import course_notes
from termpost.tasks.render.letters import as_printed, grade_figure, in_points
from termpost.tasks.render.summary_sentences import change, printed


class WorkRow(FrozenModel):
    title: VisibleText
    due: PrintedValue
    state: VisibleText
    mark: PrintedValue


class StandardRow(FrozenModel):
    title: VisibleText
    percent: VisibleText
    exact: Decimal | None
    level: PrintedValue
    mastered: VisibleText
    is_mastered: bool
    marks: str


class CommentPartText(FrozenModel):
    """What is said under one heading: sentences of the bank in the language of the sheet, then what was written."""

    heading: VisibleText
    sentences: tuple[VisibleText, ...]
    paragraphs: tuple[VisibleText, ...]


class CommentText(FrozenModel):
    """What a teacher wrote, with the language it is in."""

    by: VisibleText
    note: VisibleText  # in which language, where it is not the one of the sheet
    language: str
    direction: str
    paragraphs: tuple[VisibleText, ...]
    parts: tuple[CommentPartText, ...] = ()


class CourseRow(FrozenModel):
    title: VisibleText
    original: VisibleText  # what the gradebook calls it, where the title is translated; else empty
    teachers: VisibleText
    grade: PrintedValue
    beside: PrintedValue  # in a midterm, where the settings ask for it: the grade if nothing more is handed in
    letter: PrintedValue
    counts: VisibleText
    notes: tuple[VisibleText, ...]
    change: VisibleText  # since the last report; empty where it is small
    standards_caption: VisibleText
    standards: tuple[StandardRow, ...]
    categories_caption: VisibleText
    categories: tuple[CategoryRow, ...]
    work_caption: VisibleText
    work: tuple[WorkRow, ...]
    comment: CommentText | None


def _mark(work: Work, translator: Translator) -> PrintedValue:
    possible = None if work.possible is None else translator.number(work.possible)
    if work.score is None:
        text = (
            translator.text("absent", "mark_of", possible=possible) if possible else translator.text("absent", "mark")
        )
        return PrintedValue(text=text, absent=True)
    score = translator.number(work.score)
    text = translator.text("report", "mark_of", score=score, possible=possible) if possible else score
    if work.late_points:
        counted = translator.number(work.score - work.late_points)
        text = translator.text("report", "mark_counted", mark=text, counted=counted)
    return PrintedValue(text=text)


def _work(work: Work, translator: Translator) -> WorkRow:
    due = PrintedValue(text=translator.text("absent", "due"), absent=True)
    if work.due is not None:
        due = PrintedValue(text=translator.short_day(work.due))
    return WorkRow(
        title=work.title, due=due, state=translator.text("report", f"state_{work.state}"), mark=_mark(work, translator)
    )


def _change(course: Course, report: Report, translator: Translator) -> str:
    """How far the grade moved since the last report, where that is more than the school thinks worth telling."""
    moved = change(course, report.kind)
    if moved is None or "trend" not in report.sections or abs(moved) <= report.change_from:
        return ""
    return translator.text(
        "report", "trend_up" if moved > 0 else "trend_down",
        change=translator.number(in_points(abs(moved), course.show_of)), day=translator.short_day(course.trend[-1].day),
    )  # fmt: skip


def _standard(standard: Standard, translator: Translator, shown: int) -> StandardRow:
    level = PrintedValue(text=standard.level or translator.text("absent", "level"), absent=standard.level is None)
    return StandardRow(
        title=standard.title,
        percent="" if standard.percent is None else translator.percent(standard.percent, shown),
        exact=standard.percent,
        level=level,
        mastered=translator.text("report", "mastered" if standard.is_mastered else "not_mastered"),
        is_mastered=standard.is_mastered,
        marks=translator.whole(standard.marks),
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a text that have words."""
    return tuple(line for line in text.splitlines() if line.strip())


def comment_text(
    comment: Comment | None, report: Report, translator: Translator, language: str, of: str = ""
) -> CommentText | None:
    """As it was written, and marked where that is in another language than the sheet; `of` is the course."""
    if comment is None:
        return None
    written = comment.language or report.languages[0]
    is_written = bool(comment.text) or any(part.text for part in comment.parts)
    other = is_written and base_of(written) != base_of(language)
    return CommentText(
        by=translator.text("report", "comment_by", author=comment.author) if comment.author else "",
        note=translator.text("report", "comment_language", language=translator.name_of(written)) if other else "",
        language=written,
        direction=direction_of(written),
        paragraphs=paragraphs(comment.text),
        parts=tuple(_part(part, report, translator, language, of) for part in comment.parts),
    )


def _part(part: CommentPart, report: Report, translator: Translator, language: str, of: str) -> CommentPartText:
    filled = {"name": report.student.called, "course": of or translator.text("report", "homeroom")}
    return CommentPartText(
        heading=translator.text("report", f"part_{part.kind}", name=report.student.called),
        sentences=tuple(_in(language, sentence).format(**filled) for sentence in part.sentences),
        paragraphs=paragraphs(part.text),
    )


def _in(language: str, sentence: BankSentence) -> str:
    """The sentence in a language that the school offers; the first one is its own."""
    texts = dict(sentence.texts)
    found = found_as(language, tuple(texts))
    return texts[found] if found else sentence.texts[0][1]


def grade_cell(course: Course, kind: str, translator: Translator, shown: int) -> PrintedValue:
    """The grade of a report of this kind, with `shown` decimal places, or why there is none."""
    percent = printed(course, kind)
    if percent is not None:
        is_own = course.source == "imported"
        return grade_figure(percent, course.show_of, translator, None if is_own else shown)
    if course.letter and not course.to_follow:
        return PrintedValue(text=translator.text("absent", "percent"), absent=True)
    key = "grade_little" if course.basis.too_little else "grade"
    ending = "_final" if kind == "final" else ""
    text = translator.text("absent", "grade_follows" if course.to_follow else f"{key}{ending}")
    return PrintedValue(text=text, absent=True)


def letter_cell(course: Course, kind: str, translator: Translator) -> PrintedValue:
    """The letter of that grade."""
    if course.letter:
        return PrintedValue(text=course.letter)
    is_last = kind == "final" or course.basis.left is not None or printed(course, kind) is not None
    ending = "_follows" if course.to_follow else "_final" if is_last else ""
    return PrintedValue(text=translator.text("absent", f"letter{ending}"), absent=True)


def _counts(course: Course, translator: Translator) -> str:
    """How much work there is of each kind, but for kinds that there is none of."""
    if course.is_hidden:
        return translator.text("absent", "counts_follow")
    numbers = {"graded": course.graded, "missing": course.missing, "late": course.late}
    numbers["to_mark"] = len(course.basis.to_mark)
    return " · ".join(
        translator.text("report", f"counts_{name}", n=translator.whole(n)) for name, n in numbers.items() if n
    )


def course_row(
    course: Course, report: Report, translator: Translator, language: str, shown: int, original: str
) -> CourseRow:
    """One course; computed percentages with `shown` decimal places, the same for every course of the report.

    Args:
        original: its title as the school has it.
    """

    def percent(value: Decimal) -> str:
        return as_printed(value, course.show_of, translator, shown)

    beside = PrintedValue(text=translator.text("absent", "count"), absent=True)
    if report.kind in SO_FAR and course.final is not None:
        beside = grade_figure(course.final, course.show_of, translator, shown)
    share = places([one.percent for one in course.standards if one.percent is not None])
    return CourseRow(
        title=course.title,
        original=original if original != course.title else "",
        teachers=", ".join(course.teachers),
        grade=grade_cell(course, report.kind, translator, shown),
        beside=beside,
        letter=letter_cell(course, report.kind, translator),
        counts=_counts(course, translator),
        notes=course_notes(course, report, translator, percent),
        change=_change(course, report, translator),
        standards_caption=translator.text("report", "standards_in", course=course.title),
        standards=tuple(_standard(standard, translator, share) for standard in course.standards),
        categories_caption=translator.text("report", "categories_in", course=course.title),
        categories=category_rows_of(course, translator),
        work_caption=translator.text("report", "work_in", course=course.title),
        work=tuple(_work(work, translator) for work in course.work),
        comment=comment_text(course.comment, report, translator, language, course.title),
    )


def has_beside(report: Report) -> bool:
    """Whether there is a second column of percentages: in a midterm, the grade if nothing more is handed in."""
    return report.kind in SO_FAR and any(course.final is not None for course in report.courses)


def shared_places(courses: Iterable[Course], kind: str) -> int:
    """Decimal places of the percentages of several courses: those of the fullest one that was computed.

    One that was set elsewhere has its own, so that it makes no other look more exact than it is.
    """
    shown = [
        percent
        for course in courses if course.source == "computed" and course.show_of is None
        for percent in (printed(course, kind), course.final if kind in SO_FAR else None, course.basis.if_missing,
                        course.class_median)
    ]  # fmt: skip
    return places([percent for percent in shown if percent is not None])
