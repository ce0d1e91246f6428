"""Checks on one column, decided by Great Expectations, which is opened only where something may fail.

Each different value is judged once, and all columns that ask the same thing ask it together: what the judge costs grows
with neither rows nor columns.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest

import duckdb
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.check.rows.distinct_values import CHUNK, DistinctValues, blame, show, shown_values
from termpost.tasks.check.rows.gx_engine import METRICS, GxCheck, GxEngine, may_fail

ShownCheck = tuple[CheckSpec, DistinctValues]
FoundValue = tuple[int, int, object]  # which part, place in it, value
TAG = "\x1f"  # between a vocabulary's number and a word: all vocabularies are one question


def _shown_once(con: duckdb.DuckDBPyConnection, specs: Iterable[CheckSpec], *, few: bool) -> list[ShownCheck]:
    """Each check with the values it looks at; checks that look at the same share them."""
    known = list(specs)
    keys = [(spec.dataset, spec.column, spec.view) for spec in known]
    first = dict(zip(reversed(keys), reversed(known), strict=True))
    views = dict(zip(first, show(con, list(first.values()), few=few), strict=True))
    return [(spec, views[key]) for spec, key in zip(known, keys, strict=True)]


def _asked_together(parts: Iterable[ShownCheck]) -> list[tuple[GxCheck, list[ShownCheck]]]:
    groups: dict[tuple[object, ...], list[ShownCheck]] = {}
    for spec, shown in parts:
        alike = () if spec.metric == "valid_values" else tuple(sorted(spec.arguments.items()))
        groups.setdefault((spec.metric, *alike), []).append((spec, shown))
    return [(_question([spec for spec, _ in group]), group) for group in groups.values()]


def _question(specs: Sequence[CheckSpec]) -> GxCheck:
    arguments = specs[0].arguments
    if specs[0].metric == "valid_values":
        arguments = {"values": [_tagged(n, word) for n, spec in enumerate(specs) for word in spec.arguments["values"]]}
    return GxCheck(specs[0].metric, arguments, ", ".join(f"{spec.dataset}.{spec.column}" for spec in specs))


def _tagged(vocabulary: int, word: object) -> object:
    return None if word is None else f"{vocabulary}{TAG}{word}"


def _values(con: duckdb.DuckDBPyConnection, parts: Sequence[ShownCheck]) -> Iterator[list[FoundValue]]:
    """All values of the parts, CHUNK at a time."""
    tagged = parts[0][0].metric == "valid_values"
    stream = (
        (number, place, _tagged(number, value) if tagged else value)
        for number, place, value in shown_values(con, [shown for _, shown in parts])
    )
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def check_columns(
    con: duckdb.DuckDBPyConnection, specs: Iterable[CheckSpec], datasets: frozenset[str], *, few: bool
) -> None:
    """Runs every check on one column over the raw tables of `datasets` and adds the rows that fail to check_failure.

    Args:
        few: so few rows that a query costs more to plan than to run.

    Raises:
        InputError: `broken-check`.
    """
    judge: GxEngine | None = None
    parts = _shown_once(con, (s for s in specs if s.metric in METRICS and s.dataset in datasets), few=few)
    groups = _asked_together((spec, shown) for spec, shown in parts if shown.size)
    for chunks in zip_longest(*(_values(con, group) for _, group in groups)):
        here = [
            (group, chunk) for group, chunk in zip(groups, chunks, strict=True)
            if chunk and may_fail(group[0], (value for _, _, value in chunk))
        ]  # fmt: skip
        if not here:
            continue
        judge = judge or GxEngine.open()
        verdicts = judge.failing_places([(question, [v for _, _, v in chunk]) for (question, _), chunk in here])
        for ((_, group), chunk), failing in zip(here, verdicts, strict=True):
            places: dict[int, list[int]] = {}
            for position in failing:
                number, place, _ = chunk[position]
                places.setdefault(number, []).append(place)
            for number, found in places.items():
                blame(con, group[number][1], group[number][0], found)
    con.execute("DROP TABLE shown")
