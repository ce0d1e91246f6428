"""How one grade came about, so that a person can recompute it by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.tasks.lake.sql import sql
from termpost.tasks.summarise.adjustments.told import MarkTold, told, unpaired
from termpost.tasks.summarise.course import grade_course, letter_by, round_by
from termpost.tasks.summarise.course_grade import UNIT, CategoryGrade, CourseRules, PeriodGrade, Total
from termpost.tasks.summarise.format_numbers import exact, plain, written
from termpost.tasks.summarise.grade_of_record import Imported, imported_grades, imported_of
from termpost.tasks.summarise.grades import PACKAGE, as_mark
from termpost.tasks.summarise.mark_states import INCOMPLETE
from termpost.tasks.summarise.rules import RuleScope

# the line that a student has of a class, also where it goes on in another section
LINES = """
SELECT e.line_id, e.class_id, e.session_id, e.left_date, e.moved_from
FROM enrolled e JOIN line_member m ON m.line_id = e.line_id AND m.session_id = e.session_id
WHERE e.person_ref = $student AND m.class_id = $class_id ORDER BY e.session_id
"""
LEFT_OUT = {
    "excused": "excused", "later": "after the cut-off", "practice": "omitted by the policy",
    "incomplete": "incomplete", "awaits_review": "awaits review", "ungraded": "no mark yet", "missing": "missing",
    "not_theirs": "due while not in the class", "just_joined": "due in the first five school days in the class",
    "submitted": "handed in, not marked yet", "left_out": "left out, as the school decided",
    "retaken": "its retake counts", "not_retaken": "not retaken", "elsewhere": "a retake of work of another session",
    "beside": "counts in no grade, printed beside them", "beside_unmarked": "no mark, and counts in no grade",
    "moved": "counted once, by the mark of the later section",
}  # fmt: skip


def explain_course(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules], student: str,
    class_id: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """One value for each session the student has a grade of in this class.

    Raises:
        InputError: the student is not enrolled in such a class.
    """
    _refuse_unknown(lake, extract_id, student, class_id)
    seats = lake.execute(LINES, {"student": student, "class_id": class_id}).fetchall()
    found = lake.execute(sql(PACKAGE, "explain"), {"extract_id": extract_id, "student": student})
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    imported = imported_grades(lake, extract_id)
    return [
        _explained(
            [r for r in rows if (r["line_id"], r["session_id"]) == (line, session)], rules[line, session], session, left
        )
        | {
            "class": own, "moved_from": moved_from, "left": left and left.isoformat(),
            "of_record": _of_record(rules[line, session], imported_of(imported, student, own, session)),
        }
        for line, own, session, left, moved_from in seats
    ]  # fmt: skip


def _of_record(rules: CourseRules, imported: Imported | None) -> dict[str, Any]:
    """Which grade is printed, and what was set elsewhere."""
    printed = "imported" if imported is not None and rules.policy.grade_of_record == "imported" else "computed"
    return {
        "printed": printed,
        "imported_percent": None if imported is None or imported.percent is None else plain(Fraction(imported.percent)),
        "imported_grade": None if imported is None else imported.grade,
    }


def _refuse_unknown(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, student: str, class_id: str) -> None:
    def known(query: str, value: str) -> bool:
        return lake.execute(query, [extract_id, value]).fetchone() is not None

    if not known("SELECT 1 FROM lake.core_class WHERE extract_id = ? AND class_id = ?", class_id):
        raise InputError(
            "unknown-class", "the extract has no such class", "--explain", "give a sourcedId of classes.csv"
        )
    if not known("SELECT 1 FROM lake.core_enrollment WHERE extract_id = ? AND person_ref = ?"
                 " AND role_code = 'student'", student):  # fmt: skip
        raise InputError(
            "unknown-student",
            "no such student is enrolled",
            "--explain",
            "give the sourcedId of a student in users.csv",
        )
    if lake.execute(LINES, {"student": student, "class_id": class_id}).fetchone() is not None:
        return
    sat = lake.execute("SELECT max(end_day) FROM seat WHERE person_ref = ? AND class_id = ?", [student, class_id])
    if (ended := sat.fetchall()[0][0]) is not None:
        raise InputError(
            "dropped-class",
            f"the student left it on {ended - timedelta(days=1)}, within the drop window: nothing of it is printed",
            "--explain", "see drop_window in grading.toml, and W in grades.csv",
        )  # fmt: skip
    raise InputError("not-in-class", "the student is not in this class", "--explain", "see enrollments.csv")


def _explained(rows: list[dict[str, Any]], rules: CourseRules, session: str, left: date | None) -> dict[str, Any]:
    marks = [as_mark(row) for row in rows]
    totals = grade_course(marks, rules)
    said = told([m for m in marks if m.current], rules), told([m for m in marks if m.final], rules)
    current, final = totals.current, totals.final
    policy = rules.policy
    is_incomplete = any(row["state"] == "incomplete" for row in rows)

    def letter(total: Total) -> str | None:
        return None if left is not None else INCOMPLETE if is_incomplete else letter_by(policy, total.percent)

    return {
        "session": session,
        "combined": "categories by weight" if rules.weighted else "all points together",
        "rounding": policy.rounding.model_dump(),
        "show_of": None if policy.show_of is None else plain(Fraction(policy.show_of)),
        "periods_round_first": policy.periods_round_first if rules.periods else None,
        "compat": policy.compat,
        "items": [_item(row, current, final, said) | {"note": unpaired(row, policy)} for row in rows],
        "current": _total(current, rules) | {"letter": letter(current)},
        "final": _total(final, rules) | {"letter": letter(final)},
        "if_missing": totals.if_missing and written(round_by(policy, totals.if_missing.percent)),
        "beside": [_category(category, rules) for category in totals.beside],
        "scale_by": policy.scale_by,
        "scale": {name: str(lower) for name, lower in policy.scale.items()},
    }


def _item(
    row: dict[str, Any], current: Total, final: Total, said: tuple[dict[str, MarkTold], dict[str, MarkTold]]
) -> dict[str, Any]:
    late = row["state"] in {"graded", "missing_marked", "awaits_review"} and row["late_units"]
    return {
        "line_item": row["line_item_id"], "title": row["title"], "category": row["category"],
        "category_title": row["category_title"], "period": row["period"],
        "due": row["due_date"] and row["due_date"].isoformat(), "state": row["state"], "is_late": row["is_late"],
        "score": None if row["score"] is None else plain(Fraction(row["score"])),
        "possible": plain(Fraction(int(row["possible"]), UNIT)),
        "late_deduction": plain(Fraction(int(row["late_units"]), UNIT)) if late else "0",
        "late_intervals": int(row["intervals"]) if late else 0,
        "counts_as": plain(Fraction(int(row["earned"]), UNIT)),
        "extra_credit": row["is_extra"] or not row["possible"],
        "never_dropped": row["is_extra"] or row["is_fixed"],
        "retake_of": row["piece"] if row["attempt"] else None,
        "current": _role(row, row["in_current"], current, said[0]),
        "final": _role(row, row["in_final"], final, said[1]),
    }  # fmt: skip


def _role(row: dict[str, Any], counts: bool, total: Total, said: Mapping[str, MarkTold]) -> str:
    if not counts:
        return f"left out: {LEFT_OUT[row['state']]}"
    of = said[row["line_item_id"]]
    item = of.counts_in
    if item is None:
        return f"left out: {of.words}"
    for part in total.parts:
        for category in part.categories:
            if item in category.kept:
                return f"counts{of.words}"
            for dropped, end in category.dropped:
                if dropped == item:
                    return f"dropped: {end}"
    return "left out: worth nothing, so without a percentage"


def _total(total: Total, rules: CourseRules) -> dict[str, Any]:
    return {
        "percent": written(round_by(rules.policy, total.percent)),
        "unrounded": exact(total.percent),
        "points": plain(total.earned),
        "possible": plain(total.possible),
        "parts": [_part(part, rules) for part in total.parts],
    }


def _part(part: PeriodGrade, rules: CourseRules) -> dict[str, Any]:
    return {
        "period": part.period,
        "weight": _weight(part.weight),
        "percent": written(round_by(rules.policy, part.percent)),
        "unrounded": exact(part.percent),
        "lifted_from": exact(part.lifted_from),
        "categories": [_category(category, rules) for category in part.categories],
    }


def _category(category: CategoryGrade, rules: CourseRules) -> dict[str, Any]:
    return {
        "category": category.category,
        "weight": _weight(category.weight) if rules.weighted else None,
        "aggregate": rules.rules[category.category].aggregate,
        "counted": list(category.kept),
        "dropped": [{"line_item": item, "as": end} for item, end in category.dropped],
        "points": plain(category.earned),
        "possible": plain(category.possible),
        "percent": exact(None if category.share is None else category.share * 100),
        "lifted_from": exact(None if category.lifted_from is None else category.lifted_from * 100),
    }


def _weight(weight: Decimal | None) -> str | None:
    return None if weight is None else plain(Fraction(weight))
