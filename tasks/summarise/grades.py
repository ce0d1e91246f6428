"""Grades of every student × line × session of the table `scope`: SQL gives states and points, `course` the grades."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

import duckdb
from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.refs import ExtractId, SchoolId
from termpost.schemas.log.settlements import NOTHING_SETTLED, Settlements
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.lake.rows import make_table
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course import grade_course, letter_by, round_by
from termpost.tasks.summarise.course_grade import Attempt, CourseRules, CourseTotals, Mark, Total
from termpost.tasks.summarise.mark_states import INCOMPLETE, STATES
from termpost.tasks.summarise.rules import RuleScope, resolve_rules
from termpost.tasks.summarise.school_days import IsSchoolDay, is_weekday, number_school_days
from termpost.tasks.summarise.vectorised.plain_rules import choose_plain

PACKAGE = "termpost.tasks.summarise"
MANY_SEATS = 200  # from here on `vectorised` is faster


@dataclass(frozen=True)
class EmptyParts:
    """Categories and periods with a weight in which nothing counts, so that the others scale up."""

    categories: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grade:
    """A student's grade in a course, rounded by the policy; None is no grade, and never 0."""

    person_ref: str
    class_id: str
    line_id: str  # the class, or the class with the sections that the student came from
    session_id: str
    current: Decimal | None  # per cent
    final: Decimal | None
    current_letter: str | None
    letter: str | None  # of the final percentage
    if_missing: Decimal | None  # the current percentage if missing work stays missing
    totals: CourseTotals
    counts: tuple[int, int, int, int, int]  # line items graded, missing, late, ungraded, still to be marked
    left_date: date | None = None  # last day in the class of who left it: then there is no letter
    moved_from: str | None = None  # class
    source: str = "computed"  # or "imported": final and letter as they were set elsewhere

    def weighed(self, kind: str) -> Fraction | None:
        """Of the weight of categories and periods, what the grade of a cycle of this kind rests on."""
        return self.total(kind).weighed

    def left_out(self, kind: str, rules: CourseRules) -> EmptyParts:
        """What the grade of a cycle of this kind leaves out; nothing where there is no grade.

        A category of bonus points alone is not left out where they count (not under Canvas's rules).
        """
        total = self.total(kind)
        if total.percent is None:
            return EmptyParts()
        parts = [part for part in total.parts if part.percent is not None]
        periods = tuple(p.period for p in total.parts if p.period and p.weight and p.percent is None)
        if not rules.weighted:
            return EmptyParts((), periods)
        counts_bonus = rules.policy.compat != "canvas"
        counted = {
            c.category for part in parts for c in part.categories
            if c.share is not None or (c.earned and counts_bonus)
        }  # fmt: skip
        named = [n for n, weight in rules.weights.items() if weight and not rules.rules[n].is_on_top]
        return EmptyParts(tuple(n for n in (*named, *rules.absent) if n not in counted), periods)

    def total(self, kind: str) -> Total:
        """The total that a cycle of this kind prints."""
        return self.totals.current if kind in SO_FAR else self.totals.final


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
    school_id: SchoolId | None, *, also_ended: bool, many: bool, is_school_day: IsSchoolDay = is_weekday,
    settlements: Settlements = NOTHING_SETTLED,
) -> dict[RuleScope, CourseRules]:  # fmt: skip
    """Makes the tables `enrolled` and `mark` for the courses of the tables `scope` and `scope_line_item`.

    Args:
        also_ended: also students whose enrollment ended before the session began.
        many: seats that `vectorised` can grade all at once are left to it, where that is worth its while.
        settlements: what teachers and staff decided about marks that are not there.
    """
    days = number_school_days(lake, extract_id, cutoff, is_school_day)
    _register(lake, policy, settlements)
    values = {
        "extract_id": extract_id, "school_id": school_id, "cutoff": cutoff, "also_ended": also_ended,
        "states": list(STATES), "from_day": days.first, "to_day": days.last, "drop_window": policy.drop_window,
        "merges": policy.merge_sections == "course",
    }  # fmt: skip
    execute_each(lake, sql(PACKAGE, "seats"), values)
    rules = resolve_rules(lake, extract_id, policy, cutoff)
    if many and lake.execute("SELECT count(*) >= ? FROM seat", [MANY_SEATS]).fetchall()[0][0]:
        choose_plain(lake, extract_id, rules)
    for name in ("enrolled", "marks"):
        execute_each(lake, sql(PACKAGE, name), values)
    return rules


def _register(lake: duckdb.DuckDBPyConnection, policy: GradingPolicy, settlements: Settlements) -> None:
    """Gives the SQL what the policy and the school say of courses, classes and pieces."""
    moves = [(course, f"move {n}") for n, group in enumerate(policy.course_moves) for course in group]
    accepted = sorted({(one.line_item_id, one.person_ref) for one in settlements.accepted if one.line_item_id})
    make_table(lake, "course_move", {"course_id": "VARCHAR", "moves_as": "VARCHAR"}, moves)
    make_table(lake, "signed_off", {"class_id": "VARCHAR"}, [(name,) for name in sorted(settlements.signed_off)])
    make_table(lake, "accepted_blank", {"line_item_id": "VARCHAR", "person_ref": "VARCHAR"}, accepted)


def as_mark(row: Mapping[str, Any]) -> Mark:
    """A row of the table `mark`."""
    return Mark(
        row["line_item_id"], row["category"], row["period"], row["state"], row["in_current"], row["in_final"],
        int(row["earned"]), int(row["possible"]), row["is_extra"], row["is_fixed"], attempt=_attempt(row),
        days=(row["score_date"], row["due_date"]),
    )  # fmt: skip


def _attempt(row: Mapping[str, Any]) -> Attempt | None:
    if row["attempt"] is None:
        return None
    return Attempt(row["piece"], row["attempt"], row["retake_rule"], int(row["piece_possible"]))


def grade_all(lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> Iterator[Grade]:
    """The grade of each course, by line, session and student."""
    courses = lake.execute(sql(PACKAGE, "courses")).fetchall()
    marks = _grouped(lake)
    ahead = next(marks, None)
    for row in courses:
        seat = Seat(*row[:7])
        mine: list[Mark] = []
        if ahead is not None and ahead[0] == (seat.line_id, seat.session_id, seat.person_ref):
            mine = [mark for mark, _ in ahead[1]]
            ahead = next(marks, None)
        yield _grade(seat, rules[seat.line_id, seat.session_id], mine, tuple(row[7:]))


@dataclass(frozen=True)
class Seat:
    """A student in a line, as courses.sql finds it."""

    person_ref: str
    class_id: str
    line_id: str
    session_id: str
    left_date: date | None
    moved_from: str | None
    is_incomplete: bool


def _grade(seat: Seat, rules: CourseRules, marks: list[Mark], counts: Any) -> Grade:
    totals = grade_course(marks, rules)

    def letter(total: Total) -> str | None:
        if seat.left_date is not None:
            return None
        return INCOMPLETE if seat.is_incomplete else letter_by(rules.policy, total.percent)

    if_missing = None if totals.if_missing is None else round_by(rules.policy, totals.if_missing.percent)
    return Grade(
        seat.person_ref, seat.class_id, seat.line_id, seat.session_id,
        round_by(rules.policy, totals.current.percent), round_by(rules.policy, totals.final.percent),
        letter(totals.current), letter(totals.final), if_missing, totals, counts, seat.left_date, seat.moved_from,
    )  # fmt: skip


def grade_periods(lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> Iterator[PeriodOf]:
    """The grade of each grading period with work, and of each that has a weight."""
    classes = dict(lake.execute("SELECT DISTINCT line_id, class_id FROM line").fetchall())
    for (line_id, session_id, person), found in _grouped(lake):
        own = rules[line_id, session_id]
        by_period: dict[str, list[Mark]] = {name: [] for name in own.periods}
        for mark, within in found:
            name = mark.period if own.periods else (within if within != session_id else None)
            if name is not None:
                by_period.setdefault(name, []).append(mark)
        for name in sorted(by_period):
            alone = replace(own, periods={}, is_period=name in own.policy.period)
            totals = grade_course(by_period[name], alone)
            yield PeriodOf(
                person, classes[line_id], name, round_by(own.policy, totals.current.percent),
                round_by(own.policy, totals.final.percent),
            )  # fmt: skip


def _grouped(
    lake: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[tuple[str, str, str], list[tuple[Mark, str | None]]]]:
    """(line, session, student) → marks that count, each with the session of its line item; read while it is used."""
    found = lake.execute(sql(PACKAGE, "marks_that_count"))
    names = [column[0] for column in found.description]

    def rows() -> Iterator[dict[str, Any]]:
        while chunk := found.fetchmany(50_000):
            for row in chunk:
                yield dict(zip(names, row, strict=True))

    for key, group in groupby(rows(), key=lambda r: (r["line_id"], r["session_id"], r["person_ref"])):
        yield key, [(as_mark(row), row["item_session_id"]) for row in group]
