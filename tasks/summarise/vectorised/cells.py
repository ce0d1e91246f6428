"""The marks of plain seats as columns: a cell for each seat and line item, whether or not there is a result.

Lines follow each other, within a line its seats, within a seat the line items by category. So the marks of a seat in a
category, a *part*, lie side by side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from termpost.tasks.lake.sql import sql
from termpost.tasks.summarise.mark_states import SCORED, STATES
from termpost.tasks.summarise.vectorised.plain_rules import PACKAGE, Bools, Ints, PlainRules

States = npt.NDArray[np.int8]
CELLS = 300_000  # in a block
ROWS = 500_000  # read at a time
HUNDREDTH = 10_000  # of a point, in millionths


def among(states: frozenset[str]) -> Bools:
    """Number of a state → whether it is one of these."""
    return np.array([False, *(state in states for state in STATES)])


IS_SCORED = among(SCORED)


def starts(lengths: Ints) -> Ints:
    """Where each of some stretches begins, and where the last ends."""
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def stretches(first: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """first[0], first[0] + 1, … for each length, one after the other; and where each of them begins now."""
    begins = starts(lengths)
    return np.arange(begins[-1], dtype=np.int64) - np.repeat(begins[:-1] - first, lengths), begins


def sums(values: npt.NDArray[Any], first: Ints) -> Ints:
    """The sum of each stretch; 0 where it is empty.

    Args:
        first: where each begins, and where the last ends.
    """
    total = np.zeros(len(first) - 1, dtype=np.int64)
    there = np.flatnonzero(first[1:] > first[:-1])
    if len(there):  # reduceat takes an empty stretch for one of length 1
        total[there] = np.add.reduceat(values, first[there], dtype=np.int64)
    return total


@dataclass(frozen=True)
class PlainLines:
    """The plain lines, by their numbers in the table `plain_line`, with the seats and line items of each."""

    rules: Ints  # line → its rules in `PlainRules`
    first_seat: Ints  # line → its first seat; one more at the end
    first_item: Ints  # line → its first line item; one more at the end
    category: Ints  # line item → its category in `PlainRules`
    possible: Ints  # line item → millionths of a point
    blank: States  # line item → the state of a mark that is not there

    @classmethod
    def read(cls, lake: duckdb.DuckDBPyConnection) -> "PlainLines":
        """From the tables of plain_marks.sql."""
        rules = lake.execute("SELECT rules_no FROM plain_line ORDER BY line_no").fetchnumpy()["rules_no"]
        seats = lake.execute("SELECT line_no FROM plain_seat").fetchnumpy()
        items = lake.execute("SELECT line_no, category_no, possible, blank_state FROM plain_item").fetchnumpy()
        first_seat, first_item = (starts(np.bincount(of["line_no"], minlength=len(rules))) for of in (seats, items))
        return cls(
            np.asarray(rules, dtype=np.int64), first_seat, first_item, np.asarray(items["category_no"], dtype=np.int64),
            np.asarray(items["possible"]), np.asarray(items["blank_state"]),
        )  # fmt: skip

    @cached_property
    def first_cell(self) -> Ints:
        """Line → its first cell; one more at the end."""
        return starts(np.diff(self.first_seat) * np.diff(self.first_item))

    @cached_property
    def item_part(self) -> Ints:
        """Line item → its part of the line."""
        line = np.repeat(np.arange(len(self.rules)), np.diff(self.first_item))
        return np.cumsum((np.diff(line, prepend=-1) != 0) | (np.diff(self.category, prepend=-1) != 0)) - 1

    @cached_property
    def part_item(self) -> Ints:
        """Part of a line → its first line item; one more at the end."""
        return starts(np.bincount(self.item_part))

    @cached_property
    def first_part(self) -> Ints:
        """Line → its first part; one more at the end."""
        return np.searchsorted(self.part_item, self.first_item)


@dataclass(frozen=True)
class MarkColumns:
    """Of each cell, what is known of the mark."""

    score: Ints  # millionths of a point; below 0: there is none
    state: States  # 0: there is no result
    is_late: Bools

    @classmethod
    def read(cls, lake: duckdb.DuckDBPyConnection, lines: PlainLines, values: dict[str, object]) -> "MarkColumns":
        """From the results."""
        line = np.repeat(np.arange(len(lines.rules)), np.diff(lines.first_seat))
        # what the number of a line item is added to, seat by seat
        first = starts(np.diff(lines.first_item)[line])[:-1] - lines.first_item[line]
        cells = int(lines.first_cell[-1])
        columns = cls(np.full(cells, -1), np.zeros(cells, dtype=np.int8), np.zeros(cells, dtype=np.bool_))
        # DuckDB finds the next rows meanwhile
        for rows in lake.execute(sql(PACKAGE, "plain_results"), values).to_arrow_reader(ROWS):
            found = {name: rows[name].to_numpy(zero_copy_only=False) for name in rows.schema.names}
            cell = first[found["seat"]] + found["item"]
            for name in ("score", "state", "is_late"):
                getattr(columns, name)[cell] = found[name]
        return columns


@dataclass(frozen=True)
class Block:
    """Some lines that follow each other, with the marks of all their seats, counted from the block's first.

    Points are hundredths, or millionths where those are too coarse.
    """

    rules: PlainRules
    first_seat: int  # its number among all seats
    items: range  # its line items, by their numbers among all
    seat_rules: Ints  # seat → rules
    first_cell: Ints  # seat → its first cell; one more at the end
    first_part: Ints  # seat → its first part; one more at the end
    part_category: Ints  # part → category
    part_cell: Ints  # part → its first cell; one more at the end
    item_part: Ints  # line item of `items` → its part of the line
    item_possible: Ints  # line item of `items` → millionths of a point
    item: Ints  # cell → line item, by its number among all
    possible: Ints  # cell → points
    earned: Ints  # cell → points of a score that counts, if anything does; else 0
    marks: MarkColumns

    @cached_property
    def seat_of_cell(self) -> Ints:
        """Cell → seat."""
        return np.repeat(np.arange(len(self.seat_rules)), np.diff(self.first_cell))

    @cached_property
    def part_of_cell(self) -> Ints:
        """Cell → part."""
        return np.repeat(np.arange(len(self.part_category)), np.diff(self.part_cell))


def block_edges(lines: PlainLines) -> Iterator[tuple[int, int]]:
    """The first line of each block, and the first of the next."""
    edges = np.searchsorted(lines.first_cell, np.arange(0, int(lines.first_cell[-1]), CELLS), side="right") - 1
    yield from pairwise((0, *map(int, np.unique(edges[edges > 0])), len(lines.rules)))


def block_of(rules: PlainRules, lines: PlainLines, marks: MarkColumns, begin: int, end: int) -> Block:
    """The lines from one to the other, without the latter."""
    line = np.repeat(np.arange(begin, end), np.diff(lines.first_seat[begin : end + 1]))
    items = slice(int(lines.first_item[begin]), int(lines.first_item[end]))
    item, first_cell = stretches(lines.first_item[line], np.diff(lines.first_item)[line])
    part, first_part = stretches(lines.first_part[line], np.diff(lines.first_part)[line])
    cells = slice(int(lines.first_cell[begin]), int(lines.first_cell[end]))
    state = marks.state[cells]
    state = np.where(state == 0, lines.blank[item], state)
    points = marks.score[cells] * IS_SCORED[state], lines.possible[item]
    unit = HUNDREDTH if not any((of % HUNDREDTH).any() for of in points) else 1
    return Block(
        rules, int(lines.first_seat[begin]), range(items.start, items.stop), lines.rules[line], first_cell, first_part,
        lines.category[lines.part_item[part]], starts(np.diff(lines.part_item)[part]), lines.item_part[items],
        lines.possible[items], item, points[1] // unit, points[0] // unit,
        MarkColumns(marks.score[cells], state, marks.is_late[cells]),
    )  # fmt: skip
