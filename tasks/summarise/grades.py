"""Grades of every student × class × session of the table `scope`: SQL gives states and points, `course` the grades."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

import duckdb
import pandas as pd
from termpost.schemas.base.refs import ExtractId, SchoolId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course import CourseRules, Mark, Total, grade_course, round_by
from termpost.tasks.summarise.grade import letter
from termpost.tasks.summarise.mark_states import INCOMPLETE, STATES
from termpost.tasks.summarise.rules import RuleScope, resolve_rules
from termpost.tasks.summarise.vectorised.vectorised_grades import LARGEST_SCORE, is_plain

PACKAGE = "termpost.tasks.summarise"


@dataclass(frozen=True)
class Grade:
    """A student's grade in a course, rounded by the policy; None is no grade, and never 0."""

    person_ref: str
    class_id: str
    session_id: str
    current: Decimal | None  # per cent
    final: Decimal | None
    letter: str | None  # looked up from the unrounded final percentage
    current_points: Fraction  # that count, after drops
    current_possible: Fraction
    final_points: Fraction
    final_possible: Fraction
    counts: tuple[int, int, int, int]  # line items graded, missing, late, ungraded
    source: str = "computed"  # or "imported": final and letter as they were set elsewhere


@dataclass(frozen=True)
class PeriodOf:
    """A student's grade in one grading period of a course, rounded by the policy."""

    person_ref: str
    class_id: str
    session_id: str
    current: Decimal | None
    final: Decimal | None


def prepare_marks(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policy: GradingPolicy, cutoff: date,
    school_id: SchoolId | None, *, also_ended: bool, many: bool,
) -> dict[RuleScope, CourseRules]:  # fmt: skip
    """Makes the tables `enrolled` and `mark` for the courses of the tables `scope` and `scope_line_item`.

    Args:
        also_ended: also students whose enrollment ended before the session began.
        many: classes that `plain` can grade all at once are not in `mark` but in the tables of plain_marks.sql.
    """
    rules = resolve_rules(lake, extract_id, policy, cutoff)
    values = {
        "extract_id": extract_id, "school_id": school_id, "cutoff": cutoff, "also_ended": also_ended,
        "states": list(STATES),
    }  # fmt: skip
    if many:
        other = sorted({class_id for (class_id, _), own in rules.items() if not is_plain(own)})
        lake.register("other_frame", pd.DataFrame({"class_id": other}, dtype="string"))
        execute_each(lake, sql(PACKAGE, "choose_plain"), {"extract_id": extract_id, "limit": LARGEST_SCORE})
    for name in ("enrolled", "marks", "plain_marks"):
        execute_each(lake, sql(PACKAGE, name), values)
    return rules


def as_mark(row: Mapping[str, Any]) -> Mark:
    """A row of the table `mark`."""
    return Mark(
        row["line_item_id"], row["category"], row["period"], row["state"], row["in_current"], row["in_final"],
        int(row["earned"]), int(row["possible"]), row["is_extra"], row["is_fixed"],
    )  # fmt: skip


def grade_all(lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> Iterator[Grade]:
    """The grade of each course, by class, session and student."""
    courses = lake.execute(sql(PACKAGE, "courses")).fetchall()
    marks = _grouped(lake)
    ahead = next(marks, None)
    for row in courses:
        person, class_id, session_id, *counts, is_incomplete = row
        key = (class_id, session_id, person)
        mine: list[Mark] = []
        if ahead is not None and ahead[0] == key:
            mine = [mark for mark, _ in ahead[1]]
            ahead = next(marks, None)
        own = rules[class_id, session_id]
        current, final = grade_course(mine, own)
        yield _grade(key, own, current, final, tuple(counts), is_incomplete=is_incomplete)


def _grade(
    key: tuple[str, str, str], rules: CourseRules, current: Total, final: Total, counts: Any, *, is_incomplete: bool
) -> Grade:
    class_id, session_id, person = key
    return Grade(
        person, class_id, session_id, round_by(rules.policy, current.percent), round_by(rules.policy, final.percent),
        INCOMPLETE if is_incomplete else letter(final.percent, rules.policy.scale),
        current.earned, current.possible, final.earned, final.possible, counts,
    )  # fmt: skip


def grade_periods(lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> Iterator[PeriodOf]:
    """The grade of each grading period with work, and of each that has a weight."""
    for (class_id, session_id, person), found in _grouped(lake):
        own = rules[class_id, session_id]
        plain = CourseRules(own.policy, own.weighted, own.rules, own.weights)
        by_period: dict[str, list[Mark]] = {name: [] for name in own.periods}
        for mark, within in found:
            name = mark.period if own.periods else (within if within != session_id else None)
            if name is not None:
                by_period.setdefault(name, []).append(mark)
        for name in sorted(by_period):
            current, final = grade_course(by_period[name], plain)
            yield PeriodOf(
                person, class_id, name, round_by(own.policy, current.percent), round_by(own.policy, final.percent)
            )


def _grouped(
    lake: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[tuple[str, str, str], list[tuple[Mark, str | None]]]]:
    """(class, session, student) → marks that count, each with the session of its line item; read while it is used."""
    found = lake.execute(sql(PACKAGE, "marks_that_count"))
    names = [column[0] for column in found.description]

    def rows() -> Iterator[dict[str, Any]]:
        while chunk := found.fetchmany(50_000):
            for row in chunk:
                yield dict(zip(names, row, strict=True))

    for key, group in groupby(rows(), key=lambda r: (r["class_id"], r["session_id"], r["person_ref"])):
        yield key, [(as_mark(row), row["item_session_id"]) for row in group]
