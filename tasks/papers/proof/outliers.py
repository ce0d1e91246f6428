"""What whoever releases should look at twice, by rules that a few odd values cannot bend.

Far is what lies more than three robust standard deviations from the median, and never less than a floor. A robust
standard deviation is 1.4826 times the median of the distances from the median (the MAD), which for a normal spread is
the ordinary one, and which half of the values could be wrong without it following them (Hampel 1974).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Literal

from termpost.tasks.papers.proof.facts import SchoolFacts

OutlierRule = Literal[
    "mean_changed", "class_mean_far", "class_no_grade", "class_all_equal", "above_hundred", "many_missing"
]

TO_DEVIATION = Fraction(14826, 10000)
DEVIATIONS = 3
LEAST_VALUES = 8  # fewer say nothing about what is usual
LEAST_CLASS = 5  # students with a grade, for a class to be compared or to be odd by being all equal
FLOOR_POINTS = 10  # percentage points
FLOOR_MISSING = 5  # pieces of work


@dataclass(frozen=True)
class Outlier:
    """One thing to look at: of a student, of a class, or of one in the other."""

    rule: OutlierRule
    ref: str | None
    class_id: str | None
    measured: Decimal | Fraction | int | None
    usual: Decimal | Fraction | None = None  # the median it is far from


def far_from(values: Sequence[Fraction], floor: int) -> tuple[Fraction, Fraction] | None:
    """The median, and how far from it is far; None where there are too few values."""
    if len(values) < LEAST_VALUES:
        return None
    middle = Fraction(median(values))
    spread = Fraction(median([abs(value - middle) for value in values])) * TO_DEVIATION
    return middle, max(Fraction(floor), DEVIATIONS * spread)


def outliers(facts: SchoolFacts) -> list[Outlier]:
    """Every outlier of a school: by rule, then as the facts are ordered."""
    return [
        *_mean_changed(facts),
        *_many_missing(facts),
        *(Outlier("above_hundred", above.ref, above.class_id, above.percent) for above in facts.above),
        *_class_means(facts),
        *_odd_classes(facts),
    ]


def _mean_changed(facts: SchoolFacts) -> Iterator[Outlier]:
    """Both ways: a jump upward may be a wrong mark as well."""
    bounds = far_from([Fraction(trend.change) for trend in facts.trends], FLOOR_POINTS)
    if bounds:
        middle, limit = bounds
        for trend in facts.trends:
            if abs(Fraction(trend.change) - middle) > limit:
                yield Outlier("mean_changed", trend.ref, None, trend.change, middle)


def _many_missing(facts: SchoolFacts) -> Iterator[Outlier]:
    bounds = far_from([Fraction(student.missing) for student in facts.students], FLOOR_MISSING)
    if bounds:
        middle, limit = bounds
        for student in facts.students:
            if student.missing - middle > limit:
                yield Outlier("many_missing", student.ref, None, student.missing, middle)


def _class_means(facts: SchoolFacts) -> Iterator[Outlier]:
    compared = [c for c in facts.classes if c.mean is not None and c.graded >= LEAST_CLASS]
    bounds = far_from([c.mean for c in compared if c.mean is not None], FLOOR_POINTS)
    if bounds:
        middle, limit = bounds
        for one in compared:
            if one.mean is not None and abs(one.mean - middle) > limit:
                yield Outlier("class_mean_far", None, one.class_id, one.mean, middle)


def _odd_classes(facts: SchoolFacts) -> Iterator[Outlier]:
    for one in facts.classes:
        if one.without_grade == one.students:
            yield Outlier("class_no_grade", None, one.class_id, one.students)
        elif one.graded >= LEAST_CLASS and one.graded == one.students and one.lowest == one.highest:
            yield Outlier("class_all_equal", None, one.class_id, one.lowest)
