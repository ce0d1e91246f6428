"""Whether a grading policy and an extract are about the same things: what a policy names must be there."""

from collections.abc import Iterable, Iterator

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import ClassRules, GradingPolicy
from termpost.schemas.settings.toml_lines import TomlPath
from termpost.schemas.settings.toml_source import nearest

SHOWN = 12  # names in a remedy


def refuse_what_is_not_there(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policy: GradingPolicy) -> None:
    """A rule for something that is not in the extract would silently do nothing.

    Raises:
        InputError: `unknown-in-policy`, for the first such name, with its line.
    """

    named = sorted(_named(policy), key=lambda found: policy.line(found[2]))
    missing = {kind: _missing(lake, extract_id, kind, [n for k, n, _ in named if k == kind]) for kind in KNOWN}
    for kind, name, place in named:
        if name in missing[kind]:
            query = f"SELECT DISTINCT name FROM ({KNOWN[kind]}) ORDER BY name LIMIT {SHOWN + 1}"
            known = [row[0] for row in lake.execute(query, {"extract_id": extract_id}).fetchall()]
            remedy = nearest(name, known) if len(known) <= SHOWN else f"take it from the extract, {FILES[kind]}"
            raise InputError("unknown-in-policy", f'the extract has no {kind} "{name}"', policy.where(place), remedy)


def _missing(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, kind: str, names: list[str]) -> set[str]:
    if not names:
        return set()
    query = f"SELECT name FROM ({KNOWN[kind]}) WHERE list_contains($names, name)"
    found = lake.execute(query, {"extract_id": extract_id, "names": names}).fetchall()
    return set(names) - {row[0] for row in found}


KNOWN = {
    "category": "SELECT unnest([category_id, title]) AS name FROM lake.core_category WHERE extract_id = $extract_id",
    "line item": "SELECT line_item_id AS name FROM lake.core_line_item WHERE extract_id = $extract_id",
    "session": "SELECT session_id AS name FROM lake.core_academic_session WHERE extract_id = $extract_id",
    "class": "SELECT class_id AS name FROM lake.core_class WHERE extract_id = $extract_id",
}
FILES = {
    "category": "categories.csv", "line item": "lineItems.csv", "session": "academicSessions.csv",
    "class": "classes.csv",
}  # fmt: skip


def _named(policy: GradingPolicy) -> Iterator[tuple[str, str, TomlPath]]:
    yield from _of(policy, ())
    for class_id, rules in policy.classes.items():
        yield "class", class_id, ("class", class_id)
        yield from _of(rules, ("class", class_id))


def _of(rules: ClassRules, at: TomlPath) -> Iterator[tuple[str, str, TomlPath]]:
    for title, rule in rules.category.items():
        place = (*at, "category", title)
        yield "category", title, place
        yield from _items(rule.never_drop, (*place, "never_drop"))
        yield from _items(rule.extra_items, (*place, "extra_credit"))
    for session in rules.period:
        yield "session", session, (*at, "period", session)
    yield from _items(rules.omit.line_items, (*at, "omit", "line_items"))


def _items(ids: Iterable[str], at: TomlPath) -> Iterator[tuple[str, str, TomlPath]]:
    for position, item in enumerate(ids):
        yield "line item", item, (*at, position)
