"""Plain classes, all students at once: the same grades as `course`, for millions of marks.

A class is plain where nothing but points, weights and drops at one end decides: no periods, no price of late or
missing work, no line item with a rule of its own. Its marks lie in one long row of cells (sql/plain_marks.sql), so that
sums and drops are operations on whole arrays of integers. Where 64 bits do not suffice, or a bound on what was cut off
does not settle a digit, the course is computed with fractions like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from tasks.summarise.course import CourseRules
from tasks.summarise.drops import Group, Item, choose
from tasks.summarise.plain_layout import Bools, Ints, Layout, Rounded, read_layout
from tasks.summarise.plain_percent import fits, percents_of
from tasks.summarise.rules import Scope
from tasks.summarise.states import CURRENT, FINAL, INCOMPLETE, MISSING, SCORED, STATES, WAITING, number

LARGEST = 2**62
CHUNK = 200_000  # categories of students at a time


@dataclass(frozen=True)
class PlainGrades:
    """Course by course, in the order of the table plain_seat."""

    current: Rounded
    final: Rounded
    letters: npt.NDArray[np.object_]
    counts: dict[str, Ints]


def _is(states: npt.NDArray[np.integer[Any]], names: frozenset[str]) -> Bools:
    table = np.array([False, *(state in names for state in STATES)])
    found: Bools = table[states]
    return found


def _sums(values: npt.NDArray[Any], first: Ints) -> Ints:
    """The sum of each stretch; 0 where it is empty."""
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.asarray(total[first[1:]] - total[first[:-1]], dtype=np.int64)


def grade_plain(lake: duckdb.DuckDBPyConnection, rules: Mapping[Scope, CourseRules]) -> PlainGrades:
    """Grades of all students of the plain classes, from the tables that plain_marks.sql makes."""
    layout, worth, without = read_layout(lake)
    marks = lake.execute("SELECT cell, state, coalesce(earned, 0) AS earned, is_late FROM plain_mark").fetchnumpy()
    cell = np.asarray(marks["cell"])
    state = without[layout.item]
    state[cell] = np.asarray(marks["state"])
    earned = np.zeros(len(state), dtype=np.int64)
    earned[cell] = np.asarray(marks["earned"])
    late = np.zeros(len(state), dtype=np.bool_)
    late[cell] = np.asarray(marks["is_late"])
    del marks, cell
    earned[~_is(state, SCORED)] = 0
    possible = worth[layout.item]
    unit = int(np.gcd(np.gcd.reduce(earned), np.gcd.reduce(possible))) or 1 if len(earned) else 1
    earned //= unit
    possible = possible // unit
    sums = {}
    for name, states in (("current", CURRENT), ("final", FINAL)):
        sums[name] = _part_sums(layout, earned, possible, _is(state, states), rules)
    course_cells = layout.first_cell[layout.first_part]
    counts = {
        "graded_count": _sums(_is(state, CURRENT), course_cells),
        "missing_count": _sums(_is(state, MISSING), course_cells),
        "late_count": _sums(late, course_cells),
        "ungraded_count": _sums(_is(state, WAITING), course_cells),
    }
    current, _ = percents_of(layout, *sums["current"], rules)
    final, letters = percents_of(layout, *sums["final"], rules)
    letters[_sums(state == number("incomplete"), course_cells) > 0] = INCOMPLETE
    return PlainGrades(current, final, letters, counts)


def _part_sums(
    layout: Layout, earned: Ints, possible: Ints, counts: Bools, rules: Mapping[Scope, CourseRules]
) -> tuple[Ints, Ints]:
    """Points earned and possible of each part, after drops."""
    e, p = _sums(earned * counts, layout.first_cell), _sums(possible * counts, layout.first_cell)
    drops: dict[tuple[int, int, bool], list[int]] = {}
    for kind, (scope, category) in enumerate(layout.kinds):
        if scope < 0:
            continue
        rule = rules[layout.scopes[scope]].rules[category]
        if rule.drop_lowest or rule.drop_highest or rule.keep_highest:
            low = -rule.keep_highest if rule.keep_highest > 0 else rule.drop_lowest
            drops.setdefault((low, rule.drop_highest, rule.drop_all == "keep-one"), []).append(kind)
    lengths = np.diff(layout.first_cell)
    for (low, high, keep_one), kinds in drops.items():
        of_kind = np.zeros(len(layout.kinds), dtype=np.bool_)
        of_kind[kinds] = True
        mine = of_kind[layout.part_kind]
        for length in np.unique(lengths[mine]):
            parts = np.flatnonzero(mine & (lengths == length))
            for start in range(0, len(parts), CHUNK):
                some = parts[start : start + CHUNK]
                cells = layout.first_cell[some][:, None] + np.arange(length)
                e[some], p[some] = _after_drops(earned[cells], possible[cells], counts[cells], low, high, keep_one)
    return e, p


def _after_drops(earned: Ints, possible: Ints, counts: Bools, low: int, high: int, keep_one: bool) -> tuple[Ints, Ints]:
    """Of each row the points that are kept: `drops.choose` for drops at one end, all rows at once.

    A row's marks come with those worth more first, so that a stable sort settles ties as `drops` does. `low` below 0 is
    the number to keep.
    """
    n = counts.sum(axis=1)
    wanted = np.maximum(n + low, 0) if low < 0 else np.full(len(n), low)
    if keep_one:
        lows = np.minimum(wanted, np.maximum(n - 1, 0))
        highs = np.where(lows + high >= n, 0, high)
    else:
        lows = np.where(wanted + high >= n, n, wanted)
        highs = np.where(wanted + high >= n, 0, high)
    e, p = earned * counts, possible * counts
    top, bottom = e.sum(axis=1), p.sum(axis=1)
    if 4 * (int(top.max(initial=0)) + int(e.max(initial=0)) + 1) * (int(bottom.max(initial=0)) + 1) >= LARGEST:
        return _one_by_one(e, p, counts, lows, highs)
    place = np.arange(e.shape[1])
    no_rate = np.count_nonzero(p, axis=1) <= lows  # points alone decide: see drops._at_the_end
    bottom = np.where(bottom == 0, 1, bottom)
    open_rows = np.arange(len(n))
    while len(open_rows):
        rows_e, rows_p, there = e[open_rows], p[open_rows], counts[open_rows]
        key = rows_e * bottom[open_rows, None] - top[open_rows, None] * rows_p
        at_end = no_rate[open_rows]
        key[at_end] = rows_e[at_end] - rows_p[at_end] * (LARGEST // max(int(p.max()), 1) // 2)
        key[~there] = np.iinfo(np.int64).max
        order = np.argsort(key, axis=1, kind="stable")
        kept = (place >= lows[open_rows, None]) & (place < (n - highs)[open_rows, None])
        new_top = (np.take_along_axis(rows_e, order, 1) * kept).sum(axis=1)
        new_bottom = (np.take_along_axis(rows_p, order, 1) * kept).sum(axis=1)
        level = new_top * bottom[open_rows] == top[open_rows] * new_bottom
        settled = at_end | (level & (new_bottom > 0))
        too_low = ~settled & (new_bottom == 0)  # nothing possible is kept at this rate: look above it
        top[open_rows] = np.where(too_low, 2 * top[open_rows] + bottom[open_rows], new_top)
        bottom[open_rows] = np.where(too_low, bottom[open_rows], new_bottom)
        open_rows = open_rows[~settled]
    return top, bottom


def _one_by_one(e: Ints, p: Ints, counts: Bools, lows: Ints, highs: Ints) -> tuple[Ints, Ints]:
    """The same for points too large for 64 bits."""
    top, bottom = np.zeros(len(e), dtype=np.int64), np.zeros(len(e), dtype=np.int64)
    for row in range(len(e)):
        items = tuple(Item(f"{at:09}", int(e[row, at]), int(p[row, at])) for at in np.flatnonzero(counts[row]))
        (kept,) = choose([Group(items, int(lows[row]), int(highs[row]))])
        top[row], bottom[row] = sum(i.earned for i in kept), sum(i.possible for i in kept)
    return top, bottom


def is_plain(rules: CourseRules) -> bool:
    """Whether a class's rules are those that this module computes."""
    one_end = all(
        rule.aggregate == "points" and not (rule.drop_highest and (rule.drop_lowest or rule.keep_highest))
        and not (rule.keep_highest and rule.drop_lowest) and not rule.extra_credit and not rule.never_drop
        for rule in rules.rules.values()
    )  # fmt: skip
    drops = any(rule.drop_lowest or rule.drop_highest or rule.keep_highest for rule in rules.rules.values())
    late, missing = rules.policy.late.percent_per_interval, rules.policy.missing.deduct_percent
    if late is not None or missing is not None or rules.periods or not (rules.weighted or not drops):
        return False
    return one_end and fits(rules)
