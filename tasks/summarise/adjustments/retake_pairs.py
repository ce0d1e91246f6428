"""Which line items are attempts at one piece: as the policy pairs them, by their ids or by their titles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.retake import RetakeRule
from termpost.schemas.settings.toml_lines import TomlPath
from termpost.tasks.lake.rows import make_table
from termpost.tasks.lake.sql import execute_each, sql

PACKAGE = "termpost.tasks.summarise"
COLUMNS = {
    "own_rules": "VARCHAR",
    "line_item_id": "VARCHAR",
    "piece": "VARCHAR",
    "attempt": "INTEGER",
    "rule": "VARCHAR",
}


@dataclass(frozen=True)
class RetakePair:
    """A piece and what retakes it, by one rule of the policy."""

    original: str
    rule: RetakeRule
    place: TomlPath  # of the rule in the policy


def pair_retakes(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policies: Mapping[str, GradingPolicy]) -> None:
    """Makes the table `retake_item`; a retake counts in the category and the period of its first attempt.

    Args:
        policies: class with rules of its own, or '' for all others → its policy.

    Raises:
        InputError: `two-retake-rules`, where attempts at one piece would count by different rules.
    """
    rows: list[tuple[str, str, str, int, str]] = []
    for own, policy in policies.items():
        if policy.retake:
            pairs = _pairs(lake, extract_id, own, policy)
            rows += [(own, *row) for row in _attempts(pairs, policies[""])]
    make_table(lake, "retake", COLUMNS, rows)
    execute_each(lake, sql(PACKAGE, "retake_items"), {"extract_id": extract_id})


def _pairs(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, own: str, policy: GradingPolicy
) -> dict[str, RetakePair]:
    """Retake → what it retakes, in the order of the policy; who is paired by id is not paired by title."""
    at: TomlPath = ("class", own, "retake") if own else ("retake",)
    pairs: dict[str, RetakePair] = {}
    for position, one in enumerate(policy.retake):
        if one.retake is not None and one.original is not None:
            pairs[one.retake] = RetakePair(one.original, one.rule, (*at, position))
    for position, one in enumerate(policy.retake):
        if one.suffix is not None:
            values = {"extract_id": extract_id, "own_rules": own, "suffix": one.suffix}
            for retake, original in lake.execute(sql(PACKAGE, "retakes_by_title"), values).fetchall():
                if retake not in pairs and _first(original, pairs)[0] != retake:
                    pairs[retake] = RetakePair(original, one.rule, (*at, position))
    return pairs


def _attempts(pairs: Mapping[str, RetakePair], policy: GradingPolicy) -> Iterator[tuple[str, str, int, str]]:
    """Line item, piece, number of the attempt, rule; number 0 is the piece itself."""
    order = {retake: number for number, retake in enumerate(pairs)}
    groups: dict[str, list[tuple[int, int, str]]] = {}
    for retake in pairs:
        piece, steps = _first(retake, pairs)
        groups.setdefault(piece, []).append((steps, order[retake], retake))
    for piece, found in groups.items():
        retakes = [retake for _, _, retake in sorted(found)]
        rule = pairs[retakes[0]].rule
        for number, item in enumerate((piece, *retakes)):
            if number and pairs[item].rule != rule:
                raise InputError(
                    "two-retake-rules", f'attempts at line item "{piece}" count by two rules',
                    policy.where(pairs[item].place), "give both the same rule",
                )  # fmt: skip
            yield item, piece, number, rule


def _first(retake: str, pairs: Mapping[str, RetakePair]) -> tuple[str, int]:
    """The first attempt, and how many attempts later this one is."""
    item, steps = retake, 0
    while item in pairs:  # `check_retakes` and `_pairs` leave no circle
        item, steps = pairs[item].original, steps + 1
    return item, steps
