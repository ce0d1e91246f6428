"""Read-only SQL for analysts: one SELECT over the lake's own tables, and nothing else of the machine."""

import duckdb
import sqlglot
from sqlglot import exp

from schemas.errors import InputError

# functions over rows that read nothing but their arguments
TABLE_FUNCTIONS = frozenset({"UNNEST", "RANGE", "GENERATE_SERIES"})


def select(lake: duckdb.DuckDBPyConnection, query: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Column names and rows of a query.

    Raises:
        InputError: it is not one SELECT, reads something else than the lake's tables, or DuckDB refuses it.
    """
    tables = {
        row[0] for row in lake.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'").fetchall()
    }
    refuse_all_but_select(query, tables)
    try:
        result = lake.execute(query)
        columns = [column[0] for column in result.description]
        return columns, result.fetchall()
    except duckdb.Error as error:
        # the query is the user's own text and the lake holds no names, so its message may be shown
        raise InputError(
            "bad-query", str(error).splitlines()[0], "the query", "correct it; tables: " + ", ".join(sorted(tables))
        ) from None


def refuse_all_but_select(query: str, tables: set[str]) -> None:
    """Parses first: the lake is read-only, but its catalogue holds keys and the machine has other files."""
    try:
        statements = sqlglot.parse(query, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        raise InputError("bad-query", "this is not SQL that DuckDB reads", "the query", "correct it") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise InputError("not-a-select", "only a single SELECT is run", "the query", "ask one question at a time")
    known = {name.lower() for name in tables} | {cte.alias_or_name.lower() for cte in statements[0].find_all(exp.CTE)}
    for table in statements[0].find_all(exp.Table):
        if isinstance(table.this, exp.Func):
            if table.this.sql_name().upper() not in TABLE_FUNCTIONS and table.this.name.upper() not in TABLE_FUNCTIONS:
                raise _foreign(tables)
        elif (
            table.db.lower() not in ("", "main", "lake")
            or table.catalog.lower() not in ("", "lake")
            or table.name.lower() not in known
        ):
            raise _foreign(tables)


def _foreign(tables: set[str]) -> InputError:
    return InputError(
        "foreign-table",
        "the query reads something that is not in the history",
        "the query",
        "use " + ", ".join(sorted(tables)),
    )
