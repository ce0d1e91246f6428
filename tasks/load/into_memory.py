"""An extract in a lake that lives as long as its connection: the same tables and SQL, people by their own ids."""

from collections.abc import Mapping
from datetime import datetime

import duckdb
from termpost.schemas.documents.findings import Findings
from termpost.tasks.lake.connection import table_files
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.load.load import accept_current

PEOPLE = """
CREATE TEMP TABLE person AS
SELECT source_id, source_id AS person_ref FROM (
  SELECT sourced_id AS source_id FROM current_users WHERE role = 'student'
  UNION SELECT user_sourced_id FROM current_enrollments
  UNION SELECT student_id FROM held
)"""


def load_into_memory(
    con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], findings: Findings, known_at: datetime
) -> None:
    """Attaches the database `lake`, in memory, and fills it with the accepted rows of a checked extract.

    Nothing is sealed and nothing is written: this is for a command that answers and ends.

    Raises:
        InputError: `extract-rejected`.
    """
    accept_current(con, sources, findings)
    con.execute("ATTACH ':memory:' AS lake")
    for statement in table_files():
        con.execute(statement)
    con.execute(PEOPLE)
    tag = {"extract_id": findings.extract_id, "known_at": known_at, "timezone": findings.timezone}
    execute_each(con, sql("termpost.tasks.load", "insert_facts"), tag)
