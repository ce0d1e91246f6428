"""Rows that Python has, as a table of DuckDB."""

from collections.abc import Iterable, Mapping

import duckdb
import pandas as pd

FEW = 1000  # rows; a data frame costs several milliseconds before it has any, and holds each more cheaply
KINDS = {"INTEGER": "Int64", "BIGINT": "Int64", "BOOLEAN": "boolean"}


def make_table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Makes a temporary table, or makes it anew.

    Args:
        columns: name → type in SQL. Of whole numbers and booleans the rows have the value; of all other types its
            text, so that nothing can round it.
    """
    known = list(rows)
    if len(known) > FEW:
        frame = pd.DataFrame(known, columns=list(columns))
        kinds = {column: KINDS.get(type_, "string") for column, type_ in columns.items()}
        connection.register("rows_of_python", frame.astype(kinds))
        cells = ", ".join(f"{column}::{type_} AS {column}" for column, type_ in columns.items())
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells} FROM rows_of_python")
        connection.unregister("rows_of_python")
        return
    lists = {f"c{place}": list(values) for place, values in enumerate(zip(*known, strict=True))}
    cells = ", ".join(
        f"unnest({f'$c{place}' if lists else '[]'}::{type_}[]) AS {column}"
        for place, (column, type_) in enumerate(columns.items())
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells}", lists)
