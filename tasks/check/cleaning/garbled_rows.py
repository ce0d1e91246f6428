"""Rows whose text was damaged on its way: a student's name is held until somebody says what is right, the rest is told.

A person's name is nobody's to guess, so the report waits; the row stays, since a report must be made to be accepted. An
adult's name that is garbled stands on an envelope that reaches them all the same, and a title is mended at leisure.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import duckdb
from termpost.schemas.contracts.contract import Column, Contract
from termpost.schemas.documents.findings import CheckHold, Problem
from termpost.schemas.documents.prepared import GARBLED_NAME
from termpost.tasks.check.cleaning.clean_cells import FIRST, column_problem
from termpost.tasks.check.cleaning.garbled import is_garbled, is_garbled_name
from termpost.tasks.check.cleaning.text_columns import NAME_COLUMNS, TEXT_COLUMNS
from termpost.tasks.check.tables import asked_at_once
from termpost.tasks.formats.format import HoldingRow

# formats' own files: what they say is judged where it ends, in the datasets that all formats share
OWN_FILES: Final = ("lms_", "canvas_")
DAMAGED: Final = (
    r"[^ -~À-ÖØ-öø-ÿ]|[?#\\<(\[]|^[^a-zA-Z]+$|^(?i:null|none|undefined|nan|n/a|nil)$"
    r"|\b(?:NULL|null|undefined|NaN|nan)\b"
)
MARKED: Final = re.compile("[\x80-\x9f\ufffd]")  # in a comment told by `comment-markup`
# whose row it is: the student of a row of students, else of the whole report
STUDENT_OF: Final = {
    "users": "SELECT row_number, sourced_id AS student FROM raw_users WHERE lower(role) = 'student'"
    " AND lower(status) IS DISTINCT FROM 'tobedeleted'",
    "supplement_students": "SELECT row_number, student_sourced_id AS student FROM raw_supplement_students",
}


def _damaged(
    con: duckdb.DuckDBPyConnection, looked: Sequence[tuple[Contract, Sequence[Column]]]
) -> list[list[list[str]]]:
    """Of each contract the values of each of its columns that may be garbled, found in one pass over the rows."""
    found = asked_at_once(con, (
        (f"raw_{contract.dataset}", [
            f"list(DISTINCT {cell}) FILTER (regexp_matches({cell}, '{DAMAGED}'))"
            for cell in (f'"{column.name}"' for column in columns)
        ])
        for contract, columns in looked
    ))  # fmt: skip
    return [[sorted(values or ()) for values in of_columns] for of_columns in found]


def _is_told(column: Column, value: str, *, is_name: bool) -> bool:
    if column.name == "comment" and MARKED.search(value):
        return False
    return is_garbled_name(value) if is_name else is_garbled(value)


def find_garbled(
    con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], filled: Collection[str]
) -> list[Problem]:
    """Adds garbled names of students to check_failure, row by row; gives one warning a column for all other text."""
    problems: list[Problem] = []
    looked = [
        (contract, columns) for contract in contracts
        if contract.dataset in filled and not contract.dataset.startswith(OWN_FILES)
        and (columns := [c for c in contract.kept if c.name in TEXT_COLUMNS.get(contract.dataset, ())])
    ]  # fmt: skip
    for (contract, columns), of_columns in zip(looked, _damaged(con, looked), strict=True):
        for column, found in zip(columns, of_columns, strict=True):
            is_name = column.name in NAME_COLUMNS.get(contract.dataset, ())
            values = [value for value in found if _is_told(column, value, is_name=is_name)]
            if values:
                problems.extend(_tell(con, contract, column, values, is_name=is_name))
    return problems


def _tell(
    con: duckdb.DuckDBPyConnection, contract: Contract, column: Column, values: list[str], *, is_name: bool
) -> list[Problem]:
    name = contract.dataset
    con.execute(
        "CREATE OR REPLACE TEMP TABLE garbled_value AS SELECT unnest($values::VARCHAR[]) AS value", {"values": values}
    )
    others = f'raw_{name} AS r JOIN garbled_value AS g ON g.value = r."{column.name}"'
    if is_name:
        con.execute(
            f"INSERT INTO check_failure SELECT '{name}', r.row_number, '{GARBLED_NAME}', 'warning', '{column.name}',"
            f" false FROM {others} SEMI JOIN ({STUDENT_OF[name]}) AS s USING (row_number)"
        )
        others += f" ANTI JOIN ({STUDENT_OF[name]}) AS s ON s.row_number = r.row_number"
    told = con.execute(
        f"SELECT w.file, w.header, count(*), min(w.row, {FIRST}) FROM {others} JOIN where_{name} AS w"
        " ON w.row_number = r.row_number GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    con.execute("DROP TABLE garbled_value")
    return [column_problem("garbled-text", file, header or column.header, n, rows) for file, header, n, rows in told]


def garbled_name_rows(con: duckdb.DuckDBPyConnection) -> tuple[HoldingRow, ...]:
    """The rows with a garbled name of a student; nothing of them is quarantined for it."""
    students = " UNION ".join(
        f"SELECT s.student, '{dataset}' AS dataset, s.row_number FROM ({query}) AS s SEMI JOIN check_failure AS f"
        f" ON f.dataset = '{dataset}' AND f.row_number = s.row_number AND f.rule = '{GARBLED_NAME}'"
        for dataset, query in STUDENT_OF.items()
    )
    rows = con.execute(f"SELECT * FROM ({students}) WHERE student IS NOT NULL ORDER BY ALL").fetchall()
    return tuple(
        HoldingRow(CheckHold(student=student, class_id=None, reason=GARBLED_NAME), dataset, row)
        for student, dataset, row in rows
    )
