"""Drops on whole arrays leave out what `drops.choose` leaves out."""

from typing import Any

import numpy as np
import pytest
from termpost.tasks.summarise.drops import CountedMark, DropGroup, choose, clamp
from termpost.tasks.summarise.vectorised import kept_points
from termpost.tasks.summarise.vectorised.kept_points import after_drops
from termpost.tasks.summarise.vectorised.plain_rules import EndDrops

RULES = [
    EndDrops(1, 0, 0, True), EndDrops(2, 0, 0, True), EndDrops(9, 0, 0, True), EndDrops(9, 0, 0, False),
    EndDrops(0, 1, 0, True), EndDrops(0, 3, 0, True), EndDrops(0, 9, 0, False), EndDrops(0, 0, 2, True),
]  # fmt: skip


def chosen(earned: list[int], possible: list[int], drops: EndDrops) -> tuple[int, int]:
    """Points earned and possible that `choose` keeps."""
    points = list(zip(earned, possible, strict=True))
    items = tuple(CountedMark(f"{at:03}", *of) for at, of in enumerate(points) if of[1])
    bonus = sum(earned for earned, possible in points if not possible)
    low = max(drops.lowest, len(items) - drops.keep_highest) if drops.keep_highest else drops.lowest
    (kept,) = choose([DropGroup(items, *clamp(len(items), low, drops.highest, keep_one=drops.keep_one))], bonus)
    return bonus + sum(item.earned for item in kept), sum(item.possible for item in kept)


@pytest.mark.parametrize("drops", RULES, ids=str)
@pytest.mark.parametrize("largest", [4, 1000, 2**28, 2**40])
def test_the_marks_left_out_are_those_that_fractions_leave_out(largest: int, drops: EndDrops) -> None:
    """Of points up to 4 many marks tie, and some are worth nothing; those up to 2^40 do not fit into 64 bits when
    multiplied."""
    chance: Any = np.random.default_rng(7)
    earned, possible = chance.integers(0, largest, (150, 6)), chance.integers(0, largest, (150, 6))
    counts = chance.random((150, 6)) < 0.8
    top, bottom = after_drops(earned, possible, counts, drops)
    for row in range(150):
        mine = counts[row]
        expected = chosen(earned[row][mine].tolist(), possible[row][mine].tolist(), drops)
        assert (int(top[row]), int(bottom[row])) == expected


@pytest.mark.parametrize("drops", [*RULES[:3], RULES[4], EndDrops(0, 9, 0, True), EndDrops(0, 0, 1, True)], ids=str)
def test_a_bonus_is_never_dropped_nor_all_that_a_drop_leaves(drops: EndDrops) -> None:
    """Beside one piece that is worth points it is never the one that counts."""
    earned, possible, there = np.array([[3, 8]]), np.array([[0, 10]]), np.array([[True, True]])
    assert [int(of[0]) for of in after_drops(earned, possible, there, drops)] == [11, 10]


def test_two_shares_that_are_the_same_as_binary_fractions_are_told_apart() -> None:
    large = 2**28
    earned, possible = np.array([[large - 1, large - 2]]), np.array([[large, large - 1]])
    assert earned[0, 0] / possible[0, 0] == earned[0, 1] / possible[0, 1]
    top, bottom = after_drops(earned, possible, np.array([[True, True]]), RULES[0])
    assert (list(top), list(bottom)) == ([large - 1], [large])


def test_many_marks_are_left_out_one_way_or_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """One mark out of each row is found faster; the general way finds the same."""
    chance: Any = np.random.default_rng(8)
    earned, possible = chance.integers(0, 9, (400, 5)), chance.integers(1, 9, (400, 5))
    counts = np.ones((400, 5), dtype=np.bool_)
    fast = after_drops(earned, possible, counts, RULES[0])
    one, none = np.ones(400, dtype=np.int64), np.zeros(400, dtype=np.int64)
    general = kept_points._without(earned, possible, counts, none, one, from_below=True)
    assert [list(of) for of in fast] == [list(of) for of in general]
