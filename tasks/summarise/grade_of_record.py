"""The grade of record: computed here, or set elsewhere and printed as it is; and where the two differ."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import duckdb
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.grade import letter
from termpost.tasks.summarise.grades import Grade

GradeKey = tuple[str, str, str | None]  # student, class, session; None where the format has no sessions


@dataclass(frozen=True)
class Imported:
    """A grade of supplement/grades.csv."""

    percent: Decimal | None
    grade: str | None  # as printed: B+, I, P, W, …


@dataclass(frozen=True)
class GradeDifference:
    """A grade that was set elsewhere and is not the one computed."""

    person_ref: str
    class_id: str
    computed_percent: Decimal | None
    computed_letter: str | None
    imported: Imported


def imported_grades(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> dict[GradeKey, Imported]:
    """Every imported grade; of several for one course the last by percent and letter, whatever the order of rows."""
    query = """WITH known AS (
        SELECT *, CASE WHEN lower(note) NOT IN ('override', 'posted') THEN note END AS code  -- those are no grades
        FROM lake.core_imported_grade
      )
      SELECT person_ref, class_id, session_id, percent, coalesce(grade, code) AS grade FROM known
      WHERE extract_id = ? AND (percent IS NOT NULL OR coalesce(grade, code) IS NOT NULL) ORDER BY ALL"""
    return {(row[0], row[1], row[2]): Imported(row[3], row[4]) for row in lake.execute(query, [extract_id]).fetchall()}


def imported_of(imported: Mapping[GradeKey, Imported], person: str, class_id: str, session: str) -> Imported | None:
    """The imported grade of a course in a session."""
    return imported.get((person, class_id, session)) or imported.get((person, class_id, None))


def of_record(grade: Grade, imported: Imported | None, policy: GradingPolicy) -> tuple[Grade, GradeDifference | None]:
    """The grade that is printed, and what there is to say where another one was set elsewhere.

    An imported percentage is not rounded and an imported letter not looked up: both are as they came.
    """
    if imported is None:
        return grade, None
    difference = None
    if _differs(grade, imported):
        difference = GradeDifference(grade.person_ref, grade.class_id, grade.final, grade.letter, imported)
    if policy.grade_of_record != "imported":
        return grade, difference
    looked_up = None
    if imported.percent is not None and grade.left_date is None:
        looked_up = letter(Fraction(imported.percent), policy.scale)  # of what is printed, which nothing rounds
    printed = replace(grade, final=imported.percent, letter=imported.grade or looked_up, source="imported")
    return printed, difference


def _differs(grade: Grade, imported: Imported) -> bool:
    return (imported.percent is not None and imported.percent != grade.final) or (
        imported.grade is not None and imported.grade != grade.letter
    )
