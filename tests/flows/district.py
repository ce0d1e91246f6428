"""The sample district as the flows leave it, and what was heard and kept on the way."""

import io
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from termpost.schemas.base.refs import Delivered
from termpost.schemas.base.refs import Prepared as PreparedCycle

from tests.school import Prepared

LOGGERS = ("", "prefect", "prefect.flow_runs", "prefect.task_runs", "prefect.flow_engine", "prefect.task_engine")


@dataclass(frozen=True)
class Prefect:
    """A server with its own database and folder."""

    home: Path
    api_url: str
    database: Path

    def rows(self, table: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            return connection.execute(f'SELECT * FROM "{table}"').fetchall()

    def tables(self) -> list[str]:
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            return [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def settled(self) -> None:
        """Waits for the server: it writes logs and events down a little later than it takes them."""
        until, seen = time.monotonic() + 60, (-1, -1)
        while time.monotonic() < until:
            runs = [row for row in self.rows("flow_run") if "RUNNING" not in row and "PENDING" not in row]
            now = (len(self.rows("log")), len(self.rows("events")))
            if now == seen and len(runs) == len(self.rows("flow_run")):
                return
            seen = now
            Event().wait(2.5)
        raise TimeoutError("Prefect's server does not come to rest")


@contextmanager
def overheard(into: io.StringIO) -> Iterator[None]:
    """Everything that is logged anywhere, with tracebacks, also what the console does not show."""
    handler = logging.StreamHandler(into)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


@dataclass
class WholeCycle(Prepared):
    """The sample district, prepared and released by the flows, as of the last day of school."""

    prepared: list[PreparedCycle] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)
    overheard: io.StringIO = field(default_factory=io.StringIO)
