"""Summaries of one cycle of one school: SQL selects and counts, `course` grades, SQL keeps the result."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import duckdb
from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.refs import Cycle, ExtractId, PersonRef, Summaries
from termpost.schemas.log.settlements import NOTHING_SETTLED, Settlements
from termpost.schemas.settings.attendance import AttendanceSettings
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.check.policy.policy_fit import refuse_what_is_not_there
from termpost.tasks.check.policy.tables import PolicyTables
from termpost.tasks.lake.rows import make_table
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.summarise.breakdown.category_rows import CATEGORY_GRADE, category_rows, has_graded_rows
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.grade import rounded
from termpost.tasks.summarise.grade_of_record import GradeDifference, imported_grades, imported_of, of_record
from termpost.tasks.summarise.grades import Grade, grade_all, prepare_marks
from termpost.tasks.summarise.open_cycle import unknown_session
from termpost.tasks.summarise.policy_values import attendance_values, policy_values
from termpost.tasks.summarise.questions import ask_about
from termpost.tasks.summarise.rules import RuleScope
from termpost.tasks.summarise.school_days import IsSchoolDay, is_weekday
from termpost.tasks.summarise.vectorised.vectorised_grades import add_plain_grades

PACKAGE = "termpost.tasks.summarise"
AS_SHIPPED = AttendanceSettings()
PERCENT = "DECIMAL(18, 6)"
# of the tables that a grade becomes: name, type, and the column of each as it is written
GRADED = {
    "person_ref": "VARCHAR", "class_id": "VARCHAR", "current_percent": PERCENT, "final_percent": PERCENT,
    "letter": "VARCHAR", "current_letter": "VARCHAR", "if_missing_percent": PERCENT, "weighed_percent": PERCENT,
    "grade_source": "VARCHAR", "graded_count": "INTEGER", "missing_count": "INTEGER", "late_count": "INTEGER",
    "ungraded_count": "INTEGER", "to_mark_count": "INTEGER", "is_open": "BOOLEAN", "left_date": "DATE",
    "moved_from": "VARCHAR",
}  # fmt: skip
DIFFERENCE = {
    "person_ref": "VARCHAR", "class_id": "VARCHAR", "computed_percent": PERCENT, "imported_percent": PERCENT,
    "computed_letter": "VARCHAR", "imported_grade": "VARCHAR",
}  # fmt: skip
LEFT_OUT = {"person_ref": "VARCHAR", "class_id": "VARCHAR", "part_kind": "VARCHAR", "part_id": "VARCHAR"}
STANDARDS = "insert_standard_summary"
CATEGORIES = "insert_category_summary"
SUMMARIES = (
    "insert_question",
    "insert_course_summary",
    "insert_left_out",
    CATEGORIES,
    "insert_grade_difference",
    "insert_late_or_missing_work",
    "insert_attendance_summary",
    "insert_student_summary",
    "insert_section_summary",
    "rounding",
    "earlier_cycles",
)
# of those the temporary table that they stand on alone: most are empty, and writing nothing costs as much as a few rows
STAND_ON = {
    "insert_question": "question", "insert_left_out": "left_out", CATEGORIES: "category_grade",
    "insert_grade_difference": "grade_difference",
}  # fmt: skip
TRENDS = ("earlier_courses", "insert_course_trend", "insert_student_trend")
WITHOUT_TRENDS = ("no_earlier_courses",)
AFTER_TRENDS = ("insert_concern", "insert_cycle", "insert_school_summary")


def summarise_cycle(
    lake: duckdb.DuckDBPyConnection, cycle: Cycle, extract_id: ExtractId, policy: GradingPolicy, known_at: datetime,
    *, settlements: Settlements = NOTHING_SETTLED, is_school_day: IsSchoolDay = is_weekday,
    attendance: AttendanceSettings = AS_SHIPPED, categories: bool = False,
) -> Summaries:  # fmt: skip
    """Computes and keeps the summaries; those that are there already, from the same extract, policy and cut-off, stay.

    Args:
        settlements: what teachers and staff decided about marks that are not there; a part of the policy's version.
        attendance: what the words of attendance mean; what is not as shipped is a part of it too.
        categories: also what each grade is made of; added where the summaries were kept without it.

    Raises:
        InputError: the session is not in the extract, a category or period has no weight, or the policy names what
            the extract does not have.
    """
    version = policy.content_version + settlements.version + attendance.version
    if not cycle.session:
        return Summaries(cycle, extract_id, version, 0)
    version += _sessions_version(lake, cycle, extract_id, version)
    values = {
        "cycle_id": cycle.id,
        "school_id": cycle.school,
        "extract_id": extract_id,
        "session_id": cycle.session,
        "sessions": [cycle.session, *cycle.more_sessions],
        "weighted": policy.weighted_periods,
        "cutoff": cycle.cutoff,
        "policy": version,
        "known_at": known_at,
        "kind": cycle.kind,
        "is_backfilled": cycle.is_backfilled,
        **policy_values(policy),
        **attendance_values(attendance),
    }
    with one_transaction(lake):  # in which nothing is written to the lake, so that it is in nobody's way
        students = _kept(lake, values)
        lacks_categories = bool(students) and categories and not has_graded_rows(lake, values)
        if students and not lacks_categories:
            return Summaries(cycle, extract_id, version, students)
        refuse_what_is_not_there(PolicyTables(lake, extract_id), policy)
        for name in ("cycle_sessions", "scopes_of_cycle"):
            execute_each(lake, sql(PACKAGE, name), values)
        if not lake.execute("SELECT 1 FROM cycle_session").fetchone():
            raise unknown_session(f"session {cycle.session} of cycle {cycle.id} is not in the extract")
        rules = prepare_marks(
            lake, extract_id, policy, cycle.cutoff, cycle.school, also_ended=False, many=True,
            is_school_day=is_school_day, settlements=settlements,
        )  # fmt: skip
        _grade(lake, extract_id, rules, cycle.kind, categories=categories)
    # in none: rows have their numbers once they are committed
    add_plain_grades(lake, extract_id, rules, cycle.cutoff, cycle.kind, categories=categories)
    if lacks_categories:
        with one_transaction(lake):
            _keep(lake, (CATEGORIES,), values)
    else:
        with one_transaction(lake):
            ask_about(lake, extract_id, rules, cycle, settlements)
            has_objectives = _has_objectives(lake, extract_id)
        with one_transaction(lake):
            _keep(lake, SUMMARIES, values)
            is_first = lake.execute("SELECT count(*) = 0 FROM earlier_cycle").fetchall()[0][0]
            _keep(lake, WITHOUT_TRENDS if is_first else TRENDS, values)
            _keep(lake, (STANDARDS, *AFTER_TRENDS) if has_objectives else AFTER_TRENDS, values)
    students = int(lake.execute("SELECT count(DISTINCT person_ref) FROM graded_course").fetchall()[0][0])
    return Summaries(cycle, extract_id, version, students)


def _keep(lake: duckdb.DuckDBPyConnection, names: Sequence[str], values: Mapping[str, object]) -> None:
    """Runs the SQL of these names but for what would write nothing."""
    asked = [name for name in names if name in STAND_ON]
    looks = ", ".join(f"EXISTS (FROM {STAND_ON[name]})" for name in asked)
    found = lake.execute(f"SELECT {looks}").fetchall()[0] if asked else ()
    empty = {name for name, is_filled in zip(asked, found, strict=True) if not is_filled}
    for name in names:
        if name not in empty:
            execute_each(lake, sql(PACKAGE, name), values)


def _has_objectives(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> bool:
    """Whether any mark of the extract counts for a learning objective: few extracts have them."""
    query = """SELECT EXISTS (SELECT 1 FROM lake.core_result_objective WHERE extract_id = $extract)
      OR EXISTS (SELECT 1 FROM lake.core_line_item_objective WHERE extract_id = $extract)"""
    return bool(lake.execute(query, {"extract": extract_id}).fetchall()[0][0])


def _sessions_version(
    lake: duckdb.DuckDBPyConnection, cycle: Cycle, extract_id: ExtractId, version: str
) -> str:  # fmt: skip
    """What of the version is the sessions': empty but where a calendar was changed, or names several."""
    query = """SELECT any_value(session_id) FROM lake.out_cycle WHERE cycle_id = ? AND school_id = ? AND extract_id = ?
      AND policy = ? AND cutoff_date = ?"""
    key = [cycle.id, cycle.school, extract_id, version, cycle.cutoff]
    (before,) = lake.execute(query, key).fetchall()[0]
    if not cycle.more_sessions and before in (None, cycle.session):
        return ""
    named = json.dumps([cycle.session, *cycle.more_sessions])
    return "." + hashlib.sha256(named.encode()).hexdigest()[:8]


def _kept(lake: duckdb.DuckDBPyConnection, values: dict[str, object]) -> int:
    """How many students the lake has a summary of."""
    query = sql(PACKAGE, "count_summaries")
    statement = lake.extract_statements(query)[0]
    return int(lake.execute(statement, {name: values[name] for name in statement.named_parameters}).fetchall()[0][0])


def _grade(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules], kind: str,
    *, categories: bool,
) -> None:  # fmt: skip
    """Makes the tables `graded_course`, `grade_difference`, `left_out` and `category_grade`."""
    imported = imported_grades(lake, extract_id)
    printed, different, left_out = [], [], []
    parts: list[tuple[object, ...]] = []
    for grade in grade_all(lake, rules):
        own = rules[grade.line_id, grade.session_id]
        there = imported_of(imported, grade.person_ref, grade.class_id, grade.session_id)
        of, difference = of_record(grade, there, own.policy)
        printed.append(_row(of, kind))
        parts += [tuple(row.values()) for row in category_rows(grade, kind, own, graded=categories)]
        if difference is not None:
            different.append(_difference(difference))
        if of.source == "computed" and of.left_date is None:
            out = grade.left_out(kind, own)
            left_out += [(of.person_ref, of.class_id, "category", name) for name in out.categories]
            left_out += [(of.person_ref, of.class_id, "period", name) for name in out.periods]
    make_table(lake, "graded_course", GRADED, printed)
    make_table(lake, "grade_difference", DIFFERENCE, different)
    make_table(lake, "left_out", LEFT_OUT, left_out)
    make_table(lake, "category_grade", CATEGORY_GRADE, parts)


def _row(grade: Grade, kind: str) -> tuple[object, ...]:
    """In the order of GRADED."""
    weighed = grade.weighed(kind) if grade.source == "computed" else None
    if grade.source == "imported" and kind in SO_FAR:  # the grade of record, whatever kind of report prints it
        grade = replace(grade, current=grade.final, current_letter=grade.letter, if_missing=None)
    percents = (grade.current, grade.final)
    texts = (None if value is None else str(value) for value in percents)
    return (
        grade.person_ref, grade.class_id, *texts, grade.letter, grade.current_letter,
        None if grade.if_missing is None else str(grade.if_missing),
        None if weighed is None else str(rounded(weighed * 100, 6, "down")), grade.source, *grade.counts, False,
        None if grade.left_date is None else grade.left_date.isoformat(), grade.moved_from,
    )  # fmt: skip


def _difference(found: GradeDifference) -> tuple[object, ...]:
    percents = (None if p is None else str(p) for p in (found.computed_percent, found.imported.percent))
    return (found.person_ref, found.class_id, *percents, found.computed_letter, found.imported.grade)


def students_of(lake: duckdb.DuckDBPyConnection, summaries: Summaries, *, leavers: bool = True) -> list[PersonRef]:
    """The students a report is due for, in the order of their references.

    Args:
        leavers: also those who left every class they had.
    """
    rows = lake.execute(sql(PACKAGE, "list_students"), {**summaries.key, "leavers": leavers}).fetchall()
    return [PersonRef(row[0]) for row in rows]
