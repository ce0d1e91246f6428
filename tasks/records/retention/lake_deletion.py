"""Deleting rows of the lake so that they are gone: from every file, every snapshot, the catalogue and its free pages.

DuckLake has lost committed deletes where files were merged, rewritten or snapshots expired around them (its issues 1472
and 1094): the row was there again. So nothing is merged or rewritten by DuckLake here. A file that has a due row is
emptied whole in one transaction that puts its other rows into a new file; then no deletion is left that could be lost,
and the old file belongs to no snapshot that is kept. Afterwards each file is read without DuckLake, deletions ignored.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
from termpost.schemas.base.errors import RetryableError
from termpost.tasks.lake.sql import literal
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.records.retention.rows import DueRows, count_rows
from termpost.tasks.store.interface import Store

CATALOGUE = "__ducklake_metadata_lake.ducklake"
LOWEST, HIGHEST = "p", "q"  # bound every reference: a looser bound is a true one (tasks/records/erase.py)


def delete_rows(lake: duckdb.DuckDBPyConnection, data: str, rows: DueRows) -> int:
    """Takes them out of the lake as it is now; returns how many it had. No snapshot has forgotten them yet.

    A file is also emptied where an earlier deletion only noted that a due row of it counts no more.
    """
    number = count_rows(lake, rows)
    files = [where for where, left in _left_by_file(lake, data, rows) if left]
    if not files:
        return number
    lake.execute("CREATE OR REPLACE TEMP TABLE due_files AS SELECT unnest(?::VARCHAR[]) AS filename", [files])
    if rows.column:  # every row stays, without its words where they are due
        emptied = f"CASE WHEN {rows.holds} THEN '' ELSE {rows.column} END AS {rows.column}"
        staying = f"SELECT * REPLACE ({emptied}) FROM lake.{rows.table} WHERE true"
    else:
        staying = f"SELECT * FROM lake.{rows.table} WHERE NOT coalesce({rows.holds}, false)"
    in_them = "filename IN (FROM due_files)"
    with one_transaction(lake):
        # which of two extracts came later is read from the order of rows
        lake.execute(f"CREATE OR REPLACE TEMP TABLE staying AS {staying} AND {in_them} ORDER BY rowid", [rows.until])
        lake.execute(f"DELETE FROM lake.{rows.table} WHERE {in_them}")
        lake.execute(f"INSERT INTO lake.{rows.table} BY NAME FROM staying")
    lake.execute("DROP TABLE staying")
    return number


def forget_snapshots(lake: duckdb.DuckDBPyConnection) -> None:
    """Every snapshot but the last, and every file that only those had."""
    lake.execute("CALL ducklake_expire_snapshots('lake', older_than => now() + INTERVAL 1 DAY)")
    lake.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")


def data_files(lake: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Path and key of each file that the catalogue still has of a table, whether a snapshot reads it or not."""
    query = (
        f"SELECT d.path, d.path_is_relative, t.path, d.encryption_key FROM {CATALOGUE}_data_file d"
        f" JOIN {CATALOGUE}_table t USING (table_id) WHERE t.table_name = ? AND t.end_snapshot IS NULL ORDER BY 1"
    )
    return [(f"main/{folder}{path}" if is_relative else path, key)
            for path, is_relative, folder, key in lake.execute(query, [table]).fetchall()]  # fmt: skip


def left_in_files(lake: duckdb.DuckDBPyConnection, data: str, rows: DueRows) -> int:
    """Due rows that lie in some file of the table, read one by one with the key of each and without DuckLake's word on
    what in them is deleted."""
    return sum(left for _, left in _left_by_file(lake, data, rows))


def _left_by_file(lake: duckdb.DuckDBPyConnection, data: str, rows: DueRows) -> Iterator[tuple[str, int]]:
    for path, key in data_files(lake, rows.table):
        where = path if path.startswith(("/", "s3://")) else f"{data}{path}"
        own = f"encryption_config = {{footer_key_value: from_base64({literal(key)})}}"
        query = f"SELECT count(*) FROM read_parquet({literal(where)}, {own}) WHERE {rows.holds}"
        yield where, int(lake.execute(query, [rows.until]).fetchall()[0][0])


def left_in_all(lake: duckdb.DuckDBPyConnection, data: str, every: Iterable[DueRows]) -> int:
    """The same of several tables."""
    return sum(left_in_files(lake, data, rows) for rows in every)


def sweep_files(store: Store, prefix: str, lake: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> int:
    """Deletes what lies in the folder of a table and the catalogue does not have, and older versions of what it had;
    returns how many objects that were.

    Args:
        prefix: of the lake in the store, with its slash.
    """
    gone = 0
    for table in tables:
        folder = f"{prefix}main/{table}/"
        known = {f"{prefix}{path}" for path, _ in data_files(lake, table)} | _delete_files(lake, table, prefix)
        for key in sorted({*store.list(folder), *store.rewritten(folder)} - known):
            store.delete(key)
            gone += 1
    return gone


def _delete_files(lake: duckdb.DuckDBPyConnection, table: str, prefix: str) -> set[str]:
    query = (
        f"SELECT d.path, t.path FROM {CATALOGUE}_delete_file d JOIN {CATALOGUE}_table t USING (table_id)"
        " WHERE t.table_name = ? AND t.end_snapshot IS NULL"
    )
    return {f"{prefix}main/{folder}{path}" for path, folder in lake.execute(query, [table]).fetchall()}


def refuse_what_is_left(lake: duckdb.DuckDBPyConnection, data: str, every: Sequence[DueRows]) -> None:
    """The scan that must find nothing: through DuckLake, and in the files themselves.

    Raises:
        RetryableError: a row that was deleted is there. The log says that it goes, so the next run deletes it again.
    """
    left = sum(count_rows(lake, rows) for rows in every) + left_in_all(lake, data, every)
    if left:
        raise RetryableError(f"{left} rows that were deleted lie in the history still")


STATISTICS = (
    "ducklake_table_column_stats WHERE min_value IS NOT NULL AND (table_id, column_id) IN (SELECT c.table_id,"
    " c.column_id FROM ducklake_column c JOIN ducklake_table t USING (table_id)"
    " WHERE t.table_name = ? AND c.column_name = 'person_ref')"
)


def scrub_catalogue(catalogue: Path, tables: Iterable[str]) -> None:
    """What the catalogue keeps in clear of rows that are gone: free pages, and the least and the greatest reference."""
    update = STATISTICS.replace(" WHERE", " SET min_value = ?, max_value = ? WHERE", 1)
    with closing(sqlite3.connect(catalogue, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN IMMEDIATE")
        for table in tables:
            connection.execute(f"UPDATE {update}", [LOWEST, HIGHEST, table])
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
