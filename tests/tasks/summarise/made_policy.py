"""A made-up policy for a made-up lake: mostly what `vectorised` knows, now and then what it does not."""

import random
from typing import Any

SCALES: tuple[dict[str, str], ...] = (
    {"A": "90", "B": "80", "C": "66.6666667", "D": "50", "F": "0"}, {"P": "50", "N": "0"}, {},
)  # fmt: skip
DROPS: tuple[dict[str, Any], ...] = (
    {}, {}, {"drop_lowest": 1}, {"drop_lowest": 2}, {"drop_lowest": 9}, {"drop_highest": 1}, {"drop_highest": 9},
    {"keep_highest": 2}, {"drop_lowest": 9, "drop_all": "keep-none"}, {"drop_highest": 2, "drop_all": "keep-none"},
    {"drop_lowest": 1, "drop_highest": 1}, {"extra_credit": True},
)  # fmt: skip
WEIGHTS = (("30", "30", "40"), ("1", "1", "1"), ("80.5", "70.25", "60"), ("0", "0", "0"), ("50", "0", "20"))
OTHERS: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"scale_by": "exact"}, {"compat": "canvas"}, {"missing": {"deduct_percent": "50"}},
    {"late": {"percent_per_interval": "10", "by_score_date": True}}, {"grade_of_record": "computed"},
    {"merge_sections": "never"}, {"drop_window": 0}, {"floor": {"mark_percent": "50"}}, {"unmarked": {"share": 20}},
)  # fmt: skip


def made_policy(seed: int, line_items: list[str]) -> dict[str, Any]:
    """Without its version.

    Args:
        line_items: some of the extract, of which one may be practice.
    """
    chance = random.Random(seed)  # noqa: S311 - made up, the same in every run
    made: dict[str, Any] = {"scale": chance.choice(SCALES), "rounding": _rounding(chance), **chance.choice(OTHERS)}
    if chance.random() < 0.7:
        made |= {"aggregate": "weighted", "category": _categories(chance)}
    else:
        made["aggregate"] = "points"
    if chance.random() < 0.3:
        made["omit"] = {"line_items": line_items[:1]}
    if chance.random() < 0.5:
        made["class"] = {"c1": {"scale": chance.choice(SCALES), "rounding": _rounding(chance)},
                         "c2": {"aggregate": "points"}, "c3": {"scale_by": "exact"}}  # fmt: skip
    return made


def _rounding(chance: random.Random) -> dict[str, Any]:
    return {
        "places": chance.choice((0, 0, 1, 2, 6)),
        "mode": chance.choice(("half-up", "half-up", "down", "half-even")),
    }


def _categories(chance: random.Random) -> dict[str, Any]:
    names = ("Homework", "Quiz", "Exam")
    rules = {
        name: {"weight": weight} | chance.choice(DROPS)
        for name, weight in zip(names, chance.choice(WEIGHTS), strict=True)
    }
    if chance.random() < 0.3:  # no class has one
        rules["Project"] = {"weight": "10"}
    return rules
