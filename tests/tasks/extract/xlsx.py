"""Workbooks as Excel writes them, made of nothing but their parts (ECMA-376), so that every odd cell can be planted."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

STYLES = {"": 0, "date": 1, "percent": 2, "zeros": 3, "instant": 4, "span": 5}
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
STYLE_PART = (
    f'<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs count="6">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="46"/>'
    "</cellXfs></styleSheet>"
)


@dataclass(frozen=True)
class Cell:
    value: str | float | bool | None
    style: str = ""
    formula: str = ""
    error: bool = False


def _cell(place: str, cell: str | Cell) -> str:
    of = cell if isinstance(cell, Cell) else Cell(cell)
    style = f' s="{STYLES[of.style]}"' if of.style else ""
    formula = f"<f>{escape(of.formula)}</f>" if of.formula else ""
    if of.value is None:
        return f'<c r="{place}"{style}>{formula}</c>'
    if isinstance(of.value, bool):
        return f'<c r="{place}" t="b">{formula}<v>{int(of.value)}</v></c>'
    if isinstance(of.value, float):
        return f'<c r="{place}"{style}>{formula}<v>{of.value!r}</v></c>'
    if of.error or of.formula:
        return f'<c r="{place}" t="{"e" if of.error else "str"}">{formula}<v>{escape(of.value)}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(of.value)}</t></is></c>'


def _sheet(rows: Sequence[Sequence[str | Cell]]) -> str:
    made = []
    for number, row in enumerate(rows, start=1):
        cells = (_cell(f"{_letters(place)}{number}", cell) for place, cell in enumerate(row) if cell != "")
        made.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f"<worksheet {MAIN}><sheetData>{''.join(made)}</sheetData></worksheet>"


def _letters(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | Cell]]]) -> bytes:
    """Name of a sheet → its rows; texts stay texts, as where a column is formatted so."""
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>' for number, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships {PACKAGE}><Relationship Id="r" Type="{OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships {PACKAGE}><Relationship Id="s" Type="{OFFICE}/styles"'
        f' Target="styles.xml"/>{related}</Relationships>',
        "xl/styles.xml": STYLE_PART,
        **{f"xl/worksheets/sheet{number}.xml": _sheet(rows) for number, rows in enumerate(sheets.values(), 1)},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()
