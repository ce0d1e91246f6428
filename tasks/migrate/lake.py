"""Bringing a lake up to the present tables, on a copy of its catalogue: what it writes nobody sees before the copy
takes the place of the catalogue."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.lake.connection import (
    LAKE_FORMAT,
    LakePlace,
    attach_to_write,
    format_of,
    memory_connection,
    suit_lake,
)
from termpost.tasks.lake.new_tables import table_files
from termpost.tasks.migrate.steps import LakeStep, Values
from termpost.tasks.records.erase import blur_statistics
from termpost.tasks.runtime.atomic_files import sync_path

TableColumns = dict[str, tuple[tuple[str, str, bool], ...]]  # table → (column, type, may be null)
COLUMNS = """
SELECT table_name, list((column_name, data_type, is_nullable) ORDER BY column_index)
FROM duckdb_columns() WHERE database_name = 'lake' GROUP BY ALL ORDER BY ALL
"""
BEFORE = "before_migration"


def lake_format(place: LakePlace) -> int | None:
    """The format of a home's lake; None where there is none yet."""
    if not place.catalogue.exists():
        return None
    with closing(memory_connection()) as connection:
        attach_to_write(connection, place)
        try:
            return format_of(connection)
        except duckdb.CatalogException:
            return None


def bring_up(place: LakePlace, copy: Path, steps: Sequence[LakeStep], erased: Iterable[PersonRef]) -> None:
    """Brings the copy of a catalogue to the present format, in one transaction.

    Args:
        erased: who may not come back into the statistics when files are written anew.
    """
    values: dict[str, dict[str, str]] = {}
    for step in steps:
        for table, known in step.values.items():
            values.setdefault(table, {}).update(known)
    with closing(memory_connection()) as connection:
        attach_to_write(connection, replace(place, catalogue=copy))
        suit_lake(connection, "lake")
        connection.execute("BEGIN")
        _rebuild(connection, values)
        connection.execute("DELETE FROM lake.lake_format")
        connection.execute("INSERT INTO lake.lake_format VALUES (?)", [LAKE_FORMAT])
        connection.execute("COMMIT")
    with closing(sqlite3.connect(copy, isolation_level=None)) as catalogue:
        for ref in erased:
            blur_statistics(catalogue, ref)
        catalogue.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sync_path(copy)


def present_tables() -> tuple[dict[str, str], TableColumns]:
    """The CREATE statement of every table, and its columns."""
    statements = {}
    with closing(duckdb.connect()) as scratch:
        scratch.execute("ATTACH ':memory:' AS lake")
        for statement in table_files():
            scratch.execute(statement)
            statements[statement.partition("CREATE TABLE lake.")[2].partition("(")[0].strip()] = statement
        return statements, columns_of(scratch)


def columns_of(connection: duckdb.DuckDBPyConnection) -> TableColumns:
    return {table: tuple(map(tuple, columns)) for table, columns in connection.execute(COLUMNS).fetchall()}


def _rebuild(connection: duckdb.DuckDBPyConnection, values: Values) -> None:
    """Tables that differ are written anew, so that also the order of columns and what may be null are as in a new
    lake. Rows that the catalogue has are kept, but for columns and tables that are no more."""
    there = columns_of(connection)
    statements, present = present_tables()
    differing = [table for table in present if there.get(table) != present[table]]
    for table in differing:
        if table in there:
            connection.execute(f"ALTER TABLE lake.{table} RENAME TO {table}_{BEFORE}")
        connection.execute(statements[table])
    for table in (table for table in differing if table in there):
        had = [name for name, _, _ in there[table]]
        known = values.get(table, {})
        said = [f"{f't.{name}' if name in had else known.get(name, 'NULL')} AS {name}" for name, _, _ in present[table]]
        connection.execute(f"INSERT INTO lake.{table} BY NAME SELECT {', '.join(said)} FROM lake.{table}_{BEFORE} t")
        connection.execute(f"DROP TABLE lake.{table}_{BEFORE}")
    for table in there.keys() - present.keys():
        connection.execute(f"DROP TABLE lake.{table}")
