"""The least that a mark, a category or a grading period counts with, where the policy has a floor."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from termpost.tasks.summarise.adjustments.attempts import share_of, whole
from termpost.tasks.summarise.course_grade import CategoryGrade, CourseRules, Mark, PeriodGrade
from termpost.tasks.summarise.mark_states import BESIDE, MARKED


def lifted_mark(mark: Mark, rules: CourseRules) -> Mark:
    """The mark, or the floor; what was not done is lifted only where the policy says so, extra credit never."""
    floor = rules.policy.floor
    if not floor.mark_percent or mark.is_extra or not mark.possible or mark.state == BESIDE:
        return mark
    if rules.rules[mark.category].is_on_top:
        return mark
    least = _share(floor.mark_percent)
    if share_of(mark) >= least or not (mark.state in MARKED or floor.missing):
        return mark
    return replace(mark, earned=whole(mark.possible * least))


def lifted_category(category: CategoryGrade, rules: CourseRules) -> CategoryGrade:
    """The category as it is weighed."""
    least = _share(rules.policy.floor.category_percent)
    if category.share is None or category.is_on_top or category.share >= least or rules.rules[category.category].beside:
        return category
    return replace(category, share=least, lifted_from=category.share)


def lifted_period(period: PeriodGrade, rules: CourseRules) -> PeriodGrade:
    """The grade of a weighted period, also where it is all that is graded."""
    least = _share(rules.policy.floor.period_percent) * 100
    if period.percent is None or period.percent >= least or not (period.period is not None or rules.is_period):
        return period
    return replace(period, percent=least, lifted_from=period.percent)


def _share(percent: Decimal | None) -> Fraction:
    return Fraction(percent or 0) / 100
