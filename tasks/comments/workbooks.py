"""The sheet of comments as an Excel workbook (.xlsx): one sheet of text cells, the same bytes each time."""

import csv
import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.containers.workbook import sheets_of
from termpost.tasks.formats.source_file import from_bytes

ZIP = b"PK\x03\x04"
EARLY = (1980, 1, 1, 0, 0, 0)  # of every member, so that the same comments are the same bytes
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
UNSAYABLE = dict.fromkeys(n for n in range(32) if n not in (9, 10, 13))  # in XML
FIXED_PARTS = {
    "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName='
    '"/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type='
    f'"{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="comments" '
    'sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook_of(sheet: bytes) -> bytes:
    """The sheet, as it is written as CSV, as a workbook. A cell of text is never a formula."""
    table = csv.reader(io.StringIO(sheet.decode("utf-8-sig"), newline=""))
    rows = "".join(_row(number, cells) for number, cells in enumerate(table, start=1))
    data = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**FIXED_PARTS, "xl/worksheets/sheet1.xml": data}.items():
            archive.writestr(zipfile.ZipInfo(name, EARLY), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _row(number: int, cells: Sequence[str]) -> str:
    return f'<row r="{number}">{"".join(map(_cell, cells))}</row>'


def _cell(text: str) -> str:
    said = escape(text.translate(UNSAYABLE)).replace("\r\n", "\n").replace("\r", "\n")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


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
