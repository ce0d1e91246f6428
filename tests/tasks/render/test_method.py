"""What a report says about how its grades came about: each rule of the policy, and nothing that it does not do."""

from typing import Any

import pytest

from schemas.grading import GradingPolicy
from tasks.render.method import method_text

MARKED = (
    "The current percentage counts marked work only; in the final percentage, work that was due and has no mark counts "
    "as zero."
)
PLAIN = "All points earned are divided by all points possible, rounded to 2 decimal places."
ABOVE = "A mark above 100 % counts in full."


def text(**rules: Any) -> str:
    return method_text(GradingPolicy.model_validate({"version": "t", **rules}))


def test_a_plain_policy_says_how_much_is_divided_and_what_counts() -> None:
    assert text() == f"{PLAIN} {MARKED} {ABOVE}"
    assert text(max_percent=100) == f"{PLAIN} {MARKED}"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"rounding": {"places": 1, "mode": "down"}}, "cut off to 1 decimal place."),
        ({"category": {"Exam": {"weight": 60}, "Quiz": {"weight": 40}}}, "weighted (Exam 60 %, Quiz 40 %), rounded"),
        ({"aggregate": "weighted"}, "weighted (by the weights of the gradebook)"),
        ({"category": {"Homework": {"drop_lowest": 1}}}, " The lowest 1 of Homework does not count."),
        (
            {"category": {"Homework": {"drop_lowest": 2}, "Quiz": {"drop_highest": 1}}},
            " The lowest 2 of Homework do not count, the highest 1 of Quiz does not count.",
        ),
        ({"category": {"Quiz": {"keep_highest": 3}}}, " Of Quiz only the highest 3 count."),
        ({"category": {"Quiz": {"keep_highest": 1}}}, " Of Quiz only the highest 1 counts."),
        (
            {"category": {"Exam": {"weight": 1, "aggregate": "median"}}},
            " In Exam the median of the single percentages counts.",
        ),
        (
            {"period": {"q1": {"weight": 40}, "q2": {"weight": "60"}}},
            " Grading periods are graded each by itself and weighted (q1 40 %, q2 60 %), after each is rounded.",
        ),
        ({"period": {"q1": {"weight": 40}}, "periods_round_first": False}, "weighted (q1 40 %). "),
        ({"late": {"percent_per_interval": 10}}, " Late work loses 10 % of the points possible for each day begun."),
        (
            {"late": {"percent_per_interval": "2.5", "interval": "hour", "floor_percent": 50}},
            "2.5 % of the points possible for each hour begun, but no mark is taken below 50 %.",
        ),
        ({"missing": {"deduct_percent": 100}}, " Missing work counts with 0 % of its points. Besides, the current"),
        ({"missing": {"deduct_percent": "40"}}, " Missing work counts with 60 % of its points."),
        (
            {"category": {"Quiz": {"extra_credit": ["bonus"]}}},
            " Extra credit adds points and nothing to what is possible, so that a percentage can be above 100.",
        ),
        ({"omit": {"line_items": ["practice"]}}, " Practice does not count."),
        ({"class": {"c": {"max_percent": 150}}}, " Some classes have rules of their own."),
        ({"grade_of_record": "imported"}, " A final grade that was set by the school itself is printed as it is."),
    ],
)
def test_each_rule_is_said_where_it_holds_and_only_there(rules: dict[str, Any], said: str) -> None:
    found = text(**rules)
    assert said in found
    assert said not in text()
    assert not {"  ", ".,", ",,"} & {found[i : i + 2] for i in range(len(found))}


def test_a_rule_without_an_effect_is_not_said() -> None:
    silent = {"late": {"floor_percent": 50}, "period": {"q1": {}}, "category": {"Exam": {"never_drop": ["x"]}}}
    assert text(**silent) == text()
    assert text(aggregate="points", category={"Exam": {"aggregate": "mean"}}) == text()
    assert text(late={"percent_per_interval": 0}) == text()
