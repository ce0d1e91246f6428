"""The school's words as a workbook (.xlsx, ECMA-376): for whoever translates in a spreadsheet."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.words.school_words import Told, bad
from termpost.tasks.documents.workbook import as_workbook
from termpost.tasks.extract.containers.bounded import refuse_bomb

COLUMNS: Final = ("kind", "word", "translation", "where it stands")
WIDTHS: Final = (12, 44, 44, 60)  # characters
MOST: Final = 2**26  # bytes unpacked
_FORMULA = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<(?:\w+:)?f[ >/]')


def words_workbook(language: str, rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of kind, word, translation and place under a head that names the language."""
    head = (COLUMNS[0], COLUMNS[1], f"{COLUMNS[2]} {language}", COLUMNS[3])
    return as_workbook("words", (head, *rows), WIDTHS)


def read_workbook(path: Path) -> tuple[str, list[Told]]:
    """The language of the head, and each row.

    Raises:
        InputError: `bad-words`: no workbook, no such columns, a formula in a cell.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only a workbook pays for the import

    data, name = path.read_bytes(), path.name
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_bomb(archive.infolist(), name, MOST)
            sheets = [archive.read(part) for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
        table = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except InputError:
        raise
    except (CalamineError, zipfile.BadZipFile, ValueError, LookupError, OSError, RuntimeError, NotImplementedError):
        raise bad("the workbook cannot be read", name, "save it again as .xlsx") from None
    for sheet in sheets:
        formula = _FORMULA.search(sheet)
        if formula:
            raise bad("a cell holds a formula", f"{name} cell {formula[1].decode()}", "write the words themselves")
    rows = [[str(cell).strip() for cell in row] for row in table]
    head = re.fullmatch(rf"{COLUMNS[2]} ([A-Za-z0-9-]+)", rows[0][2]) if rows and len(rows[0]) > 2 else None  # noqa: PLR2004
    if head is None or tuple(rows[0][:2]) != COLUMNS[:2]:
        what = "the first row is not that of an export"
        raise bad(what, f"{name} row 1", "export the words anew, and keep the row of heads")
    told = [Told(row[0], row[1], row[2], f"{name} row {number}") for number, row in enumerate(rows[1:], 2) if row[1]]
    return head[1], told
