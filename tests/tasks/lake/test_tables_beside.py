"""What the check reads is left to the load, once, and as long as a run holds the lake."""

from pathlib import Path

import duckdb
import pytest
from termpost.tasks.lake.connection import LakePlace, has_tables, hold_lake, open_lake, tables_beside
from termpost.tasks.lake.transaction import in_one_transaction

CELLS = "CREATE TEMP TABLE cells AS SELECT 7 AS mark"


@pytest.fixture
def place(tmp_path: Path) -> LakePlace:
    return LakePlace(tmp_path / "catalogue" / "lake.sqlite", f"{tmp_path}/vault/lake/")


def leave(place: LakePlace, name: str = "checked", mark: int = 7) -> duckdb.DuckDBPyConnection:
    with tables_beside(place, name) as connection:
        connection.execute(CELLS.replace("7", str(mark)))
    return connection


def test_tables_wait_by_their_name_and_are_had_once(place: LakePlace) -> None:
    with hold_lake(place):
        leave(place)
        assert not has_tables(place, "another")
        with open_lake(place, "another") as lake, pytest.raises(duckdb.CatalogException):
            lake.execute("FROM cells")
        assert has_tables(place, "checked")
        with open_lake(place, "checked") as lake:
            assert lake.execute("FROM cells").fetchall() == [(7,)]
            assert lake.execute("SELECT count(*) FROM lake.core_extract").fetchall() == [(0,)]
        assert not has_tables(place, "checked")
        with open_lake(place, "checked") as lake, pytest.raises(duckdb.CatalogException):
            lake.execute("FROM cells")


def test_the_last_that_were_left_count_and_those_of_a_check_that_failed_do_not(place: LakePlace) -> None:
    with hold_lake(place):
        first, _ = leave(place), leave(place, mark=8)
        with pytest.raises(duckdb.ConnectionException):
            first.execute("SELECT 1")
        with open_lake(place, "checked") as lake:
            assert lake.execute("FROM cells").fetchall() == [(8,)]
        with pytest.raises(ValueError, match="broken"), tables_beside(place, "checked"):
            raise ValueError("broken")
        assert not has_tables(place, "checked")


def test_nothing_is_left_where_or_when_nobody_holds_the_lake(place: LakePlace) -> None:
    for left in (leave(place), _left_in_a_run(place)):
        assert not has_tables(place, "checked")
        with pytest.raises(duckdb.ConnectionException):
            left.execute("SELECT 1")


def _left_in_a_run(place: LakePlace) -> duckdb.DuckDBPyConnection:
    with hold_lake(place):
        return leave(place)


def test_a_function_in_one_transaction_leaves_all_or_nothing(place: LakePlace) -> None:
    @in_one_transaction
    def fill(lake: duckdb.DuckDBPyConnection, fails: bool) -> int:
        lake.execute("INSERT INTO lake.core_category VALUES ('x', now(), 'c', 'Category', NULL)")
        if fails:
            raise ValueError("broken")
        return 1

    with open_lake(place) as lake:
        with pytest.raises(ValueError, match="broken"):
            fill(lake, fails=True)
        assert lake.execute("SELECT count(*) FROM lake.core_category").fetchall() == [(0,)]
        assert fill(lake, fails=False) == 1
        assert lake.execute("SELECT count(*) FROM lake.core_category").fetchall() == [(1,)]
