"""CSV that a person opens in a spreadsheet, which runs what begins like a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

# what OWASP lists, and the full-width forms that a spreadsheet reads the same; apostrophes before it count as ours
FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
NUMBER: Final = re.compile(r"-[0-9]+(?:\.[0-9]+)?")  # a spreadsheet shows it as it is


def defuse(cell: str) -> str:
    """The cell as text to a spreadsheet: an apostrophe before what it would take for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Comma-separated values (RFC 4180) in UTF-8; nothing in it is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return defuse(value) if isinstance(value, str) and not NUMBER.fullmatch(value) else value
