"""A table as an Excel workbook (.xlsx, ECMA-376): one sheet, every cell a text and never a formula, the same bytes each
time."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape

EARLY: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can name, so that the same table gives the same file
UNSAYABLE: Final = dict.fromkeys(n for n in range(32) if n not in (9, 10, 13))  # in XML
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
SHEET: Final = "xl/worksheets/sheet1.xml"


def as_workbook(sheet: str, rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> bytes:
    """The rows, the first one included, on a sheet of this name.

    Args:
        widths: of the columns, in characters; those of the spreadsheet's own choice without them.
    """
    lines = "".join(_row(row, cells) for row, cells in enumerate(rows))
    columns = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, start=1))
    data = f"<cols>{columns}</cols>" if columns else ""
    parts = _around(sheet) | {SHEET: f'<worksheet xmlns="{MAIN}">{data}<sheetData>{lines}</sheetData></worksheet>'}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, EARLY), HEAD + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def cell_name(row: int, column: int) -> str:
    """`B3` of (2, 1)."""
    letters, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def _around(sheet: str) -> dict[str, str]:
    """The parts of the file that lead to its sheet."""
    types, office = f"{PACKAGE}/content-types", "application/vnd.openxmlformats-officedocument.spreadsheetml"
    links = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}'
    return {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{office}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="{escape(sheet)}" '
        'sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{links}/worksheet" Target="{SHEET.removeprefix("xl/")}"/></Relationships>',
    }


def _row(row: int, cells: Sequence[str]) -> str:
    said = "".join(_cell(cell_name(row, column), text) for column, text in enumerate(cells))
    return f'<row r="{row + 1}">{said}</row>'


def _cell(name: str, text: str) -> str:
    said = escape(text.translate(UNSAYABLE)).replace("\r\n", "\n").replace("\r", "\n")
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
