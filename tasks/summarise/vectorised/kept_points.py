"""Points of each part (the marks of one seat in one category) after drops: `drops.choose` on whole arrays."""

from dataclasses import dataclass

import numpy as np
from termpost.tasks.summarise.vectorised.cells import Block, sums
from termpost.tasks.summarise.vectorised.plain_rules import Bools, Ints

LARGEST = 2**62


@dataclass(frozen=True)
class PartPoints:
    """Points of each part of a block, in units."""

    counts: Bools  # cell → whether the mark counts, were none dropped
    earned: Ints
    possible: Ints


def part_points(block: Block, earned: Ints, counts: Bools, known: PartPoints | None = None) -> PartPoints:
    """What each part comes to.

    Args:
        earned: cell → units.
        counts: cell → whether the mark counts.
        known: of another choice of marks; parts of which the same marks count are taken from there.
    """
    e, p = sums(earned * counts, block.part_cell), sums(block.possible * counts, block.part_cell)
    is_new = np.ones(len(e), dtype=np.bool_)
    if known is not None:
        is_new = sums(counts != known.counts, block.part_cell) > 0
        e, p = np.where(is_new, e, known.earned), np.where(is_new, p, known.possible)
    lengths = np.diff(block.part_cell)
    for (low, high, keep, keep_one), categories in block.rules.drops.items():
        mine = np.flatnonzero(categories[block.part_category] & is_new)
        for length in np.unique(lengths[mine]):
            parts = mine[lengths[mine] == length]
            cells = block.part_cell[parts] + np.arange(length)[:, None]  # so that a line item's marks lie together
            rows = MarkRows(earned[cells].T, block.possible[cells].T, counts[cells].T)
            e[parts], p[parts] = rows.after_drops(low, high, keep, keep_one=keep_one)
    return PartPoints(counts, e, p)


@dataclass(frozen=True)
class MarkRows:
    """Marks of one category: a row for each student, a column for each line item, all of which are worth points."""

    earned: Ints
    possible: Ints
    counts: Bools

    def after_drops(self, low: int, high: int, keep: int, *, keep_one: bool) -> tuple[Ints, Ints]:
        """Of each row the points that are kept, where drops are at one end.

        Where marks tie it does not matter which is left out: the percentage is the same.

        Args:
            low: how many of the lowest are dropped.
            high: how many of the highest.
            keep: of how many all but the highest are dropped; 0: the others say.
            keep_one: whether one is left where all would be dropped.
        """
        n = self.counts.sum(axis=1)
        wanted = np.maximum(n - keep, 0) if keep else np.full(len(n), low + high)
        dropped = np.minimum(wanted, np.maximum(n - int(keep_one), 0))
        if high and keep_one:  # too many from above: none of them is dropped, as `drops.clamp` has it
            dropped[wanted >= n] = 0
        e, p = self.earned * self.counts, self.possible * self.counts
        if _size(e, p) >= LARGEST:  # Python's own integers have no end
            e, p = e.astype(object), p.astype(object)
        best = _without_one(e, p, self.counts) if low + keep and (dropped <= 1).all() else None
        top, bottom = e.sum(axis=1), p.sum(axis=1)
        if best is not None:
            top, bottom = np.where(dropped == 1, best[0], top), np.where(dropped == 1, best[1], bottom)
        else:
            some = np.flatnonzero((dropped > 0) & (dropped < n))
            top[some], bottom[some] = _without(e[some], p[some], self.counts[some], dropped[some], from_below=not high)
        nothing = dropped == n
        top[nothing], bottom[nothing] = 0, 0
        return top, bottom


def _size(e: Ints, p: Ints) -> int:
    """Beyond what two points multiplied and subtracted come to."""
    return 2 * (int(e.sum(axis=1).max(initial=0)) + 1) * (int(p.sum(axis=1).max(initial=0)) + 1)


def _without_one(e: Ints, p: Ints, counts: Bools) -> tuple[Ints, Ints]:
    """Of each row the points without the mark whose absence leaves the highest share."""
    top, bottom = e.sum(axis=1), p.sum(axis=1)
    best_top, best_bottom = np.full_like(top, -1), np.ones_like(bottom)
    for mark in range(e.shape[1]):
        left_top, left_bottom = top - e[:, mark], bottom - p[:, mark]
        better = counts[:, mark] & (left_top * best_bottom > best_top * left_bottom)
        best_top, best_bottom = np.where(better, left_top, best_top), np.where(better, left_bottom, best_bottom)
    return best_top, best_bottom


def _without(e: Ints, p: Ints, counts: Bools, dropped: Ints, *, from_below: bool) -> tuple[Ints, Ints]:
    """Of each row the points without so many marks at one end, some of which are kept.

    Marks are sorted by their distance from the share of all of them; what is kept has another share; and so on until it
    stays the same.
    """
    top, bottom = e.sum(axis=1), p.sum(axis=1)
    rows = np.arange(len(e))
    while len(rows):
        distance = e[rows] * bottom[rows, None] - top[rows, None] * p[rows]
        distance = distance if from_below else -distance
        last = distance.max(axis=1, initial=0) + 1  # what does not count, and is worth nothing
        order = np.argsort(np.where(counts[rows], distance, last[:, None]), axis=1)
        is_kept = np.arange(e.shape[1]) >= dropped[rows, None]
        new_top = (np.take_along_axis(e[rows], order, 1) * is_kept).sum(axis=1)
        new_bottom = (np.take_along_axis(p[rows], order, 1) * is_kept).sum(axis=1)
        is_new = new_top * bottom[rows] != top[rows] * new_bottom
        top[rows], bottom[rows] = new_top, new_bottom
        rows = rows[is_new.astype(np.bool_)]
    return top, bottom
