"""Very few rows: queries run as they are written, where planning them would take longer than running them."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from termpost.tasks.lake.connection import VERY_FEW, LakePlace, memory_connection, open_lake, suit_lake, suit_rows

TREE = Path(__file__).parents[3]
SQL = sorted(path for folder in ("tasks", "schemas") for path in (TREE / folder).rglob("*.sql"))


def left_out(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The optimizers that are not run."""
    names = str(connection.execute("SELECT current_setting('disabled_optimizers')").fetchall()[0][0])
    return set(names.split(",")) - {""}


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_lake(LakePlace(tmp_path / "lake.sqlite", f"{tmp_path}/data/")) as lake:
        yield lake


def test_a_query_of_more_rows_is_planned_again() -> None:
    connection = memory_connection()
    for rows, is_planned in ((VERY_FEW, False), (VERY_FEW + 1, True), (0, False), (10**9, True)):
        suit_rows(connection, rows)
        assert ("join_order" not in left_out(connection)) is is_planned


def test_only_a_filter_on_few_rows_of_a_lake_stays_where_it_is_written(lake: duckdb.DuckDBPyConnection) -> None:
    connection = memory_connection()
    suit_rows(connection, 1)
    assert left_out(lake) - left_out(connection) == {"filter_pushdown"}
    assert "unused_columns" not in left_out(lake)


def test_what_is_coming_counts_beside_what_is_there(lake: duckdb.DuckDBPyConnection) -> None:
    suit_lake(lake, "lake", VERY_FEW - 1)  # the one row that is there is the format
    assert left_out(lake)
    suit_lake(lake, "lake", VERY_FEW)
    assert not left_out(lake)
    lake.execute("INSERT INTO lake.core_category SELECT 'x', now(), i, 'Category', NULL FROM range(20_000) t(i)")
    suit_lake(lake, "lake")
    assert not left_out(lake)


def joined_by_comma(text: str) -> list[str]:
    """Tables that stand in a FROM beside another, with what joins them in the WHERE at best."""
    statements = sqlglot.parse(text, dialect="duckdb", error_level=sqlglot.ErrorLevel.IGNORE)
    return [
        join.this.name
        for statement in statements if statement is not None for join in statement.find_all(exp.Join)
        if isinstance(join.this, exp.Table) and not (join.kind or join.method or join.args.get("on"))
        and not join.args.get("using")
    ]  # fmt: skip


def test_no_table_is_joined_without_a_condition_beside_the_join() -> None:
    assert joined_by_comma("SELECT * FROM a JOIN b USING (x) JOIN c ON c.x = a.x, d CROSS JOIN e") == ["d"]
    assert len(SQL) > 90
    assert not {path: found for path in SQL if (found := joined_by_comma(path.read_text()))}
