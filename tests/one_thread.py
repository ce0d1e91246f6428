"""One thread for each database: where a worker runs on each core, more would only wait for one another."""

from collections.abc import Mapping
from typing import Any

import duckdb

connect = duckdb.connect


def connect_with_one_thread(*args: Any, config: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
    return connect(*args, config={"threads": 1, **(config or {})}, **kwargs)


duckdb.connect = connect_with_one_thread
