"""The short explanation on the report says each rule that the policy has, and none that it has not."""

from typing import Any

import pytest

from schemas.grading import GradingPolicy
from tasks.render.method import method_text

ALWAYS = (
    "The current percentage counts marked work only; in the final percentage, work that was due and has no mark counts "
    "as zero."
)
POINTS = "All points earned are divided by all points possible, rounded to 2 decimal places."


def said(**rules: Any) -> str:
    return method_text(GradingPolicy.model_validate({"version": "t", "scale": {"P": "0"}, **rules}))


def test_a_policy_without_rules_has_two_sentences() -> None:
    assert said() == f"{POINTS} {ALWAYS}"


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"category": {"Quiz": {"drop_lowest": 1}}}, "In Quiz the lowest mark does not count."),
        ({"category": {"Quiz": {"drop_lowest": 2}}}, "In Quiz the lowest 2 marks do not count."),
        ({"category": {"Quiz": {"drop_lowest": 1, "drop_highest": 1}}},
         "In Quiz the lowest mark and the highest mark do not count."),
        ({"category": {"Quiz": {"keep_highest": 1}}}, "In Quiz only the best mark counts."),
        ({"category": {"Quiz": {"keep_highest": 3}}}, "In Quiz only the best 3 marks count."),
        ({"category": {"Quiz": {"aggregate": "mean"}}}, "Quiz counts as the mean of its marks."),
        ({"category": {"Quiz": {"aggregate": "median"}}}, "Quiz counts as the middle one of its marks."),
        ({"category": {"Quiz": {"aggregate": "lowest"}}}, "Quiz counts as its lowest mark."),
        ({"category": {"Quiz": {"aggregate": "highest"}}}, "Quiz counts as its highest mark."),
        ({"category": {"Quiz": {"extra_credit": ["x"]}}},
         "Extra credit adds points and takes none away where it is not done."),
        ({"period": {"q1": {"weight": "40"}, "q2": {"weight": "60.50"}}},
         "Grading periods are weighted: q1 40 %, q2 60.5 %."),
        ({"late": {"percent_per_interval": "10"}}, "Late work loses 10 % of the points possible for each day."),
        ({"late": {"percent_per_interval": "0.5", "interval": "hour", "floor_percent": "50"}},
         "Late work loses 0.5 % of the points possible for each hour, but no mark falls below 50 % for it."),
        ({"missing": {"deduct_percent": "100"}},
         "Missing work counts as 0 % of the points possible, in the current percentage too."),
        ({"missing": {"deduct_percent": "40"}},
         "Missing work counts as 60 % of the points possible, in the current percentage too."),
        ({"omit": {"line_items": ["x"]}}, "Practice work does not count."),
        ({"grade_of_record": "imported"}, "Where a teacher has set the grade in the gradebook, that grade is shown."),
    ],
)  # fmt: skip
def test_each_rule_is_one_sentence(rules: dict[str, Any], sentence: str) -> None:
    assert said(**rules) == f"{POINTS} {ALWAYS} {sentence}"


def test_weights_and_rounding() -> None:
    rules = {
        "category": {"Quiz": {"weight": "40"}, "Exam": {"weight": "60"}},
        "rounding": {"places": 1, "mode": "down"},
    }
    assert said(**rules) == (
        f"Work is grouped by category and weighted (Quiz 40 %, Exam 60 %), cut off to 1 decimal place. {ALWAYS}"
    )
