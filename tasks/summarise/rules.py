"""The policy as it holds for each class of an extract: weights, periods and what is special about a line item."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
import pandas as pd

from schemas.errors import InputError
from schemas.grading import CategoryRule, GradingPolicy
from schemas.refs import ExtractId
from tasks.summarise.course import CourseRules

Scope = tuple[str, str]  # class, session
CLASS_RULE = {
    "class_id": "string", "late_percent": "Int64", "late_by_hour": "bool", "late_by_score_date": "bool",
    "floor_percent": "Int64", "missing_percent": "Int64", "is_plain": "bool",
}  # fmt: skip
FINE = 10_000  # of a per cent; the policy's percentages have at most four decimals


@dataclass(frozen=True)
class _Line:
    """A line item of a class, with its category and session."""

    class_id: str
    session_id: str  # of the grade
    item: str
    category_id: str
    title: str  # of the category
    weight: Decimal | None  # of the category, as the extract gives it
    item_session: str | None


def resolve_rules(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policy: GradingPolicy, cutoff: date
) -> dict[Scope, CourseRules]:
    """The rules of each class of the table `scope`; makes the tables `scope_item` and `class_rule` for `marks.sql`.

    Raises:
        InputError: `no-weight`, where marks would silently not count.
    """
    lines = _lines(lake, extract_id)
    sessions = _sessions(lake, extract_id)
    by_scope: dict[Scope, list[_Line]] = defaultdict(list)
    for line in lines:
        by_scope[line.class_id, line.session_id].append(line)
    scopes = [
        (str(c), str(s)) for c, s in lake.execute("SELECT class_id, session_id FROM scope ORDER BY ALL").fetchall()
    ]
    policies = {class_id: policy.for_class(class_id) for class_id, _ in scopes}
    rules: dict[Scope, CourseRules] = {}
    items: list[tuple[object, ...]] = []
    for scope in scopes:
        own, found = policies[scope[0]], by_scope[scope]
        periods = {line.item: _period(line.item_session, own, sessions, scope[1]) for line in found}
        rules[scope] = _course_rules(policy, own, scope, found, periods, sessions, cutoff)
        items += [_item(line, own, periods[line.item]) for line in found]
    _register(lake, items, policies)
    return rules


def category_of(policy: GradingPolicy, category_id: str, title: str, weight: Decimal | None) -> str:
    """What a category is known by: its id, or its title where the policy weighs all of that title as one."""
    if category_id in policy.category or title not in policy.category:
        return category_id
    return category_id if policy.category[title].weight is None and weight is not None else title


def _rule(policy: GradingPolicy, line: _Line) -> CategoryRule | None:
    return policy.category.get(line.category_id) or policy.category.get(line.title)


def _course_rules(
    general: GradingPolicy, own: GradingPolicy, scope: Scope, lines: list[_Line],
    periods: dict[str, str | None], sessions: dict[str, tuple[str | None, date]], cutoff: date,
) -> CourseRules:  # fmt: skip
    rules: dict[str, CategoryRule] = {}
    weights: dict[str, Decimal | None] = {}
    unweighed: list[_Line] = []
    from_bundle = any(line.weight is not None for line in lines)
    for line in lines:
        name, rule = category_of(own, line.category_id, line.title, line.weight), _rule(own, line)
        rules[name] = rule or CategoryRule()
        weights[name] = line.weight if rule is None or rule.weight is None else rule.weight
        if rule is None and not from_bundle:
            unweighed.append(line)
    weighted = own.aggregate == "weighted"
    if not general.says_aggregate(scope[0]):
        weighted = any(weight is not None for weight in weights.values())
    if weighted and unweighed and any(weight is not None for weight in weights.values()):
        raise _no_weight(f"the extract's category {unweighed[0].title or '(none)'} has no weight",
                         f'[category."{unweighed[0].title or unweighed[0].category_id}"]', "[category]")  # fmt: skip
    used = _periods_in_use(own, scope[1], set(periods.values()), sessions, cutoff)
    outside = [line for line in lines if periods[line.item] is None]
    if used and outside:
        raise _no_weight(f"session {outside[0].item_session} has line items and no weight",
                         f'[period."{outside[0].item_session}"]', "[period]")  # fmt: skip
    return CourseRules(own, weighted, rules, weights, used)


def _no_weight(what: str, section: str, where: str) -> InputError:
    return InputError("no-weight", what, f"grading.toml {where}", f"add {section} with a weight (0: it does not count)")


def _above(session: str | None, sessions: dict[str, tuple[str | None, date]]) -> Iterable[str]:
    """The session and those around it, from the inside; a circle of parents ends it."""
    seen: set[str] = set()
    while session is not None and session in sessions and session not in seen:
        yield session
        seen.add(session)
        session = sessions[session][0]


def _period(
    session: str | None, policy: GradingPolicy, sessions: dict[str, tuple[str | None, date]], top: str
) -> str | None:
    """The weighted period around a session, below the session that the grade is of."""
    if not policy.period:
        return None
    around = list(_above(top, sessions))
    # the course's own session is no part of itself, unless it is only the first of several without one around them
    inner = (s for s in _above(session, sessions) if s not in around or (s == session == top and len(around) == 1))
    return next((s for s in inner if s in policy.period), None)


def _periods_in_use(
    policy: GradingPolicy,
    top: str,
    with_work: set[str | None],
    sessions: dict[str, tuple[str | None, date]],
    cutoff: date,
) -> dict[str, Decimal | None]:
    """Weighted periods of a course: those with work, and those below its session that have begun."""
    if not with_work - {None} or with_work - {None} == {top}:
        return {}
    chosen = {}
    for name, period in policy.period.items():
        below = name in sessions and name != top and top in _above(name, sessions)
        if name in with_work or (below and sessions[name][1] <= cutoff):
            chosen[name] = period.weight
    return chosen


def _item(line: _Line, policy: GradingPolicy, period: str | None) -> tuple[object, ...]:
    rule = _rule(policy, line) or CategoryRule()
    return (
        line.class_id, line.session_id, line.item, category_of(policy, line.category_id, line.title, line.weight),
        line.item_session, period, line.item in policy.omit.line_items, line.item in rule.extra_credit,
        line.item in rule.never_drop,
    )  # fmt: skip


def _lines(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> list[_Line]:
    query = """SELECT s.class_id, s.session_id, s.line_item_id, coalesce(i.category_id, ''), coalesce(c.title, ''),
        c.weight, s.item_session_id
      FROM scope_line_item s
      JOIN lake.core_line_item i ON i.extract_id = $extract_id AND i.line_item_id = s.line_item_id
      LEFT JOIN lake.core_category c ON c.extract_id = $extract_id AND c.category_id = i.category_id
      ORDER BY ALL"""
    return [_Line(*row) for row in lake.execute(query, {"extract_id": extract_id}).fetchall()]


def _sessions(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> dict[str, tuple[str | None, date]]:
    """Session → the one around it, and its first day."""
    query = "SELECT session_id, parent_id, start_date FROM lake.core_academic_session WHERE extract_id = ?"
    return {row[0]: (row[1], row[2]) for row in lake.execute(query, [extract_id]).fetchall()}


def _register(
    lake: duckdb.DuckDBPyConnection, items: list[tuple[object, ...]], policies: dict[str, GradingPolicy]
) -> None:
    columns = ["class_id", "session_id", "line_item_id", "category", "item_session_id", "period", "is_omitted",
               "is_extra", "is_fixed"]  # fmt: skip
    frame = pd.DataFrame(items, columns=columns)
    frame[columns[:6]] = frame[columns[:6]].astype("string")
    frame[columns[6:]] = frame[columns[6:]].astype("bool")
    lake.register("scope_item_frame", frame)
    lake.execute("CREATE OR REPLACE TEMP TABLE scope_item AS SELECT * FROM scope_item_frame")
    frame = pd.DataFrame(
        [
            (
                class_id, _fine(own.late.percent_per_interval), own.late.interval == "hour",
                own.late.by_score_date, _fine(own.late.floor_percent), _fine(own.missing.deduct_percent), False,
            )
            for class_id, own in policies.items()
        ],
        columns=list(CLASS_RULE),
    )  # fmt: skip
    lake.register("class_rule_frame", frame.astype(CLASS_RULE))
    lake.execute("CREATE OR REPLACE TEMP TABLE class_rule AS SELECT * FROM class_rule_frame")


def _fine(percent: Decimal | None) -> int | None:
    return None if percent is None else int(percent * FINE)
