"""What a school must decide before grades are true: pieces nobody marked, empty parts, moves that differ.

Asked in cycles whose grades are final: in a midterm what is not marked yet is left out, and the report says so.
"""

from collections.abc import Iterator, Mapping

import duckdb
from termpost.schemas.base.cycle_kinds import SO_FAR
from termpost.schemas.base.refs import Cycle, ExtractId
from termpost.schemas.log.settlements import Settlements
from termpost.tasks.lake.rows import make_table
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.rules import RuleScope

PACKAGE = "termpost.tasks.summarise"
# categories and periods of each line in which something counts for somebody, or is asked about by piece
COUNTED = """
SELECT DISTINCT line_id, session_id, category, coalesce(period, '') FROM mark
WHERE (in_final OR state IN ('ungraded', 'submitted', 'left_out')) AND possible > 0 AND NOT is_extra
UNION ALL
SELECT line_id, session_id, category, '' FROM plain_counted
"""
# lines of a class alone that somebody sits in
LINES = """
SELECT DISTINCT line_id, session_id FROM enrolled WHERE left_date IS NULL AND line_id = class_id ORDER BY ALL
"""
TITLES = "SELECT category_id, title FROM lake.core_category WHERE extract_id = ?"
SECTIONS = "SELECT line_id, unnest(from_classes) AS from_class, class_id FROM line"
EmptyPart = tuple[str, str, str]  # cause, class, category or period


def ask_about(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules], cycle: Cycle,
    settlements: Settlements,
) -> None:  # fmt: skip
    """Makes the tables `question` and `open_course`."""
    is_asked = cycle.kind not in SO_FAR
    policy = next(iter(rules.values())).policy if rules else None
    part, move = ("cause_code", "class_id", "part_id"), ("line_id", "from_class")
    question = ("cause_code", "class_id", "line_item_id", "person_ref", "part_id")
    decided = [(q.cause, q.class_id, q.line_item_id, q.person_ref, q.part_id) for q in sorted(settlements.accepted)]
    make_table(lake, "decided_question", dict.fromkeys(question, "VARCHAR"), decided)
    empty = _empty(lake, rules) if is_asked else ()
    make_table(lake, "empty_part", dict.fromkeys(part, "VARCHAR"), empty)
    differing = _differing_moves(lake, extract_id, rules) if is_asked else ()
    make_table(lake, "move_differs", dict.fromkeys(move, "VARCHAR"), differing)
    values = {"share": policy.unmarked.share if policy else 100, "is_asked": is_asked}
    execute_each(lake, sql(PACKAGE, "questions"), values)


def _empty(lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> Iterator[EmptyPart]:
    """Weighted categories and periods of a class in which nothing counts for anybody, once a class."""
    counted: dict[RuleScope, tuple[set[str], set[str]]] = {}
    for line, session, category, period in lake.execute(COUNTED).fetchall():
        categories, periods = counted.setdefault((line, session), (set(), set()))
        categories.add(category)
        periods.add(period)
    weighed: dict[int, tuple[frozenset[str], frozenset[str]]] = {}  # many lines have the same rules
    for class_id, session in lake.execute(LINES).fetchall():
        own = rules[class_id, session]
        if id(own) not in weighed:
            begun = frozenset(period for period, weight in own.periods.items() if weight and period in own.begun)
            weighed[id(own)] = frozenset(_weighed_categories(own)), begun
        # where nothing counts at all there is no grade, and the report says that
        found = counted.get((class_id, session))
        if found is None or own.policy.compat == "canvas":
            continue
        categories, periods = found
        yield from (("empty-category", class_id, name) for name in sorted(weighed[id(own)][0] - categories))
        yield from (("empty-period", class_id, name) for name in sorted(weighed[id(own)][1] - periods))


def _weighed_categories(own: CourseRules) -> Iterator[str]:
    """Of a class that is graded by weight; and those it has no line item of that fill its weights up to 100."""
    if not own.weighted:
        return
    yield from (name for name, weight in own.weights.items() if weight and not own.rules[name].is_on_top)
    yield from own.absent


def _differing_moves(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules]
) -> Iterator[tuple[str, str]]:
    """Lines whose sections do not grade alike, with the section that was left."""
    by_class = {line: own for (line, _), own in rules.items()}
    titles = dict(lake.execute(TITLES, [extract_id]).fetchall())
    for line, left, into in sorted(lake.execute(SECTIONS).fetchall()):
        if left in by_class and into in by_class and not _alike(by_class[left], by_class[into], by_class[line], titles):
            yield line, left


def _alike(left: CourseRules, into: CourseRules, both: CourseRules, titles: Mapping[str, str]) -> bool:
    """Whether two sections grade alike: by the same scale and periods, what both have of categories by the same weights
    and rules, and what only the first has by a weight that it has after the move too."""
    if _scale(left) != _scale(into):
        return False
    a, b, after = _by_title(left, titles), _by_title(into, titles), _by_title(both, titles)
    return all(a[title] == b.get(title, after.get(title)) for title in a)


def _scale(own: CourseRules) -> tuple[object, ...]:
    policy = own.policy
    periods = tuple((name, period.weight) for name, period in sorted(policy.period.items()))
    return (
        own.weighted,
        periods,
        tuple(policy.scale.items()),
        policy.scale_by,
        policy.rounding,
        policy.compat,
        policy.better,
    )


def _by_title(own: CourseRules, titles: Mapping[str, str]) -> dict[str, tuple[object, ...]]:
    """Title of a category → its weight and rule."""
    return {titles.get(name, name): (own.weights.get(name) or 0, rule) for name, rule in own.rules.items()}
