"""Law 11 in the arithmetic: without any mark there is no grade, also where what is lacking would count as 0."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.course import grade_course
from termpost.tasks.summarise.course_grade import UNIT, CourseRules, Mark

POLICY = GradingPolicy.model_validate({"version": "t", "aggregate": "points", "scale": {"A": "90", "F": "0"}})
RULES = CourseRules(POLICY, False, {"a": CategoryRule()}, {}, periods={"p": Decimal(50), "q": Decimal(50)})


def mark(period: str, earned: int) -> Mark:
    return Mark("i", "a", period, "graded", True, True, earned * UNIT, 100 * UNIT)


CANVAS = replace(RULES, policy=POLICY.model_copy(update={"compat": "canvas"}))


def percents(*marks: Mark, rules: CourseRules = RULES) -> list[Fraction | None]:
    totals = grade_course(marks, rules)
    return [totals.current.percent, totals.final.percent]


def test_periods_without_any_mark_are_no_grade_also_in_the_final_one() -> None:
    assert percents() == [None, None]
    assert percents(rules=CANVAS) == [None, None]


def test_a_real_0_is_a_grade_and_a_period_in_which_nothing_counts_is_none() -> None:
    assert percents(mark("p", 0)) == [0, 0]
    assert percents(mark("p", 80)) == [80, 80]
    assert percents(mark("p", 80), rules=CANVAS) == [80, 40]
