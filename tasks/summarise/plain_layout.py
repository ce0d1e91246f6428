"""How the courses of plain classes lie in one long row of cells, and what comes out of them."""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from tasks.summarise.rules import Scope

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Layout:
    """Where everything lies. A part is one category of one student's course; cells of a part lie together."""

    scopes: list[Scope]
    scope_of: Ints  # course → place in scopes
    first_part: Ints  # course → its first part; one more at the end
    part_kind: Ints  # part → which category of which scope: place in `kinds`
    kinds: list[tuple[int, str]]  # scope, category
    first_cell: Ints  # part → its first cell; one more at the end
    item: Ints  # cell → place in the table plain_item


@dataclass(frozen=True)
class Rounded:
    """Percentages in millionths, as the policy prints them; `there` is false where there is no grade."""

    millionths: Ints
    there: Bools


def _repeated(first: Ints, lengths: Ints) -> Ints:
    """first[0], first[0] + 1, … for each length, one after the other."""
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(starts - first, lengths)


def read_layout(lake: duckdb.DuckDBPyConnection) -> tuple[Layout, Ints, npt.NDArray[np.int8]]:
    """The layout; points possible and the state without a result of each line item."""
    items = lake.execute(
        "SELECT class_id, session_id, category, possible, state FROM plain_item ORDER BY class_id, session_id, position"
    ).fetchall()
    courses = lake.execute("SELECT class_id, session_id, count(*) FROM plain_seat GROUP BY ALL ORDER BY ALL").fetchall()
    kinds: list[tuple[int, str]] = []
    kind_first: list[int] = []  # its first line item
    scopes = [(str(c), str(s)) for c, s, _ in courses]
    place = {scope: number_ for number_, scope in enumerate(scopes)}
    scope_kinds: list[list[int]] = [[] for _ in scopes]
    last: tuple[int, str] | None = None
    for at, (class_id, session_id, category, _, _) in enumerate(items):
        scope = place.get((class_id, session_id), -1)
        if (scope, category) != last:
            last = (scope, category)
            if scope >= 0:
                scope_kinds[scope].append(len(kinds))
            kinds.append(last)
            kind_first.append(at)
    ends = np.array([*kind_first, len(items)], dtype=np.int64)
    lengths = ends[1:] - ends[:-1]
    seats = np.array([row[2] for row in courses], dtype=np.int64)
    scope_of = np.repeat(np.arange(len(scopes), dtype=np.int64), seats)
    in_scope = np.array([len(k) for k in scope_kinds], dtype=np.int64)
    flat = np.array([k for ks in scope_kinds for k in ks], dtype=np.int64)
    parts_of = in_scope[scope_of] if len(scope_of) else np.zeros(0, dtype=np.int64)
    part_kind = flat[_repeated((np.cumsum(in_scope) - in_scope)[scope_of], parts_of)] if len(flat) else flat
    first_part = np.concatenate([[0], np.cumsum(parts_of)]).astype(np.int64)
    cells = lengths[part_kind]
    first_cell = np.concatenate([[0], np.cumsum(cells)]).astype(np.int64)
    item = (
        _repeated(np.array(kind_first, dtype=np.int64)[part_kind], cells) if len(part_kind) else np.zeros(0, np.int64)
    )
    layout = Layout(scopes, scope_of, first_part, part_kind, kinds, first_cell, item)
    return layout, np.array([r[3] for r in items], dtype=np.int64), np.array([r[4] for r in items], dtype=np.int8)
