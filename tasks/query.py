"""Read-only SQL for analysts: one SELECT over the lake's own tables, and nothing else of the machine."""

import logging

import duckdb
import sqlglot
from sqlglot import exp

from schemas.errors import InputError

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # a refused query is one line on standard error, not two

# functions over rows that read nothing but their arguments
TABLE_FUNCTIONS = frozenset({"UNNEST", "RANGE", "GENERATE_SERIES"})


def select(lake: duckdb.DuckDBPyConnection, query: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Column names and rows of a query.

    Raises:
        InputError: it is not one SELECT, reads something else than the lake's tables, or DuckDB refuses it.
    """
    tables = _names(lake, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'")
    own = _names(lake, "SELECT view_name FROM duckdb_views() UNION SELECT table_name FROM duckdb_tables()") - tables
    refuse_all_but_select(query, tables, own)
    try:
        result = lake.execute(query)
        columns = [column[0] for column in result.description]
        return columns, result.fetchall()
    except duckdb.Error as error:
        # the query is the user's own text and the lake holds no names, so its message may be shown
        raise InputError(
            "bad-query", str(error).splitlines()[0], "the query", "correct it; tables: " + ", ".join(sorted(tables))
        ) from None


def _names(lake: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {row[0] for row in lake.execute(query).fetchall()}


def refuse_all_but_select(query: str, tables: set[str], own: set[str]) -> None:
    """Parses first: the lake is read-only, but its catalogue holds keys and the machine has other files.

    Args:
        own: what DuckDB knows by itself. Where a WITH of that name ends, the same word would mean DuckDB's own again.
    """
    try:
        statements = sqlglot.parse(query, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError):
        raise InputError("bad-query", "this is not SQL that DuckDB reads", "the query", "correct it") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise InputError("not-a-select", "only a single SELECT is run", "the query", "ask one question at a time")
    given = {cte.alias.lower() for cte in statements[0].find_all(exp.CTE)}
    if given & own:
        raise InputError(
            "reserved-name", "a WITH gives a name that DuckDB has given itself", "the query", "choose another"
        )
    known = given | {name.lower() for name in tables}
    for source in statements[0].find_all(exp.Table, exp.Lateral):
        if not (_only_reads_rows(source) if isinstance(source.this, exp.Func) else _of_the_lake(source, known)):
            raise InputError("foreign-table", "the query reads something that is not in the history", "the query",
                             "use " + ", ".join(sorted(tables)))  # fmt: skip


def _only_reads_rows(source: exp.Expression) -> bool:
    function = source.this
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return name.upper() in TABLE_FUNCTIONS


def _of_the_lake(source: exp.Expression, known: set[str]) -> bool:
    if isinstance(source, exp.Lateral):
        return isinstance(source.this, (exp.Subquery, exp.Unnest))  # what is inside is looked at by itself
    if not isinstance(source, exp.Table) or source.catalog.lower() not in ("", "lake"):
        return False
    if source.db.lower() not in ("", "main", "lake"):
        return False
    return source.name.lower() in known
