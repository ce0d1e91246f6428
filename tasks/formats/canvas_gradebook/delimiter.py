"""What parts the cells of a gradebook: a comma, or a semicolon where the export writes numbers with a comma."""

import csv
import io

HEADERS = (("Student", "ID"), ("LastName", "FirstName", "ID"))  # what a Canvas gradebook begins with


def delimiter_of(text: str) -> str:
    """The delimiter, told from the beginning of a gradebook."""
    return ";" if _begins(text, ";") else ","


def is_gradebook(text: str) -> bool:
    """Whether a file begins with the fixed part of a Canvas gradebook."""
    return _begins(text, ",") or _begins(text, ";")


def _begins(text: str, delimiter: str) -> bool:
    try:
        cells = next(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter), [])
    except csv.Error:
        return False  # the check says what is wrong with it
    return any(tuple(cell.strip() for cell in cells[: len(header)]) == header for header in HEADERS)
