"""The history lake: DuckLake with its catalogue in SQLite and its data as encrypted Parquet (design: Storage)."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import duckdb
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.formats import other_format
from termpost.tasks.lake.new_tables import make_tables
from termpost.tasks.lake.spill import spill_folder
from termpost.tasks.lake.sql import literal
from termpost.tasks.runtime.duckdb_extensions import load_extensions

LAKE_FORMAT = 8
FEW = 100_000  # rows
VERY_FEW = 20_000  # rows; a prepare over half as many again still gained
BUSY = ("database is locked", "Failed to commit DuckLake transaction")  # what DuckDB says when another writer was first


@dataclass(frozen=True)
class LakePlace:
    """Where the lake is: catalogue file and data, a folder or a prefix of the store."""

    catalogue: Path
    data: str
    let_in: Callable[[duckdb.DuckDBPyConnection], None] | None = None  # where the data lies in an S3
    spill: Path | None = None  # a folder for what memory does not hold; the system's own without one


def memory_connection(place: LakePlace | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory, for few rows until `suit_rows` is told of more; what it must spill it spills encrypted.

    Args:
        place: of the home whose data it will hold.
    """
    spill = str(spill_folder(place.spill if place else None))
    # `load_extensions` sees to signatures
    connection = duckdb.connect(config={"allow_unsigned_extensions": True, "threads": 1, "temp_directory": spill})
    suit_rows(connection, 0)
    connection.execute("SET temp_file_encryption = true")
    return _settled(connection)


def _settled(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """With what each cursor must be told anew."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def suit_rows(connection: duckdb.DuckDBPyConnection, rows: int, kept: Sequence[str] = ("filter_pushdown",)) -> None:
    """Settings for so many rows.

    One thread for few: a second is woken for every statement, takes a quarter more, and has nothing to do. Very few
    take longer to plan for than to run over, so a query runs as it is written, but for `kept` and the columns it reads.
    """
    connection.execute("SET threads = 1" if rows <= FEW else "RESET threads")
    if rows > VERY_FEW:
        connection.execute("RESET disabled_optimizers")
        return
    query = "SELECT string_agg(name, ',') FROM duckdb_optimizers() WHERE name NOT IN ?"
    names = connection.execute(query, [["unused_columns", *kept]]).fetchall()[0][0]
    connection.execute("SET disabled_optimizers = ?", [names])


def suit_lake(connection: duckdb.DuckDBPyConnection, name: str, coming: int = 0) -> None:
    """Settings for the rows of an attached lake and those that are coming.

    Of very few no filter is pushed into a scan: DuckLake would ask the catalogue first which files may meet it, and
    that takes longer than reading them. So our own queries join nothing without a condition beside the join.
    """
    suit_rows(connection, rows_in(connection, name) + coming, kept=())


def rows_in(connection: duckdb.DuckDBPyConnection, lake: str) -> int:
    """Of all tables, as the catalogue counts them."""
    query = f"SELECT coalesce(sum(record_count), 0) FROM __ducklake_metadata_{lake}.ducklake_table_stats"
    return int(connection.execute(query).fetchall()[0][0])


def _open(connection: duckdb.DuckDBPyConnection, place: LakePlace) -> None:
    load_extensions(connection)
    if place.let_in is not None:
        place.let_in(connection)


@dataclass
class _Held:
    """One DuckDB with the lake attached, made by who first needs it."""

    holders: int = 0
    connection: duckdb.DuckDBPyConnection | None = None
    inode: int = 0  # of the catalogue: a restored one is another lake
    opening: Lock = field(default_factory=Lock)
    left: dict[str, duckdb.DuckDBPyConnection] = field(default_factory=dict)  # cursors whose tables somebody wants yet

    def cursor(self, place: LakePlace) -> duckdb.DuckDBPyConnection:
        """With a transaction and temporary tables of its own."""
        with self.opening:
            if self.connection is not None and place.catalogue.exists() and place.catalogue.stat().st_ino == self.inode:
                return _settled(self.connection.cursor())
            self.close()
            self.connection = _attached(place)
            self.inode = place.catalogue.stat().st_ino
            return _settled(self.connection.cursor())

    def close(self) -> None:
        self.left.clear()  # they close with the connection they are cursors of
        if self.connection is not None:
            self.connection.close()
            self.connection = None


_held: dict[tuple[Path, str, int], _Held] = {}
_holding = Lock()


def _key(place: LakePlace) -> tuple[Path, str, int]:
    return place.catalogue, place.data, os.getpid()  # a DuckDB does not live on in a fork


@contextmanager
def hold_lake(place: LakePlace) -> Iterator[None]:
    """Until its end, whoever opens this lake in this process shares one DuckDB: attaching it costs 50 ms each time.

    What other processes commit is seen as ever, since DuckLake asks the catalogue in every transaction.
    """
    key = _key(place)
    with _holding:
        held = _held.setdefault(key, _Held())
        held.holders += 1
    try:
        yield
    finally:
        with _holding:
            held.holders -= 1
            if not held.holders:
                _held.pop(key, None)
                held.close()


@contextmanager
def tables_beside(place: LakePlace, name: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for temporary tables. Where the lake is held they wait, by this name, for who opens it with them."""
    held = _held.get(_key(place))
    connection = held.cursor(place) if held else memory_connection(place)
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    if held is None:
        connection.close()
        return
    suit_lake(connection, "lake")
    if (before := held.left.pop(name, None)) is not None:
        before.close()
    held.left[name] = connection


def has_tables(place: LakePlace, name: str) -> bool:
    """Whether `open_lake` would find tables of `tables_beside`: once."""
    held = _held.get(_key(place))
    return held is not None and name in held.left


@contextmanager
def open_lake(place: LakePlace, tables: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that may write; tables that are not there yet are made.

    Args:
        tables: the name of what `tables_beside` left, which is in it then if it is there still.

    Raises:
        RetryableError: another run was writing.
    """
    held = _held.get(_key(place))
    left = held.left.pop(tables, None) if held else None
    try:
        with closing(left or (held.cursor(place) if held else _attached(place))) as connection:
            yield connection
    except duckdb.Error as error:
        if not any(words in str(error) for words in BUSY):
            raise
        # nothing was written, and the same run may come through later
        raise RetryableError("another run was writing to the lake") from None


def _attached(place: LakePlace) -> duckdb.DuckDBPyConnection:
    place.catalogue.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if place.let_in is None:
        Path(place.data).mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = not place.catalogue.exists()
    if fresh:
        os.close(os.open(place.catalogue, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = memory_connection(place)
    try:
        attach_to_write(connection, place)
        try:
            if not fresh:
                _refuse_other_format(connection, place, "lake")
        except duckdb.CatalogException:  # its maker was killed before the tables were there
            fresh = True
        if fresh:
            make_tables(connection, LAKE_FORMAT)
        suit_lake(connection, "lake")
    except BaseException:
        connection.close()
        raise
    return connection


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
    suit_lake(connection, name)


@contextmanager
def read_lake(place: LakePlace) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can only read the lake, and nothing else of the machine."""
    connection = memory_connection(place)
    try:
        attach_lake(connection, place, "lake")
        connection.execute("SET allowed_directories = [?]", [place.data])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        connection.execute("USE lake")
        yield connection
    finally:
        connection.close()
