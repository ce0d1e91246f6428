"""The sheet that goes to a proof-reader and comes back: CSV that a spreadsheet opens, character by character the same.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, and loses it on the way back.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from termpost.schemas.base.errors import InputError
from termpost.tasks.comments.workbooks import csv_of
from termpost.tasks.documents.spreadsheet import defuse

PARTS = ("strength", "next_step", "home_help", "student_says", "codes")  # as they are printed; all but one to edit
COLUMNS = ("comment_id", "student_id", "student_name", "class_id", "class_title", "author", "language", "comment",
           *PARTS, "state", "edited_comment", "edited_by", "edited_at", "fingerprint")  # fmt: skip
DELIMITERS = ",;\t"  # a spreadsheet may save with another one than it read
MANGLED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True)
class SheetRow:
    """One row of the sheet; counted from 1, without the header and without blank rows."""

    number: int
    cells: dict[str, str]

    def place(self, column: str = "") -> str:
        """Where a problem is; never what stands there."""
        return f"row {self.number} below the header" + (f", column {column}" if column else "")


def undefuse(cell: str) -> str:
    return cell[1:] if MANGLED.match(cell) else cell


def write_sheet(rows: Iterable[Sequence[str]]) -> bytes:
    """Cells in the order of COLUMNS; with a byte order mark, without which Excel takes it for its own code page."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([defuse(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def read_sheet(data: bytes, name: str = "the file") -> tuple[list[SheetRow], list[InputError]]:
    """The rows of a sheet, a CSV file or a workbook, and what is wrong with it; then nothing of it may be used."""
    try:
        text = csv_of(data, name).decode("utf-8-sig")
    except InputError as problem:
        return [], [problem]
    except UnicodeDecodeError:
        remedy = "save it as CSV UTF-8 (comma delimited)"
        return [], [InputError("not-utf8", "the file is not UTF-8", "the file", remedy)]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = _without_blank_end(next(lines, []))
        problems = list(_of_header(header))
        if problems:
            return [], problems
        table = [cells for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error:
        remedy = "look for a quote that is never closed"
        return [], [InputError("unreadable", "this is no CSV", f"line {lines.line_num} of the file", remedy)]
    rows = []
    for number, cells in enumerate(table, start=1):
        row = SheetRow(number, dict(zip(header, map(undefuse, cells), strict=False)))
        if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            what = "the row has another number of cells than the header"
            problems.append(InputError("ragged-row", what, row.place(), "put a cell that has a comma into quotes"))
        rows.append(row)
    return rows, problems


def _delimiter(text: str) -> str:
    """The one in which the first line has the most of our columns."""
    first = text.splitlines()[0] if text else ""
    return max(DELIMITERS, key=lambda sign: len(set(COLUMNS) & {name.strip('" ') for name in first.split(sign)}))


def _without_blank_end(cells: Sequence[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


def _of_header(header: Sequence[str]) -> Iterator[InputError]:
    remedy = "leave the header as it was exported"
    if not set(header) & set(COLUMNS):
        yield InputError(
            "no-sheet", "this is no sheet of comments", "the file", "take one of `termpost comments export`"
        )
        return
    for column in COLUMNS:
        if column not in header:
            yield InputError("missing-column", f"the column {column} is missing", "the header", remedy)
        elif header.count(column) > 1:
            yield InputError("duplicate-column", f"the column {column} is there twice", "the header", remedy)
    for position, column in enumerate(header, start=1):
        if column not in COLUMNS:  # what it says may be anything, so it is told by its place
            what = "a column is none of this sheet"
            yield InputError("unknown-column", what, f"the header, column {position}", "take it out")
