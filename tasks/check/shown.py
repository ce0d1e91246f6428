"""What of a column Great Expectations is shown: each different value once, so that memory does not grow with rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from tasks.check.specs import DECIMAL, CheckSpec, View
from tasks.check.tables import text

CHUNK = 100_000  # different values judged at once
NUMBER = re.compile(DECIMAL)


@dataclass(frozen=True)
class Shown:
    """One view of one column: `shown_<index>(place, value)` holds its different values."""

    index: int
    dataset: str
    column: str
    view: View
    expression: str  # over raw_<dataset>
    size: int


def _expression(spec: CheckSpec) -> str:
    cell = f'"{spec.column}"'
    match spec.view:
        case "presence":
            return f"CASE WHEN trim({cell}, ' \t\r\n\u00a0') <> '' THEN 'given' END"
        case "lower":
            return f"lower({cell})"
        case "day":
            return f"left({cell}, 10)"
        case "meant":
            words = ", ".join(text(value.lower()) for value in spec.arguments["values"])
            return f"CASE WHEN lower({cell}) IN ({words}) THEN {cell} END"
        case "text" | "numeral" | "number":
            return cell


def show(con: duckdb.DuckDBPyConnection, index: int, spec: CheckSpec) -> Shown:
    """Gathers the different values that `spec` looks at."""
    expression = _expression(spec)
    blank = "" if spec.view == "presence" else "WHERE value IS NOT NULL"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE shown_{index} AS SELECT row_number() OVER () - 1 AS place, value FROM"
        f" (SELECT DISTINCT {expression} AS value FROM raw_{spec.dataset}) {blank}"
    )
    found = con.execute(f"SELECT count(*) FROM shown_{index}").fetchone()
    return Shown(index, spec.dataset, str(spec.column), spec.view, expression, int(found[0]) if found else 0)


def _as_viewed(view: View, value: str | None) -> object:
    if view not in {"numeral", "number"} or value is None:
        return value
    if not NUMBER.match(value):
        return None  # the type check has a say on it, nothing else has
    return Decimal(value) if view == "number" else value


def shown_values(con: duckdb.DuckDBPyConnection, shown: Shown) -> Iterator[object]:
    """The values in the order of their places, read CHUNK at a time."""
    for start in range(0, shown.size, CHUNK):
        rows = con.execute(
            f"SELECT value FROM shown_{shown.index} WHERE place >= {start} AND place < {start + CHUNK} ORDER BY place"
        ).fetchall()
        yield from (_as_viewed(shown.view, row[0]) for row in rows)


def blame(con: duckdb.DuckDBPyConnection, shown: Shown, spec: CheckSpec, places: list[int]) -> None:
    """Turns failing values into the rows that have them."""
    con.execute("CREATE OR REPLACE TEMP TABLE failing_place (place BIGINT)")
    con.execute("INSERT INTO failing_place SELECT unnest($places::BIGINT[])", {"places": places})
    con.execute(
        f"INSERT INTO check_failure SELECT $dataset, r.row_number, $rule, $severity, $column, false"
        f" FROM (SELECT row_number, {shown.expression} AS value FROM raw_{shown.dataset}) AS r"
        f" JOIN shown_{shown.index} AS s ON s.value IS NOT DISTINCT FROM r.value"
        f" JOIN failing_place AS f ON f.place = s.place",
        {"dataset": spec.dataset, "rule": spec.rule, "severity": spec.severity, "column": spec.column},
    )
