"""What calamine does not tell of a sheet's cells: errors, formulas without a value, formats that change the text."""

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from termpost.schemas.base.errors import InputError

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
CELL = re.compile(rb"<(?:\w+:)?c\s+([^<>]*[^<>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
ATTRIBUTE = re.compile(rb'(\w+)\s*=\s*["\']([^"\']*)["\']')
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<]+)<")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
PERCENT = frozenset({9, 10})  # formats that every workbook has
ZEROS = re.compile(r"0{2,}")  # shows 123 as 00123
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
LONGEST = 10**6  # bytes of the parts that are parsed; styles of a gradebook are a few thousand


@dataclass(frozen=True)
class OddCells:
    """Of one sheet; places are 0-based (row, column)."""

    errors: tuple[str, ...] = ()  # "B3"
    uncomputed: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()  # those with a value too
    shapes: Mapping[tuple[int, int], str] = field(default_factory=dict)  # "%", or the zeros of a format like 00000

    def refuse(self, where: str) -> None:
        """Raises InputError of the first cell whose value is not there: it would be read as blank."""
        if self.errors:
            raise InputError("error-cell", f"a cell holds an error, as #N/A ({len(self.errors):,} in this sheet)",
                             f"{where}, cell {self.errors[0]}", "mend its formula, or empty the cell")  # fmt: skip
        if self.uncomputed:
            raise InputError("no-value", "a cell holds a formula and no value", f"{where}, cell {self.uncomputed[0]}",
                             "open the workbook in Excel and save it, or put in the values")  # fmt: skip


def odd_cells(archive: zipfile.ZipFile) -> dict[str, OddCells]:
    """By the name of the sheet.

    Raises:
        ValueError: not the parts of a workbook.
    """
    names = set(archive.namelist())
    shapes = _shapes(archive) if "xl/styles.xml" in names else {}
    return {sheet: _scan(archive.read(path), shapes) for sheet, path in _paths(archive).items() if path in names}


def _place(name: str) -> tuple[int, int]:
    column = 0
    letters = name.rstrip("0123456789")
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(name[len(letters) :]) - 1, column - 1


def _parsed(archive: zipfile.ZipFile, path: str) -> ET.Element:
    data = archive.read(path)
    if len(data) > LONGEST or b"<!DOCTYPE" in data[:LONGEST]:
        raise ValueError(path)
    try:
        return ET.fromstring(data)  # noqa: S314 - without a document type there are no entities
    except ET.ParseError:
        raise ValueError(path) from None


def _paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet → its part of the workbook."""
    targets = {of.get("Id"): of.get("Target", "") for of in _parsed(archive, RELATIONS)}
    found = {}
    for node in _parsed(archive, WORKBOOK).iter():
        if node.tag.endswith("}sheet"):
            target = targets.get(next((value for key, value in node.items() if key.endswith("}id")), ""), "")
            found[node.get("name", "")] = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
    return found


def _shapes(archive: zipfile.ZipFile) -> dict[int, str]:
    """Number of a style → what its format does to the text, where it does something."""
    root = _parsed(archive, "xl/styles.xml")
    formats = {
        int(node.get("numFmtId", "0")): LITERAL.sub("", node.get("formatCode", ""))
        for node in root.iter() if node.tag.endswith("}numFmt")
    }  # fmt: skip
    found = {}
    for cells in (node for node in root if node.tag.endswith("}cellXfs")):
        for style, node in enumerate(cells):
            number = int(node.get("numFmtId", "0"))
            code = formats.get(number, "0%" if number in PERCENT else "").partition(";")[0]
            if "%" in code:
                found[style] = "%"
            elif ZEROS.fullmatch(code):
                found[style] = code
    return found


def _scan(sheet: bytes, shapes: Mapping[int, str]) -> OddCells:
    errors, uncomputed, formulas, shaped = [], [], [], {}
    for found in CELL.finditer(sheet):
        attributes = dict(ATTRIBUTE.findall(found[1]))
        kind, name = attributes.get(b"t", b"n"), attributes.get(b"r", b"").decode("ascii", "replace")
        if FORMULA.search(found[2]):
            formulas.append(name)
        if kind == b"e":
            errors.append(name)
        elif kind != b"str" and FORMULA.search(found[2]) and not VALUE.search(found[2]):
            uncomputed.append(name)
        elif kind == b"n" and (shape := shapes.get(int(attributes.get(b"s", b"0")))):
            shaped[_place(name)] = shape
    return OddCells(tuple(errors), tuple(uncomputed), tuple(formulas), shaped)
