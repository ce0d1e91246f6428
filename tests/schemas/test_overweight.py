"""Weights over 100 are pointed out where nothing says that one of them is extra credit."""

from typing import Any

import pytest
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.overweight import overweight

OVER = {"Tests": {"weight": "80"}, "Homework": {"weight": "20"}, "Extra": {"weight": "10"}}
FITS = OVER | {"Extra": {"weight": "10", "extra_credit": True}}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"category": OVER}, ["the weights of [category] total 110"]),
        ({"category": FITS}, []),
        ({"category": OVER, "aggregate": "points"}, []),
        ({"class": {"m": {"category": OVER}}}, ['the weights of [class."m".category] total 110']),
        ({"category": FITS, "class": {"m": {"category": {"Lab": {"weight": "100"}}}}}, []),  # of its own: no more
    ],
)
def test_a_total_above_a_hundred_is_said_once(rules: dict[str, Any], said: list[str]) -> None:
    policy = GradingPolicy.model_validate({"version": "t", "aggregate": "weighted"} | rules)
    found = list(overweight(policy))
    assert [one.partition(":")[0] for one in found] == said
    assert all("extra_credit = true" in one for one in found)
