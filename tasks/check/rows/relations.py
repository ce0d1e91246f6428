"""Checks between rows and between files, decided by DuckDB: keys, references and the queries of the contracts.

A row that refers to a quarantined row is quarantined too, and so on until nothing changes.
"""

from collections.abc import Iterable, Sequence

import duckdb
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.check.rows.gx_engine import broken
from termpost.tasks.check.rows.suspects import breaking, dangling, doubled, is_wrong, misdirected, reference_keys
from termpost.tasks.check.tables import without_quarantined


def record(con: duckdb.DuckDBPyConnection, spec: CheckSpec, rows: str, parameters: dict[str, object]) -> bool:
    """Adds what `rows` (row_number, cascaded) finds; tells whether it found any."""
    parameters |= {"dataset": spec.dataset, "rule": spec.rule, "severity": spec.severity, "column": spec.column}
    try:
        added = con.execute(
            f"INSERT INTO check_failure SELECT $dataset, row_number, $rule, $severity, $column, cascaded FROM ({rows})"
            f" WHERE row_number NOT IN (SELECT row_number FROM gone_{spec.dataset})",
            parameters,
        ).fetchone()
    except duckdb.Error:
        raise broken(f"{spec.dataset}: {spec.rule}") from None  # a conversion error repeats the value
    has_added = bool(added and added[0])
    if has_added and spec.severity == "error":
        without_quarantined(con, spec.dataset)
    return has_added


def _torn(spec: CheckSpec) -> str:
    return f"SELECT row_number FROM check_failure WHERE dataset = '{spec.dataset}' AND rule = 'ragged-row'"


def duplicates(con: duckdb.DuckDBPyConnection, spec: CheckSpec) -> None:
    """All rows of a key that several rows have; cells of torn rows may be shifted, so they are no keys."""
    columns: Sequence[str] = spec.arguments["columns"]
    names = ", ".join(f'"{column}"' for column in columns)
    given = " AND ".join(f'"{column}" IS NOT NULL' for column in columns)
    same = " AND ".join(f'r."{column}" = d."{column}"' for column in columns)
    whole = f"FROM raw_{spec.dataset} WHERE {given} AND row_number NOT IN ({_torn(spec)})"
    if spec.rule != "unique":  # a row that goes may be replaced by one with another id
        whole += f" AND row_number NOT IN (SELECT row_number FROM gone_{spec.dataset})"
    record(
        con,
        spec,
        f"SELECT r.row_number, false AS cascaded FROM (SELECT row_number, {names} {whole}) AS r"
        f" JOIN (SELECT {names} {whole} GROUP BY ALL HAVING count(*) > 1) AS d ON {same}",
        {},
    )


def references(con: duckdb.DuckDBPyConnection, spec: CheckSpec) -> bool:
    """Rows that refer to nothing, or to what is quarantined."""
    target, key = spec.arguments["target"], spec.arguments["key"]
    return record(
        con,
        spec,
        f'SELECT s.row_number, bool_and(s.key IN (SELECT "{key}" FROM typed_{target} WHERE "{key}" IS NOT NULL))'
        f" AS cascaded FROM ({reference_keys(spec)}) AS s"
        f' WHERE NOT EXISTS (SELECT 1 FROM live_{target} AS t WHERE t."{key}" = s.key) GROUP BY s.row_number',
        {},
    )


def wrong_references(con: duckdb.DuckDBPyConnection, spec: CheckSpec) -> bool:
    """Rows that refer to a row of the wrong type or role."""
    target, key = spec.arguments["target"], spec.arguments["key"]
    return record(
        con,
        spec,
        f"SELECT DISTINCT s.row_number, false AS cascaded FROM ({reference_keys(spec)}) AS s"
        f' JOIN live_{target} AS t ON t."{key}" = s.key WHERE {is_wrong(spec)}',
        {},
    )


def queries(con: duckdb.DuckDBPyConnection, spec: CheckSpec, terms: CheckParameters) -> bool:
    """Rows that a query of the contract finds."""
    query: str = spec.arguments["query"]
    return record(con, spec, f"SELECT row_number, false AS cascaded FROM ({query})", terms.bound(query))


def _cascade(con: duckdb.DuckDBPyConnection, specs: Sequence[CheckSpec], *, few: bool) -> None:
    """Follows references until no more rows fall. A target is looked at again only after it lost rows."""
    changed = {str(spec.arguments["target"]) for spec in specs}
    while changed:
        asked = [spec for spec in specs if spec.arguments["target"] in changed]
        suspect = dangling(con, asked) if few else asked
        fallen: set[str] = set()
        for spec in asked:
            if (fallen or spec in suspect) and references(con, spec):
                fallen.add(spec.dataset)
        changed = fallen


def check_relations(
    con: duckdb.DuckDBPyConnection,
    specs: Iterable[CheckSpec],
    present: frozenset[str],
    filled: frozenset[str],
    terms: CheckParameters,
    *,
    few: bool,
) -> None:
    """Runs every check between rows and files and adds the rows that fail to check_failure.

    A rule that needs a file the extract does not have is not run: the file's absence is a finding of its own. Datasets
    that are not `filled` have no row that could break one.

    Args:
        few: so few rows that it is cheaper to see first which checks may find any.

    Raises:
        InputError: `broken-check`.
    """
    known = [spec for spec in specs if spec.dataset in filled]
    keys = [spec for spec in known if spec.metric == "duplicate_values"]
    for spec in doubled(con, keys) if few else keys:
        duplicates(con, spec)
    refs = [s for s in known if s.metric == "missing_references" and s.arguments["target"] in present]
    hard = [spec for spec in refs if spec.severity == "error"]
    kinds = [s for s in known if s.metric == "wrong_references" and s.arguments["target"] in present]
    asks = [s for s in known if s.metric == "failing_rows" and present.issuperset(s.arguments["needs"])]
    _cascade(con, hard, few=few)
    for warn in (False, True):  # what errors take away is gone before anyone is warned of it
        # rows only ever fall, so who finds none before has none to find after
        wrong = [spec for spec in kinds if (spec.severity == "warning") is warn]
        asked = [spec for spec in asks if (spec.severity == "warning") is warn]
        fallen = [wrong_references(con, spec) for spec in (misdirected(con, wrong) if few else wrong)]
        fallen += [queries(con, spec, terms) for spec in (breaking(con, asked, terms) if few else asked)]
        if any(fallen) and not warn:
            _cascade(con, hard, few=few)
    soft = [spec for spec in refs if spec.severity == "warning"]
    for spec in dangling(con, soft) if few else soft:
        references(con, spec)
