"""The report: one frozen model that every rendition is made from.

Nothing in it depends on the day it is rendered or released, on a random reference, on the machine or on the language
of a rendition, so the same inputs give the same bytes. A value that is absent is `None`; the templates print it as a
dash with a word. `schemas/report.schema.json` is its JSON schema.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final, Literal, get_args

from pydantic import Field
from termpost.schemas.base.cycle_kinds import CycleKind
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.comments import CommentPart
from termpost.schemas.documents.correction import Correction
from termpost.schemas.documents.verification import Verification

REPORT_FORMAT: Final = "termpost.report/2"
Section = Literal["trend", "standards", "work", "comments", "attendance", "scale", "method", "policies"]
SECTIONS: tuple[Section, ...] = get_args(Section)
ReportLayout = Literal["full", "narrative", "standards", "grades", "early-years"]
LAYOUTS: tuple[ReportLayout, ...] = get_args(ReportLayout)
TextSize = Literal["normal", "large"]
WITHOUT_GRADES: frozenset[ReportLayout] = frozenset({"narrative", "standards", "early-years"})
WaitsFor = Literal["marks", "parts", "move", "decision"]  # work to mark, categories or periods with nothing in them, …


def stamped_number(number: str) -> str:
    """A student number as a stamp carries it: one word, whatever signs a school uses (`S/12 4` → `S_2f_12_20_4`)."""
    return re.sub(r"[^\w.\-]", lambda sign: f"_{ord(sign[0]):x}_", number)


class Phrase(FrozenModel):
    """A sentence by its key, said in the language of a rendition."""

    key: str  # of the catalogues: `table.key`
    n: int | None = None  # chooses the plural form
    texts: tuple[tuple[str, str], ...] = ()  # placeholder and what fills it, as it stands
    percents: tuple[tuple[str, Decimal], ...] = ()  # placeholder and per cent, written by locale
    shares: tuple[tuple[str, Decimal], ...] = ()  # names with per cent, joined, for `{shares}`


class School(FrozenModel):
    """The sender."""

    name: str
    institution: str
    logo: str = ""  # SVG; empty for none
    colour: str = "#1f4e79"  # of headings and rules; #rrggbb


class Student(FrozenModel):
    """Whom the report is about."""

    name: str  # given, middle and family name as on record
    given: str | None = None  # of a name that is written in parts; 欧阳志强 is not
    preferred: str | None = None  # only where the record says that it may go home
    number: str  # the school's own id of the student, printed and checked before delivery
    grade_level: str | None = None
    verdict: bool = True  # false: standards of their own, so nothing is held against the school's scale

    @property
    def called(self) -> str:
        """As sentences about the student name them: as one is called in class."""
        return self.preferred or self.given or self.name


class Work(FrozenModel):
    """A line item whose mark is missing or came late."""

    title: str
    due: date | None
    state: Literal["missing", "late"]
    score: Decimal | None = None
    possible: Decimal | None = None
    late_points: Decimal | None = None  # what being late took off the score; None: nothing


class TrendPoint(FrozenModel):
    """The percentage of a course in an earlier report."""

    day: date  # the cut-off of its cycle
    percent: Decimal


class Standard(FrozenModel):
    """How a student stands on one learning objective."""

    title: str
    percent: Decimal | None  # None: the kind of report has no percentages
    level: str | None
    is_mastered: bool
    marks: int  # results that count


class CategoryPart(FrozenModel):
    """A category of a course: a part of its grade, or beside it."""

    title: str
    period: str | None = None  # title of the weighted grading period it lies in
    is_beside: bool = False  # counts in no grade
    weight: Decimal | None = None  # per cent; None: none of its own
    percent: Decimal  # rounded by the policy
    word: str | None = None  # what is said in place of the percentage
    marks: int  # that count


class Comment(FrozenModel):
    """What a teacher wrote of the student in a course, or in homeroom, as it was proof-read."""

    text: str = ""  # empty where only its parts say something
    author: str | None = None
    language: str | None = None  # BCP 47; none: the school's
    parts: tuple[CommentPart, ...] = ()


class ScaleStep(FrozenModel):
    """A letter and the lowest percentage that earns it."""

    letter: str
    lower: Decimal


class OwnScale(FrozenModel):
    """The letters of one class, where they are not those of the school."""

    steps: tuple[ScaleStep, ...]  # none: the class has no letters
    is_exact: bool = False  # letters go by the percentage before it is rounded


class GradeBasis(FrozenModel):
    """What a grade rests on and what it leaves out, where a family must know it to read the grade. Work by title."""

    missing_at: Decimal | None = None  # per cent of its points that missing work counts with; None: none yet
    if_missing: Decimal | None = None  # per cent: the current grade if missing work stays missing
    to_mark: tuple[str, ...] = ()  # that the school has still to mark
    blanks_are_zero: bool = False  # what is not marked counts as 0
    incomplete: tuple[str, ...] = ()
    just_joined: tuple[str, ...] = ()  # due in the first days in the class, so left out
    left_out: tuple[str, ...] = ()  # by the school's decision
    empty: tuple[str, ...] = ()  # categories and periods in which nothing counts
    empty_as_zero: tuple[str, ...] = ()  # periods in which nothing counts, which count as 0
    too_little: bool = False  # less work counts than a grade needs: none is printed
    left: date | None = None  # the last day in the class of who left it: no letter
    moved_from: str | None = None  # title of the class whose marks are included


class Course(FrozenModel):
    """One course on the report, by class."""

    class_id: str
    title: str
    subject: str | None = None
    teachers: tuple[str, ...] = ()
    current: Decimal | None  # per cent of marked work: the grade of a midterm; None in other cycles
    final: Decimal | None  # per cent: the grade of other cycles; in a midterm only where the settings ask for it
    letter: str | None = None  # of the grade that is printed
    source: Literal["computed", "imported"] = "computed"  # imported: printed as the school set it elsewhere
    basis: GradeBasis = GradeBasis()
    own_scale: OwnScale | None = None
    class_median: Decimal | None = None  # per cent, exact; None: not shown, or too few students to show it
    show_of: Decimal | None = None  # the grade is printed as points of so many; None: in per cent
    graded: int  # line items with a mark that counts
    missing: int
    late: int
    work: tuple[Work, ...] = ()
    trend: tuple[TrendPoint, ...] = ()  # earlier reports, the oldest first
    standards: tuple[Standard, ...] = ()
    categories: tuple[CategoryPart, ...] = ()
    comment: Comment | None = None
    to_follow: bool = False  # the grade comes later
    # why, where a question about it is open; none: the school decided so, and nothing of the course is shown
    follows_for: tuple[WaitsFor, ...] = ()

    @property
    def is_hidden(self) -> bool:
        """Whether the school decided that nothing of the course is shown yet."""
        return self.to_follow and not self.follows_for


class Attendance(FrozenModel):
    """Days within the cycle's dates; half a day is 0.5. Late days are days of presence, no other is counted twice."""

    first: date
    last: date
    present: Decimal | None  # None: the school records absences only, or nothing of this student
    absent_excused: Decimal
    absent_unexcused: Decimal
    absent_unstated: Decimal = Decimal(0)  # the record does not say whether excused
    part: int = 0  # absent for a part of the day
    late: int
    left_out: int = 0  # entries in words that nobody has explained
    other: int = 0  # days with any other event, in reports of before


class Contact(FrozenModel):
    """Whom to ask."""

    name: str  # as families read it
    email: str | None = None  # within the institution's own domain
    phone: str | None = None  # as it is dialled from abroad


class PolicyLink(FrozenModel):
    """One of the school's written policies."""

    title: str  # as families read it
    version: str | None = None  # of the text that counts
    url: str  # where it can be read, https://


class GradePointAverage(FrozenModel):
    """The average of the letters on a report, by the school's points; the transcript may have another one."""

    value: Decimal  # two places
    courses: int  # whose letters are in it


class ReportRank(FrozenModel):
    """Where a student stands among those whose grades are all in."""

    among: Literal["grade_level", "school"]
    place: int
    of: int
    is_shared: bool  # with another student


class SchoolWords(FrozenModel):
    """What the school calls its courses, categories, terms and offices, in one language."""

    language: str  # BCP 47
    said: tuple[tuple[str, str, str], ...]  # kind, the school's word, its translation


class Report(FrozenModel):
    """A student × cycle × version."""

    format: Literal["termpost.report/2"] = REPORT_FORMAT
    languages: tuple[str, ...] = Field(min_length=1)  # BCP 47, that the school offers; the first is its own
    reviewed: tuple[str, ...] = ()  # BCP 47, of translations that the school trusts
    layout: ReportLayout = "full"  # what kind of report it is
    sections: tuple[Section, ...] = SECTIONS  # switched on for this kind of cycle
    text_size: TextSize = "normal"
    paper: Literal["us-letter", "a4"] = "us-letter"
    country: str = ""  # ISO 3166-1, of the school: how dates and numbers are written; empty: by the language alone
    cycle_id: str
    cycle_title: str
    session_title: str
    kind: CycleKind
    cutoff: date
    version: int
    school: School
    student: Student
    courses: tuple[Course, ...]
    homeroom_comment: Comment | None = None
    gpa: GradePointAverage | None = None  # None: the policy asks for none, or no letter has points
    honour_roll: bool = False
    rank: ReportRank | None = None  # None: not asked for, not counted, or the group is too small to show it
    attendance: Attendance | None
    scale: tuple[ScaleStep, ...]
    standard_levels: tuple[str, ...] = ()  # best first; none: standards have no levels
    scale_is_exact: bool = False  # letters go by the percentage before it is rounded
    on_track_at: ScaleStep | None = None  # the school's line; None: the middle step; a percentage alone has no letter
    change_from: Decimal = Decimal(2)  # percentage points: a change since the last report that is no larger is not told
    method: tuple[Phrase, ...]  # how the grade was computed
    query_until: date
    ask: Contact
    policies: tuple[PolicyLink, ...] = ()
    notes: tuple[Phrase, ...] = ()  # what a hold's way out changed
    words: tuple[SchoolWords, ...] = ()  # of the school's own that this report prints, where they are translated
    correction: Correction | None = None
    verification: Verification | None = None  # None: the school does not offer it

    @property
    def counted_version(self) -> int:
        """As families count, who know of released ones only: the first of those is 1, however often it was prepared."""
        said = self.correction
        return 1 if said is None else (said.counted or said.replaces) + 1

    @property
    def stamp(self) -> str:
        """What every page carries, so that a page can be told from any other student's."""
        return f"{stamped_number(self.student.number)} · {self.cycle_id} · v{self.version}"
