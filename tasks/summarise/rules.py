"""The policy as it holds for each class of an extract: weights, periods and what is special about a line item."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.lake.rows import make_table
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.adjustments.retake_pairs import pair_retakes
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.open_cycle import above

PACKAGE = "termpost.tasks.summarise"

RuleScope = tuple[str, str]  # line, session
# of the tables that scope_items.sql is given: name → type
RULE = {
    "own_rules": "VARCHAR", "late_percent": "BIGINT", "late_by_hour": "BOOLEAN", "late_by_score_date": "BOOLEAN",
    "floor_percent": "BIGINT", "missing_percent": "BIGINT", "counts_blanks": "BOOLEAN",
}  # fmt: skip
ANSWER = {
    "own_rules": "VARCHAR", "category_id": "VARCHAR", "category": "VARCHAR", "is_low_better": "BOOLEAN",
    "is_beside": "BOOLEAN", "is_on_top": "BOOLEAN",
}  # fmt: skip
PERIOD = dict.fromkeys(("own_rules", "session_id", "item_session_id", "period"), "VARCHAR")
NAMED = {
    **dict.fromkeys(("own_rules", "category_id", "line_item_id"), "VARCHAR"),
    **dict.fromkeys(("is_omitted", "is_extra", "is_fixed"), "BOOLEAN"),
}  # fmt: skip
FULL = 100  # per cent
FINE = 10_000  # of a per cent; the policy's percentages have at most four decimals


@dataclass(frozen=True)
class _Category:
    """A category of the extract, in classes with the same rules."""

    category_id: str
    title: str
    weight: Decimal | None  # as the extract gives it


Sessions = dict[str, tuple[str | None, date]]  # session → the one around it, and its first day


def resolve_rules(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policy: GradingPolicy, cutoff: date
) -> dict[RuleScope, CourseRules]:
    """The rules of each line of the table `line`; makes the tables `scope_item` and `line_rule` for `marks.sql`.

    Courses with the same categories and sessions share one object.

    Raises:
        InputError: `no-weight`, where marks would silently not count.
    """
    values = {"extract_id": extract_id, "classes": sorted(policy.classes)}
    execute_each(lake, sql(PACKAGE, "scope_kinds"), values)
    policies = {own: policy.for_class(own) for own in ("", *policy.classes)}
    sessions = _sessions(lake, extract_id)
    categories = _categories(lake)
    periods = _periods(lake, policies, sessions)
    _register(lake, policies, categories, periods)
    pair_retakes(lake, extract_id, policies)
    _refuse_bonus_without_place(lake, extract_id, policies, categories)
    rules: dict[int, CourseRules] = {}
    lines = lake.execute("SELECT line_id, session_id, kind FROM scope_kind ORDER BY ALL").fetchall()
    kinds = {(line_id, session): kind for line_id, session, kind in lines}
    query = "SELECT DISTINCT kind, own_rules, session_id, categories, sessions, moved_to FROM scope_kind ORDER BY kind"
    for kind, own, session, ids, item_sessions, moved_to in lake.execute(query).fetchall():
        found = {item_session: periods[own, session, item_session] for item_session in item_sessions}
        used = _periods_in_use(policies[own], session, found, sessions, cutoff, is_move=bool(moved_to))
        begun = frozenset(name for name in used if name not in sessions or sessions[name][1] <= cutoff)
        new_section = rules[kinds[moved_to, session]] if moved_to else None  # classes by themselves come first
        course = _course_rules(policy, policies[own], own, [categories[own, name] for name in ids], new_section)
        rules[kind] = replace(course, periods=used, begun=begun, is_period=session in policies[own].period)
    return {(line_id, session): rules[kind] for line_id, session, kind in lines}


def category_of(policy: GradingPolicy, category_id: str, title: str, weight: Decimal | None) -> str:
    """What a category is known by: its id, or its title where the policy weighs all of that title as one."""
    if category_id in policy.category or title not in policy.category:
        return category_id
    return category_id if policy.category[title].weight is None and weight is not None else title


def _rule(policy: GradingPolicy, category: _Category) -> CategoryRule | None:
    return policy.category.get(category.category_id) or policy.category.get(category.title)


def _course_rules(
    general: GradingPolicy, own: GradingPolicy, class_id: str, categories: list[_Category],
    new_section: CourseRules | None,
) -> CourseRules:  # fmt: skip
    """Of a class, or of one with sections that students came from: there what the new section says holds, and what it
    gives no weight has none; the school is asked (`move-differs`), and no other grade waits for it."""
    rules: dict[str, CategoryRule] = {}
    weights: dict[str, Decimal | None] = {}
    unweighed: list[_Category] = []
    from_bundle = any(category.weight is not None for category in categories)
    for category in categories:
        name, rule = category_of(own, category.category_id, category.title, category.weight), _rule(own, category)
        rules[name] = rule or CategoryRule()
        weights[name] = category.weight if rule is None or rule.weight is None else rule.weight
        if rules[name].beside:
            weights[name] = None
        if rule is None and not from_bundle:
            unweighed.append(category)
    weighted = own.aggregate == "weighted"
    if not general.says_aggregate(class_id):
        weighted = any(weight is not None for weight in weights.values())
    if new_section is not None and new_section.rules:
        weighted = new_section.weighted
    if new_section is None and weighted and unweighed and any(weight is not None for weight in weights.values()):
        raise _no_weight(f"the extract's category {unweighed[0].title or '(none)'} has no weight",
                         f'[category."{unweighed[0].title or unweighed[0].category_id}"]', "[category]")  # fmt: skip
    total = sum((weight or Decimal(0) for name, weight in weights.items() if not rules[name].is_on_top), Decimal(0))
    absent = _absent(own, categories) if total < FULL else {}
    if new_section is None and categories and not weighted and own.floor.category_percent:
        raise _no_category_grade(general, class_id)
    full = max(total, min(Decimal(FULL), total + sum(absent.values())))
    return CourseRules(own, weighted, rules, weights, full, tuple(sorted(absent)))


def _absent(own: GradingPolicy, categories: list[_Category]) -> dict[str, Decimal]:
    """Categories that the policy gives a weight and the class has no line item of; they may fill its weights up."""
    there = {name for category in categories for name in (category.category_id, category.title)}
    return {
        name: rule.weight for name, rule in own.category.items()
        if rule.weight and not rule.is_on_top and name not in there
    }  # fmt: skip


def _no_weight(what: str, section: str, where: str) -> InputError:
    return InputError("no-weight", what, f"grading.toml {where}", f"add {section} with a weight (0: it does not count)")


def _no_category_grade(general: GradingPolicy, class_id: str) -> InputError:
    is_own = class_id in general.classes and "floor" in general.classes[class_id].model_fields_set
    return InputError(
        "no-category-grade", "a class counts all its points together, so none of its categories has a grade",
        general.where((*(("class", class_id) if is_own else ()), "floor", "category_percent")),
        'weigh its categories, or set "0" under [class."id".floor]',
    )  # fmt: skip


def _above(session: str | None, sessions: Sessions) -> Iterable[str]:
    return above(session, sessions, lambda one: one[0])


def _period(session: str | None, policy: GradingPolicy, sessions: Sessions, top: str) -> str | None:
    """The weighted period around a session, below the session that the grade is of."""
    if not policy.period:
        return None
    around = list(_above(top, sessions))
    # the course's own session is no part of itself, unless it is only the first of several without one around them
    inner = (s for s in _above(session, sessions) if s not in around or (s == session == top and len(around) == 1))
    return next((s for s in inner if s in policy.period), None)


def _periods_in_use(
    policy: GradingPolicy, top: str, periods: dict[str, str | None], sessions: Sessions, cutoff: date,
    *, is_move: bool,
) -> dict[str, Decimal | None]:  # fmt: skip
    """Weighted periods of a course: those with work, and those below its session that have begun.

    Args:
        periods: session of a line item ('' for none) → the weighted period around it.
        is_move: sections that students came from may have had other periods.

    Raises:
        InputError: `no-weight`, where one period has a weight and another with work has none.
    """
    with_work = {period for period in periods.values() if period is not None}
    if not with_work or with_work == {top}:
        return {}
    chosen = {}
    for name, period in policy.period.items():
        below = name in sessions and name != top and top in _above(name, sessions)
        if name in with_work or (below and sessions[name][1] <= cutoff):
            chosen[name] = period.weight
    for session, around in periods.items():
        if around is None and not is_move:
            raise _no_weight(f"session {session or None} has line items and no weight",
                             f'[period."{session or None}"]', "[period]")  # fmt: skip
    return chosen


def _categories(lake: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], _Category]:
    """(own rules, category id) → the category."""
    rows = lake.execute("SELECT own_rules, category_id, title, weight FROM category_kind").fetchall()
    return {(own, name): _Category(name, title, weight) for own, name, title, weight in rows}


def _periods(
    lake: duckdb.DuckDBPyConnection, policies: dict[str, GradingPolicy], sessions: Sessions
) -> dict[tuple[str, str, str], str | None]:
    """(own rules, session of the grade, session of a line item) → the weighted period around the latter."""
    rows = lake.execute("SELECT own_rules, session_id, item_session_id FROM session_kind").fetchall()
    return {(own, top, inner): _period(inner or None, policies[own], sessions, top) for own, top, inner in rows}


def _sessions(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> Sessions:
    query = "SELECT session_id, parent_id, start_date FROM lake.core_academic_session WHERE extract_id = ?"
    return {row[0]: (row[1], row[2]) for row in lake.execute(query, [extract_id]).fetchall()}


def _register(
    lake: duckdb.DuckDBPyConnection, policies: dict[str, GradingPolicy],
    categories: dict[tuple[str, str], _Category], periods: dict[tuple[str, str, str], str | None],
) -> None:  # fmt: skip
    """Gives the policy's answers to scope_items.sql."""
    named = [row for (own, _), category in categories.items() for row in _named(own, policies[own], category)]
    answers = [
        (
            own, c.category_id, category_of(policies[own], c.category_id, c.title, c.weight), _is_low(policies[own], c),
            (_rule(policies[own], c) or CategoryRule()).beside, (_rule(policies[own], c) or CategoryRule()).is_on_top,
        )
        for (own, _), c in categories.items()
    ]  # fmt: skip
    costs = [
        (
            own, _fine(rules.late.percent_per_interval), rules.late.interval == "hour", rules.late.by_score_date,
            _fine(rules.late.floor_percent), _fine(rules.missing.deduct_percent),
            rules.compat == "canvas",
        )
        for own, rules in policies.items()
    ]  # fmt: skip
    make_table(lake, "category_answer", ANSWER, answers)
    make_table(lake, "period_answer", PERIOD, ((*key, period) for key, period in periods.items()))
    make_table(lake, "named_item", NAMED, named)
    make_table(lake, "rule_answer", RULE, costs)
    execute_each(lake, sql(PACKAGE, "scope_items"), {})


def _refuse_bonus_without_place(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policies: dict[str, GradingPolicy],
    categories: dict[tuple[str, str], _Category],
) -> None:  # fmt: skip
    """Points for a line item worth nothing have no percentage, so no average can hold them.

    Raises:
        InputError: `bonus-not-placed`, for the first such line item of a category that averages percentages.
    """
    averaged = [
        (own, c.category_id) for (own, _), c in categories.items()
        if (_rule(policies[own], c) or CategoryRule()).aggregate != "points"
    ]  # fmt: skip
    if not averaged:
        return
    make_table(lake, "averaged", {"own_rules": "VARCHAR", "category_id": "VARCHAR"}, averaged)
    found = lake.execute(sql(PACKAGE, "bonus_without_place"), {"extract_id": extract_id}).fetchone()
    if found is None:
        return
    own, category_id, item = found
    category = categories[own, category_id]
    name = category_id if category_id in policies[own].category else category.title
    raise InputError(
        "bonus-not-placed", f"line item {item} is worth 0 and has a score, which no average can hold",
        policies[""].where((*(("class", own) if own else ()), "category", name, "aggregate")),
        'use aggregate = "points" there, or name the line item in [omit]',
    )  # fmt: skip


def _is_low(policy: GradingPolicy, category: _Category) -> bool:
    rule = _rule(policy, category)
    return (policy.better if rule is None or rule.better is None else rule.better) == "low"


def _named(own: str, policy: GradingPolicy, category: _Category) -> Iterator[tuple[object, ...]]:
    """Line items that the policy names, with what it says of them in this category."""
    rule = _rule(policy, category) or CategoryRule()
    omitted = policy.omit.line_items
    for item in dict.fromkeys((*omitted, *rule.extra_items, *rule.never_drop)):
        yield (own, category.category_id, item, item in omitted, item in rule.extra_items, item in rule.never_drop)


def _fine(percent: Decimal | None) -> int | None:
    return None if percent is None else int(percent * FINE)
