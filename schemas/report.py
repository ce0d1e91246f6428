"""The report: one frozen model that every rendition is made from.

Nothing in it depends on the day it is rendered or released, on a random reference or on the machine, so the same
inputs give the same bytes. A value that is absent is `None`; the templates print it as a dash with a word.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

REPORT_FORMAT: Final = "termpost.report/1"


def stamped_number(number: str) -> str:
    """A student number as a stamp carries it: one word, whatever signs a school uses (`S/12 4` → `S_2f_12_20_4`)."""
    return re.sub(r"[^\w.\-]", lambda sign: f"_{ord(sign[0]):x}_", number)


class Frozen(BaseModel):
    """A model that is strict about its keys and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class School(Frozen):
    """The sender."""

    name: str
    institution: str
    colour: str = "#1f4e79"  # of headings and rules; #rrggbb


class Student(Frozen):
    """Whom the report is about."""

    name: str  # given, middle and family name as on record
    number: str  # the school's own id of the student, printed and checked before delivery
    grade_level: str | None = None


class Work(Frozen):
    """A line item whose mark is missing or came late."""

    title: str
    due: date | None
    state: Literal["missing", "late"]
    score: Decimal | None = None
    possible: Decimal | None = None


class Course(Frozen):
    """One course on the report, by class."""

    class_id: str
    title: str
    subject: str | None = None
    teachers: tuple[str, ...] = ()
    current: Decimal | None  # per cent, rounded by the policy; only graded work
    final: Decimal | None  # per cent; ungraded work counts as zero
    letter: str | None = None
    graded: int  # line items with a mark that counts
    missing: int
    late: int
    work: tuple[Work, ...] = ()
    comment: str | None = None
    to_follow: bool = False  # the school decided that the grade comes later: nothing of it is shown


class Comment(Frozen):
    """What a teacher wrote of the student in a course, or in homeroom, as it was proof-read."""

    text: str
    author: str | None = None
    language: str | None = None  # BCP 47; none: the school's


class Attendance(Frozen):
    """Days with an event, within the cycle's dates."""

    first: date
    last: date
    absent_excused: int
    absent_unexcused: int
    late: int
    other: int


class ScaleStep(Frozen):
    """A letter and the lowest percentage that earns it."""

    letter: str
    lower: Decimal


class Contact(Frozen):
    """Whom to ask."""

    name: str
    email: str | None = None
    phone: str | None = None


class PolicyLink(Frozen):
    """One of the school's written policies."""

    title: str
    version: str | None = None
    url: str


class Report(Frozen):
    """A student × cycle × version."""

    format: Literal["termpost.report/1"] = REPORT_FORMAT
    language: str  # BCP 47
    paper: Literal["us-letter", "a4"] = "us-letter"
    cycle_id: str
    cycle_title: str
    session_title: str
    kind: Literal["midterm", "end_of_term", "final"]
    cutoff: date
    version: int
    school: School
    student: Student
    courses: tuple[Course, ...]
    attendance: Attendance | None
    scale: tuple[ScaleStep, ...]
    method: str  # how the grade was computed, in one or two sentences
    query_until: date
    ask: Contact
    policies: tuple[PolicyLink, ...] = ()
    notes: tuple[str, ...] = ()  # what a hold's way out changed

    @property
    def stamp(self) -> str:
        """What every page carries, so that a page can be told from any other student's."""
        return f"{stamped_number(self.student.number)} · {self.cycle_id} · v{self.version}"
