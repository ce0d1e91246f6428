"""The tables of a lake, made once."""

from importlib import resources

import duckdb
from termpost.tasks.lake.transaction import one_transaction


def table_files() -> list[str]:
    """The CREATE statements of every table, one file each under schemas/lake."""
    folder = resources.files("termpost.schemas") / "lake"
    return [
        entry.read_text() for entry in sorted(folder.iterdir(), key=lambda e: e.name) if entry.name.endswith(".sql")
    ]


def make_tables(connection: duckdb.DuckDBPyConnection, lake_format: int) -> None:
    """All tables of the lake that is attached as `lake`, empty."""
    with one_transaction(connection):
        for statement in table_files():
            connection.execute(statement)
        connection.execute("INSERT INTO lake.lake_format VALUES (?)", [lake_format])
    _note_that_tables_are_empty(connection)


def _note_that_tables_are_empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives every new table the statistics of an empty one, which DuckLake notes only when rows come.

    Where it finds none it asks the catalogue again for every column of every query: 15 to 40 ms for each empty table
    that a query names, against 1 ms. What it adds when rows come is what it would have noted then.
    """
    catalogue = "__ducklake_metadata_lake.ducklake"
    connection.execute(
        f"INSERT INTO {catalogue}_table_stats BY NAME SELECT table_id, 0 AS record_count, 0 AS next_row_id,"
        f" 0 AS file_size_bytes FROM {catalogue}_table ANTI JOIN {catalogue}_table_stats USING (table_id)"
    )
    connection.execute(
        f"INSERT INTO {catalogue}_table_column_stats BY NAME SELECT table_id, column_id, false AS contains_null"
        f" FROM {catalogue}_column ANTI JOIN {catalogue}_table_column_stats USING (table_id)"
    )
