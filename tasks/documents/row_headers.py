"""Row headers in a tagged PDF: what the first cell of a row names, a reader hears with every other cell of it.

Typst can mark a cell so, but its Python package has no way to switch that on. So the structure tree is mended where it
lies in the file: in each row of a table's body that has several cells, the first one becomes a header of scope Row
(ISO 32000-1, 14.8.5.7), and the others name it among their headers. Nothing that is seen changes.
"""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

_ROW: Final = re.compile(rb"<</Type/StructElem/S/TR/P \d+ 0 R/K\[(\d+ 0 R(?: \d+ 0 R)+)\]>>\nendobj")
_CELL: Final = b"<</Type/StructElem/S/TD/P "
_TABLE: Final = b"<</O/Table/Headers["
_IDS: Final = re.compile(rb"/IDTree<</Names\[")
_XREF: Final = re.compile(
    rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf]\r\n)+)trailer\n(.*?)\nstartxref\n\d+\n%%EOF\Z", re.DOTALL
)
_FREE: Final = b"0000000000 65535 f\r\n"
Splice = tuple[int, int, bytes]  # place, how many bytes go there, what stands in their place


def with_row_headers(pdf: bytes) -> bytes:
    """The same PDF with a row header in each row; same bytes for the same file.

    Raises:
        ValueError: the file is not laid out as Typst lays one out.
    """
    rows = [[int(kid) for kid in found[1].split()[::3]] for found in _ROW.finditer(pdf)]
    if not rows:
        return pdf
    table = _XREF.search(pdf, int(pdf[pdf.rindex(b"startxref") + 10 : pdf.rindex(b"%%EOF")]))
    if table is None:
        raise ValueError("the table of objects is not where it should be")
    places = [int(line[:10]) if line[17:18] == b"n" else 0 for line in table[2].splitlines(keepends=True)]
    edits, names = list[Splice](), list[bytes]()
    for cells in rows:
        if found := list(_row_edits(pdf, places, cells, name := b"R%06d" % cells[0])):
            edits += found
            names.append(b"(%s)%d 0 R" % (name, cells[0]))
    if not names:
        return pdf
    ids = _IDS.search(pdf)
    if ids is None:
        raise ValueError("the tree of names of the structure is not where it should be")
    # Typst's own names start with a U, so that these come before them, as the order of a name tree asks
    edits.append((ids.end(), 0, b"".join(sorted(names))))
    return _written(pdf[: table.start()], sorted(edits), places, table[3])


def _row_edits(pdf: bytes, places: list[int], cells: list[int], name: bytes) -> Iterator[Splice]:
    """Nothing for a row of the head, whose cells are headers already."""
    for number, cell in enumerate(cells):
        start = pdf.index(b"<<", places[cell])
        end = pdf.index(b"endobj", start)
        if not pdf.startswith(_CELL, start):
            return
        headers = pdf.find(_TABLE, start, end)
        if headers < 0:
            raise ValueError("a cell does not name its headers")
        if number == 0:
            kind = start + len(_CELL) - len(b"TD/P ")
            yield kind, 2, b"TH"
            parent = pdf.index(b" 0 R", kind) + len(b" 0 R")
            yield parent, 0, b"/ID(%s)" % name
            yield headers + len(b"<</O/Table"), 0, b"/Scope/Row"
        else:
            yield pdf.index(b"]", headers), 0, b"(%s)" % name


def _written(body: bytes, edits: list[Splice], places: list[int], trailer: bytes) -> bytes:
    """The file with its edits, and a table of objects that says where each one went."""
    parts, last = list[bytes](), 0
    for place, gone, new in edits:
        parts += (body[last:place], new)
        last = place + gone
    parts.append(body[last:])
    moved = list(accumulate((len(new) - gone for _, gone, new in edits), initial=0))
    lines, number = {0: _FREE}, 0
    for place, entry in sorted((place, entry) for entry, place in enumerate(places) if entry):
        while number < len(edits) and edits[number][0] < place:
            number += 1
        lines[entry] = b"%010d 00000 n\r\n" % (place + moved[number])
    xref = b"".join(lines[entry] for entry in range(len(places)))
    size = len(body) + moved[-1]
    end = b"xref\n0 %d\n%strailer\n%s\nstartxref\n%d\n%%%%EOF" % (len(places), xref, trailer, size)
    return b"".join(parts) + end
