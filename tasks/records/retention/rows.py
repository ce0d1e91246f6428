"""Rows of the lake that are due: which they are, whose stay, and until when the rest was known."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

import duckdb
from termpost.schemas.retention.kinds import table_columns
from termpost.schemas.retention.policy import RetentionLine, RetentionPolicy
from termpost.tasks.records.retention.due import DueRecord

LAST_KNOWN = """
SELECT person_ref, max(known_at) AS left_at FROM lake.core_person
WHERE person_ref NOT IN (SELECT person_ref FROM lake.core_person WHERE extract_id = (
  SELECT extract_id FROM lake.core_extract ORDER BY known_at DESC, rowid DESC LIMIT 1))
GROUP BY ALL"""


@dataclass(frozen=True)
class DueRows:
    """Rows of one table, or one column of them, known up to an instant, but those that are kept back."""

    table: str
    column: str | None
    until: datetime
    by_person: bool  # the time counts from when the person left, not from when the row became known

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table

    @property
    def holds(self) -> str:
        """The condition that a due row meets; `until` is its one parameter. `prepare_people` made what it asks.

        What is about nobody stays with an extract that has somebody whose records are held: else theirs would name
        classes and days that nobody knows any more.
        """
        columns = table_columns()[self.table]
        when = "known_at <= ?" if not self.by_person else (
            "person_ref IN (SELECT person_ref FROM left_people WHERE left_at <= ?)"
        )  # fmt: skip
        # a person of nobody's is null
        whose = (
            "(person_ref IS NULL OR person_ref NOT IN (FROM kept_people))" if "person_ref" in columns
            else "extract_id NOT IN (FROM kept_extracts)"
        )  # fmt: skip
        is_there = f" AND {self.column} <> ''" if self.column else ""
        return f"{when} AND {whose}{is_there}"


def prepare_people(lake: duckdb.DuckDBPyConnection, kept_back: Collection[str]) -> None:
    """Temporary tables of whose rows stay, of the extracts that have them, and of who left when."""
    lake.execute(
        "CREATE OR REPLACE TEMP TABLE kept_people AS SELECT unnest(?::VARCHAR[]) AS person_ref", [[*kept_back]]
    )
    lake.execute("CREATE OR REPLACE TEMP TABLE kept_extracts AS SELECT DISTINCT extract_id FROM lake.core_person"
                 " WHERE person_ref IN (FROM kept_people)")  # fmt: skip
    lake.execute(f"CREATE OR REPLACE TEMP TABLE left_people AS {LAST_KNOWN}")


def who_left(lake: duckdb.DuckDBPyConnection, zone: tzinfo) -> dict[str, date]:
    """Of everybody whom the newest extract does not have, the day of the last that did."""
    rows = lake.execute("SELECT person_ref, left_at FROM left_people").fetchall()
    return {ref: at.astimezone(zone).date() for ref, at in rows}


def due_rows(
    lake: duckdb.DuckDBPyConnection, policy: RetentionPolicy, today: date, zone: tzinfo
) -> Iterator[tuple[DueRecord, DueRows]]:
    """What of each table is due, and how much of it, after `prepare_people`."""
    for line in policy.line:
        if line.then != "delete":
            continue
        for kind in line.tables:
            found = _due_of(lake, policy, line, kind, today, zone)
            if found is not None:
                yield found


def rows_of(policy: RetentionPolicy, kind: str, until: datetime) -> DueRows:
    """The rows that an entry of the log says to have gone."""
    table, _, column = kind.partition(".")
    line = policy.of("tables", kind)
    return DueRows(table, column or None, until, line is not None and line.start == "left")


def _due_of(
    lake: duckdb.DuckDBPyConnection, policy: RetentionPolicy, line: RetentionLine, kind: str, today: date, zone: tzinfo
) -> tuple[DueRecord, DueRows] | None:  # fmt: skip
    table = kind.partition(".")[0]
    asked = (
        "SELECT DISTINCT left_at FROM left_people"
        if line.start == "left"
        else f"SELECT DISTINCT known_at FROM lake.{table}"
    )
    instants = [at for (at,) in lake.execute(asked).fetchall()]
    old = [at for at in instants if policy.last_day(line, at.astimezone(zone).date()) < today]
    if not old:
        return None
    rows = rows_of(policy, kind, max(old))
    number = count_rows(lake, rows)
    if not number:
        return None
    began = rows.until.astimezone(zone).date()
    record = DueRecord(line.name, "tables", kind, kind, began, policy.last_day(line, began), number, rows.until)
    return record, rows


def count_rows(lake: duckdb.DuckDBPyConnection, rows: DueRows) -> int:
    """How many of them DuckLake has."""
    query = f"SELECT count(*) FROM lake.{rows.table} WHERE {rows.holds}"
    return int(lake.execute(query, [rows.until]).fetchall()[0][0])
