"""Grades of plain seats, all at once: the same as `course` gives one after the other, for millions of marks.

Plain is whoever sat in a class all the time, in a class where nothing but points, weights and drops at one end decides
(`plain_rules`, and `is_plain` in enrolled.sql). Every number lies in a column of its own.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pandas as pd
from termpost.schemas.base.refs import ExtractId
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.mark_states import (
    CURRENT,
    DUE,
    FINAL,
    INCOMPLETE,
    LISTED,
    MISSING,
    STATES,
    TO_MARK,
    WAITING,
    number,
)
from termpost.tasks.summarise.rules import RuleScope
from termpost.tasks.summarise.vectorised.cells import Block, MarkColumns, PlainLines, among, blocks, stretches, sums
from termpost.tasks.summarise.vectorised.kept_points import SeatPoints, points_of, with_more
from termpost.tasks.summarise.vectorised.percentages import MILLION, NOTHING, percents_of
from termpost.tasks.summarise.vectorised.plain_rules import PACKAGE, Bools, Ints, PlainRules

Columns = dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]]
SEAT_COUNTS = {"graded": CURRENT, "missing": MISSING, "ungraded": WAITING, "to_mark": TO_MARK}


IS_CURRENT, IS_IF_MISSING, IS_FINAL = among(CURRENT), among(CURRENT | {"missing"}), among(FINAL)
IS_LISTED = among(LISTED)


@dataclass(frozen=True)
class BlockGrades:
    """What a block comes to, a table of columns each."""

    seats: Columns  # a row for each seat
    work: Columns  # marks that a report lists
    left_out: Columns  # seat × category with a weight in which nothing counts
    pieces: Columns  # a row for each line item


def add_plain_grades(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules], cutoff: date, kind: str
) -> None:  # fmt: skip
    """Grades the plain seats, if there are any: adds them to the tables `graded_course`, `left_out`, `plain_work` and
    `plain_piece`."""
    if not lake.execute("SELECT bool_or(is_plain) FROM line_rule").fetchall()[0][0]:
        return
    values: dict[str, object] = {"extract_id": extract_id, "cutoff": cutoff}
    execute_each(lake, sql(PACKAGE, "plain_marks"), values)
    plain, lines = PlainRules.read(lake, rules), PlainLines.read(lake)
    marks = MarkColumns.read(lake, lines, values)
    # numpy lets other threads run while it counts
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = list(pool.map(lambda block: _grade(block, kind), blocks(plain, lines, marks)))
    names = {"state": STATES, "letter": plain.letters, "current_letter": plain.letters, "category": plain.names}
    for name in ("seats", "work", "left_out", "pieces"):
        lake.register(f"plain_{name}_frame", _joined([getattr(one, name) for one in found], names))
    execute_each(lake, sql(PACKAGE, "add_plain_grades"), {})


def _joined(tables: list[Columns], names: dict[str, Sequence[str]]) -> pd.DataFrame:
    """One table of the rows of all.

    Args:
        names: of columns that hold places among names.
    """
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    return pd.DataFrame({
        column: pd.Categorical.from_codes(values, names[column]) if column in names else values
        for column, values in columns.items()
    })  # fmt: skip


def _grade(block: Block, kind: str) -> BlockGrades:
    now = points_of(block, IS_CURRENT)
    if_missing, with_missing = with_more(block, now, IS_IF_MISSING, IS_CURRENT)
    then, with_others = with_more(block, if_missing, IS_FINAL, IS_IF_MISSING)
    current = percents_of(now)
    lowered = current.but(with_missing, percents_of(if_missing.of(with_missing)))
    final = lowered.but(with_others, percents_of(then.of(with_others)))
    by_state = _by_state(block, block.seat_of_cell, len(block.seat_rules))
    is_incomplete, incomplete = by_state[:, number("incomplete")] > 0, block.rules.letters.index(INCOMPLETE)
    printed, points = (current, now) if kind == "midterm" else (final, then)
    seats = {
        "current": current.millionths, "final": final.millionths,
        "current_letter": np.where(is_incomplete, incomplete, current.letters),
        "letter": np.where(is_incomplete, incomplete, final.letters),
        "if_missing": np.where(by_state[:, number("missing")] > 0, lowered.millionths, NOTHING),
        "weighed": _weighed(points), "late_count": sums(block.marks.is_late, block.first_cell),
        **{f"{name}_count": _count(by_state, states) for name, states in SEAT_COUNTS.items()},
    }  # fmt: skip
    return BlockGrades(seats, _work(block), _left_out(block, points, printed.millionths != NOTHING), _pieces(block))


def _by_state(block: Block, row_of_cell: Ints, rows: int) -> Ints:
    """How many marks of each row are in each state, a column for the number of each."""
    columns = len(STATES) + 1
    counts = np.bincount(row_of_cell * columns + block.marks.state, minlength=rows * columns)
    return counts.reshape(rows, columns).astype(np.int32)


def _count(by_state: Ints, states: frozenset[str]) -> Ints:
    total: Ints = by_state[:, sorted(map(number, states))].sum(axis=1)
    return total


def _weighed(points: SeatPoints) -> Ints:
    """Of the weight of all categories what counts, in millionths of a per cent."""
    weights = np.where(points.possible > 0, points.rules.weights[points.category], 0)
    total = points.rules.total_weights[points.seat_rules]
    share = np.minimum(100 * MILLION * sums(weights, points.first_part) // np.maximum(total, 1), 100 * MILLION)
    return np.where(total > 0, share, NOTHING)


def _left_out(block: Block, points: SeatPoints, has_grade: Bools) -> Columns:
    """Of seats with a grade the categories with a weight in which nothing counts, or which are not there."""
    of_part = np.repeat(np.arange(len(block.seat_rules)), np.diff(block.first_part))
    part = np.flatnonzero((points.possible == 0) & (points.rules.weights[points.category] > 0) & has_grade[of_part])
    graded = np.flatnonzero(has_grade)
    absent, first = block.rules.absent
    lengths = np.diff(first)[block.seat_rules[graded]]
    missing, _ = stretches(first[block.seat_rules[graded]], lengths)
    return {
        "seat": np.concatenate([of_part[part], np.repeat(graded, lengths)]) + block.first_seat,
        "category": np.concatenate([block.rules.name_of[points.category[part]], absent[missing]]),
    }


def _work(block: Block) -> Columns:
    """Marks that a report lists."""
    marks = block.marks
    cell = np.flatnonzero(IS_LISTED[marks.state] | marks.is_late)
    return {
        "seat": block.seat_of_cell[cell] + block.first_seat, "item": block.item[cell],
        "state": marks.state[cell] - 1, "score": marks.score[cell], "has_score": marks.has_score[cell],
    }  # fmt: skip


def _pieces(block: Block) -> Columns:
    """Line items: whose work each is, of how many it is still to be marked, and whether it counts for anybody."""
    by_state = _by_state(block, block.item - block.items.start, len(block.items))
    return {
        "item": np.array(block.items, dtype=np.int64), "everybody": _count(by_state, DUE),
        "unmarked": _count(by_state, TO_MARK), "counted": _count(by_state, FINAL),
    }  # fmt: skip
