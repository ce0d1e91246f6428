"""A gradebook cut into cells, and the tables that readers of any system leave for the SQL that makes datasets of them.

Besides the row itself (`cells_<dataset>`), four temporary tables say what lies in the files:

wide_file(file, class_id, points_row)                       points_row: the row that says how much each piece is worth
wide_row(row_number, file, row, kind)                       kind: points, posting, test, blank, student
wide_column(file, place, header, item_id, title, points, posted_by_hand, category)   pieces of work, in plain digits
wide_cell(row_number, place, header, total, cell)           what students have there, never blank; total: one of TOTALS
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.tasks.formats.header import Header, judge_header
from termpost.tasks.formats.lenient_csv import csv_rows
from termpost.tasks.formats.provenance import note_places

TOTALS = ("Override Score", "Override Grade", "Final Score", "Final Grade")  # that are read, as Canvas calls them
TABLES = {
    "wide_file": {"file": "VARCHAR", "class_id": "VARCHAR", "points_row": "BIGINT"},
    "wide_row": {"row_number": "BIGINT", "file": "VARCHAR", "row": "BIGINT", "kind": "VARCHAR"},
    "wide_column": {
        "file": "VARCHAR", "place": "INTEGER", "header": "VARCHAR", "item_id": "VARCHAR", "title": "VARCHAR",
        "points": "VARCHAR", "posted_by_hand": "BOOLEAN", "category": "VARCHAR",
    },
    "wide_cell": {
        "row_number": "BIGINT", "place": "INTEGER", "header": "VARCHAR", "total": "VARCHAR", "cell": "VARCHAR",
    },
}  # fmt: skip


def create_wide(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the four tables, empty."""
    for name, columns in TABLES.items():
        types = ", ".join(f"{column} {of}" for column, of in columns.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({types})")


@dataclass(frozen=True)
class WorkColumn:
    """A column of marks."""

    place: int
    header: str
    item_id: str
    title: str
    points: str | None  # in plain digits
    posted_by_hand: bool = False
    is_hidden: bool = False  # from everybody: there is no mark to read
    category: str | None = None


@dataclass(frozen=True)
class GradebookCell:
    """What a student has in a column of marks or of totals."""

    row: int  # 1-based in the file
    place: int
    total: str | None  # one of TOTALS
    cell: str


@dataclass
class GradebookSheet:
    """One file, cut into cells."""

    delimiter: str
    header: list[str]
    fixed: Header
    rows: list[list[str]]
    torn: list[int]  # 1-based
    kinds: list[str] = field(default_factory=list)

    def named(self, row: Sequence[str], *names: str) -> str:
        """The first of the columns that the file has and that is not blank."""
        places = (self.fixed.places[name] for name in names if name in self.fixed.places)
        return next((row[p] for p in places if p < len(row) and row[p].strip()), "")

    def cell(self, row: int, place: int) -> str:
        """Of a row (1-based); blank where the row is too short."""
        cells = self.rows[row - 1]
        return cells[place] if place < len(cells) else ""

    @property
    def points_row(self) -> int | None:
        return self.kinds.index("points") + 1 if "points" in self.kinds else None

    @property
    def right(self) -> Iterator[tuple[int, str]]:
        """Place and header of what the course added."""
        first = self.fixed.width
        return ((place, self.header[place]) for place in range(first, len(self.header)))

    def students(self) -> Iterator[tuple[int, list[str]]]:
        rows = enumerate(zip(self.rows, self.kinds, strict=True), start=1)
        return ((number, row) for number, (row, kind) in rows if kind == "student" and number not in self.torn)


def cut(
    contract: Contract, file: str, text: str, delimiter: str, width: Callable[[Sequence[str]], int]
) -> GradebookSheet | None:
    """Cuts a file; None where it has no header.

    Args:
        width: how many columns at the left are the same in every course, told from the header.

    Raises:
        UnreadableError: a quote that is never closed.
    """
    found = csv_rows(text, delimiter)
    first, _ = next(found, ([], False))
    header = [cell.strip() for cell in first]
    if not any(header):
        return None
    rows, torn = [], []
    for number, (cells, is_torn) in enumerate(found, start=1):
        if is_torn or len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            torn.append(number)
        rows.append(cells)
    return GradebookSheet(delimiter, header, judge_header(contract, header[: width(header)], file), rows, torn)


def keep_sheet(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    file: str,
    sheet: GradebookSheet,
    before: int,
    work: Sequence[WorkColumn],
    cells: Sequence[GradebookCell],
) -> None:
    """Fills the tables with what was read of a file, behind the `before` rows of others."""
    places = [(column.name, sheet.fixed.places.get(column.name)) for column in contract.kept]
    fixed: list[dict[str, object]] = [
        {name: row[place] or None if place is not None and place < len(row) else None for name, place in places}
        for row in sheet.rows
    ]
    _insert(con, f"cells_{contract.dataset}", dict.fromkeys((name for name, _ in places), "VARCHAR"), fixed)
    class_id = contract.snapshot_of(file)["of"]
    found: dict[str, list[dict[str, object]]] = {
        "wide_file": [{"file": file, "class_id": class_id, "points_row": sheet.points_row or 0}],
        "wide_row": [
            {"row_number": before + number, "file": file, "row": number, "kind": kind}
            for number, kind in enumerate(sheet.kinds, start=1)
        ],
        "wide_column": [
            {"file": file, "place": one.place, "header": one.header, "item_id": one.item_id, "title": one.title,
             "points": one.points, "posted_by_hand": one.posted_by_hand, "category": one.category}
            for one in work
        ],
        "wide_cell": [
            {"row_number": before + one.row, "place": one.place, "header": sheet.header[one.place], "total": one.total,
             "cell": one.cell}
            for one in cells
        ],
    }  # fmt: skip
    for name, rows in found.items():
        _insert(con, name, TABLES[name], rows)
    note_places(con, contract, file, before)


def _insert(
    con: duckdb.DuckDBPyConnection, table: str, types: Mapping[str, str], rows: Sequence[Mapping[str, object]]
) -> None:
    import pandas as pd  # noqa: PLC0415 - only gradebooks pay for the import

    if not rows:
        return
    con.register("wide_rows", pd.DataFrame(list(rows), columns=list(types), dtype=object))
    cast = ", ".join(f'CAST("{column}" AS {of})' for column, of in types.items())
    con.execute(f"INSERT INTO {table} SELECT {cast} FROM wide_rows")
    con.unregister("wide_rows")
