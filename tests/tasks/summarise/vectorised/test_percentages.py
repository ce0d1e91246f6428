"""Percentages of many seats at once are those that fractions give."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.course import letter_by, round_by
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.grade import weighted_mean
from termpost.tasks.summarise.vectorised import percentages
from termpost.tasks.summarise.vectorised.kept_points import SeatPoints
from termpost.tasks.summarise.vectorised.percentages import MILLION, NOTHING, UNKNOWN, percents_of
from termpost.tasks.summarise.vectorised.plain_rules import PlainRules

from tests.tasks.gradebook import policy

SCALE = {"A": "90", "B": "80", "C": "66.666666667", "D": "50", "F": "0"}
MANY = 200


def rules_of(weights: dict[str, str | None], weighted: bool = True, **keys: Any) -> PlainRules:
    """One set of rules."""
    given = {name: None if weight is None else Decimal(weight) for name, weight in weights.items()}
    own = CourseRules(policy(**{"scale": SCALE, **keys}), weighted, {name: CategoryRule() for name in weights}, given)
    return PlainRules([1], [own], [(0, name) for name in weights])


def points_of(rules: PlainRules, earned: Any, possible: Any) -> SeatPoints:
    """Seats by these rules, each with a part for each category."""
    parts = len(rules.categories)
    seats = len(earned) // parts
    return SeatPoints(
        rules, np.zeros(seats, dtype=np.int64), np.full(seats, rules.rules[0].weighted), np.arange(seats + 1) * parts,
        np.tile(np.arange(parts), seats), np.asarray(earned), np.asarray(possible), np.asarray(possible) * 2,
    )  # fmt: skip


def expected(points: SeatPoints, seat: int) -> Fraction | None:
    """By weight or all points together, straight from docs/grading.md."""
    own = points.rules.rules[0]
    names = list(own.weights)
    mine = slice(seat * len(names), (seat + 1) * len(names))
    parts = list(zip(names, points.earned[mine].tolist(), points.possible[mine].tolist(), strict=True))
    if not own.weighted:
        worth = sum(possible for _, _, possible in parts)
        return Fraction(100 * sum(earned for _, earned, _ in parts), worth) if worth else None
    share = weighted_mean((own.weights[name], Fraction(e, p) if p else None) for name, e, p in parts)
    if share is None:
        return None
    # goes on top, as a part of the points that the grade rests on, of which half were dropped
    beside = sum(e for name, e, p in parts if own.weights[name] and not p)
    return 100 * (share + Fraction(beside, 2 * sum(p for name, _, p in parts if own.weights[name]) or 1))


@pytest.mark.parametrize("weights", [
    {"a": "30", "b": "12.5", "c": "0", "d": "41"}, {"a": "1", "b": "2"}, {"a": "80", "b": "70.25"},
    {"a": None, "b": "0"},
])  # fmt: skip
@pytest.mark.parametrize("largest", [4, 12, 5000, 2**31, 2**45])
@pytest.mark.parametrize("keys", [
    {}, {"rounding": {"places": 0, "mode": "down"}}, {"rounding": {"places": 6}, "scale_by": "exact"},
    {"weighted": False},
], ids=str)  # fmt: skip
def test_they_are_those_of_fractions(weights: dict[str, str | None], largest: int, keys: dict[str, Any]) -> None:
    rules = rules_of(weights, **keys)
    chance: Any = np.random.default_rng(8)
    parts = MANY * len(weights)
    points = points_of(rules, chance.integers(0, largest, parts), chance.integers(0, largest, parts))
    found = percents_of(points)
    for seat in range(MANY):
        percent = expected(points, seat)
        printed, letter = round_by(rules.rules[0].policy, percent), letter_by(rules.rules[0].policy, percent)
        assert found.millionths[seat] == (NOTHING if printed is None else printed * MILLION)
        assert found.letters[seat] == (NOTHING if letter is None else rules.letters.index(letter))


def test_a_digit_that_the_bounds_do_not_settle_is_found_over_one_denominator() -> None:
    """A third and two thirds by halves are 50 exactly; the shares cut off give a little less."""
    points = points_of(rules_of({"a": "50", "b": "50"}, scale={"P": "50", "F": "0"}, scale_by="exact"), [1, 2], [3, 3])
    cut = percentages._weighed(points)
    assert (list(cut.low), list(cut.high)) == ([49_999_999_999], [50_000_000_000])  # F and P
    found = percents_of(points)
    assert list(found.millionths) == [50_000_000]
    assert points.rules.letters[found.letters[0]] == "P"


@pytest.mark.parametrize("weighted", [True, False])
def test_points_too_large_for_64_bits_have_no_bounds(weighted: bool) -> None:
    points = points_of(rules_of({"a": "50", "b": "50"}, weighted), [2**52, 1], [2**52, 1])
    assert list(percentages._bounds(points).high) == [UNKNOWN]
    assert list(percents_of(points).millionths) == [100 * MILLION]
