"""Excel workbooks (.xlsx, .xlsm): each sheet becomes the CSV file that it stands for, its cells the text they show."""

import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePosixPath

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.findings import SkippedFile
from termpost.tasks.documents.workbook import cell_name
from termpost.tasks.extract.containers.bounded import refuse_bomb
from termpost.tasks.extract.containers.refused_kinds import LONGEST_BEGINNING, refuse_by_beginning
from termpost.tasks.extract.containers.sheet_cells import OddCells, odd_cells
from termpost.tasks.extract.near_names import meant_name
from termpost.tasks.formats.datasets import SUPPLEMENT_FOLDER
from termpost.tasks.formats.registry import known_names
from termpost.tasks.formats.source_file import SourceFile, from_bytes

MOST = 2**30  # bytes of a workbook unpacked
MOST_ROWS = 2**20  # of a sheet; what was beyond was lost when it was saved
COMMENTS = f"{SUPPLEMENT_FOLDER}/comments.csv"  # in which a formula is nobody's words
EXACT = 10**15  # whole numbers that a spreadsheet keeps to the last digit
# of a zip, of its members and of the XML in them; RuntimeError: a member says that it is encrypted
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, LookupError, ValueError, EOFError, OSError,
              NotImplementedError, RuntimeError)  # fmt: skip
Cell = int | float | str | bool | time | date | datetime | timedelta


def is_workbook(name: str) -> bool:
    return name.lower().endswith((".xlsx", ".xlsm"))


def sheets_of(file: SourceFile, *, takes_formulas: bool = True) -> tuple[list[SourceFile], list[SkippedFile]]:
    """The sheets that hold something, as CSV files, and those that hold nothing.

    A workbook of one such sheet is the file that it, or else the sheet, is called after; of several sheets each is the
    file of its own name: `users`, `lineItems`, and `contacts` or `supplement contacts` for supplement/contacts.csv.

    Raises:
        InputError: `unreadable-workbook`, `password`, `zip-bomb`; `error-cell`, `no-value`, `rounded-number`,
            `cut-sheet`, `formula` in comments and wherever it is not taken, each with its sheet and cell.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only a workbook pays for the import

    with file.open() as source:
        data = source.read()
    refuse_by_beginning(data[:LONGEST_BEGINNING], file.name)
    broken = InputError("unreadable-workbook", "the workbook cannot be read", file.name,
                        "open it in Excel and save it again as .xlsx")  # fmt: skip
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_bomb(archive.infolist(), file.name, MOST)
            odd = odd_cells(archive)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except (CalamineError, *UNREADABLE):
        raise broken from None
    filled = [(name, table) for name, table in tables if any(cell != "" for row in table for cell in row)]
    names = _names(PurePosixPath(file.name), [name for name, _ in filled])
    for name, (sheet, _) in zip(names, filled, strict=True):
        if (not takes_formulas or name == COMMENTS) and (formulas := odd.get(sheet, OddCells()).formulas):
            raise InputError("formula", "a cell holds a formula", f"{file.name}, sheet {sheet}, cell {formulas[0]}",
                             "write the text itself into the cell")  # fmt: skip
    found = [
        SourceFile(name, made.open, size=made.size, origin=where)
        for name, (sheet, table) in zip(names, filled, strict=True)
        for where in [f"{file.name}, sheet {sheet}"]
        for made in [from_bytes(name, _as_csv(table, odd.get(sheet, OddCells()), where))]
    ]
    empty = {name for name, _ in tables} - {name for name, _ in filled}
    return found, [SkippedFile(name=f"{file.name}, sheet {name}", why="empty-sheet") for name in sorted(empty)]


def _names(book: PurePosixPath, sheets: Sequence[str]) -> list[str]:
    """What each sheet is as a file of the extract."""
    if len(sheets) != 1:
        return [_of_sheet(book.parent, sheet) for sheet in sheets]
    own, of_sheet = book.with_suffix(".csv"), _of_sheet(book.parent, sheets[0])
    if str(own) in known_names() or meant_name(own) is not None or of_sheet not in known_names():
        return [str(own)]
    return [of_sheet]


def _of_sheet(folder: PurePosixPath, sheet: str) -> str:
    bare = sheet.strip()
    own = next(
        (bare[len(SUPPLEMENT_FOLDER) + 1 :] for mark in " _-." if bare.startswith(SUPPLEMENT_FOLDER + mark)), bare
    )
    of_supplement = f"{SUPPLEMENT_FOLDER}/{own}.csv"
    if of_supplement in known_names():
        return of_supplement
    return str(folder / f"{bare}.csv")


def _as_csv(table: Sequence[Sequence[Cell]], odd: OddCells, where: str) -> bytes:
    if len(table) >= MOST_ROWS:
        raise InputError("cut-sheet", "the sheet is full to its last row, so rows were lost when it was saved", where,
                         "export as CSV instead")  # fmt: skip
    odd.refuse(where)
    width = max((place + 1 for row in table for place, cell in enumerate(row) if cell != ""), default=0)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for number, row in enumerate(table):
        cells = list(_texts(row[:width], number, odd, where))
        if any(cells):
            writer.writerow(cells)
        else:
            out.write("\r\n")  # no row, as in any CSV file
    return out.getvalue().encode()


def _texts(row: Sequence[Cell], number: int, odd: OddCells, where: str) -> Iterator[str]:
    for place, cell in enumerate(row):
        if isinstance(cell, str):
            yield cell
        elif isinstance(cell, bool):
            yield "true" if cell else "false"
        elif isinstance(cell, int | float):
            yield _number(cell, odd.shapes.get((number, place)), f"{where}, cell {cell_name(number, place)}")
        elif isinstance(cell, timedelta):
            at = f"{where}, cell {cell_name(number, place)}"
            remedy = "format the cell as text or as a number"
            raise InputError("unread-cell", "the cell holds a span of time", at, remedy)
        else:
            yield cell.isoformat()


def _number(cell: float, shape: str | None, where: str) -> str:
    """As the cell shows it: 15 digits, as a spreadsheet keeps them; 0.875 of a per cent cell is 87.5%."""
    if abs(cell) >= EXACT:
        raise InputError("rounded-number", "a number of more than 15 digits has lost the last ones", where,
                         "format the column as text before the numbers are entered, or export as CSV")  # fmt: skip
    exact = Decimal(format(cell, ".15g"))
    if shape == "%":
        return f"{(exact * 100).normalize():f}%"
    return f"{exact.normalize():f}".zfill(len(shape or ""))
