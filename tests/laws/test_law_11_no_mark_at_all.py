"""Law 11 in the arithmetic: without any mark there is no grade, also where what is lacking would count as 0."""

from decimal import Decimal

from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.course import UNIT, CourseRules, Mark, grade_course

POLICY = GradingPolicy.model_validate({"version": "t", "aggregate": "points", "scale": {"A": "90", "F": "0"}})
RULES = CourseRules(POLICY, False, {"a": CategoryRule()}, {}, {"p": Decimal(50), "q": Decimal(50)})


def mark(period: str, earned: int) -> Mark:
    return Mark("i", "a", period, "graded", True, True, earned * UNIT, 100 * UNIT)


def test_periods_without_any_mark_are_no_grade_also_in_the_final_one() -> None:
    assert [total.percent for total in grade_course([], RULES)] == [None, None]


def test_a_real_0_is_a_grade_and_what_is_lacking_beside_it_counts_in_the_final_one_only() -> None:
    assert [total.percent for total in grade_course([mark("p", 0)], RULES)] == [0, 0]
    assert [total.percent for total in grade_course([mark("p", 80)], RULES)] == [80, 40]
