"""An extract in a lake that lives as long as its connection: the same tables and SQL, people by their own ids."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.findings import Findings
from termpost.tasks.lake.new_tables import table_files
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.load.load import accept_current

PEOPLE = """
CREATE TEMP TABLE person AS
SELECT source_id, source_id AS person_ref FROM (
  SELECT sourced_id AS source_id FROM current_users WHERE role = 'student'
  UNION SELECT user_sourced_id FROM current_enrollments
  UNION SELECT student_id FROM held
)"""


FindPeople = Callable[[Iterable[str]], Mapping[str, PersonRef]]


def load_into_memory(
    con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], findings: Findings, known_at: datetime,
    find: FindPeople | None = None,
) -> None:  # fmt: skip
    """Attaches the database `lake`, in memory, and fills it with the accepted rows of a checked extract.

    Nothing is sealed and nothing is written: this is for a command that answers and ends.

    Args:
        find: the references of those ids that have one; whoever has none keeps their own id.

    Raises:
        InputError: `extract-rejected`.
    """
    accept_current(con, sources, findings)
    con.execute("ATTACH ':memory:' AS lake")
    for statement in table_files():
        con.execute(statement)
    con.execute(PEOPLE)
    if find is not None:
        name_known(con, find)
    tag = {"extract_id": findings.extract_id, "known_at": known_at, "timezone": findings.timezone}
    execute_each(con, sql("termpost.tasks.load", "insert_facts"), tag)


def name_known(con: duckdb.DuckDBPyConnection, find: FindPeople) -> None:
    """Gives the people of the table `person` the references that they have."""
    known = find(source_id for (source_id,) in con.execute("SELECT source_id FROM person").fetchall())
    con.execute(
        "UPDATE person SET person_ref = k.ref"
        " FROM (SELECT unnest($ids::VARCHAR[]) AS id, unnest($refs::VARCHAR[]) AS ref) AS k WHERE source_id = k.id",
        {"ids": list(known), "refs": list(known.values())},
    )
