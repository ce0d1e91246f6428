"""Cells read as what they mean, before anything is judged: in place, the same in the check and in the load.

DuckDB finds the columns and the different values that may need it by a look that costs next to nothing; Python sees
each such value once. What was read otherwise than it stands is told once a column, with how many rows and the first.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

import duckdb
from termpost.schemas.contracts.contract import Column, Contract
from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.findings import Problem
from termpost.tasks.check.cleaning.cell_values import (
    NULL_WORDS,
    UNIX_ZEROS,
    ReadValue,
    is_null,
    null_text,
    placeholder_end,
    read_boolean,
    read_day,
    read_school_year,
    read_word,
)
from termpost.tasks.check.cleaning.clean_text import LINE_ENDS, clean_text
from termpost.tasks.check.cleaning.text_columns import TEXT_COLUMNS, TextKind
from termpost.tasks.check.tables import asked_at_once, text

FIRST: Final = 3  # rows that a message names
NOT_READ: Final = frozenset({"manifest"})
# an agreement gives a right, so its end is what it says
AS_IT_STANDS: Final = frozenset({("supplement_contacts", "agreement_until")})
# who becomes a guardian at the end of time is none
BEGINS: Final = frozenset({("roles", "begin_date")})
LMS_DAY: Final = re.compile(r"lms_\w+[.]\w*date(_time)?")  # days and instants as text
ODD_TEXT: Final = (
    r"[^ -~À-ÖØ-öø-ſ]|&[#a-zA-Z]|<[/!a-zA-Z]|  |^ | $|^#|^[^a-zA-Z0-9]+$"
    r"|^[\[<(]?(?i:null|n/a|nil|none|nan|undefined)[\])>]?$"
)
COMMON_SHARE: Final = 0.05  # of all rows, two at least: a middle name that so many have is nobody's
BLANKS: Final = " \t\u00a0"


def _is_lms_day(contract: Contract, column: Column) -> bool:
    return LMS_DAY.fullmatch(f"{contract.dataset}.{column.name}") is not None


def _suspect(contract: Contract, column: Column) -> str | None:
    """SQL of whether a cell may have to be read otherwise than it stands; None: never."""
    cell = f'"{column.name}"'
    if column.name in TEXT_COLUMNS.get(contract.dataset, ()):
        return f"regexp_matches({cell}, '{ODD_TEXT}')"
    kind = column.logical_type
    if kind == "boolean" or column.values:
        words = ("true", "false") if kind == "boolean" else column.values
        return f"{cell} NOT IN ({', '.join(map(text, words))})"
    if kind in {"date", "timestamp"} or _is_lms_day(contract, column):
        length = f"length({cell}) <> 10 OR " if kind == "date" else ""
        years = f"{cell} < '1905' OR {cell} >= '2038' OR left({cell}, 4) IN ('1969', '1970')"
        return f"({length}{years} OR right({cell}, 1) = ' ')"
    if kind in {"number", "integer"}:
        length = f" OR length({cell}) > 4" if column.name == "school_year" else ""
        return f"(ascii({cell}) NOT BETWEEN 48 AND 57 OR right({cell}, 1) = ' '{length})"
    if column.required or column.unique:
        return None
    return f"{cell} IN ({', '.join(map(text, sorted(NULL_WORDS)))})"


def _read_text(kind: TextKind, may_blank: bool, common: frozenset[str], cell: str) -> ReadValue | None:
    cleaned = clean_text(cell, kind)
    if may_blank and cleaned and null_text(cleaned, kind, is_common=cleaned in common):
        return ReadValue(None, "null-word")
    if cleaned == cell or (kind == "comment" and cleaned == LINE_ENDS.sub("\n", cell)):
        return None  # how the lines of a comment end is of no account, and it is known by its characters
    # a cell of blanks alone is what a blank one is: nothing worth a word
    return ReadValue(cleaned or None, "text-cleaned" if cell.strip() else "")


def _read_date(contract: Contract, column: Column, cell: str) -> ReadValue | None:
    place = (contract.dataset, column.name)
    is_day = place in AS_IT_STANDS or (column.name == "birth_date" and cell in UNIX_ZEROS)
    end = None if is_day else placeholder_end(cell)
    if end is not None and not (end == "high" and place in BEGINS):
        return ReadValue(cell, "placeholder-date") if column.required else ReadValue(None, "no-date")
    return read_day(cell) if column.logical_type == "date" else None


def _read_other(contract: Contract, column: Column, is_unmistakable: bool, cell: str) -> ReadValue | None:
    """A cell of what is no text."""
    trimmed = cell.strip(BLANKS)
    if not trimmed:
        return None if column.required else ReadValue(None, "")
    if not column.required and is_null(trimmed, column):
        return ReadValue(None, "null-word")
    read: ReadValue | None = None
    if column.values:
        read = read_word(trimmed, column.values, is_critical=column.critical)
    elif column.logical_type == "boolean":
        is_plain = trimmed.lower() in {"true", "false"}  # in whatever case
        read = read_boolean(trimmed, is_critical=column.critical) if is_plain or is_unmistakable else None
    elif column.logical_type in {"date", "timestamp"} or _is_lms_day(contract, column):
        read = _read_date(contract, column, trimmed)
    elif column.name == "school_year":
        read = read_school_year(trimmed)
    if read is None and trimmed != cell and (column.values or column.logical_type not in {"string", "array"}):
        return ReadValue(trimmed, "read-as-meant")
    return read


def _common_words(con: duckdb.DuckDBPyConnection, contract: Contract, column: Column) -> frozenset[str]:
    """Words for nothing that so many rows have that they are nobody's name."""
    cell, rows = f'"{column.name}"', f"raw_{contract.dataset}"
    found = con.execute(
        f"SELECT {cell} FROM {rows} WHERE lower({cell}) IN ('null', 'none', 'nil')"
        f" GROUP BY ALL HAVING count(*) >= greatest(2, {COMMON_SHARE} * (SELECT count(*) FROM {rows}))"
    ).fetchall()
    return frozenset(word for (word,) in found)


def _reader(
    con: duckdb.DuckDBPyConnection, contract: Contract, column: Column, values: Sequence[str]
) -> Callable[[str], ReadValue | None]:
    """How a cell of the column is read, which may hang on what else the column has."""
    kind = TEXT_COLUMNS.get(contract.dataset, {}).get(column.name)
    if kind is not None:
        common = _common_words(con, contract, column) if kind == "middle-name" else frozenset()
        may_blank = not column.required or kind == "title" or contract.dataset == "supplement_comments"
        return partial(_read_text, kind, may_blank, common)
    known = all(
        is_null(v.strip(BLANKS), column) or read_boolean(v.strip(BLANKS), is_critical=True) or v in {"true", "false"}
        for v in values
    )
    return partial(_read_other, contract, column, known or not column.critical)


def clean_cells(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> list[Problem]:
    """Reads the cells of the datasets of `contracts` as what they mean; says what was read otherwise than it stands."""
    problems: list[Problem] = []
    asked = [
        (contract, columns) for contract in contracts
        if contract.dataset not in NOT_READ
        and (columns := [(column, odd) for column in contract.kept if (odd := _suspect(contract, column)) is not None])
    ]  # fmt: skip
    found = asked_at_once(con, (
        (f"cells_{contract.dataset}", [f"bool_or({odd})" for _, odd in columns]) for contract, columns in asked
    ))  # fmt: skip
    for (contract, columns), said in zip(asked, found, strict=True):
        for (column, odd), is_there in zip(columns, said, strict=True):
            if is_there:
                problems.extend(_clean_column(con, contract, column, odd))
    return problems


def _clean_column(con: duckdb.DuckDBPyConnection, contract: Contract, column: Column, odd: str) -> list[Problem]:
    cells, name = f"cells_{contract.dataset}", f'"{column.name}"'
    values = [value for (value,) in con.execute(f"SELECT DISTINCT {name} FROM {cells} WHERE {odd}").fetchall()]
    read = _reader(con, contract, column, values)
    found = [(value, new) for value in values if (new := read(value)) is not None]
    if not found:
        return []
    con.execute(
        "CREATE OR REPLACE TEMP TABLE read_value AS SELECT unnest($was::VARCHAR[]) AS was,"
        " unnest($now::VARCHAR[]) AS now, unnest($rules::VARCHAR[]) AS rule",
        {
            "was": [was for was, _ in found],
            "now": [new.value for _, new in found],
            "rules": [new.rule for _, new in found],
        },
    )
    told = con.execute(
        f"SELECT v.rule, w.file, w.header, count(*), min(w.row, {FIRST}) FROM raw_{contract.dataset} AS r"
        f" JOIN read_value AS v ON r.{name} = v.was JOIN where_{contract.dataset} AS w USING (row_number)"
        f" ANTI JOIN (SELECT row_number FROM torn_row WHERE dataset = '{contract.dataset}') AS t USING (row_number)"
        " WHERE v.rule <> '' GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    con.execute(
        f"UPDATE {cells} SET {name} = v.now FROM read_value AS v WHERE {name} = v.was AND v.now IS DISTINCT FROM v.was"
    )
    con.execute("DROP TABLE read_value")
    return [
        column_problem(rule, file, header or column.header, count, rows) for rule, file, header, count, rows in told
    ]


def column_problem(rule: str, file: str, column: str | None, count: int, rows: Sequence[int]) -> Problem:
    """A warning about many rows of a column: how many, and the first."""
    first = ", ".join(str(row) for row in rows)
    what = f" ({count:,} rows, the first: {first})" if count > 1 else ""
    return Problem(
        rule=rule, severity="warning", file=file, row=rows[0] or None, column=column, key=None,
        message=RULES[rule].message + what, remedy=RULES[rule].remedy,
    )  # fmt: skip
