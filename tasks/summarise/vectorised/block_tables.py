"""What DuckDB gets to know of a block, as tables of columns: rows name seats, line items and categories by number."""

import numpy as np
import numpy.typing as npt
from termpost.tasks.summarise.mark_states import DUE, LISTED, STATES, TO_MARK, number
from termpost.tasks.summarise.vectorised.cells import Block, among, stretches, sums
from termpost.tasks.summarise.vectorised.kept_points import SeatPoints
from termpost.tasks.summarise.vectorised.percentages import MILLION, NOTHING, percents_of
from termpost.tasks.summarise.vectorised.plain_rules import Bools, Ints

BlockColumns = dict[str, npt.NDArray[np.generic]]
IS_LISTED = among(LISTED)


def count_states(block: Block, row: Ints, rows: int) -> Ints:
    """How many marks of each row are in each state, a column for the number of each.

    Args:
        row: cell → the row it is counted in.
    """
    columns = len(STATES) + 1
    return np.bincount(row * columns + block.marks.state, minlength=rows * columns).reshape(rows, columns)


def count_of(by_state: Ints, states: frozenset[str]) -> Ints:
    """Row → how many marks are in one of these states."""
    total: Ints = by_state[:, sorted(map(number, states))].sum(axis=1)
    return total


def weighed_of(points: SeatPoints) -> Ints:
    """Seat → of the weight of all categories what counts, in millionths of a per cent."""
    weights = np.where(points.possible > 0, points.rules.weights[points.category], 0)
    total = points.rules.total_weights[points.seat_rules]
    share = np.minimum(100 * MILLION * sums(weights, points.first_part) // np.maximum(total, 1), 100 * MILLION)
    return np.where(total > 0, share, NOTHING)


def left_out_of(block: Block, points: SeatPoints, has_grade: Bools) -> BlockColumns:
    """Of seats with a grade the categories with a weight in which nothing counts, or that are not there."""
    of_part = np.repeat(np.arange(len(block.seat_rules)), np.diff(block.first_part))
    nothing = (points.possible == 0) & (points.earned == 0)  # bonus points alone count
    part = np.flatnonzero(nothing & (points.rules.weights[points.category] > 0) & has_grade[of_part])
    graded = np.flatnonzero(has_grade)
    absent, first = block.rules.absent
    lengths = np.diff(first)[block.seat_rules[graded]]
    of_absent, _ = stretches(first[block.seat_rules[graded]], lengths)
    return {
        "seat": np.concatenate([of_part[part], np.repeat(graded, lengths)]) + block.first_seat,
        "category": np.concatenate([block.rules.name_of[points.category[part]], absent[of_absent]]),
    }


def work_of(block: Block) -> BlockColumns:
    """Marks that a report lists."""
    marks = block.marks
    cell = np.flatnonzero(IS_LISTED[marks.state] | marks.is_late)
    return {
        "seat": block.seat_of_cell[cell] + block.first_seat, "item": block.item[cell],
        "state": marks.state[cell] - 1, "score": marks.score[cell], "is_late": marks.is_late[cell],
    }  # fmt: skip


def categories_of(block: Block, points: SeatPoints, counted: Bools) -> BlockColumns:
    """What grades are made of: seat × category in which something counts, with its percentage in millionths.

    Args:
        counted: number of a state → whether marks in it count in `points`.
    """
    counts = counted[block.marks.state]
    marks, worth = sums(counts, block.part_cell), sums(counts & (block.possible > 0), block.part_cell)
    for drops, has_drops in points.rules.drops.items():
        mine = has_drops[points.category]
        marks[mine] -= drops.of(worth[mine])
    part = np.flatnonzero(points.possible > 0)
    return {
        "seat": np.repeat(np.arange(len(block.seat_rules)), np.diff(block.first_part))[part] + block.first_seat,
        "category_no": points.category[part], "percent": percents_of(points.by_part()).millionths[part],
        "mark_count": marks[part],
    }  # fmt: skip


def pieces_of(block: Block) -> tuple[BlockColumns, BlockColumns]:
    """Line items: whose work each is, and for how many it is still to be marked; and one of each category in which
    there are any. Without those that are worth nothing."""
    by_state = count_states(block, block.item - block.items.start, len(block.items))
    everybody, is_worth = count_of(by_state, DUE), block.item_possible > 0
    due = np.flatnonzero((everybody > 0) & is_worth)
    unmarked = count_of(by_state, TO_MARK)[due]
    pieces: BlockColumns = {"item": due + block.items.start, "everybody": everybody[due], "unmarked": unmarked}
    is_first = np.diff(block.item_part[due], prepend=-1) != 0
    return pieces, {"item": due[is_first] + block.items.start}
