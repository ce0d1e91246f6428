"""What of two extracts differs in form: files and columns that are new or gone, and columns whose cells look otherwise.

No contract is asked, so it also tells of columns that nobody reads; and no cell is kept or shown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from termpost.tasks.formats.registry import delimiter_of
from termpost.tasks.formats.rows import rows_of
from termpost.tasks.formats.source_file import SourceFile

CellKind = Literal[
    "empty", "true or false", "number", "number with leading zeros", "number with comma", "date", "instant",
    "date in another order", "text",
]  # fmt: skip
# the first that a cell is; a number with leading zeros is an id that a spreadsheet would cut
KINDS: tuple[tuple[CellKind, re.Pattern[str]], ...] = (
    ("true or false", re.compile(r"true|false", re.IGNORECASE)),
    ("date", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("instant", re.compile(
        r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?", re.IGNORECASE
    )),
    ("date in another order", re.compile(
        r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( \d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?)?", re.IGNORECASE
    )),
    ("number with leading zeros", re.compile(r"0\d+")),
    ("number", re.compile(r"[+-]?\d+(\.\d+)?|[+-]?\.\d+")),
    ("number with comma", re.compile(r"[+-]?\d+,\d+")),
)  # fmt: skip
# what cells of both kinds in one column are
TOGETHER: Mapping[frozenset[CellKind], CellKind] = {
    frozenset({"number", "number with leading zeros"}): "number with leading zeros",
    frozenset({"number", "number with comma"}): "number with comma",
}
FileShape = dict[str, CellKind]  # column → what its cells look like
DifferenceKind = Literal["new file", "file gone", "new column", "column gone", "retyped"]


@dataclass(frozen=True)
class ShapeChange:
    """One thing that differs."""

    file: str
    column: str | None  # None: the file as a whole
    change: DifferenceKind
    before: CellKind | None = None
    now: CellKind | None = None


@lru_cache(maxsize=100_000)
def kind_of(cell: str) -> CellKind:
    """What a cell looks like."""
    text = cell.strip()
    if not text:
        return "empty"
    return next((kind for kind, pattern in KINDS if pattern.fullmatch(text)), "text")


def kind_together(kinds: Iterable[CellKind]) -> CellKind:
    """What a column is whose cells are of these kinds; blank ones say nothing."""
    said = frozenset(kinds) - {"empty"}
    if len(said) <= 1:
        return next(iter(said), "empty")
    return TOGETHER.get(said, "text")


def shape_of(file: SourceFile) -> FileShape:
    """The columns of a file, read to its end; of two of one name both are one.

    Raises:
        InputError: `unreadable-csv`.
    """
    rows = rows_of(file, delimiter_of(file.beginning()))
    names = [name.strip() for name in next(rows, [])]
    found: list[set[CellKind]] = [set() for _ in names]
    for row in rows:
        if len(row) == len(names):  # the cells of a torn row may be shifted
            for kinds, cell in zip(found, row, strict=True):
                kinds.add(kind_of(cell))
    shape: dict[str, set[CellKind]] = {}
    for name, kinds in zip_longest(names, found):
        shape.setdefault(name, set()).update(kinds)
    return {name: kind_together(kinds) for name, kinds in shape.items()}


def difference(before: Iterable[SourceFile], now: Iterable[SourceFile]) -> list[ShapeChange]:
    """By file and, as they stand in the files, by column."""
    old, new = ({file.name: file for file in files} for files in (before, now))
    changes: list[ShapeChange] = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            changes.append(ShapeChange(name, None, "file gone" if name in old else "new file"))
            continue
        was, is_ = shape_of(old[name]), shape_of(new[name])
        changes += [ShapeChange(name, column, "column gone", was[column]) for column in was if column not in is_]
        for column, kind in is_.items():
            if column not in was:
                changes.append(ShapeChange(name, column, "new column", None, kind))
            elif was[column] != kind:
                changes.append(ShapeChange(name, column, "retyped", was[column], kind))
    return changes
