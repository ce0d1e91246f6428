"""The lake's place: its tables, who may read its files, and that a reader never holds a lock."""

import os
import shutil
import sqlite3
import stat
import threading
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.lake.connection import (
    LAKE_FORMAT,
    LakePlace,
    hold_lake,
    memory_connection,
    open_lake,
    read_lake,
)
from termpost.tasks.lake.new_tables import table_files
from termpost.tasks.runtime.duckdb_extensions import load_extensions

ROW = "INSERT INTO lake.core_category VALUES ('x', now(), 'c', 'Category', NULL)"


@pytest.fixture
def place(tmp_path: Path) -> LakePlace:
    return LakePlace(tmp_path / "catalogue" / "lake.sqlite", f"{tmp_path}/vault/lake/")


def test_every_table_is_made_once_with_a_format(place: LakePlace) -> None:
    for _ in range(2):
        with open_lake(place) as lake:
            names = {
                n
                for (n,) in lake.execute(
                    "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'"
                ).fetchall()
            }
            assert lake.execute("SELECT format FROM lake.lake_format").fetchall() == [(LAKE_FORMAT,)]
    assert len(names) == len(table_files()) == 38


def test_every_table_knows_its_extract_and_when_it_was_known(place: LakePlace) -> None:
    query = "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = 'lake' GROUP BY ALL"
    with open_lake(place) as lake:
        for table, columns in lake.execute(query).fetchall():
            assert table == "lake_format" or {"extract_id", "known_at"} <= set(columns)


def test_only_the_owner_reads_the_catalogue_whatever_the_umask(place: LakePlace) -> None:
    before = os.umask(0)
    try:
        with open_lake(place) as lake, read_lake(place) as reader:
            lake.execute(ROW)
            reader.execute("FROM core_category").fetchall()
            files = {p.name: stat.S_IMODE(p.stat().st_mode) for p in place.catalogue.parent.iterdir()}
    finally:
        os.umask(before)
    assert "lake.sqlite-wal" in files  # key material too
    assert set(files.values()) == {0o600}
    folders = [stat.S_IMODE(p.stat().st_mode) for p in (place.catalogue.parent, Path(place.data))]
    assert folders == [0o700, 0o700]


def test_even_one_row_is_an_encrypted_file_and_never_a_row_of_the_catalogue(place: LakePlace) -> None:
    with open_lake(place) as lake:
        lake.execute("INSERT INTO lake.core_category VALUES ('x', now(), 'c', 'Zq-only-here', NULL)")
    files = list(Path(place.data).rglob("core_category/**/*.parquet"))
    assert [path.read_bytes()[:4] for path in files] == [b"PARE"]
    assert b"Zq-only-here" not in files[0].read_bytes()
    with sqlite3.connect(place.catalogue) as catalogue:
        assert catalogue.execute("SELECT count(*) FROM ducklake_inlined_data_tables").fetchone() == (0,)


def test_a_folder_with_an_apostrophe_is_a_folder(tmp_path: Path) -> None:
    place = LakePlace(tmp_path / "O'Brien's" / "lake.sqlite", f"{tmp_path}/O'Brien's/lake/")
    with open_lake(place) as lake:
        lake.execute(ROW)
    with read_lake(place) as lake:
        assert lake.execute("SELECT count(*) FROM core_category").fetchall() == [(1,)]


def test_a_reader_cannot_write_and_an_absent_lake_is_not_made_by_reading(place: LakePlace) -> None:
    with pytest.raises(InputError, match="no history"), read_lake(place):
        pass
    assert not place.catalogue.exists()
    with open_lake(place):
        pass
    with read_lake(place) as lake, pytest.raises(duckdb.Error):
        lake.execute(ROW)


def test_who_reads_never_waits_and_who_writes_may_be_told_to_try_again_and_nothing_is_lost(place: LakePlace) -> None:
    """SQLite has one writer at a time; several want PostgreSQL (design: Storage)."""
    with open_lake(place):
        pass
    written: list[bool] = []
    read: list[int] = []

    def write() -> None:
        for _ in range(3):
            try:
                with open_lake(place) as lake:
                    lake.execute(ROW)
                written.append(True)
            except RetryableError:
                written.append(False)

    def look() -> None:
        for _ in range(6):
            with read_lake(place) as lake:
                read.append(lake.execute("SELECT count(*) FROM core_category").fetchall()[0][0])

    threads = [threading.Thread(target=work) for work in (write, write, look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(written), len(read)) == (6, 6)
    assert any(written)
    assert read == sorted(read)
    with read_lake(place) as lake:
        assert lake.execute("SELECT count(*) FROM core_category").fetchall() == [(sum(written),)]


def test_a_locked_catalogue_is_worth_another_try_and_any_other_fault_is_not(place: LakePlace) -> None:
    with open_lake(place):
        pass
    with pytest.raises(RetryableError) as caught, open_lake(place):
        raise duckdb.TransactionException("Failed to commit: database is locked")
    assert "locked" not in str(caught.value)
    with pytest.raises(RetryableError), open_lake(place):
        raise duckdb.Error("Failed to prepare query: database is locked")
    with pytest.raises(duckdb.TransactionException), open_lake(place) as lake:
        lake.execute("COMMIT")  # of nothing: a fault in termpost
    with pytest.raises(duckdb.ConversionException), open_lake(place) as lake:
        lake.execute("SELECT CAST('x' AS INTEGER)")


def test_what_duckdb_spills_is_encrypted_and_times_are_utc() -> None:
    connection = memory_connection()
    query = "SELECT current_setting('temp_file_encryption'), current_setting('TimeZone')"
    assert connection.execute(query).fetchall() == [(True, "UTC")]


@pytest.mark.parametrize(("step", "remedy"), [(-1, "termpost migrate"), (1, "version of termpost that wrote it")])
def test_a_lake_of_another_format_is_refused_with_both_formats_and_the_remedy(
    place: LakePlace, step: int, remedy: str
) -> None:
    with open_lake(place) as lake:
        lake.execute("UPDATE lake.lake_format SET format = format + ?", [step])
    for opened in (open_lake, read_lake):
        with pytest.raises(InputError) as refused, opened(place):
            pass
        assert refused.value.code == "lake-format"
        assert f"format {LAKE_FORMAT + step}" in refused.value.what
        assert f"format {LAKE_FORMAT}" in refused.value.what
        assert version("termpost") in refused.value.what
        assert remedy in refused.value.remedy


def test_a_lake_that_was_copied_is_a_lake_of_its_own(place: LakePlace, tmp_path: Path) -> None:
    with open_lake(place) as lake:
        lake.execute(ROW)
    shutil.copytree(tmp_path / "catalogue", tmp_path / "copy" / "catalogue")
    shutil.copytree(tmp_path / "vault", tmp_path / "copy" / "vault")
    copy = LakePlace(tmp_path / "copy" / "catalogue" / "lake.sqlite", f"{tmp_path}/copy/vault/lake/")
    before = sorted((tmp_path / "vault").rglob("*"))
    with open_lake(copy) as lake:
        lake.execute(ROW)
    assert sorted((tmp_path / "vault").rglob("*")) == before
    shutil.rmtree(tmp_path / "vault")
    with read_lake(copy) as lake:
        assert lake.execute("SELECT count(*) FROM core_category").fetchall() == [(2,)]


def test_a_lake_whose_data_is_elsewhere_says_so(place: LakePlace, tmp_path: Path) -> None:
    with open_lake(place):
        pass
    elsewhere = LakePlace(place.catalogue, f"{tmp_path}/elsewhere/")
    for opened in (open_lake, read_lake):
        with pytest.raises(InputError) as refused, opened(elsewhere):
            pass
        assert refused.value.code == "no-lake-data"


def test_a_lake_whose_maker_was_killed_before_its_tables_has_no_history_yet(place: LakePlace) -> None:
    with open_lake(place) as lake:
        lake.execute("DROP TABLE lake.lake_format")
    with pytest.raises(InputError) as refused, read_lake(place):
        pass
    assert refused.value.code == "no-history"


def test_an_empty_table_has_its_statistics_and_keeps_them_right_once_rows_come(place: LakePlace) -> None:
    """Where DuckLake finds none it asks the catalogue again for each column of each query."""
    query = """SELECT t.table_name, s.record_count, count(c.column_id) FROM ducklake_table AS t
      LEFT JOIN ducklake_table_stats AS s USING (table_id) LEFT JOIN ducklake_table_column_stats AS c USING (table_id)
      GROUP BY 1, 2"""
    with open_lake(place):
        pass
    with sqlite3.connect(place.catalogue) as catalogue:
        counts = {name: (rows, columns) for name, rows, columns in catalogue.execute(query)}
    assert all(rows is not None and columns for rows, columns in counts.values())
    assert sum(rows for rows, _ in counts.values()) == 1  # the format
    for weight in ("2", "NULL", "1"):
        with open_lake(place) as lake:
            lake.execute(f"INSERT INTO lake.core_category VALUES ('x', now(), 'c', 'Category', {weight})")
    with sqlite3.connect(place.catalogue) as catalogue:
        found = catalogue.execute(
            "SELECT contains_null, min_value, max_value FROM ducklake_table_column_stats JOIN ducklake_column"
            " USING (table_id, column_id) JOIN ducklake_table USING (table_id)"
            " WHERE table_name = 'core_category' AND column_name = 'weight'"
        ).fetchall()
    assert found == [(1, "1.000000", "2.000000")]
    with open_lake(place) as lake:
        assert lake.execute("SELECT count(*) FROM lake.core_category WHERE weight IS NULL").fetchall() == [(1,)]


def test_a_lake_that_is_held_is_opened_once_and_each_has_a_transaction_and_tables_of_their_own(
    place: LakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []

    def counted(place: LakePlace) -> duckdb.DuckDBPyConnection:
        made.append(None)
        return memory_connection(place)

    monkeypatch.setattr("termpost.tasks.lake.connection.memory_connection", counted)
    with hold_lake(place):
        for _ in range(3):
            with open_lake(place) as one, open_lake(place) as other:
                one.execute("CREATE TEMP TABLE person AS SELECT 1 AS n")
                other.execute("CREATE TEMP TABLE person AS SELECT 2 AS n")
                one.execute("BEGIN")
                one.execute(ROW)
                seen = other.execute("SELECT count(*) FROM lake.core_category").fetchall()
                assert seen == [(0,)]
                one.execute("ROLLBACK")
                assert other.execute("SELECT current_setting('TimeZone'), n FROM person").fetchall() == [("UTC", 2)]
        assert len(made) == 1
    with open_lake(place):
        assert len(made) == 2


def test_what_another_process_commits_is_seen_where_the_lake_is_held(place: LakePlace) -> None:
    """Another DuckDB stands for the other process: it shares nothing but the files."""
    query = "SELECT count(*) FROM lake.core_category"
    with hold_lake(place):
        with open_lake(place) as lake:
            lake.execute(ROW)
        other = duckdb.connect(config={"allow_unsigned_extensions": True})
        load_extensions(other)
        other.execute(f"ATTACH 'ducklake:sqlite:{place.catalogue}' AS lake")
        with open_lake(place) as lake:
            for count in (2, 3):
                other.execute(ROW)
                assert lake.execute(query).fetchall() == [(count,)]
        other.close()


def test_a_lake_that_is_held_and_replaced_is_opened_anew(place: LakePlace) -> None:
    query = "SELECT count(*) FROM lake.core_category"
    with open_lake(place):
        pass
    empty = place.catalogue.read_bytes()
    with hold_lake(place):
        with open_lake(place) as lake:
            lake.execute(ROW)
        for path in place.catalogue.parent.iterdir():
            path.unlink()
        place.catalogue.write_bytes(empty)
        with open_lake(place) as lake:
            assert lake.execute(query).fetchall() == [(0,)]
