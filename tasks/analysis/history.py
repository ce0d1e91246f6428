"""The history as analysts see it: every table as it was known at one instant, and people by a reference of their own.

Three databases in one connection. `source` is the lake. `known` holds what only termpost's own SQL reads: the tables
cut at the instant, with the log's references. `lake` holds what an analyst may name: the same tables with analysts'
references, and the views of schemas/analyst. Views all of them, so that nothing is copied; only who asks for all the
views of a small lake has what they stand on in memory, since each name of a table is a file to find and open."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.analysis.view_catalog import views
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import FEW, attach_lake, memory_connection, rows_in
from termpost.tasks.lake.sql import execute_each
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.secrets.identities import read_identity

SEALED = "identity"
TIMES_ON_DISK = 8  # its memory is what a query may put there
TABLE = re.compile(r"\bknown\.((?:core|out)_\w+)")


@cache
def _behind() -> str:
    return (resources.files("termpost.schemas") / "analyst" / "base" / "known.sql").read_text()


@cache
def _under_views() -> frozenset[str]:
    """The tables that the views stand on."""
    return frozenset(name for text in (_behind(), *(view.sql for view in views())) for name in TABLE.findall(text))


@dataclass
class History:
    """A connection on what was known; `names` are all that a query may read."""

    connection: duckdb.DuckDBPyConnection
    home: Home
    names: frozenset[str]
    of_people: frozenset[str]  # those in which a person's reference stands
    of_students: frozenset[str]  # those that say more of a student than a reference

    def meet(self, named: Collection[str]) -> None:
        """Opens of the key store and of the sealed identities what a query needs that names these."""
        if not self.of_people.isdisjoint(named):
            _learn_references(self.connection, self.home)
        if not self.of_students.isdisjoint(named):
            _learn_students(self.connection, self.home)


@contextmanager
def open_history(home: Home, as_of: datetime | None = None, *, publishing: bool = False) -> Iterator[History]:
    """The history as it was known at an instant, the clock's own without one.

    Args:
        publishing: all views are read, and no table by its own name; files may be written. Else nothing else of the
            machine can be read or written.
    """
    connection = memory_connection(home.lake)
    try:
        connection.execute("SET python_enable_replacements = false")  # a query must not find a variable of this program
        attach_lake(connection, home.lake, "source")
        if not publishing:
            connection.execute("SET allowed_directories = [?]", [home.lake.data])
            connection.execute("SET enable_external_access = false")
        connection.execute("ATTACH ':memory:' AS known")
        connection.execute("ATTACH ':memory:' AS lake")
        instant = (as_of or home.clock.today()).astimezone(UTC)
        history = _with_views(connection, home, instant, publishing=publishing)
        connection.execute("USE lake")
        if not publishing:
            connection.execute("RESET disabled_optimizers")  # an analyst's query may join in any way
            connection.execute("SET memory_limit = ?", [f"{home.settings.sql.memory_mb}MiB"])
            connection.execute("SET max_temp_directory_size = ?", [f"{TIMES_ON_DISK * home.settings.sql.memory_mb}MiB"])
            connection.execute("SET lock_configuration = true")
        yield history
    finally:
        connection.close()


def _with_views(connection: duckdb.DuckDBPyConnection, home: Home, as_of: datetime, *, publishing: bool) -> History:
    columns = {} if publishing else _columns(connection)
    connection.execute("CREATE TABLE known.analyst_name (person_ref VARCHAR PRIMARY KEY, student_key VARCHAR NOT NULL)")
    instant = as_of.isoformat()
    kind = "TABLE" if publishing and rows_in(connection, "source") <= FEW else "VIEW"
    with one_transaction(connection):
        for table in sorted(_under_views()) if publishing else columns:
            cut = "" if table == "lake_format" else f"WHERE known_at <= TIMESTAMPTZ '{instant}'"
            connection.execute(f"CREATE {kind} known.{table} AS SELECT * FROM source.main.{table} {cut}")
    # what the views stand on: nothing of it hangs on whom `meet` opens later
    behind = _behind().replace("CREATE VIEW known.", f"CREATE {kind} known.")
    execute_each(connection, behind, {"small_cell": home.settings.privacy.small_cell})
    with one_transaction(connection):
        for table, found in columns.items():
            connection.execute(f"CREATE VIEW lake.{table} AS {_shown(table, found)}")
        for view in views():
            connection.execute(view.sql)
    refs = {table for table, found in columns.items() if "person_ref" in found}
    return History(
        connection,
        home,
        names=frozenset(columns) | {view.name for view in views()},
        of_people=frozenset(refs) | {view.name for view in views() if view.is_of_people},
        of_students=frozenset(view.name for view in views() if view.is_of_students),
    )


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Those of each table of the lake."""
    found: dict[str, list[str]] = {}
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'source' ORDER BY ALL"
    for table, column in connection.execute(query).fetchall():
        found.setdefault(table, []).append(column)
    return found


def _shown(table: str, columns: Collection[str]) -> str:
    """The query behind a table's own name: nothing sealed, and another reference than the log's."""
    if "person_ref" not in columns:
        return f"SELECT * FROM known.{table}"
    without = f"EXCLUDE ({SEALED})" if SEALED in columns else ""
    return (
        f"SELECT t.* {without} REPLACE (n.student_key AS person_ref) FROM known.{table} t"
        " LEFT JOIN known.analyst_name n ON n.person_ref = t.person_ref"
    )


def _learn_references(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    names = home.people.names("analyst")
    connection.execute(
        "INSERT OR IGNORE INTO known.analyst_name SELECT unnest($refs), unnest($keys)",
        {"refs": list(names), "keys": list(names.values())},
    )


def _learn_students(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Year of birth and grade level by the newest extract that was known; of erased people nothing opens."""
    rows = connection.execute("FROM known.newest_identity").fetchall()
    people = home.people
    people.preload(PersonRef(ref) for ref, _ in rows)
    kept = people.existing(PersonRef(ref) for ref, _ in rows)
    facts: dict[str, list[object]] = {"refs": [], "years": [], "levels": []}
    for ref, sealed in rows:
        if ref in kept:
            student = read_identity(StudentIdentity, people.open(ref, sealed))
            facts["refs"].append(ref)
            facts["years"].append(student.birth_date.year if student.birth_date else None)
            facts["levels"].append(student.grade_level)
    connection.execute("DELETE FROM known.student_fact")
    connection.execute(
        "INSERT INTO known.student_fact SELECT unnest($refs), unnest($years)::INTEGER, unnest($levels)::VARCHAR", facts
    )
