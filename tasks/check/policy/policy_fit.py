"""Whether a grading policy and an extract are about the same things: what a policy names must be there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.policy_rules import POLICY_FILE
from termpost.schemas.documents.findings import Problem
from termpost.schemas.settings.grading import ClassRules, GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.schemas.settings.toml_lines import TomlPath
from termpost.schemas.settings.toml_source import nearest
from termpost.tasks.check.policy.retake_fit import retake_misfits, retakes_of
from termpost.tasks.check.policy.tables import PolicyTables
from termpost.tasks.formats.header import file_problem

SHOWN = 12  # names in a remedy


def refuse_what_is_not_there(tables: PolicyTables, policy: GradingPolicy) -> None:
    """A rule for something that is not in the extract would silently do nothing.

    Raises:
        InputError: the first of `misfits`.
    """
    for misfit in misfits(tables, policy):
        raise misfit


def policy_problems(
    con: duckdb.DuckDBPyConnection, policy: GradingPolicy | None, *, is_part: bool
) -> Iterator[Problem]:  # fmt: skip
    """The same as findings of the check, each with its line, before anything is loaded.

    Args:
        con: has the views of the check.
        is_part: changes alone, which have not all that a policy names.
    """
    if policy is None or is_part:
        return
    for misfit in misfits(PolicyTables(con, None), policy):
        hint = f"{misfit.where.removeprefix(POLICY_FILE).strip()}: {misfit.what}"
        yield file_problem(POLICY_FILE, misfit.code, "fatal", hint=hint).model_copy(update={"remedy": misfit.remedy})


def misfits(tables: PolicyTables, policy: GradingPolicy) -> Iterator[InputError]:
    """Where a policy is about what is not there (`unknown-in-policy`), or about something else than it means
    (`not-of-category`, `retake-cannot-be`), each with its line."""
    named = sorted(_named(policy), key=lambda found: policy.line(found[2]))
    missing = {kind: _missing(tables, kind, [n for k, n, _ in named if k == kind]) for kind in KNOWN}
    for kind, name, place in named:
        if name in missing[kind]:
            known = [str(row[0]) for row in tables.rows(f"SELECT DISTINCT name FROM ({KNOWN[kind]}) ORDER BY name"
                                                        f" LIMIT {SHOWN + 1}")]  # fmt: skip
            remedy = nearest(name, known) if len(known) <= SHOWN else f"take it from the extract, {FILES[kind]}"
            yield InputError("unknown-in-policy", f'the extract has no {kind} "{name}"', policy.where(place), remedy)
    yield from _of_other_categories(tables, policy)
    yield from retake_misfits(tables, policy)


def _of_other_categories(tables: PolicyTables, policy: GradingPolicy) -> Iterator[InputError]:
    """A rule of a category for a piece of another category, or of another class, would do nothing either."""
    said = [place for place in _item_places(policy.category, ()) if place.items]
    for class_id, rules in policy.classes.items():
        said += [place for place in _item_places(rules.category, ("class", class_id)) if place.items]
    for place in said:
        owner = place.at[1] if place.at[0] == "class" else None
        rows = tables.rows(
            ELSEWHERE, items=list(place.items), title=place.category, class_id=owner, own=list(policy.category)
        )
        found = {row[0] for row in rows}
        for position, item in enumerate(place.items):
            if item in found:
                yield InputError(
                    "not-of-category", f'line item "{item}" is not of category "{place.category}" here',
                    policy.where((*place.at, item if place.is_table else position)),
                    "name it under its own category",
                )  # fmt: skip


# a category is known by its id, or by its title unless the policy has the id too; a class has the pieces of its course
ELSEWHERE = """
SELECT i.line_item_id
FROM {line_item} i
LEFT JOIN {category} c ON c.category_id = i.category_id
LEFT JOIN {class} k ON k.class_id = i.class_id
LEFT JOIN {class} o ON o.class_id = $class_id
WHERE list_contains($items, i.line_item_id) AND (
  NOT coalesce(i.category_id = $title OR (c.title = $title AND NOT list_contains($own, i.category_id)), false)
  OR ($class_id IS NOT NULL AND i.class_id <> $class_id AND NOT coalesce(k.course_id = o.course_id, false)))
"""


def _missing(tables: PolicyTables, kind: str, names: list[str]) -> set[str]:
    if not names:
        return set()
    query = f"SELECT name FROM ({KNOWN[kind]}) WHERE list_contains($names, name)"
    return set(names) - {str(row[0]) for row in tables.rows(query, names=names)}


KNOWN = {
    "category": "SELECT unnest([category_id, title]) AS name FROM {category}",
    "line item": "SELECT line_item_id AS name FROM {line_item}",
    "session": "SELECT session_id AS name FROM {session}",
    "class": "SELECT class_id AS name FROM {class}",
}
FILES = {
    "category": "categories.csv", "line item": "lineItems.csv", "session": "academicSessions.csv",
    "class": "classes.csv",
}  # fmt: skip


def _named(policy: GradingPolicy) -> Iterator[tuple[str, str, TomlPath]]:
    yield from _of(policy, ())
    for retake in retakes_of(policy):
        yield from (("line item", item, (*retake.at, key)) for key, item in retake.named)
    for class_id, rules in policy.classes.items():
        yield "class", class_id, ("class", class_id)
        yield from _of(rules, ("class", class_id))


def _of(rules: ClassRules, at: TomlPath) -> Iterator[tuple[str, str, TomlPath]]:
    for title in rules.category:
        yield "category", title, (*at, "category", title)
    for named in _item_places(rules.category, at):
        for position, item in enumerate(named.items):
            yield "line item", item, (*named.at, item if named.is_table else position)
    for session in rules.period:
        yield "session", session, (*at, "period", session)
    yield from _items(rules.omit.line_items, (*at, "omit", "line_items"))


@dataclass(frozen=True)
class ItemPlace:
    """Line items that a key of a category names."""

    category: str
    items: tuple[str, ...]
    at: TomlPath
    is_table: bool = False  # the items are keys


def _item_places(categories: Mapping[str, CategoryRule], at: TomlPath) -> Iterator[ItemPlace]:
    for title, rule in categories.items():
        place = (*at, "category", title)
        yield ItemPlace(title, rule.never_drop, (*place, "never_drop"))
        yield ItemPlace(title, rule.extra_items, (*place, "extra_credit"))
        yield ItemPlace(title, tuple(rule.item_weights), (*place, "item_weights"), is_table=True)


def _items(ids: Iterable[str], at: TomlPath) -> Iterator[tuple[str, str, TomlPath]]:
    for position, item in enumerate(ids):
        yield "line item", item, (*at, position)
