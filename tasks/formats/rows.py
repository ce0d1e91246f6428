"""The rows of one file as they come, before any contract is asked."""

import csv
import io
from collections.abc import Iterator

from termpost.schemas.base.errors import InputError
from termpost.tasks.formats.source_file import SourceFile


def rows_of(file: SourceFile, delimiter: str = ",") -> Iterator[list[str]]:
    """Every row, header first. One whose quotes are wrong comes as a single blank cell: torn, for the check to find.

    Raises:
        InputError: an open quote has swallowed the rest of the file.
    """
    with file.open() as source:
        text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "expected after" not in str(error):
                    raise InputError("unreadable-csv", "the file cannot be read as CSV", file.name,
                                     "look for a quote that is never closed") from None  # fmt: skip
                yield [""]
