"""Whatever a person opens in a spreadsheet is text to it, and there is one place that sees to it."""

import csv
import io
from pathlib import Path

import pytest
from termpost.tasks.documents.spreadsheet import as_csv

ROOT = Path(__file__).parents[3]
# what a machine reads again, character by character
READ_BACK = {
    "tasks/extract/containers/workbook.py", "tasks/extract/land.py", "tasks/extract/oneroster/bundle.py",
    "tasks/formats/oneroster/delta.py",
}  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=cmd()", "'=cmd()"), ("+1", "'+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
        ("＝1", "'＝1"), ("'=1", "''=1"), ("-2+3", "'-2+3"), ("-1.5", "-1.5"), (-1, "-1"), (True, "true"),
        ("O'Neill", "O'Neill"), ("a=b", "a=b"), ("", ""), (None, ""),
    ],
)  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell: object, shown: str) -> None:
    found = as_csv(("=a", "b"), [(cell, "x")]).decode()
    assert list(csv.reader(io.StringIO(found, newline=""))) == [["'=a", "b"], [shown, "x"]]


def test_no_other_module_writes_csv_for_people() -> None:
    own = {"tasks/documents/spreadsheet.py", "tasks/comments/spreadsheet.py"}
    found = {
        str(path.relative_to(ROOT))
        for room in ("tasks", "flows", "schemas")
        for path in (ROOT / room).rglob("*.py")
        if "csv.writer(" in path.read_text() or "DictWriter(" in path.read_text() or ".to_csv(" in path.read_text()
    }
    assert found == own | READ_BACK
