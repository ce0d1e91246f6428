"""A copy of Grand Bend to plant faults in."""

import csv
import io
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters

GRAND_BEND = Path(__file__).parents[3] / "examples" / "grand-bend"


class Bundle:
    """A bundle on disk; rows are 1-based without the header."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, file: str) -> list[list[str]]:
        with (self.folder / file).open(newline="", encoding="utf-8") as source:
            return list(csv.reader(source))

    def write(self, file: str, rows: list[list[str]]) -> None:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(rows)
        (self.folder / file).parent.mkdir(exist_ok=True)
        (self.folder / file).write_text(out.getvalue(), encoding="utf-8", newline="")

    def records(self, file: str) -> list[dict[str, str]]:
        header, *rows = self.read(file)
        return [dict(zip(header, row, strict=True)) for row in rows]

    def put(self, file: str, row: int, column: str, value: str) -> None:
        rows = self.read(file)
        rows[row][rows[0].index(column)] = value
        self.write(file, rows)

    def add(self, file: str, **cells: str) -> int:
        rows = self.read(file)
        rows.append([cells.get(column, "") for column in rows[0]])
        self.write(file, rows)
        return len(rows) - 1

    def rename(self, file: str, column: str, to: str) -> None:
        rows = self.read(file)
        rows[0][rows[0].index(column)] = to
        self.write(file, rows)

    def add_column(self, file: str, column: str, value: str = "") -> None:
        rows = self.read(file)
        self.write(file, [[*rows[0], column], *([*row, value] for row in rows[1:])])

    def drop_column(self, file: str, column: str) -> None:
        rows = self.read(file)
        place = rows[0].index(column)
        self.write(file, [row[:place] + row[place + 1 :] for row in rows])

    def row_of(self, file: str, **cells: str) -> int:
        for number, record in enumerate(self.records(file), start=1):
            if all(record[column] == value for column, value in cells.items()):
                return number
        raise LookupError(file)

    def roster(self, class_id: str) -> set[str]:
        return {r["userSourcedId"] for r in self.records("enrollments.csv") if r["classSourcedId"] == class_id}

    def sources(self) -> dict[str, str]:
        return {p.relative_to(self.folder).as_posix(): str(p) for p in sorted(self.folder.rglob("*.csv"))}

    def check(self, max_percent: Decimal = Decimal(200), **terms: Any) -> Findings:
        with duckdb.connect() as con:
            findings = hold_against_contracts(con, self.sources(), "extract-1", CheckParameters(max_percent, **terms))
        for file in findings.files:  # law 1, wherever a check is run
            assert file.rows == file.accepted + file.quarantined
        return findings


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    shutil.copytree(GRAND_BEND, tmp_path / "extract", ignore=shutil.ignore_patterns("*.md"))
    return Bundle(tmp_path / "extract")


@pytest.fixture
def small(written: Path, tmp_path: Path) -> Bundle:
    """A copy of the small bundle that the module has written."""
    shutil.copytree(written, tmp_path / "small")
    return Bundle(tmp_path / "small")


@pytest.fixture
def found() -> Callable[[Findings], set[tuple[str, str, str, int | None, str | None]]]:
    """Problems as comparable tuples."""
    return lambda f: {(p.rule, p.severity, p.file, p.row, p.column) for p in f.problems}
