"""The views that checks and loading look through, all in the names and types of the contract.

raw_<dataset>    text as it came
typed_<dataset>  every row; a cell that does not fit its type is NULL
live_<dataset>   typed rows that no error has quarantined yet
gone_<dataset>   numbers of the rows that the source has marked for deletion
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
from termpost.schemas.contracts.contract import Column, Contract

FEW = 20_000  # rows whose typed copy takes a few megabytes at most
# A digit more than a number of a contract may have: DuckDB then multiplies in 128 bits, where the product of any two
# fits, and not in 64, where a score of 12 digits times 100 broke the query and with it the check. Straight from text
# into 128 bits is slow, so a cell goes by way of its own type.
JUDGED = "DECIMAL(19,6)"

FAILURE = """
CREATE OR REPLACE TEMP TABLE check_failure (
  dataset VARCHAR, row_number BIGINT, rule VARCHAR, severity VARCHAR, column_name VARCHAR,
  cascaded BOOLEAN  -- refers to a row that is there and was quarantined
);
CREATE OR REPLACE TEMP TABLE check_echo (dataset VARCHAR, row_number BIGINT, rule VARCHAR)  -- told elsewhere already
"""


def text(value: str) -> str:
    """A word of a contract as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def typed(column: Column, cast: str) -> str:
    """The cell in its DuckDB type; `cast` is TRY_CAST while judging, CAST once judged."""
    cell = f'"{column.name}"'
    match column.logical_type:
        case "string":
            return cell
        case "array":
            return f"list_filter(list_transform(string_split({cell}, ','), lambda e: trim(e)), lambda e: e <> '')"
        case "boolean":
            return f"{cast}(lower({cell}) AS BOOLEAN)"
        case "number" if cast == "TRY_CAST":
            return f"CAST(TRY_CAST({cell} AS {column.physical_type}) AS {JUDGED})"
        case "date" | "timestamp" | "number" | "integer":
            return f"{cast}({cell} AS {column.physical_type})"


def typed_columns(contract: Contract, cast: str) -> str:
    """The SELECT list of a dataset in its types, `row_number` first."""
    return ", ".join(["row_number", *(f'{typed(column, cast)} AS "{column.name}"' for column in contract.kept)])


def _gone(contract: Contract) -> str:
    marked = any(column.name == "status" for column in contract.kept)
    which = "lower(status) = 'tobedeleted'" if marked else "false"
    return f"SELECT row_number FROM raw_{contract.dataset} WHERE {which}"


def create_views(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], sizes: Mapping[str, int]) -> None:
    """Makes check_failure and check_echo, empty, and typed_, live_ and gone_ over the raw tables.

    Few rows are typed once and kept: the checks between rows name a dataset a hundred times, and reading its casts
    costs DuckDB more than running them.
    """
    con.execute(FAILURE)
    made = []
    for contract in contracts:
        name = contract.dataset
        kind = "TABLE" if sizes[name] <= FEW else "VIEW"
        cells = typed_columns(contract, "TRY_CAST")
        made += [
            f"CREATE OR REPLACE TEMP {kind} typed_{name} AS SELECT {cells} FROM raw_{name}",
            f"CREATE OR REPLACE TEMP TABLE gone_{name} AS {_gone(contract)}",
            f"CREATE OR REPLACE TEMP VIEW live_{name} AS SELECT * FROM typed_{name}",
        ]
    con.execute(";".join(made))


def asked_at_once(con: duckdb.DuckDBPyConnection, asked: Iterable[tuple[str, Iterable[str]]]) -> list[list[Any]]:
    """What aggregates say of each table, in one statement: over few rows a dozen take longer to plan than to run.

    Args:
        asked: table → its aggregates in SQL, all of one type.
    """
    queries = [
        f"SELECT {number} AS number, [{', '.join(aggregates)}] AS found FROM {table}"
        for number, (table, aggregates) in enumerate(asked)
    ]
    if not queries:
        return []
    return [found for _, found in con.execute(" UNION ALL ".join(queries) + " ORDER BY number").fetchall()]


def sizes_of(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> dict[str, int]:
    """Rows of each dataset."""
    names = [contract.dataset for contract in contracts]
    found = asked_at_once(con, ((f"cells_{name}", ["count(*)"]) for name in names))
    return {name: count for name, (count,) in zip(names, found, strict=True)}


def failing(con: duckdb.DuckDBPyConnection, condition: str = "true") -> frozenset[str]:
    """The datasets of which check_failure has something that meets the condition: most have nothing."""
    return frozenset(
        name for (name,) in con.execute(f"SELECT DISTINCT dataset FROM check_failure WHERE {condition}").fetchall()
    )


def without_quarantined(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Makes live_<dataset> leave out what errors have quarantined; before the first error it need not look."""
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW live_{dataset} AS SELECT * FROM typed_{dataset} AS t WHERE NOT EXISTS ("
        f"SELECT 1 FROM check_failure AS f WHERE f.dataset = '{dataset}' AND f.severity = 'error'"
        f" AND f.row_number = t.row_number)"
    )


def leave_out_wrong(con: duckdb.DuckDBPyConnection) -> None:
    """Looks at the columns' verdict: rows are left out only where some are."""
    for dataset in failing(con, "severity = 'error'"):
        without_quarantined(con, dataset)
