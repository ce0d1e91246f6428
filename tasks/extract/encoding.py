"""Text that is not UTF-8: where it stops being so, as row and column, so that a person finds the cell."""

import codecs
import csv
import io
from collections.abc import Iterator

from termpost.schemas.base.errors import InputError
from termpost.tasks.formats.registry import delimiter_of
from termpost.tasks.formats.source_file import SourceFile

WIDE = (  # the longer marks first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip
AS_UTF8 = "export it as CSV UTF-8 (in Excel: Save as, CSV UTF-8)"


def refuse_wide(beginning: bytes, file: SourceFile) -> None:
    """Refuses what Excel calls Unicode text, by its byte order mark.

    Raises:
        InputError: `not-utf8`.
    """
    for mark, name in WIDE:
        if beginning.startswith(mark):
            raise InputError("not-utf8", f"the file is {name} (Excel's “Unicode text”), which is not read", file.shown,
                             AS_UTF8)  # fmt: skip


def not_utf8(file: SourceFile, offset: int) -> InputError:
    """What to say of a file that stops being UTF-8.

    Args:
        offset: bytes before the first one that is not.
    """
    row, column = _place(file, offset)
    where = f"row {row:,}" if row else "the header"
    return InputError("not-utf8", f"the file is not UTF-8 ({where}, column {column:,}, byte offset {offset:,})",
                      file.shown, AS_UTF8)  # fmt: skip


def _place(file: SourceFile, offset: int) -> tuple[int, int]:
    """Row (0 is the header; blank lines are none) and column (from 1) of a byte; all before it is UTF-8."""
    row, cells = -1, 1
    delimiter = delimiter_of(file.beginning())
    try:
        for found in csv.reader(_lines(file, offset), delimiter=delimiter):
            if found:
                row, cells = row + 1, len(found)
    except csv.Error:
        pass  # a cell of more than 128 KiB: the row where it begins is the best that is known
    return max(row, 0), cells


def _lines(file: SourceFile, size: int) -> Iterator[str]:
    """The lines of the first `size` bytes; a mark stands for the byte after them, so that its cell is not blank."""
    with file.open() as source:
        head = io.BytesIO(source.read(size) + b"?")
    yield from io.TextIOWrapper(head, encoding="utf-8-sig", newline="")
