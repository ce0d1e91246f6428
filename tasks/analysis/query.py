"""Read-only SQL for analysts: one SELECT over the history, or a named question, and nothing else of the machine."""

import logging

import duckdb
import sqlglot
from sqlglot import exp
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.toml_source import nearest
from termpost.tasks.analysis.history import History
from termpost.tasks.analysis.view_catalog import questions

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # a refused query is one line on standard error, not two

# functions over rows that read nothing but their arguments
TABLE_FUNCTIONS = frozenset({"UNNEST", "RANGE", "GENERATE_SERIES"})


OWN = """
SELECT view_name FROM duckdb_views() WHERE database_name NOT IN ('lake', 'known', 'source')
UNION SELECT table_name FROM duckdb_tables() WHERE database_name NOT IN ('lake', 'known', 'source')
"""

QueryAnswer = tuple[list[str], list[tuple[object, ...]]]


def select(history: History, query: str) -> QueryAnswer:
    """Column names and rows of a query.

    Raises:
        InputError: it is not one SELECT, reads something that is not of the history, or DuckDB refuses it.
    """
    own = {name for (name,) in history.connection.execute(OWN).fetchall()}
    history.meet(refuse_all_but_select(query, set(history.names), own))
    try:
        return _answer(history, query)
    except duckdb.Error as error:
        # the query is the user's own text, and what it can read holds no names, so its message may be shown
        raise InputError(
            "bad-query",
            str(error).splitlines()[0],
            "the query",
            "correct it; tables: " + ", ".join(sorted(history.names)),
        ) from None


def ask(history: History, name: str) -> QueryAnswer:
    """Column names and rows of a named question.

    Raises:
        InputError: there is no such question.
    """
    asked = questions().get(name)
    if asked is None:
        raise InputError(
            "unknown-question", "there is no such question", "--question", nearest(name, list(questions()))
        )
    history.meet(asked.reads)
    return _answer(history, asked.sql)


def _answer(history: History, query: str) -> QueryAnswer:
    result = history.connection.execute(query)
    return [column[0] for column in result.description], result.fetchall()


def refuse_all_but_select(query: str, tables: set[str], own: set[str]) -> set[str]:
    """Parses first: the lake is read-only, but its catalogue holds keys and the machine has other files.

    Returns what the query names of the history.

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
    return {table.name.lower() for table in statements[0].find_all(exp.Table)} & tables


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
