"""One thread for each database: where a worker runs on each core, more would only wait for one another."""

from pathlib import Path

import duckdb

connect = duckdb.connect


def connect_with_one_thread(
    database: str | Path = ":memory:",
    read_only: bool = False,
    config: dict[str, str | bool | int | float | list[str]] | None = None,
) -> duckdb.DuckDBPyConnection:
    return connect(database, read_only, {"threads": 1, **(config or {})})


duckdb.connect = connect_with_one_thread
