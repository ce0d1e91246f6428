"""What a grade of one student in one course is made of."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.schemas.settings.retake import RetakeRule

UNIT = 10**12  # a point; what lateness takes has at most twelve decimals
Points = int | Fraction  # in units of 1 / UNIT; a fraction only where a rule of the policy made it one


@dataclass(frozen=True, slots=True)
class Attempt:
    """One of several attempts at a piece of work, which count once."""

    piece: str  # line item of the first attempt
    number: int  # 0: the first
    rule: RetakeRule
    possible: int  # what the piece is worth, by its first attempt


@dataclass(frozen=True, slots=True)
class Mark:
    """A line item as it counts for one student; points in units of 1 / UNIT."""

    item: str
    category: str
    period: str | None  # the weighted period it lies in
    state: str
    current: bool  # counts in the current grade
    final: bool
    earned: Points
    possible: Points
    is_extra: bool = False  # adds points, adds nothing to what is possible, is never dropped
    is_fixed: bool = False  # is never dropped
    weight: Points = 1  # how often it counts; its points are multiplied by it already
    attempt: Attempt | None = None  # None: the piece has no other
    days: tuple[date | None, date | None] = (None, None)  # of the score, and when it was due


@dataclass(frozen=True)
class CourseRules:
    """The policy of one class, with the weights that the extract gives where the policy gives none."""

    policy: GradingPolicy
    weighted: bool  # categories by weight; else all points together
    rules: dict[str, CategoryRule]  # category → its rule
    weights: dict[str, Decimal | None]  # category → per cent
    # per cent of all categories that are not extra credit, also of those the class has no line item of yet
    total_weight: Decimal = Decimal(0)
    absent: tuple[
        str, ...
    ] = ()  # categories that the class has no line item of, with a weight that fills its own up to 100
    periods: dict[str, Decimal | None] = field(default_factory=dict)  # weighted periods that count by now → per cent
    begun: frozenset[str] = frozenset()  # those of them that had begun by the cut-off
    is_period: bool = False  # the whole is itself a weighted period, graded by itself


@dataclass(frozen=True)
class CategoryGrade:
    """A category within a period. Points are those that count after drops."""

    category: str
    weight: Decimal | None
    kept: tuple[str, ...]  # line items
    dropped: tuple[tuple[str, str], ...]  # line item, "lowest" or "highest"
    earned: Fraction  # points
    possible: Fraction
    share: Fraction | None  # 1 is 100 per cent; None: nothing possible
    is_on_top: bool = False  # extra credit: what it has is added to the rest
    lifted_from: Fraction | None = None  # the share before the floor; None: not lifted


@dataclass(frozen=True)
class PeriodGrade:
    """One weighted period, or the whole course where periods have no weight (period None)."""

    period: str | None
    weight: Decimal | None
    categories: tuple[CategoryGrade, ...]
    percent: Fraction | None  # unrounded
    weighed: Fraction | None = None  # of the weight of all categories, what counts; None: nothing is weighed
    lifted_from: Fraction | None = None  # per cent before the floor; None: not lifted

    @property
    def earned(self) -> Fraction:
        return sum((c.earned for c in self.categories), Fraction())

    @property
    def possible(self) -> Fraction:
        return sum((c.possible for c in self.categories), Fraction())


@dataclass(frozen=True)
class Total:
    """The current or the final grade. None is no grade, and never 0."""

    percent: Fraction | None  # unrounded, but made of rounded periods where the policy says so
    parts: tuple[PeriodGrade, ...]
    weighed: Fraction | None = None  # of the weight of periods and categories, what counts; None: nothing is weighed

    @property
    def earned(self) -> Fraction:
        return sum((p.earned for p in self.parts), Fraction())

    @property
    def possible(self) -> Fraction:
        return sum((p.possible for p in self.parts), Fraction())


@dataclass(frozen=True)
class CourseTotals:
    """All that one student has in one course."""

    current: Total
    final: Total
    # the current grade if missing work stays missing; None: none is, or its price is in
    if_missing: Total | None = None
    beside: tuple[CategoryGrade, ...] = ()  # categories that count in no grade, by the marks they have
