"""What a grade is made of, by category; and the categories that stand beside the grades."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import duckdb
from termpost.tasks.summarise.course import letter_by, round_by
from termpost.tasks.summarise.course_grade import CategoryGrade, CourseRules
from termpost.tasks.summarise.format_numbers import written
from termpost.tasks.summarise.grades import Grade

# of the table `category_grade`
CATEGORY_GRADE = {
    "person_ref": "VARCHAR", "class_id": "VARCHAR", "category": "VARCHAR", "period_id": "VARCHAR", "kind": "VARCHAR",
    "weight_percent": "DECIMAL(18, 6)", "percent": "DECIMAL(18, 6)", "word": "VARCHAR", "mark_count": "INTEGER",
}  # fmt: skip
KEPT = """
SELECT 1 FROM lake.out_category_summary
WHERE cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id
  AND policy = $policy AND cutoff_date = $cutoff AND kind = 'graded' LIMIT 1
"""


def category_rows(grade: Grade, kind: str, rules: CourseRules, *, graded: bool) -> Iterator[dict[str, object]]:
    """Rows of CATEGORY_GRADE, of categories in which something counts.

    Args:
        kind: of the cycle: a midterm has the current grade.
        graded: also what the grade is made of, not only what stands beside it.
    """
    for part in grade.total(kind).parts if graded else ():
        for category in part.categories:
            yield from _row(grade, part.period, "graded", category, rules)
    for category in grade.totals.beside:
        yield from _row(grade, None, "beside", category, rules)


def has_graded_rows(lake: duckdb.DuckDBPyConnection, key: dict[str, object]) -> bool:
    """Whether the lake has what the grades of a cycle are made of."""
    names = ("cycle_id", "school_id", "extract_id", "policy", "cutoff")
    return lake.execute(KEPT, {name: key[name] for name in names}).fetchone() is not None


def _row(
    grade: Grade, period: str | None, kind: Literal["graded", "beside"], category: CategoryGrade, rules: CourseRules
) -> Iterator[dict[str, object]]:
    if category.share is None:
        return
    percent = category.share * 100
    weight = category.weight if rules.weighted and kind == "graded" else None
    yield {
        "person_ref": grade.person_ref, "class_id": grade.class_id, "category": category.category, "period_id": period,
        "kind": kind, "weight_percent": None if weight is None else str(weight),
        "percent": written(round_by(rules.policy, percent)), "word": _word(category.category, percent, rules),
        "mark_count": len(category.kept),
    }  # fmt: skip


def _word(category: str, percent: Fraction, rules: CourseRules) -> str | None:
    scale = rules.rules[category].scale
    return letter_by(rules.policy.model_copy(update={"scale": scale}), percent) if scale else None
