"""The sheet of comments as an Excel workbook (.xlsx), and back."""

import csv
import io

from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.workbook import as_workbook
from termpost.tasks.extract.containers.workbook import sheets_of
from termpost.tasks.formats.source_file import from_bytes

ZIP = b"PK\x03\x04"


def workbook_of(sheet: bytes) -> bytes:
    """The sheet, as it is written as CSV, as a workbook."""
    return as_workbook("comments", csv.reader(io.StringIO(sheet.decode("utf-8-sig"), newline="")))


def csv_of(data: bytes, name: str) -> bytes:
    """A sheet as CSV: of a workbook its one sheet, dates and numbers as their text; anything else as it is.

    Raises:
        InputError: `formula`, with its sheet and cell; `several-sheets`; what an extract's workbook is refused for.
    """
    if not data.startswith(ZIP):
        return data
    called = name if name.lower().endswith(".xlsx") else f"{name}.xlsx"
    found, _ = sheets_of(from_bytes(called, data), takes_formulas=False)
    if len(found) != 1:
        raise InputError("several-sheets", f"the workbook has {len(found)} sheets with something in them", name,
                         "keep the one that was exported")  # fmt: skip
    with found[0].open() as file:
        return file.read()
