"""What of a column Great Expectations is shown: each different value once, so that memory does not grow with rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb
from termpost.tasks.check.contracts.specs import DECIMAL, EXACT, CheckSpec, ColumnView

CHUNK = 100_000  # different values judged at once
NUMBER = re.compile(DECIMAL)
EXACT_NUMBER = re.compile(EXACT)


@dataclass(frozen=True)
class DistinctValues:
    """One view of one column: the rows of `shown(part, place, value)` with part = index."""

    index: int
    dataset: str
    column: str
    view: ColumnView
    expression: str  # over raw_<dataset>
    size: int


def _expression(spec: CheckSpec) -> str:
    cell = f'"{spec.column}"'
    match spec.view:
        case "presence":
            # most cells tell by their first character; trimming all of them would cost several times as much
            blank = f"trim({cell}, ' \t\r\n\u00a0') <> ''"
            return f"CASE WHEN ascii({cell}) > 32 AND ascii({cell}) <> 160 OR {blank} THEN 'given' END"
        case "day":
            return f"left({cell}, 10)"
        case "text" | "numeral" | "number":
            return cell


def _distinct(index: int, spec: CheckSpec) -> str:
    blank = "" if spec.view == "presence" else "WHERE value IS NOT NULL"
    return (
        f"SELECT {index} AS part, row_number() OVER () - 1 AS place, value FROM"
        f" (SELECT DISTINCT {_expression(spec)} AS value FROM raw_{spec.dataset}) {blank}"
    )


def _distinct_of_few(specs: Mapping[int, CheckSpec], dataset: str) -> str:
    """The same for all of a dataset in one plan, whose values are taken row by row and not column by column."""
    blanks = [str(index) for index, spec in specs.items() if spec.view == "presence"]
    return (
        "SELECT part, row_number() OVER (PARTITION BY part) - 1 AS place, value FROM (SELECT DISTINCT"
        f" unnest([{', '.join(map(str, specs))}]) AS part, unnest([{', '.join(map(_expression, specs.values()))}])"
        f" AS value FROM raw_{dataset}) WHERE value IS NOT NULL OR part IN ({', '.join(blanks or ['-1'])})"
    )


def show(con: duckdb.DuckDBPyConnection, specs: Sequence[CheckSpec], *, few: bool) -> list[DistinctValues]:
    """Gathers the different values that each of `specs` looks at, in as few queries as there are datasets."""
    con.execute("CREATE OR REPLACE TEMP TABLE shown (part INTEGER, place BIGINT, value VARCHAR)")
    of_dataset: dict[str, dict[int, CheckSpec]] = {}
    for index, spec in enumerate(specs):
        of_dataset.setdefault(spec.dataset, {})[index] = spec
    for dataset, own in of_dataset.items():
        query = _distinct_of_few(own, dataset) if few else " UNION ALL ".join(_distinct(*one) for one in own.items())
        con.execute(f"INSERT INTO shown {query}")
    sizes = dict(con.execute("SELECT part, count(*) FROM shown GROUP BY part").fetchall())
    return [
        DistinctValues(index, spec.dataset, str(spec.column), spec.view, _expression(spec), sizes.get(index, 0))
        for index, spec in enumerate(specs)
    ]


def _as_viewed(view: ColumnView, value: str | None) -> object:
    if view not in {"numeral", "number"} or value is None:
        return value
    if not NUMBER.match(value):
        return None  # the type check has a say on it, nothing else has
    if view == "numeral":
        return value
    return Decimal(value) if EXACT_NUMBER.match(value) else None  # too long is said once, not that it is too high


def _read_together(views: Sequence[DistinctValues]) -> Iterator[str]:
    """Conditions on `shown`, each of which finds CHUNK values at most."""
    small: list[DistinctValues] = []
    for view in views:
        if sum(s.size for s in small) + view.size > CHUNK and small:
            yield f"part IN ({', '.join(str(s.index) for s in small)})"
            small = []
        if view.size <= CHUNK:
            small.append(view)
            continue
        for start in range(0, view.size, CHUNK):
            yield f"part = {view.index} AND place >= {start} AND place < {start + CHUNK}"
    if small:
        yield f"part IN ({', '.join(str(s.index) for s in small)})"


def shown_values(con: duckdb.DuckDBPyConnection, views: Sequence[DistinctValues]) -> Iterator[tuple[int, int, object]]:
    """(which of `views`, place, value) of all of them."""
    numbers: dict[int, list[int]] = {}
    for number, view in enumerate(views):
        numbers.setdefault(view.index, []).append(number)
    for condition in _read_together([views[found[0]] for found in numbers.values()]):
        rows = con.execute(f"SELECT part, place, value FROM shown WHERE {condition} ORDER BY part, place").fetchall()
        for part, place, value in rows:
            for number in numbers[part]:
                yield number, place, _as_viewed(views[number].view, value)


def blame(con: duckdb.DuckDBPyConnection, shown: DistinctValues, spec: CheckSpec, places: list[int]) -> None:
    """Turns failing values into the rows that have them."""
    con.execute("CREATE OR REPLACE TEMP TABLE failing_place (place BIGINT)")
    con.execute("INSERT INTO failing_place SELECT unnest($places::BIGINT[])", {"places": places})
    con.execute(
        f"INSERT INTO check_failure SELECT $dataset, r.row_number, $rule, $severity, $column, false"
        f" FROM (SELECT row_number, {shown.expression} AS value FROM raw_{shown.dataset}) AS r"
        f" JOIN (SELECT value FROM shown JOIN failing_place USING (place) WHERE part = {shown.index}) AS s"
        f" ON s.value IS NOT DISTINCT FROM r.value",
        {"dataset": spec.dataset, "rule": spec.rule, "severity": spec.severity, "column": spec.column},
    )
