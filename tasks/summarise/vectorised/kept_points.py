"""Points of each part (the marks of one seat in one category) after drops: `drops.choose` on whole arrays."""

from dataclasses import dataclass, replace

import numpy as np
from termpost.tasks.summarise.vectorised.cells import Block, stretches, sums
from termpost.tasks.summarise.vectorised.plain_rules import Bools, EndDrops, Ints, PlainRules

LARGEST = 2**62


@dataclass(frozen=True)
class SeatPoints:
    """Of some seats the points of their parts."""

    rules: PlainRules
    seat_rules: Ints  # seat → its rules
    is_weighted: Bools  # seat → whether its parts count by weight
    first_part: Ints  # seat → its first part; one more at the end
    category: Ints  # part → its category
    earned: Ints  # part → points of the marks that are kept
    possible: Ints  # part → likewise
    worth: Ints  # part → what is possible in all marks, also those that are dropped

    def of(self, seats: Ints) -> "SeatPoints":
        """Of these seats alone."""
        lengths = self.first_part[seats + 1] - self.first_part[seats]
        parts, first = stretches(self.first_part[seats], lengths)
        return SeatPoints(
            self.rules, self.seat_rules[seats], self.is_weighted[seats], first, self.category[parts],
            self.earned[parts], self.possible[parts], self.worth[parts],
        )  # fmt: skip

    def by_part(self) -> "SeatPoints":
        """Each part by itself, as if it were a seat."""
        parts = len(self.category)
        return replace(
            self, seat_rules=np.repeat(self.seat_rules, np.diff(self.first_part)), first_part=np.arange(parts + 1),
            is_weighted=np.zeros(parts, dtype=np.bool_),
        )  # fmt: skip


def points_of(block: Block, counted: Bools) -> SeatPoints:
    """What the marks of a block come to, part by part.

    Args:
        counted: number of a state → whether marks in it count.
    """
    counts = counted[block.marks.state]
    earned, possible = (sums(of * counts, block.part_cell) for of in (block.earned, block.possible))
    points = SeatPoints(
        block.rules, block.seat_rules, block.rules.is_weighted[block.seat_rules], block.first_part, block.part_category,
        earned, possible, possible.copy(),
    )  # fmt: skip
    _drop(block, points, counted, np.arange(len(block.part_category)))
    return points


def with_more(block: Block, points: SeatPoints, counted: Bools, before: Bools) -> tuple[SeatPoints, Ints]:
    """The same where marks in more states count, and the seats that have such marks. Most have none.

    Args:
        before: the states that count in `points`.
    """
    cells = np.flatnonzero((counted & ~before)[block.marks.state])
    parts = _each_once(block.part_of_cell[cells], len(block.part_category))
    found = replace(points, earned=points.earned.copy(), possible=points.possible.copy(), worth=points.worth.copy())
    mine, first = stretches(block.part_cell[parts], np.diff(block.part_cell)[parts])
    counts = counted[block.marks.state[mine]]
    found.earned[parts] = sums(block.earned[mine] * counts, first)
    found.possible[parts] = found.worth[parts] = sums(block.possible[mine] * counts, first)
    _drop(block, found, counted, parts)
    return found, _each_once(block.seat_of_cell[cells], len(block.seat_rules))


def _each_once(places: Ints, among: int) -> Ints:
    """Places among so many, in order and without repetition."""
    is_there = np.zeros(among, dtype=np.bool_)
    is_there[places] = True
    return np.flatnonzero(is_there)


def _drop(block: Block, points: SeatPoints, counted: Bools, parts: Ints) -> None:
    """Puts into `points` what is left of some parts after drops."""
    lengths = np.diff(block.part_cell)[parts]
    for drops, categories in block.rules.drops.items():
        has_drops = categories[block.part_category[parts]]
        for length in np.unique(lengths[has_drops]):
            alike = parts[has_drops & (lengths == length)]
            cells = block.part_cell[alike] + np.arange(length)[:, None]  # so that a line item's marks lie together
            counts = counted[block.marks.state[cells]]
            kept = after_drops(block.earned[cells].T, block.possible[cells].T, counts.T, drops)
            points.earned[alike], points.possible[alike] = kept


def after_drops(e: Ints, p: Ints, counts: Bools, drops: EndDrops) -> tuple[Ints, Ints]:
    """Points earned and possible of the marks that are kept, of each row: the ones that `drops.choose` keeps.

    A piece worth 0 is never dropped, nor is it what a drop leaves.

    Args:
        e: points earned in one category, a row for each seat, a column for each line item.
        p: points possible, likewise.
    """
    bonus, counts = (e * (counts & (p == 0))).sum(axis=1), counts & (p > 0)
    n, dropped = counts.sum(axis=1), drops.of(counts.sum(axis=1))
    e, p = e * counts, p * counts
    if _size(e + bonus[:, None], p) >= LARGEST:  # Python's own integers have no end
        e, p, bonus = e.astype(object), p.astype(object), bonus.astype(object)
    top, bottom = e.sum(axis=1) + bonus, p.sum(axis=1)
    some = np.flatnonzero((dropped > 0) & (dropped < n))
    if not drops.highest and (dropped <= 1).all():  # by far the commonest rule
        best = _without_one(e, p, counts, bonus)
        top[some], bottom[some] = best[0][some], best[1][some]
    else:
        kept = _without(e[some], p[some], counts[some], bonus[some], dropped[some], from_below=not drops.highest)
        top[some], bottom[some] = kept
    return np.where(dropped < n, top, bonus), np.where(dropped < n, bottom, 0)


def _size(e: Ints, p: Ints) -> int:
    """Beyond what two points multiplied and subtracted come to."""
    return 2 * (int(e.sum(axis=1).max(initial=0)) + 1) * (int(p.sum(axis=1).max(initial=0)) + 1)


def _without_one(e: Ints, p: Ints, counts: Bools, bonus: Ints) -> tuple[Ints, Ints]:
    """Of each row the points without the mark whose absence leaves the highest share."""
    top, bottom = e.sum(axis=1) + bonus, p.sum(axis=1)
    best_top, best_bottom = np.full_like(top, -1), np.ones_like(bottom)
    for mark in range(e.shape[1]):
        left_top, left_bottom = top - e[:, mark], bottom - p[:, mark]
        by = left_top * best_bottom - best_top * left_bottom
        better = counts[:, mark] & ((by > 0) | ((by == 0) & (left_bottom < best_bottom)))
        best_top, best_bottom = np.where(better, left_top, best_top), np.where(better, left_bottom, best_bottom)
    return best_top, best_bottom


def _without(
    e: Ints, p: Ints, counts: Bools, bonus: Ints, dropped: Ints, *, from_below: bool
) -> tuple[Ints, Ints]:  # fmt: skip
    """Of each row the points without so many marks at one end, some of which are kept.

    Marks are sorted by their distance from the share of all of them; what is kept has another share; and so on until it
    stays the same.
    """
    top, bottom = e.sum(axis=1) + bonus, p.sum(axis=1)
    rows = np.arange(len(e))
    while len(rows):
        distance = e[rows] * bottom[rows, None] - top[rows, None] * p[rows]
        worth = -p[rows]
        distance, worth = (distance, worth) if from_below else (-distance, -worth)
        last = distance.max(axis=1, initial=0) + 1  # what does not count, and is worth nothing
        order = np.lexsort((worth, np.where(counts[rows], distance, last[:, None])), axis=1)
        is_kept = np.arange(e.shape[1]) >= dropped[rows, None]
        new_top = (np.take_along_axis(e[rows], order, 1) * is_kept).sum(axis=1) + bonus[rows]
        new_bottom = (np.take_along_axis(p[rows], order, 1) * is_kept).sum(axis=1)
        is_new = new_top * bottom[rows] != top[rows] * new_bottom
        top[rows], bottom[rows] = new_top, new_bottom
        rows = rows[is_new.astype(np.bool_)]
    return top, bottom
