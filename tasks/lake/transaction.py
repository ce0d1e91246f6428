"""Reading and writing at one state of the lake."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import duckdb

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def one_transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """What is read within is read at one state of the lake, for which the catalogue is asked once, not each time.

    It may write to one database only.
    """
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def in_one_transaction(
    function: Callable[Concatenate[duckdb.DuckDBPyConnection, P], R],
) -> Callable[Concatenate[duckdb.DuckDBPyConnection, P], R]:
    """The same for the whole of a function whose first argument is the connection; it is called in none."""

    @wraps(function)
    def inner(lake: duckdb.DuckDBPyConnection, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with one_transaction(lake):
            return function(lake, *args, **kwargs)

    return inner
