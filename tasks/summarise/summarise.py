"""Summaries of one cycle of one school: SQL selects and counts, `course` grades, SQL keeps the result."""

from collections.abc import Mapping
from datetime import datetime

import duckdb
import pandas as pd
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Cycle, ExtractId, PersonRef, SchoolId, Summaries
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.lake.connection import one_transaction
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course import CourseRules
from termpost.tasks.summarise.grade_of_record import GradeDifference, imported_grades, imported_of, of_record
from termpost.tasks.summarise.grades import Grade, grade_all, prepare_marks
from termpost.tasks.summarise.policy_fit import refuse_what_is_not_there
from termpost.tasks.summarise.policy_values import policy_values
from termpost.tasks.summarise.rules import RuleScope
from termpost.tasks.summarise.vectorised.vectorised_grades import grade_plain

PACKAGE = "termpost.tasks.summarise"
COLUMNS = [
    "person_ref",
    "class_id",
    "current_percent",
    "final_percent",
    "letter",
    "grade_source",
    "graded_count",
    "missing_count",
    "late_count",
    "ungraded_count",
]
DIFFERENCE = ["person_ref", "class_id", "computed_percent", "imported_percent", "computed_letter", "imported_grade"]
STANDARDS = "insert_standard_summary"
INSERTS = (
    "insert_course_summary",
    "insert_grade_difference",
    "insert_late_or_missing_work",
    "insert_attendance_summary",
    "insert_student_summary",
    "insert_section_summary",
    "rounding",
    "earlier_courses",
    "insert_course_trend",
    "insert_student_trend",
    STANDARDS,
    "insert_concern",
    "insert_cycle",
    "insert_school_summary",
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
        InputError: the session is not in the extract, a category or period has no weight, or the policy names what
            the extract does not have.
    """
    values = {
        "cycle_id": cycle.id,
        "school_id": cycle.school,
        "extract_id": extract_id,
        "session_id": cycle.session,
        "cutoff": cycle.cutoff,
        "policy": policy.content_version,
        "known_at": known_at,
        "kind": cycle.kind,
        **policy_values(policy),
    }
    with one_transaction(lake):
        if not (students := _kept(lake, values)):
            refuse_what_is_not_there(lake, extract_id, policy)
            _select(lake, cycle, values)
    if not students:
        rules = prepare_marks(lake, extract_id, policy, cycle.cutoff, cycle.school, also_ended=False, many=True)
        _grade(lake, extract_id, rules)
        with one_transaction(lake):
            for name in INSERTS if _has_objectives(lake, extract_id) else (n for n in INSERTS if n != STANDARDS):
                execute_each(lake, sql(PACKAGE, name), values)
        students = int(lake.execute("SELECT count(DISTINCT person_ref) FROM graded_course").fetchall()[0][0])
    return Summaries(cycle, extract_id, policy.content_version, students)


def _has_objectives(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> bool:
    """Whether any mark of the extract counts for a learning objective: few extracts have them."""
    query = """SELECT EXISTS (SELECT 1 FROM lake.core_result_objective WHERE extract_id = $extract)
      OR EXISTS (SELECT 1 FROM lake.core_line_item_objective WHERE extract_id = $extract)"""
    return bool(lake.execute(query, {"extract": extract_id}).fetchall()[0][0])


def _kept(lake: duckdb.DuckDBPyConnection, values: dict[str, object]) -> int:
    """How many students the lake has a summary of."""
    query = sql(PACKAGE, "count_summaries")
    statement = lake.extract_statements(query)[0]
    return int(lake.execute(statement, {name: values[name] for name in statement.named_parameters}).fetchall()[0][0])


def _select(lake: duckdb.DuckDBPyConnection, cycle: Cycle, values: dict[str, object]) -> None:
    execute_each(lake, sql(PACKAGE, "cycle_sessions"), values)
    if not lake.execute("SELECT 1 FROM cycle_session").fetchone():
        raise InputError(
            "unknown-session",
            f"session {cycle.session} of cycle {cycle.id} is not in the extract",
            "calendar.toml [[cycle]] session",
            "name one of academicSessions.csv",
        )
    execute_each(lake, sql(PACKAGE, "scopes_of_cycle"), values)


def _grade(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules]) -> None:
    """Makes the tables `graded_course` and `grade_difference`."""
    imported = imported_grades(lake, extract_id)
    printed, different = [], []
    for grade in grade_all(lake, rules):
        own = imported_of(imported, grade.person_ref, grade.class_id, grade.session_id)
        of, difference = of_record(grade, own, rules[grade.class_id, grade.session_id].policy)
        printed.append(_row(of))
        if difference is not None:
            different.append(_difference(difference))
    for table, rows, columns in (("graded_course", printed, COLUMNS), ("grade_difference", different, DIFFERENCE)):
        frame = pd.DataFrame(rows, columns=columns)
        texts = [column for column in columns if not column.endswith("_count")]
        counts = [column for column in columns if column.endswith("_count")]
        lake.register("frame", frame.astype({**dict.fromkeys(texts, "string"), **dict.fromkeys(counts, "int64")}))
        exact = ", ".join(f"{c}::DECIMAL(18, 6) AS {c}" for c in columns if c.endswith("_percent"))
        lake.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ({exact}) FROM frame")
    found = grade_plain(lake, rules)
    lake.register("plain_frame", {
        "current": found.current.millionths, "final": found.final.millionths, "has_current": found.current.there,
        "has_final": found.final.there, "letter": found.letters, **found.counts,
    })  # fmt: skip
    lake.register("plain_work", found.work)
    execute_each(lake, sql(PACKAGE, "add_plain_grades"), {"letters": found.names})


def _row(grade: Grade) -> tuple[object, ...]:
    """In the order of COLUMNS; percentages as text, so that pandas cannot round them."""
    percents = (None if value is None else str(value) for value in (grade.current, grade.final))
    return (grade.person_ref, grade.class_id, *percents, grade.letter, grade.source, *grade.counts)


def _difference(found: GradeDifference) -> tuple[object, ...]:
    percents = (None if p is None else str(p) for p in (found.computed_percent, found.imported.percent))
    return (found.person_ref, found.class_id, *percents, found.computed_letter, found.imported.grade)


def students_of(lake: duckdb.DuckDBPyConnection, summaries: Summaries) -> list[PersonRef]:
    """The students a report is due for, in the order of their references."""
    rows = lake.execute(sql(PACKAGE, "list_students"), summaries.key).fetchall()
    return [PersonRef(row[0]) for row in rows]
