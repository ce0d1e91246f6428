"""Which courses are plain: those whose rules the arrays know, and no others."""

from decimal import Decimal
from typing import Any

import pytest
from termpost.schemas.settings.grading import ClassRules, GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.vectorised.plain_rules import KNOWN, is_plain

from tests.tasks.gradebook import policy


def rules(category: dict[str, Any] | None = None, **keys: Any) -> CourseRules:
    weight = Decimal((category or {}).get("weight", "100"))
    return CourseRules(policy(**keys), True, {"a": CategoryRule.model_validate(category or {})}, {"a": weight})


@pytest.mark.parametrize("one", [
    rules(), rules({"drop_lowest": 2}), rules({"drop_highest": 1}), rules({"keep_highest": 3, "drop_all": "keep-none"}),
    rules({"weight": "12.25"}), rules(scale={"A": "0"}, scale_by="exact", rounding={"places": 6, "mode": "down"}),
    rules(late={"by_score_date": True}), rules(grade_of_record="computed", drop_window=3, unmarked={"share": 1}),
])  # fmt: skip
def test_points_weights_and_drops_at_one_end_are_plain(one: CourseRules) -> None:
    assert is_plain(one)


@pytest.mark.parametrize("one", [
    rules({"aggregate": "mean"}), rules({"extra_credit": True}), rules({"extra_credit": ["x"]}),
    rules({"never_drop": ["x"]}), rules({"drop_lowest": 1, "drop_highest": 1}),
    rules({"keep_highest": 1, "drop_highest": 1}), rules({"weight": "33.333"}), rules(compat="canvas"),
    rules(rounding={"mode": "half-even"}), rules(missing={"deduct_percent": "50"}),
    rules(late={"percent_per_interval": "10"}), rules({"weight": "1000000"}),
    CourseRules(policy(), False, {"a": CategoryRule(drop_lowest=1)}, {"a": None}),
    CourseRules(policy(), True, {"a": CategoryRule()}, {"a": Decimal(1)}, periods={"q1": Decimal(1)}),
])  # fmt: skip
def test_all_else_is_not(one: CourseRules) -> None:
    assert not is_plain(one)


def test_a_key_that_nobody_thought_of_makes_no_course_plain() -> None:
    """What is known is listed; so whoever adds a key to the policy need not think of the arrays."""
    assert {*GradingPolicy.model_fields, *ClassRules.model_fields} - KNOWN == {"compat", "period", "floor", "show_of"}
    assert not is_plain(rules(floor={"mark_percent": "50"}))
    assert not is_plain(rules({"item_weights": {"x": "2"}}))
