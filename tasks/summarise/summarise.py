"""Summaries of one cycle of one school: SQL selects and counts, `grade` does the arithmetic, SQL keeps the result."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import duckdb
import pandas as pd

from schemas.errors import InputError
from schemas.grading import GradingPolicy
from schemas.refs import Cycle, ExtractId, PersonRef, SchoolId, Summaries
from tasks.sql import execute_each, sql
from tasks.summarise.grade import Points, by_points, by_weight, letter, rounded
from tasks.summarise.weights import category_weights, refuse_unsupported

PACKAGE = "tasks.summarise"
COLUMNS = [
    "person_ref",
    "class_id",
    "current_percent",
    "final_percent",
    "letter",
    "graded_count",
    "missing_count",
    "late_count",
    "ungraded_count",
]
INSERTS = (
    "insert_course_summary",
    "insert_late_or_missing_work",
    "insert_attendance_summary",
    "insert_student_summary",
    "insert_section_summary",
)


def schools_of(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> list[SchoolId]:
    """The schools of an extract that have students enrolled."""
    query = """SELECT DISTINCT school_id FROM lake.core_enrollment
      WHERE extract_id = ? AND role_code = 'student' ORDER BY ALL"""
    return [SchoolId(row[0]) for row in lake.execute(query, [extract_id]).fetchall()]


def summarise_cycle(
    lake: duckdb.DuckDBPyConnection, cycle: Cycle, extract_id: ExtractId, policy: GradingPolicy, known_at: datetime
) -> Summaries:
    """Computes and keeps the summaries; those that are there already, from the same extract, policy and cut-off, stay.

    Raises:
        InputError: the session is not in the extract, a category has no weight, or the policy asks what is not
            computed yet.
    """
    refuse_unsupported(policy)
    values = {
        "cycle_id": cycle.id,
        "school_id": cycle.school,
        "extract_id": extract_id,
        "session_id": cycle.session,
        "cutoff": cycle.cutoff,
        "policy": policy.content_version,
        "known_at": known_at,
    }
    if (students := _kept(lake, values)) is None:
        _select(lake, cycle, values)
        lake.register("graded_frame", pd.DataFrame(_graded(lake, values, policy), columns=COLUMNS))
        lake.execute("CREATE OR REPLACE TEMP TABLE graded_course AS SELECT * FROM graded_frame")
        lake.execute("BEGIN")
        try:
            for name in INSERTS:
                execute_each(lake, sql(PACKAGE, name), values)
        except BaseException:
            lake.execute("ROLLBACK")
            raise
        lake.execute("COMMIT")
        students = _kept(lake, values) or 0
    return Summaries(cycle, extract_id, policy.content_version, students)


def _kept(lake: duckdb.DuckDBPyConnection, values: dict[str, object]) -> int | None:
    """How many students the lake has a summary of; None for none."""
    query = sql(PACKAGE, "count_summaries")
    statement = lake.extract_statements(query)[0]
    row = lake.execute(statement, {name: values[name] for name in statement.named_parameters}).fetchone()
    return int(row[0]) if row and row[0] else None


def _select(lake: duckdb.DuckDBPyConnection, cycle: Cycle, values: dict[str, object]) -> None:
    execute_each(lake, sql(PACKAGE, "cycle_sessions"), values)
    if not lake.execute("SELECT 1 FROM cycle_session").fetchone():
        raise InputError(
            "unknown-session",
            f"session {cycle.session} of cycle {cycle.id} is not in the extract",
            "calendar.toml [[cycle]] session",
            "name one of academicSessions.csv",
        )
    execute_each(lake, sql(PACKAGE, "marks_of_cycle"), values)


def _graded(
    lake: duckdb.DuckDBPyConnection, values: dict[str, object], policy: GradingPolicy
) -> Iterator[tuple[object, ...]]:
    """A row per student × class, in the order of COLUMNS; percentages as text, so that pandas cannot round them."""
    above = lake.execute(sql(PACKAGE, "sessions_above"), _named(values, "extract_id", "session_id")).fetchone()
    courses = lake.execute(
        sql(PACKAGE, "courses_of_cycle"),
        {**_named(values, "extract_id", "school_id", "cutoff"), "above": above[0] if above else []},
    ).fetchall()
    rows = lake.execute(sql(PACKAGE, "points_by_category")).fetchall()
    by_course = {key: list(group) for key, group in groupby(rows, key=lambda row: (row[0], row[1]))}
    weights = category_weights(lake, ExtractId(str(values["extract_id"])), policy)
    scale = {step.letter: step.lower for step in policy.steps}
    combine = by_points if policy.aggregate == "points" else by_weight
    places, mode = policy.rounding.places, policy.rounding.mode
    for person, class_id in courses:
        parts = by_course.get((person, class_id), [])
        current = combine(Points(row[3], row[4], weights.get(row[2])) for row in parts)
        final = combine(Points(row[5], row[6], weights.get(row[2])) for row in parts)
        counts = [sum(row[i] for row in parts) for i in range(7, 11)]
        yield (
            person,
            class_id,
            *(_text(rounded(v, places, mode)) for v in (current, final)),
            letter(final, scale),
            *counts,
        )


def _named(values: dict[str, object], *names: str) -> dict[str, object]:
    return {name: values[name] for name in names}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def students_of(lake: duckdb.DuckDBPyConnection, summaries: Summaries) -> list[PersonRef]:
    """The students a report is due for, in the order of their references."""
    cycle = summaries.cycle
    rows = lake.execute(
        sql(PACKAGE, "list_students"),
        {
            "cycle_id": cycle.id,
            "school_id": cycle.school,
            "extract_id": summaries.extract_id,
            "policy": summaries.policy,
            "cutoff": cycle.cutoff,
        },
    ).fetchall()
    return [PersonRef(row[0]) for row in rows]
