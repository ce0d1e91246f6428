"""Grades of plain seats, all at once: the same as `course` gives one after the other, for millions of marks.

Plain is whoever sat in a class all the time, in a class where nothing but points, weights and drops at one end decides
(`plain_rules`, and `is_plain` in enrolled.sql). Every number lies in a column of its own.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import duckdb
import numpy as np
import pandas as pd
from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.refs import ExtractId
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.mark_states import CURRENT, FINAL, INCOMPLETE, MISSING, STATES, TO_MARK, WAITING, number
from termpost.tasks.summarise.rules import RuleScope
from termpost.tasks.summarise.vectorised.block_tables import (
    BlockColumns,
    categories_of,
    count_of,
    count_states,
    left_out_of,
    pieces_of,
    weighed_of,
    work_of,
)
from termpost.tasks.summarise.vectorised.cells import Block, MarkColumns, PlainLines, among, block_edges, block_of, sums
from termpost.tasks.summarise.vectorised.kept_points import points_of, with_more
from termpost.tasks.summarise.vectorised.percentages import NOTHING, percents_of
from termpost.tasks.summarise.vectorised.plain_rules import PACKAGE, PlainRules

SEAT_COUNTS = {"graded": CURRENT, "missing": MISSING, "ungraded": WAITING, "to_mark": TO_MARK}
IS_CURRENT, IS_IF_MISSING, IS_FINAL = among(CURRENT), among(CURRENT | {"missing"}), among(FINAL)
TABLES = ("seats", "work", "left_out", "pieces", "counted", "categories")


def add_plain_grades(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules], cutoff: date,
    kind: str, *, categories: bool,
) -> None:  # fmt: skip
    """Grades the plain seats, if there are any: adds them to the tables `graded_course`, `left_out` and
    `category_grade`, and their marks to `plain_work`, `plain_piece` and `plain_counted`.

    Args:
        categories: also what each grade is made of.
    """
    if not lake.execute("SELECT bool_or(is_plain) FROM line_rule").fetchall()[0][0]:
        return
    values: dict[str, object] = {"extract_id": extract_id, "cutoff": cutoff}
    execute_each(lake, sql(PACKAGE, "plain_marks"), values)
    plain, lines = PlainRules.read(lake, rules), PlainLines.read(lake)
    marks = MarkColumns.read(lake, lines, values)
    # numpy lets other threads run while it counts
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = list(pool.map(lambda edges: _grade(block_of(plain, lines, marks, *edges), kind), block_edges(lines)))
    names = {"state": STATES, "letter": plain.letters, "current_letter": plain.letters, "category": plain.names}
    for name in TABLES:
        lake.register(f"plain_{name}_frame", _joined([tables[name] for tables in found], names))
    execute_each(lake, sql(PACKAGE, "add_plain_grades"), {"has_categories": categories})


def _joined(tables: list[BlockColumns], names: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """One table of the rows of all.

    Args:
        names: of columns that hold places among names, below 0 where there is none.
    """
    columns = {column: np.concatenate([table[column] for table in tables]) for column in tables[0]}
    texts = {
        column: pd.Categorical.from_codes(columns[column], pd.Index(names[column]))  # type: ignore[arg-type]  # arrays too
        for column in columns.keys() & names.keys()
    }
    return pd.DataFrame({**columns, **texts}, copy=False)


def _grade(block: Block, kind: str) -> dict[str, BlockColumns]:
    """What a block comes to: its part of each of TABLES."""
    now = points_of(block, IS_CURRENT)
    if_missing, with_missing = with_more(block, now, IS_IF_MISSING, IS_CURRENT)
    then, with_others = with_more(block, if_missing, IS_FINAL, IS_IF_MISSING)
    current = percents_of(now)
    lowered = current.but(with_missing, percents_of(if_missing.of(with_missing)))
    final = lowered.but(with_others, percents_of(then.of(with_others)))
    by_state = count_states(block, block.seat_of_cell, len(block.seat_rules))
    is_incomplete, incomplete = by_state[:, number("incomplete")] > 0, block.rules.letters.index(INCOMPLETE)
    printed, points, counted = (current, now, IS_CURRENT) if kind in SO_FAR else (final, then, IS_FINAL)
    seats: BlockColumns = {
        "current": current.millionths, "final": final.millionths,
        "current_letter": np.where(is_incomplete, incomplete, current.letters),
        "letter": np.where(is_incomplete, incomplete, final.letters),
        "if_missing": np.where(by_state[:, number("missing")] > 0, lowered.millionths, NOTHING),
        "weighed": weighed_of(points), "late_count": sums(block.marks.is_late, block.first_cell),
        **{f"{name}_count": count_of(by_state, states) for name, states in SEAT_COUNTS.items()},
    }  # fmt: skip
    pieces, one_of_each = pieces_of(block)
    return {
        "seats": seats, "work": work_of(block), "left_out": left_out_of(block, points, printed.millionths != NOTHING),
        "pieces": pieces, "counted": one_of_each, "categories": categories_of(block, points, counted),
    }  # fmt: skip
