"""`report.json`, which is attached to a report's PDF: what its pages print, as data, and nothing more.

A text is as it is printed, in the language of its sheet. A figure has its exact value beside it. What is not printed is
not there: a key without a value is left out. `schemas/documents/printed_report.schema.json` is its JSON schema.
"""

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator
from termpost.schemas.base.frozen import FrozenModel

PRINTED_FORMAT: Final = "termpost.printed-report/1"
ATTACHED_AS: Final = "report.json"


def _without_marks(text: str) -> str:
    """Without the marks that keep a number in its direction within a line, which nobody sees and no program wants."""
    return text.replace("\u200e", "").replace("\u200f", "")


Words = Annotated[str, AfterValidator(_without_marks)]


class PrintedFigure(FrozenModel):
    """A grade, mark or percentage."""

    text: Words  # in the words and digits of the language; where there is none, why
    exact: Decimal | None = None  # the same figure; per cent, or points where `of` is there
    of: Decimal | None = None  # the points that it is out of


class PrintedWork(FrozenModel):
    """A piece of work that is missing or came late."""

    title: Words
    due: Words
    state: Words
    mark: Words


class PrintedStandard(FrozenModel):
    """How the student stands on a learning objective."""

    title: Words
    percent: PrintedFigure | None = None
    level: Words | None = None
    mastery: Words
    marks: Words | None = None  # results that count


class PrintedCategory(FrozenModel):
    """A part of a course's grade, or one beside it."""

    title: Words
    weight: Words
    result: Words
    marks: Words  # that count


class PrintedCommentPart(FrozenModel):
    """What is said under a heading of its own: a strength, a next step, how home can help, the student's own words."""

    heading: Words
    sentences: tuple[Words, ...] | None = None  # of the bank, in the language of the sheet
    paragraphs: tuple[Words, ...] | None = None  # as they were written


class PrintedComment(FrozenModel):
    """A teacher's words, as they were written."""

    language: str  # BCP 47
    by: Words | None = None
    note: Words | None = None  # which language it is in, where that is not the sheet's
    paragraphs: tuple[Words, ...] | None = None
    parts: tuple[PrintedCommentPart, ...] | None = None


class PrintedCourse(FrozenModel):
    """One course."""

    title: Words
    original: Words | None = None  # what the gradebook calls it, where the title is translated
    teachers: Words | None = None
    grade: PrintedFigure | None = None
    if_nothing_more: PrintedFigure | None = None  # in a midterm, the grade if nothing more is handed in
    letter: Words | None = None
    counts: Words | None = None  # of work
    notes: tuple[Words, ...] | None = None  # what the grade rests on
    change: Words | None = None  # since the last report
    categories: tuple[PrintedCategory, ...] | None = None
    standards: tuple[PrintedStandard, ...] | None = None
    work: tuple[PrintedWork, ...] | None = None
    comment: PrintedComment | None = None


class PrintedAttendance(FrozenModel):
    """Attendance in a sentence, and the days in it by kind."""

    text: Words | None = None
    note: Words | None = None
    days: dict[str, PrintedFigure] | None = None  # by `present`, `absent_excused`, `absent_unexcused`, `days_late` …


class PrintedAddress(FrozenModel):
    """Where to ask, or to read a policy."""

    text: Words
    note: Words | None = None
    address: Words


class PrintedFact(FrozenModel):
    """A label and what stands beside it: the student's number, the session, the version."""

    label: Words
    text: Words


class PrintedSheet(FrozenModel):
    """The report in one language."""

    language: str  # BCP 47
    school: Words
    institution: Words | None = None
    student: Words
    title: Words  # of the cycle, or the kind of report and its term
    under_name: tuple[Words, ...]  # grade, and up to when marks count
    verdict: tuple[Words, ...]
    actions: tuple[Words, ...]
    corrected: tuple[Words, ...] | None = None  # why there is a new version, and what changed
    notes: tuple[Words, ...] | None = None
    translated: tuple[Words, ...] | None = None  # said where nobody has reviewed the translation, in both languages
    ask: Words
    contact: tuple[PrintedAddress, ...] | None = None
    grade_label: Words | None = None  # what the grades are: so far, or final
    courses: tuple[PrintedCourse, ...] | None = None
    columns: Words | None = None  # what the table of courses means
    standing: tuple[Words, ...] | None = None
    levels: Words | None = None  # of learning goals, best first
    no_work: Words | None = None
    homeroom_comment: PrintedComment | None = None
    attendance: PrintedAttendance | None = None
    method: Words | None = None
    scale: Words | None = None
    policies: tuple[PrintedAddress, ...] | None = None
    about: tuple[PrintedFact, ...] | None = None


class PrintedReport(FrozenModel):
    """All of the file."""

    format: Literal["termpost.printed-report/1"] = PRINTED_FORMAT
    stamp: str  # as at the foot of each page: number, cycle, version
    sheets: tuple[PrintedSheet, ...]  # one: a second language is on the page alone
