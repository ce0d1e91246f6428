"""What is written as OneRoster comes back as it was: every file, column and type, whatever people are called."""

import csv
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from termpost.schemas.contracts.contract import Column, Contract
from termpost.tasks.check.accept import accept
from termpost.tasks.formats.registry import load_contracts

FORMS = ("oneroster-csv/1.1", "oneroster-csv/1.2")
# any character that UTF-8 has, composed or not, line feeds and formulas too; a file with NUL is no CSV, and a carriage
# return inside a cell (which OneRoster forbids, like every line break) may refuse the file
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=12)
NAMES = st.sampled_from(
    ["José", "Jose\u0301", "ʻOkina", "=cmd|'/C'!A0", "Nguyễn, Thị", 'Ann "Nan"', "李 小龍", "\u200fعلي"]
)
WORD = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6)


def value_of(column: Column) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each type
    """A value as later stages get it."""
    match column.logical_type:
        case "string":
            return st.sampled_from(column.values) if column.values else TEXT | NAMES
        case "array":
            return st.lists(WORD, min_size=1, max_size=3)
        case "date":
            return st.dates(date(1900, 1, 1), date(2199, 12, 31))
        case "timestamp":
            return st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31))  # noqa: DTZ001 - UTC, as DuckDB gives it
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(-999_999_999, 999_999_999)
        case "number":
            return st.decimals(Decimal("-999999999999.999999"), Decimal("999999999999.999999"), places=6)


def cell(column: Column, value: Any) -> str:
    """The value as a school system writes it."""
    if value is None:
        return ""
    match column.logical_type:
        case "array":
            return ",".join(value)
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            return str(value.replace(tzinfo=UTC).isoformat()).replace("+00:00", "Z")
        case _:
            return str(value)


def in_the_file(contract: Contract) -> list[Column]:
    return [column for column in contract.in_file if column.keep]


def rows_of(contract: Contract) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    row = st.tuples(*(st.none() | value_of(column) for column in in_the_file(contract)))
    return st.lists(row, min_size=1, max_size=3)


def bundles(form: str) -> st.SearchStrategy[dict[str, list[tuple[Any, ...]]]]:
    return st.fixed_dictionaries({c.dataset: rows_of(c) for c in load_contracts(form) if not c.derived})


@pytest.mark.parametrize("form", FORMS)
def test_rows_come_back_as_they_were_written(form: str) -> None:
    contracts = {c.dataset: c for c in load_contracts(form) if not c.derived}

    @settings(max_examples=6, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(bundle=bundles(form))
    def holds(bundle: dict[str, list[tuple[Any, ...]]]) -> None:
        with tempfile.TemporaryDirectory() as name, duckdb.connect() as con:
            sources = {}
            for dataset, rows in bundle.items():
                contract, path = contracts[dataset], Path(name) / f"{dataset}.csv"
                columns = in_the_file(contract)
                with path.open("w", newline="", encoding="utf-8") as out:
                    writer = csv.writer(out)
                    writer.writerow([column.header for column in columns])
                    writer.writerows([[cell(c, v) for c, v in zip(columns, row, strict=True)] for row in rows])
                sources[contract.file] = str(path)
            accept(con, sources, [], form)
            for dataset, rows in bundle.items():
                names = ", ".join(f'"{column.name}"' for column in in_the_file(contracts[dataset]))
                found = con.execute(f"SELECT {names} FROM accepted_{dataset} ORDER BY row_number").fetchall()
                assert found == rows, dataset

    holds()
