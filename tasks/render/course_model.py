"""One course of the report model: which grade is printed, and what must be said beside it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.documents.report import (
    CategoryPart,
    Comment,
    Course,
    GradeBasis,
    OwnScale,
    Standard,
    TrendPoint,
    WaitsFor,
    Work,
)
from termpost.schemas.settings.grading import GradingPolicy

FULL = Decimal(100)  # per cent


@dataclass(frozen=True)
class CourseSummary:
    """A row of sql/courses.sql."""

    person_ref: str
    class_id: str
    title: str
    subject: str | None
    current_percent: Decimal | None
    final_percent: Decimal | None
    letter: str | None  # of the final percentage
    current_letter: str | None
    if_missing_percent: Decimal | None
    weighed_percent: Decimal | None
    grade_source: str
    graded_count: int
    ungraded_count: int
    to_mark_count: int
    is_open: bool
    left_date: date | None
    moved_from: str | None  # title
    teachers: list[str] | None

    @property
    def is_imported(self) -> bool:
        return self.grade_source == "imported"


@dataclass
class CourseDetails:
    """What else is known of a student in a course, ready for the model."""

    work: list[Work] = field(default_factory=list)  # missing and late
    # work that is not marked, incomplete or left out: its state → titles
    other_work: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    trend: list[TrendPoint] = field(default_factory=list)
    standards: list[Standard] = field(default_factory=list)
    categories: list[CategoryPart] = field(default_factory=list)
    class_median: Decimal | None = None
    empty_categories: list[str] = field(default_factory=list)
    empty_periods: list[str] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)  # cause and part of questions that are open


@dataclass(frozen=True)
class GradeReading:
    """How summaries become printed grades: by the kind of cycle, the policy of each class and the settings."""

    kind: str
    general: GradingPolicy
    of_class: Mapping[str, GradingPolicy]  # those with rules of their own
    show_final: bool
    min_share: int  # per cent of the weight

    @property
    def is_midterm(self) -> bool:
        return self.kind in SO_FAR

    def policy(self, class_id: str) -> GradingPolicy:
        return self.of_class.get(class_id, self.general)

    def too_little(self, summary: CourseSummary) -> bool:
        """Whether a grade rests on less work than the settings ask for."""
        weighed = summary.weighed_percent
        return not summary.is_imported and weighed is not None and weighed < self.min_share

    def own_scale(self, class_id: str) -> OwnScale | None:
        """The letters of a class, where they or the way they are looked up are not the school's."""
        own = self.policy(class_id)
        if (own.steps, own.scale_by) == (self.general.steps, self.general.scale_by):
            return None
        return OwnScale(steps=own.steps, is_exact=own.scale_by == "exact")


def course_of(
    summary: CourseSummary, details: CourseDetails, reading: GradeReading, teachers: tuple[str, ...],
    comment: Comment | None,
) -> Course:  # fmt: skip
    """The course as a family reads it.

    A midterm has the current grade and its letter, other cycles the final one; one that was set elsewhere is printed as
    it is. Where a question is open the grade is to follow; where too little counts, and of a class that was left, there
    is no letter.
    """
    is_midterm = reading.is_midterm and not summary.is_imported
    percent = summary.current_percent if is_midterm else summary.final_percent
    letter = summary.current_letter if is_midterm else summary.letter
    too_little = percent is not None and reading.too_little(summary)
    is_shown = not (summary.is_open or too_little)
    if not is_shown:
        percent = letter = None
    beside = summary.final_percent if is_midterm and reading.show_final and is_shown else None
    has_trend = percent is not None and summary.left_date is None and not (reading.is_midterm and summary.is_imported)
    return Course(
        class_id=summary.class_id,
        title=summary.title,
        subject=summary.subject,
        teachers=teachers,
        current=percent if reading.is_midterm else None,
        final=beside if reading.is_midterm else percent,
        letter=letter,
        source="imported" if summary.is_imported else "computed",
        basis=_basis(summary, details, reading, too_little=too_little),
        own_scale=reading.own_scale(summary.class_id),
        class_median=_median(summary, details, reading) if percent is not None else None,
        show_of=reading.policy(summary.class_id).show_of,
        graded=_graded(summary, details, reading),
        # as they are listed, so that a piece that is missing and was late is said once
        missing=sum(work.state == "missing" for work in details.work),
        late=sum(work.state == "late" for work in details.work),
        work=tuple(details.work),
        trend=tuple(details.trend) if has_trend else (),
        standards=tuple(details.standards),
        # where the grade is to follow, or is none of ours, what is computed explains nothing of it
        categories=tuple(c for c in details.categories if c.is_beside or not (summary.is_open or summary.is_imported)),
        comment=comment,
        to_follow=summary.is_open,
        follows_for=_waits(details) if summary.is_open else (),
    )


def _median(summary: CourseSummary, details: CourseDetails, reading: GradeReading) -> Decimal | None:
    """That of the class, rounded as its grades are; of a class that was left there is none."""
    if details.class_median is None or summary.left_date is not None:
        return None
    policy = reading.policy(summary.class_id)
    if policy.show_of is None:
        return policy.rounding.apply(details.class_median)
    return policy.rounding.apply(details.class_median * policy.show_of / FULL) * FULL / policy.show_of


def _graded(summary: CourseSummary, details: CourseDetails, reading: GradeReading) -> int:
    """Marks that count in the printed grade: in a midterm not those that wait for a review."""
    if reading.is_midterm:
        return summary.graded_count
    waits = summary.ungraded_count - summary.to_mark_count - len(details.other_work["incomplete"])
    return summary.graded_count + max(waits, 0)


def _basis(
    summary: CourseSummary, details: CourseDetails, reading: GradeReading, *, too_little: bool
) -> GradeBasis:  # fmt: skip
    left = summary.left_date
    to_mark = tuple(details.other_work["to_mark"])
    if summary.is_imported:  # what is computed explains nothing of it
        return GradeBasis(left=left, to_mark=to_mark if reading.is_midterm else ())
    policy = reading.policy(summary.class_id)
    is_canvas = policy.compat == "canvas" and not reading.is_midterm
    if_missing = None
    if reading.is_midterm and not (reading.show_final or too_little):
        if_missing = summary.if_missing_percent
    return GradeBasis(
        missing_at=_missing_at(policy, reading),
        if_missing=if_missing,
        to_mark=to_mark,
        blanks_are_zero=is_canvas,
        incomplete=tuple(details.other_work["incomplete"]),
        just_joined=tuple(details.other_work["just_joined"]),
        left_out=tuple(details.other_work["left_out"]),
        empty=_empty(summary, details, is_canvas=is_canvas),
        empty_as_zero=tuple(details.empty_periods) if is_canvas else (),
        too_little=too_little,
        left=left,
        moved_from=summary.moved_from,
    )


def _missing_at(policy: GradingPolicy, reading: GradeReading) -> Decimal | None:
    floor = policy.floor.mark_percent or Decimal(0)
    least = floor if policy.floor.missing else Decimal(0)
    if policy.missing.deduct_percent is not None:
        return max(FULL - policy.missing.deduct_percent, least)
    return None if reading.is_midterm else least


def _empty(summary: CourseSummary, details: CourseDetails, *, is_canvas: bool) -> tuple[str, ...]:
    if summary.is_open:
        return tuple(part for cause, part in details.waiting if cause != "move-differs")
    return (*details.empty_categories, *(() if is_canvas else details.empty_periods))


def _waits(details: CourseDetails) -> tuple[WaitsFor, ...]:
    causes = {cause for cause, _ in details.waiting}
    found: list[WaitsFor] = []
    if details.other_work["to_mark"]:
        found.append("marks")
    if causes - {"move-differs"}:
        found.append("parts")
    if "move-differs" in causes:
        found.append("move")
    return tuple(found) or ("decision",)
