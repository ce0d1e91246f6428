"""Analysts' SQL: one SELECT over the history, also while a flow writes; nothing else, and above all no keys."""

import base64
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.analysis.history import History, open_history
from termpost.tasks.analysis.query import select
from termpost.tasks.lake.connection import open_lake

from tests.tasks.gradebook import Gradebook, Rooms, new_home

LATER = datetime(2100, 1, 1, tzinfo=UTC)  # everything that was ever known


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    folder = tmp_path_factory.mktemp("query")
    rooms = Rooms(new_home(folder / "home"))
    with rooms.lake() as lake:
        lake.execute(
            "INSERT INTO lake.core_org SELECT 'x', now(), i::VARCHAR, 'School ' || i, 'school', NULL FROM range(3) t(i)"
        )
    (rooms.home.path / "secrets.csv").write_text("a\n1\n")
    return rooms


@pytest.fixture(scope="module")
def lake(loaded: Rooms) -> Iterator[History]:
    with open_history(loaded.home, LATER) as history:
        yield history


def keys_of(rooms: Rooms) -> list[str]:
    with sqlite3.connect(rooms.home.lake.catalogue) as catalogue:
        return [key for (key,) in catalogue.execute("SELECT encryption_key FROM ducklake_data_file") if key]


def refused(lake: History, query: str) -> InputError:
    with pytest.raises(InputError) as caught:
        select(lake, query)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) AS n FROM core_org", "SELECT count(*) AS n FROM lake.core_org;",
        "SELECT count(*) AS n FROM lake.main.CORE_ORG",
        "FROM core_org SELECT count(*) AS n", "WITH o AS (SELECT * FROM core_org) SELECT count(*) AS n FROM o",
        "WITH core_org AS (SELECT * FROM lake.core_org) SELECT count(*) AS n FROM core_org",
        "SELECT (SELECT count(*) FROM core_org) AS n", "SELECT count(*) AS n FROM range(3)",
        "SELECT count(*) AS n FROM unnest([1, 2, 3])",
        "SELECT count(*) AS n FROM core_org o, LATERAL (SELECT o.name)",
        "SELECT 3 AS n FROM core_org LIMIT 1 -- a remark",
        "WITH RECURSIVE r AS (SELECT 1 i UNION ALL SELECT i + 1 FROM r WHERE i < 3) SELECT count(*) AS n FROM r",
        "SELECT count(*) AS n FROM (SELECT org_id FROM core_org UNION SELECT person_ref FROM core_person)",
    ],
)  # fmt: skip
def test_a_select_is_answered(lake: History, query: str) -> None:
    assert select(lake, query) == (["n"], [(3,)])


def test_a_query_is_planned_however_few_rows_there_are_since_it_may_join_in_any_way(lake: History) -> None:
    assert lake.connection.execute("SELECT current_setting('disabled_optimizers')").fetchall() == [("",)]


def test_it_is_answered_while_another_connection_writes_and_sees_only_what_is_committed(loaded: Rooms) -> None:
    query = "SELECT count(*) FROM core_category"
    with open_history(loaded.home, LATER) as reader, open_lake(loaded.home.lake) as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO lake.core_category VALUES ('x', now(), 'c', 'Category', NULL)")
        assert select(reader, query)[1] == [(0,)]
        writer.execute("COMMIT")
        assert select(reader, query)[1] == [(1,)]
        writer.execute("BEGIN")
        writer.execute("INSERT INTO lake.core_category VALUES ('x', now(), 'd', 'Category', NULL)")
        with open_history(loaded.home, LATER) as late:
            assert select(late, query)[1] == [(1,)]
        writer.execute("ROLLBACK")


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO core_org SELECT * FROM core_org", "DELETE FROM core_org", "UPDATE core_org SET name = ''",
        "DROP TABLE core_org",
        "CREATE TABLE t (i INTEGER)", "CREATE TEMP TABLE t AS SELECT 1", "ATTACH 'x.db'", "DETACH lake",
        "USE memory",
        "COPY core_org TO 'x.csv'", "COPY (SELECT 1) TO 'x.csv'", "EXPORT DATABASE 'x'",
        "PRAGMA database_list",
        "SET enable_external_access = true", "RESET lock_configuration", "INSTALL httpfs", "LOAD httpfs",
        "CALL ducklake_snapshots('lake')",
        "EXPLAIN SELECT 1", "DESCRIBE core_org", "SHOW TABLES", "VACUUM", "CHECKPOINT", "BEGIN", "EXECUTE p",
        "PREPARE p AS SELECT 1",
        "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE core_org", "", ";", "-- nothing",
    ],
)  # fmt: skip
def test_what_is_not_one_select_is_refused(lake: History, query: str) -> None:
    assert refused(lake, query).code in ("not-a-select", "bad-query")


@pytest.mark.parametrize(
    "source",
    [
        "'/etc/passwd'", '"/etc/passwd"', "read_text('/etc/passwd')", "read_blob('/etc/passwd')",
        "read_csv('/etc/passwd')",
        "read_csv_auto('x')", "read_csv('range')", "read_parquet('{data}/**/*.parquet')",
        "parquet_scan('{data}/**/*.parquet')",
        "read_json('x')", "read_ndjson('x')", "sniff_csv('x')", "glob('/*')", "glob('{data}/**')", "duckdb_secrets()",
        "duckdb_settings()",
        "duckdb_tables()", "duckdb_databases()", "parquet_metadata('{data}/x')",
        "sqlite_scan('{catalogue}', 'ducklake_data_file')",
        "sqlite_query('{catalogue}', 'SELECT 1')", "query('SELECT 1')", "query_table(['core_org'])",
        "ducklake_list_files('lake', 'core_org')",
        "ducklake_snapshots('lake')", "lake.snapshots()", "pragma_table_info('core_org')",
        "json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", "__ducklake_metadata_lake.ducklake_data_file",
        "__ducklake_metadata_lake.main.ducklake_data_file", "ducklake_data_file", "duckdb_databases", "duckdb_tables",
        "pragma_database_list",
        "sqlite_master", "information_schema.tables", "pg_class", "system.main.duckdb_databases", "memory.main.x",
        "'{catalogue}'", "nothing",
        "read_text('{catalogue}')", "read_blob('{catalogue}')",
    ],
)  # fmt: skip
def test_what_is_not_the_history_is_refused_wherever_it_stands(loaded: Rooms, lake: History, source: str) -> None:
    source = source.format(data=loaded.home.lake.data, catalogue=loaded.home.lake.catalogue)
    for query in (
        f"SELECT * FROM {source}", f"FROM {source}", f"SELECT * FROM core_org, {source}",
        f"SELECT * FROM core_org JOIN {source} ON true",
        f"SELECT (SELECT count(*) FROM {source})", f"SELECT * FROM core_org WHERE EXISTS (FROM {source})",
        f"WITH o AS (SELECT * FROM {source}) SELECT * FROM o",
        f"WITH o AS MATERIALIZED (FROM {source}) SELECT * FROM core_org",
        f"SELECT * FROM core_org UNION ALL SELECT * FROM {source}",
        f"SELECT * FROM core_org o, LATERAL (SELECT * FROM {source})",
        f"SELECT * FROM core_org ORDER BY (SELECT count(*) FROM {source})", f"SELECT list((SELECT 1 FROM {source}))",
    ):  # fmt: skip
        assert refused(lake, query).code == "foreign-table", query
    if source.endswith(")"):
        for query in (
            f"SELECT * FROM core_org, LATERAL {source} AS t",
            f"SELECT * FROM core_org JOIN LATERAL {source} ON true",
        ):
            assert refused(lake, query).code == "foreign-table", query


def test_a_with_cannot_hide_one_of_duckdbs_own_tables(lake: History) -> None:
    own = [
        name
        for (name,) in lake.connection.execute(
            "SELECT DISTINCT view_name FROM duckdb_views() WHERE internal"
        ).fetchall()
    ]
    assert {"duckdb_databases", "sqlite_master", "pg_class", "pragma_database_list"} <= set(own)
    for name in own:
        assert refused(lake, f"WITH {name} AS (SELECT * FROM {name}) SELECT * FROM {name}").code == "reserved-name"
    name = "duckdb_databases"
    for query in (
        f"WITH RECURSIVE {name} AS (FROM {name}) FROM {name}",
        f"WITH a AS (FROM {name.upper()}), {name} AS (SELECT 1) FROM a",
        f"(WITH {name} AS (SELECT 1) FROM {name}) UNION ALL FROM {name}",
        f"WITH {name.upper()} AS (SELECT 1) FROM {name}",
        f"WITH a AS (WITH {name} AS (SELECT 1) FROM {name}) SELECT * FROM {name}, a",
    ):  # fmt: skip
        assert refused(lake, query).code == "reserved-name", query


def test_there_are_keys_to_protect_and_the_parser_is_what_protects_them(loaded: Rooms, lake: History) -> None:
    """DuckDB lets a connection read the catalogue that it has attached."""
    keys = {base64.b64decode(key) for key in keys_of(loaded)}
    query = "SELECT data_file_encryption_key FROM core_org, LATERAL ducklake_list_files('source', 'core_org')"
    assert {key for (key,) in lake.connection.execute(query).fetchall()} <= keys
    assert refused(lake, query).code == "foreign-table"


def test_past_the_parser_duckdb_still_opens_no_other_file_and_no_setting(loaded: Rooms, lake: History) -> None:
    for path in (loaded.home.path / "secrets" / "master.key", loaded.home.path / "secrets.csv", "/etc/passwd"):
        for function in ("read_text", "read_blob", "read_csv"):
            with pytest.raises(duckdb.Error):
                lake.connection.execute(f"SELECT * FROM {function}('{path}')").fetchall()
    data = next(Path(loaded.home.lake.data).rglob("*.parquet"))
    with pytest.raises(duckdb.Error):
        lake.connection.execute(f"SELECT * FROM read_parquet('{data}')").fetchall()
    for statement in (
        "SET enable_external_access = true", "SET lock_configuration = false", "ATTACH 'x.db'", "INSTALL spatial",
        "INSERT INTO source.core_org SELECT * FROM source.core_org", "COPY (SELECT 1) TO 'x.csv'",
    ):  # fmt: skip
        with pytest.raises(duckdb.Error):
            lake.connection.execute(statement)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT nme FROM core_org",
        "SELECT",
        "SELEKT 1",
        "SELECT 'open",
        "SELECT 1/'a'",
        "SELECT " + "(" * 3000 + "1" + ")" * 3000,
    ],
)
def test_a_wrong_query_gets_one_line(lake: History, query: str, caplog: pytest.LogCaptureFixture) -> None:
    assert refused(lake, query).code in ("bad-query", "not-a-select")
    assert not caplog.records


def test_nothing_but_the_error_reaches_the_console(lake: History, caplog: pytest.LogCaptureFixture) -> None:
    for query in ("EXPLAIN SELECT 1", "CALL ducklake_snapshots('lake')", "SHOW TABLES"):
        refused(lake, query)
    assert not caplog.records


def test_what_people_are_called_stays_sealed_for_analysts(gradebook: Gradebook, rooms: Rooms, tmp_path: Path) -> None:
    rooms.take_in(gradebook.write(tmp_path / "x"))
    with open_history(rooms.home) as lake:
        columns, rows = select(lake, "SELECT * FROM core_person")
    assert len(rows) == 4
    assert "anna" not in str(rows).lower()
    assert "identity" not in columns


def test_without_history_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught, open_history(new_home(tmp_path / "home")):
        pass
    assert caught.value.code == "no-history"
