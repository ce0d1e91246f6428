"""The history lake: DuckLake with its catalogue in SQLite and its data as encrypted Parquet (design: Storage)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import duckdb
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.formats import other_format
from termpost.tasks.lake.sql import literal
from termpost.tasks.runtime.duckdb_extensions import load_extensions

LAKE_FORMAT = 5
BUSY = ("database is locked", "Failed to commit DuckLake transaction")  # what DuckDB says when another writer was first


@dataclass(frozen=True)
class LakePlace:
    """Where the lake is: catalogue file and data, a folder or a prefix of the store."""

    catalogue: Path
    data: str
    let_in: Callable[[duckdb.DuckDBPyConnection], None] | None = None  # where the data lies in an S3


def memory_connection() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory; what it must spill to disk it spills encrypted."""
    connection = duckdb.connect(config={"allow_unsigned_extensions": True})  # `load_extensions` sees to signatures
    connection.execute("SET temp_file_encryption = true")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def _open(connection: duckdb.DuckDBPyConnection, place: LakePlace) -> None:
    load_extensions(connection)
    if place.let_in is not None:
        place.let_in(connection)


def table_files() -> list[str]:
    """The CREATE statements of every table, one file each under schemas/lake."""
    folder = resources.files("termpost.schemas") / "lake"
    return [
        entry.read_text() for entry in sorted(folder.iterdir(), key=lambda e: e.name) if entry.name.endswith(".sql")
    ]


@contextmanager
def open_lake(place: LakePlace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may write; tables that are not there yet are made.

    Raises:
        RetryableError: another run was writing.
    """
    place.catalogue.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if place.let_in is None:
        Path(place.data).mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = not place.catalogue.exists()
    if fresh:
        os.close(os.open(place.catalogue, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = memory_connection()
    try:
        attach_to_write(connection, place)
        if not _has_tables(connection):
            connection.execute("BEGIN")
            for statement in table_files():
                connection.execute(statement)
            connection.execute("INSERT INTO lake.lake_format VALUES (?)", [LAKE_FORMAT])
            connection.execute("COMMIT")
        _refuse_other_format(connection, place, "lake")
        yield connection
    except duckdb.Error as error:
        if not any(words in str(error) for words in BUSY):
            raise
        # nothing was written, and the same run may come through later
        raise RetryableError("another run was writing to the lake") from None
    finally:
        connection.close()


def attach_to_write(connection: duckdb.DuckDBPyConnection, place: LakePlace) -> None:
    """Attaches the lake as `lake`, of whatever format it is."""
    _open(connection, place)
    connection.execute(
        f"ATTACH {literal(f'ducklake:sqlite:{place.catalogue}')} AS lake "
        # write-ahead, so that a reader never waits for a writer, nor a writer for a reader
        f"({_data(place)}, ENCRYPTED, DATA_INLINING_ROW_LIMIT 0, META_JOURNAL_MODE 'WAL')"
    )


def _data(place: LakePlace) -> str:
    """Where the data is now. The catalogue names the folder that it was made with, and a home may have been moved or
    copied since; the files themselves are named relative to it."""
    return f"DATA_PATH {literal(place.data)}, OVERRIDE_DATA_PATH true"


def format_of(connection: duckdb.DuckDBPyConnection, name: str = "lake") -> int | None:
    """The format of an attached lake; None where it says none."""
    # all rows, not their maximum, which the catalogue answers without a look at the data
    return max((n for (n,) in connection.execute(f"FROM {name}.lake_format").fetchall()), default=None)


def _refuse_other_format(connection: duckdb.DuckDBPyConnection, place: LakePlace, name: str) -> None:
    try:
        found = format_of(connection, name)
    except duckdb.IOException as error:
        if place.let_in is not None or "No such file" not in str(error):
            raise
        raise InputError("no-lake-data", "the files of the history are not where the settings say they are",
                         "termpost.toml [lake] data and [store]",
                         "put them back there, or correct the settings") from None  # fmt: skip
    if found != LAKE_FORMAT:
        raise other_format("lake-format", "the history", found, LAKE_FORMAT, "the lake's catalogue")


def _has_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Asked by reading one: DuckDB's list of tables would load the statistics of every table."""
    try:
        connection.execute("SELECT format FROM lake.lake_format LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def _no_history() -> InputError:
    return InputError("no-history", "there is no history yet", "the lake's catalogue", "run `termpost prepare` first")


def attach_lake(connection: duckdb.DuckDBPyConnection, place: LakePlace, name: str) -> None:
    """Attaches the lake under a name, to be read only.

    Raises:
        InputError: `no-history`, where nothing was ever loaded; `lake-format`.
    """
    if not place.catalogue.exists():
        raise _no_history()
    _open(connection, place)
    connection.execute(f"ATTACH {literal(f'ducklake:sqlite:{place.catalogue}')} AS {name} (READ_ONLY, {_data(place)})")
    try:
        _refuse_other_format(connection, place, name)
    except duckdb.CatalogException:  # its maker was killed before the tables were there
        raise _no_history() from None


@contextmanager
def read_lake(place: LakePlace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can only read the lake, and nothing else of the machine."""
    connection = memory_connection()
    try:
        attach_lake(connection, place, "lake")
        connection.execute("SET allowed_directories = [?]", [place.data])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        connection.execute("USE lake")
        yield connection
    finally:
        connection.close()
