"""Plain classes, all students at once: the same grades as `course`, for millions of marks.

A class is plain where nothing but points, weights and drops at one end decides: no periods, no price of late or
missing work, no line item with a rule of its own. Its marks come as one list of numbers per course
(sql/plain_marks.sql), so that sums and drops are operations on whole arrays of integers. Where 64 bits do not suffice,
or a bound on what was cut off does not settle a digit, the course is computed with fractions like any other.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.drops import CountedMark, DropGroup, choose
from termpost.tasks.summarise.mark_states import CURRENT, FINAL, INCOMPLETE, MISSING, SCORED, STATES, WAITING, number
from termpost.tasks.summarise.rules import RuleScope
from termpost.tasks.summarise.vectorised.layout import (
    HAS_SCORE,
    LATE,
    SCORE_FROM,
    STATE,
    Bools,
    CellLayout,
    Cells,
    Ints,
    Rounded,
    Scopes,
    lay_out,
    read_scopes,
    repeated,
)
from termpost.tasks.summarise.vectorised.percentages import fits, percents_of

LARGEST = 2**62
EXACT_SHARE = 2**50  # two bits fewer than a binary fraction has
LARGEST_SCORE = 2**41  # millionths of a point: what plain_marks.sql has bits for
CHUNK = 20_000  # courses at a time: their arrays fit a processor's cache


@dataclass(frozen=True)
class PlainGrades:
    """Course by course, in the order of the table plain_seat."""

    current: Rounded
    final: Rounded
    letters: Ints  # place in `names`, counted from 1; 0 is none
    names: list[str]
    counts: dict[str, Ints]
    work: dict[str, npt.NDArray[Any]]  # late and missing: seat, position, state, millionths, is_scored


# what a state with LATE or without it means, a bit each; and the counts of a course in one sum, 16 bits each
IS_SCORED, IS_CURRENT, IS_FINAL, IS_LISTED, IS_INCOMPLETE = (1 << bit for bit in range(5))
COUNTED = {"graded_count": CURRENT, "missing_count": MISSING, "ungraded_count": WAITING}
MEANS, COUNTS = np.zeros(2 * LATE, dtype=np.uint8), np.zeros(2 * LATE, dtype=np.int64)
for _state in STATES:
    for _late in (0, LATE):
        _at = number(_state) + _late
        MEANS[_at] = (
            IS_SCORED * (_state in SCORED) + IS_CURRENT * (_state in CURRENT) + IS_FINAL * (_state in FINAL)
            + IS_LISTED * (_state in MISSING or _late > 0) + IS_INCOMPLETE * (_state == "incomplete")
        )  # fmt: skip
        COUNTS[_at] = sum((_state in _of) << 16 * _place for _place, _of in enumerate(COUNTED.values()))
        COUNTS[_at] += (_late > 0) << 48


def _sums(values: npt.NDArray[Any], first: Ints) -> Ints:
    """The sum of each stretch; 0 where it is empty."""
    there = np.flatnonzero(first[1:] > first[:-1])
    total = np.zeros(len(first) - 1, dtype=np.int64)
    if len(there):  # reduceat takes an empty stretch for one of length 1
        total[there] = np.add.reduceat(values, first[there], dtype=np.int64)
    return total


def grade_plain(lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> PlainGrades:
    """Grades of all students of the plain classes, from the tables that plain_marks.sql makes."""
    scopes = read_scopes(lake, rules)
    seats = lake.execute("SELECT scope_no, place FROM plain_seat").fetchnumpy()
    scope, place = np.asarray(seats["scope_no"], dtype=np.int64), np.asarray(seats["place"], dtype=np.int64)
    # numpy lets other threads run while it counts, and the next marks are read meanwhile
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        waiting = [pool.submit(_grade_some, scopes, *chunk) for chunk in _chunks(lake, scope, place)]
        return _joined([one.result() for one in waiting])


def _chunks(lake: duckdb.DuckDBPyConnection, scope: Ints, place: Ints) -> Iterator[tuple[Ints, Ints, Ints, int]]:
    """Some courses at a time: their scopes, how many marks each has, these marks, and the first one's seat.

    Args:
        scope: seat → place in `Scopes`.
        place: seat → row of plain_taken, ascending; last those at -1, who have no marks.
    """
    with_marks = int(np.count_nonzero(place >= 0))
    row = 0
    # in the order of its rows, as DuckDB promises for a table (preserve_insertion_order)
    for batch in lake.execute("SELECT marks FROM plain_taken").to_arrow_reader(CHUNK):
        lists = batch.column(0)
        begin, marks = np.asarray(lists.offsets, dtype=np.int64), np.asarray(lists.values)
        first, last = map(int, np.searchsorted(place[:with_marks], (row, row + len(lists))))
        at = place[first:last] - row  # some rows are nobody's: who has left has no seat
        taken = begin[at + 1] - begin[at]
        yield scope[first:last], taken, marks[repeated(begin[at], taken)], first
        row += len(lists)
    rest = scope[with_marks:]
    yield rest, np.zeros(len(rest), dtype=np.int64), np.zeros(0, dtype=np.int64), with_marks


def _joined(found: list[PlainGrades]) -> PlainGrades:
    def rounded(of: list[Rounded]) -> Rounded:
        return Rounded(np.concatenate([one.millionths for one in of]), np.concatenate([one.there for one in of]))

    return PlainGrades(
        rounded([one.current for one in found]), rounded([one.final for one in found]),
        np.concatenate([one.letters for one in found]), found[0].names,
        {name: np.concatenate([one.counts[name] for one in found]) for name in found[0].counts},
        {name: np.concatenate([one.work[name] for one in found]) for name in found[0].work},
    )  # fmt: skip


def _grade_some(scopes: Scopes, scope: Ints, taken: Ints, marks: Ints, first_seat: int) -> PlainGrades:
    layout, cells = lay_out(scopes, scope, taken, marks)
    known = cells.packed & (STATE | LATE)
    means = MEANS[known]
    earned = np.where((means & IS_SCORED) != 0, cells.packed >> SCORE_FROM, 0)
    unit = _unit(earned, scopes.unit)
    earned, possible = earned // unit, cells.possible // unit
    in_current, in_final = (means & IS_CURRENT) != 0, (means & IS_FINAL) != 0
    now = _part_sums(layout, earned, possible, in_current)
    then = _part_sums(layout, earned, possible, in_final, (in_current, now))
    course = cells.course_cell
    many = _sums(COUNTS[known], course)
    counts = {name: (many >> 16 * place) & 0xFFFF for place, name in enumerate((*COUNTED, "late_count"))}
    current, _ = percents_of(layout, *now)
    final, letters = percents_of(layout, *then)
    incomplete = np.flatnonzero(means & IS_INCOMPLETE)
    letters[np.searchsorted(course, incomplete, side="right") - 1] = scopes.kinds.letter_codes[INCOMPLETE]
    listed = np.flatnonzero(means & IS_LISTED)
    return PlainGrades(current, final, letters, scopes.kinds.letters, counts, _work(cells, listed, first_seat))


def _work(cells: Cells, found: Ints, first_seat: int) -> dict[str, npt.NDArray[Any]]:
    course = np.searchsorted(cells.course_cell, found, side="right") - 1
    packed = cells.packed[found]
    return {
        "seat": course + first_seat, "position": found - cells.course_cell[course], "state": packed & STATE,
        "millionths": packed >> SCORE_FROM, "is_scored": (packed & HAS_SCORE) != 0,
    }  # fmt: skip


def _unit(earned: Ints, unit: int) -> int:
    """What divides all points and `unit`: the smaller the numbers, the more of them fit."""
    unit = int(np.gcd.reduce(earned[:1000], initial=unit))  # mostly it shows at once
    while unit != 1 and (rest := earned % unit if unit else earned).any():
        unit = int(np.gcd.reduce(rest[np.flatnonzero(rest)[:1000]], initial=unit))
    return unit or 1


def _part_sums(
    layout: CellLayout,
    earned: Ints,
    possible: Ints,
    counts: Bools,
    known: tuple[Bools, tuple[Ints, Ints]] | None = None,
) -> tuple[Ints, Ints]:
    """Points earned and possible of each part, after drops.

    Args:
        known: the same of other cells; parts of which the same cells count are taken from there.
    """
    e, p = _sums(earned * counts, layout.first_cell), _sums(possible * counts, layout.first_cell)
    other = np.ones(len(e), dtype=np.bool_)
    if known is not None:
        other = _sums(counts != known[0], layout.first_cell) > 0
        e, p = np.where(other, e, known[1][0]), np.where(other, p, known[1][1])
    lengths = np.diff(layout.first_cell)
    for (low, high, keep_one), of_kind in layout.kinds.drops.items():
        mine = np.flatnonzero(of_kind[layout.part_kind] & other)
        for length in np.unique(lengths[mine]):
            parts = mine[lengths[mine] == length]
            cells = layout.first_cell[parts] + np.arange(length)[:, None]  # so that a line item's marks lie together
            e[parts], p[parts] = _after_drops(earned[cells].T, possible[cells].T, counts[cells].T, low, high, keep_one)
    return e, p


def _after_drops(earned: Ints, possible: Ints, counts: Bools, low: int, high: int, keep_one: bool) -> tuple[Ints, Ints]:
    """Of each row the points that are kept: `drops.choose` for drops at one end, all rows at once.

    Where marks tie it does not matter which is left out: the percentage is the same. `low` below 0 is the number to
    keep.
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
    top, bottom = np.einsum("ij->i", e), np.einsum("ij->i", p)
    size = (int(np.abs(top).max(initial=0)) + int(np.abs(e).max(initial=0)) + 1) * (int(bottom.max(initial=0)) + 1)
    if 4 * size >= LARGEST:
        return _one_by_one(e, p, counts, lows, highs)
    nothing = np.count_nonzero(p, axis=1) <= lows  # no mark that is worth points is left: no percentage
    top[nothing], bottom[nothing] = 0, 0
    if size < EXACT_SHARE and (lows <= 1).all() and not highs.any():  # by far the commonest rule, and far cheaper
        return _without_one(e, p, counts, np.where(nothing, 0, lows), top, bottom)
    open_rows = np.flatnonzero(~nothing & (lows + highs > 0))
    while len(open_rows):
        rows = _Rows(e[open_rows], p[open_rows], counts[open_rows], lows[open_rows], highs[open_rows])
        new_top, new_bottom = rows.kept(top[open_rows], bottom[open_rows])
        settled = (new_top * bottom[open_rows] == top[open_rows] * new_bottom) & (new_bottom > 0)
        too_low = ~settled & (new_bottom == 0)  # nothing possible is kept at this rate: look above it
        top[open_rows] = np.where(too_low, 2 * top[open_rows] + bottom[open_rows], new_top)
        bottom[open_rows] = np.where(too_low, bottom[open_rows], new_bottom)
        open_rows = open_rows[~settled]
    return top, bottom


def _without_one(e: Ints, p: Ints, counts: Bools, lows: Ints, top: Ints, bottom: Ints) -> tuple[Ints, Ints]:
    """Of each row with 1 in `lows` the points without the mark whose absence leaves most of what was possible.

    The shares are binary fractions, and yet nothing is lost: two shares of whole numbers differ by more than their
    rounding as long as the product of their terms is below EXACT_SHARE, and equal ones round to the same.
    """
    best = np.full(len(top), -np.inf)
    kept_top, kept_bottom = top, bottom
    for mark in range(e.shape[1]):  # a line item of all rows at a time: that is how a processor counts fastest
        earned, possible = top - e[:, mark], bottom - p[:, mark]
        share = earned / np.maximum(possible, 1)  # never 0 where a row may leave one out
        better = counts[:, mark] & (lows == 1) & (share > best)
        best = np.where(better, share, best)
        kept_top, kept_bottom = np.where(better, earned, kept_top), np.where(better, possible, kept_bottom)
    return kept_top, kept_bottom


@dataclass(frozen=True)
class _Rows:
    """Marks of one category of some students, a row for each; what does not count is 0."""

    earned: Ints
    possible: Ints
    counts: Bools
    lows: Ints
    highs: Ints

    def kept(self, top: Ints, bottom: Ints) -> tuple[Ints, Ints]:
        """Points earned and possible of the marks in the middle, by their distance from the rate top / bottom."""
        key = self.earned * bottom[:, None] - top[:, None] * self.possible
        key[~self.counts] = np.iinfo(np.int64).max
        order, place = np.argsort(key, axis=1), np.arange(key.shape[1])
        last = self.counts.sum(axis=1) - self.highs
        kept = (place >= self.lows[:, None]) & (place < last[:, None])
        return (
            np.einsum("ij,ij->i", np.take_along_axis(self.earned, order, 1), kept),
            np.einsum("ij,ij->i", np.take_along_axis(self.possible, order, 1), kept),
        )


def _one_by_one(e: Ints, p: Ints, counts: Bools, lows: Ints, highs: Ints) -> tuple[Ints, Ints]:
    """The same for points too large for 64 bits."""
    top, bottom = np.zeros(len(e), dtype=np.int64), np.zeros(len(e), dtype=np.int64)
    for row in range(len(e)):
        items = tuple(CountedMark(f"{at:09}", int(e[row, at]), int(p[row, at])) for at in np.flatnonzero(counts[row]))
        (kept,) = choose([DropGroup(items, int(lows[row]), int(highs[row]))])
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
    return rules.is_simple and one_end and fits(rules)
