"""Read-only SQL for analysts: one SELECT over the history, or a named question, and nothing else of the machine."""

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sys import getsizeof
from threading import Event, Timer

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

CHUNK = 10_000  # rows
ROOM = 4  # times the memory of a query, in addresses: DuckDB asks for more of them than it fills

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
    """Raises InputError: `query-too-long`, `answer-too-large`."""
    limits, connection = history.home.settings.sql, history.connection
    is_over = Event()

    def stop() -> None:
        is_over.set()
        connection.interrupt()

    watch = Timer(limits.seconds, stop)
    watch.daemon = True
    watch.start()
    try:
        with _bounded_memory(limits.memory_mb * 2**20):
            result = connection.execute(query)
            return [column[0] for column in result.description], _rows(result, limits.memory_mb * 2**20)
    except (duckdb.OutOfMemoryException, MemoryError):
        raise _too_large("the query", limits.memory_mb) from None
    except duckdb.Error:  # what DuckDB says of a query that was stopped depends on where it was
        if not is_over.is_set():
            raise
        raise InputError("query-too-long", f"the query took longer than {limits.seconds} seconds", "the query",
                         "ask for less, or raise seconds under [sql] in termpost.toml") from None  # fmt: skip
    finally:
        watch.cancel()


@contextmanager
def _bounded_memory(most: int) -> Iterator[None]:
    """For what DuckDB's own limit does not count, such as one very long text: no more address space than now and
    `ROOM` times as much."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    asked = pages * resource.getpagesize() + ROOM * most
    if soft != resource.RLIM_INFINITY:
        asked = min(asked, soft)
    resource.setrlimit(resource.RLIMIT_AS, (asked, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _rows(result: duckdb.DuckDBPyConnection, most: int) -> list[tuple[object, ...]]:
    """All of them, as long as they are not larger than `most` bytes."""
    rows: list[tuple[object, ...]] = []
    left = most
    while chunk := result.fetchmany(CHUNK):
        left -= sum(getsizeof(row) + sum(map(getsizeof, row)) for row in chunk)
        if left < 0:
            raise _too_large("its answer", most // 2**20)
        rows += chunk
    return rows


def _too_large(what: str, memory_mb: int) -> InputError:
    return InputError("answer-too-large", f"{what} takes more than {memory_mb} MB of memory", "the query",
                      "ask for fewer rows, or raise memory_mb under [sql] in termpost.toml")  # fmt: skip


def refuse_all_but_select(query: str, tables: set[str], own: set[str]) -> set[str]:
    """Parses first: the lake is read-only, but its catalogue holds keys and the machine has other files.

    Returns what the query names of the history.

    Args:
        own: what DuckDB knows by itself. Where a WITH of that name ends, the same word would mean DuckDB's own again.
    """
    try:
        query.encode()  # a terminal hands on bytes that are no text as halves of characters
        statements = sqlglot.parse(query, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError, UnicodeEncodeError):
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
