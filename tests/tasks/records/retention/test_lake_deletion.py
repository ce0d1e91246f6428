"""Rows that are deleted are nowhere: through DuckLake, in its files, in its catalogue; on SQLite and on PostgreSQL."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import duckdb_extension_postgres_scanner
import pytest
from termpost.tasks.lake.connection import LakePlace, attach_to_write, memory_connection
from termpost.tasks.lake.sql import literal
from termpost.tasks.records.retention.lake_deletion import (
    data_files,
    delete_rows,
    forget_snapshots,
    left_in_files,
    refuse_what_is_left,
    scrub_catalogue,
    sweep_files,
)
from termpost.tasks.records.retention.rows import DueRows, count_rows
from termpost.tasks.runtime.duckdb_extensions import load_extensions
from termpost.tasks.store.file.store import FileStore

OLD = datetime(2020, 1, 1, tzinfo=UTC)
DUE = DueRows("core_attendance", None, OLD, by_person=False)
HELD = "pheld"
BINARIES = next((path for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def server_user() -> list[str]:
    """PostgreSQL does not run as root."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []


@contextmanager
def postgres() -> Iterator[str]:
    """A cluster of one's own on loopback, under a folder that its user may enter; the connection string."""
    assert BINARIES
    folder = Path(tempfile.mkdtemp(prefix="termpost-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run: list[str | Path] = [*server_user(), "env", "-C", folder]
    subprocess.run([*run, BINARIES / "initdb", "-D", folder / "data", "-U", "lake", "-A", "trust", "-N"], check=True,
                   capture_output=True)  # fmt: skip
    asked = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    control: list[str | Path] = [*run, BINARIES / "pg_ctl", "-D", folder / "data", "-w"]
    subprocess.run([*control, "-o", asked, "-l", folder / "server.log", "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield f"dbname=postgres host=127.0.0.1 port={port} user=lake"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("pg_ctl"))])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two extracts of one table, encrypted, as a home has them. A home's own catalogue is in SQLite today."""
    (tmp_path / "lake").mkdir()
    place = LakePlace(tmp_path / "lake.sqlite", f"{tmp_path}/lake/")
    connection = memory_connection(place)
    if request.param == "sqlite":
        attach_to_write(connection, place)
        yield _filled(connection)
    else:
        with postgres() as where:
            load_extensions(connection)
            connection.load_extension(
                str(next(Path(duckdb_extension_postgres_scanner.__path__[0]).rglob("*.duckdb_extension")))
            )
            connection.execute(f"ATTACH {literal(f'ducklake:postgres:{where}')} AS lake"
                               f" (DATA_PATH {literal(place.data)}, ENCRYPTED, DATA_INLINING_ROW_LIMIT 0)")  # fmt: skip
            yield _filled(connection)
            connection.close()
    connection.close()


def _filled(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("CREATE TABLE lake.core_attendance (extract_id VARCHAR NOT NULL, known_at TIMESTAMPTZ NOT NULL,"
                       " person_ref VARCHAR NOT NULL, event VARCHAR NOT NULL)")  # fmt: skip
    connection.execute("CREATE TEMP TABLE kept_people AS SELECT ? AS person_ref", [HELD])
    for extract, at in (("e1", OLD), ("e2", datetime(2022, 1, 1, tzinfo=UTC))):
        connection.execute(
            f"INSERT INTO lake.core_attendance SELECT '{extract}', ?, 'pone' || n, 'ill' FROM range(5) r(n)"
            f" UNION ALL SELECT '{extract}', ?, '{HELD}', 'ill'", [at, at],
        )  # fmt: skip
    return connection


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "lake").rglob("*.parquet"))


def gone(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    forget_snapshots(connection)
    sweep_files(FileStore(folder), "lake/", connection, [DUE.table])
    refuse_what_is_left(connection, f"{folder}/lake/", [DUE])


def test_old_rows_are_in_no_file_and_all_others_are_as_they_were(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    lake.execute("DELETE FROM lake.core_attendance WHERE extract_id = 'e2' AND person_ref = 'pone4'")  # of another file
    others = "SELECT * FROM lake.core_attendance WHERE known_at > ? OR person_ref = ? ORDER BY ALL"
    before, was_there = lake.execute(others, [OLD, HELD]).fetchall(), files_in(tmp_path)
    assert delete_rows(lake, f"{tmp_path}/lake/", DUE) == 5
    assert left_in_files(lake, f"{tmp_path}/lake/", DUE) == 5, "a snapshot of before has them still"

    gone(lake, tmp_path)
    assert lake.execute(others, [OLD, HELD]).fetchall() == before
    assert lake.execute("SELECT count(*) FROM lake.core_attendance").fetchall() == [(len(before),)]
    known = {Path(path).name for path, _ in data_files(lake, DUE.table)}
    assert {name for name in files_in(tmp_path) if not name.endswith("-delete.parquet")} == known
    assert len(set(was_there) - set(files_in(tmp_path))) == 1
    assert delete_rows(lake, f"{tmp_path}/lake/", DUE) == 0
    scanned = lake.execute("CALL ducklake_snapshots('lake')").fetchall()
    assert len(scanned) == 1


def test_a_delete_that_ducklake_would_merge_away_is_found(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Its issues 1472 and 1094: after merge and expiry a committed DELETE was seen to leave its rows. Whatever this
    version of DuckLake does of it, the scan says what is there, and the next run deletes it."""
    lake.execute("DELETE FROM lake.core_attendance WHERE known_at <= ? AND person_ref <> ?", [OLD, HELD])
    assert count_rows(lake, DUE) == 0
    assert left_in_files(lake, f"{tmp_path}/lake/", DUE) == 5, "DuckLake says that they are gone, and they lie there"
    lake.execute("CALL ducklake_merge_adjacent_files('lake')")
    forget_snapshots(lake)
    if count_rows(lake, DUE) + left_in_files(lake, f"{tmp_path}/lake/", DUE):
        with pytest.raises(Exception, match="still"):
            refuse_what_is_left(lake, f"{tmp_path}/lake/", [DUE])
    delete_rows(lake, f"{tmp_path}/lake/", DUE)
    gone(lake, tmp_path)
    assert lake.execute("SELECT count(*) FROM lake.core_attendance").fetchall() == [(7,)]


def test_a_file_that_nobody_knows_is_swept(lake: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    stray = tmp_path / "lake" / "main" / "core_attendance" / "ducklake-stray.parquet"
    stray.write_bytes(b"PAR1")
    assert sweep_files(FileStore(tmp_path), "lake/", lake, [DUE.table]) == 1
    assert not stray.exists()
    assert count_rows(lake, DUE) == 5


def test_the_catalogue_in_sqlite_keeps_no_reference_of_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    place = LakePlace(tmp_path / "lake.sqlite", f"{tmp_path}/lake/")
    with memory_connection(place) as connection:
        attach_to_write(connection, place)
        delete_rows(_filled(connection), place.data, DUE)
        gone(connection, tmp_path)
    scrub_catalogue(place.catalogue, [DUE.table])
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("lake.sqlite*"))
    assert b"pone0" not in everything  # the least of those that went
    with memory_connection(place) as connection:
        attach_to_write(connection, place)
        assert connection.execute("SELECT count(*) FROM lake.core_attendance WHERE person_ref = ?",
                                  [HELD]).fetchall() == [(2,)]  # fmt: skip
