"""What is written as OneRoster comes back as it was: every file, column and type, whatever people are called.

What the check mends is not in here: blanks around a text, parted letters, invisible marks, blank titles, repeated rows.
"""

import csv
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import is_normalized

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from termpost.schemas.contracts.contract import Column, Contract
from termpost.tasks.check.accept import accept
from termpost.tasks.formats.registry import load_contracts

FORMS = ("oneroster-csv/1.1", "oneroster-csv/1.2")
# any letter, digit or sign that UTF-8 has, formulas too, but for what an entity or a tag is made of
NOTHING = {"null", "none", "nil", "nan", "n/a", "#n/a", "\\n", "undefined"}  # Hypothesis finds them in our code
SIGNS = st.characters(categories=["L", "N", "P", "S"], exclude_characters="&<>")
TEXT = st.text(SIGNS, min_size=1, max_size=12).filter(
    lambda t: is_normalized("NFC", t) and any(c.isalnum() for c in t) and t.lower() not in NOTHING
)
NAMES = st.sampled_from(["José", "ʻOkina", "=cmd|'/C'!A0", "Nguyễn, Thị", 'Ann "Nan"', "李 小龍", "علي"])
WORD = st.text(st.characters(categories=("L", "N"), exclude_characters="nN"), min_size=1, max_size=6)  # no "null"


def is_plainly_a_day(day: date) -> bool:
    """Not one that may stand for no day: Hypothesis finds those in our code."""
    return f"{day:%m-%d}" not in {"01-01", "01-19", "06-06", "12-30", "12-31", "04-11"}


def value_of(column: Column) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each type
    """A value as later stages get it."""
    match column.logical_type:
        case "string":
            return st.sampled_from(column.values) if column.values else TEXT | NAMES
        case "array":
            return st.lists(WORD, min_size=1, max_size=3)
        case "date":
            return st.dates(date(1921, 1, 2), date(2098, 12, 30)).filter(is_plainly_a_day)
        case "timestamp":
            first, last = datetime(1970, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001 - UTC, as DuckDB gives it
            return st.datetimes(first, last).filter(is_plainly_a_day)
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
    columns = in_the_file(contract)
    row = st.tuples(*(value_of(c) if c.name in ("title", "name") else st.none() | value_of(c) for c in columns))
    dated = next((place for place, c in enumerate(columns) if c.name == "date_last_modified"), len(columns))

    def undated(row: tuple[Any, ...]) -> str:
        return repr((*row[:dated], *row[dated + 1 :]))

    return st.lists(row, min_size=1, max_size=3, unique_by=undated)


def bundles(form: str) -> st.SearchStrategy[dict[str, list[tuple[Any, ...]]]]:
    return st.fixed_dictionaries({c.dataset: rows_of(c) for c in load_contracts(form) if not c.derived})


@pytest.mark.parametrize("form", FORMS)
def test_rows_come_back_as_they_were_written(form: str) -> None:
    contracts = {c.dataset: c for c in load_contracts(form) if not c.derived}

    @settings(
        max_examples=6, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # a bundle that fails takes minutes to become small
    )  # fmt: skip
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
