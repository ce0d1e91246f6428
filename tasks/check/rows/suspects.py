"""Which checks between rows may find anything, seen for all of them at once.

For few rows a statement costs more to plan than to run, and most checks find nothing. Here all keys are laid side by
side and joined once; a check that has none to complain of need not be run. What is named here too many is run in vain,
nothing that would find a row may be missing: so what a check leaves out by itself (rows that go, torn rows) is in.
"""

from collections.abc import Iterable, Sequence

import duckdb
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.check.tables import text


def _asked(
    con: duckdb.DuckDBPyConnection, specs: Sequence[CheckSpec], query: str, terms: CheckParameters | None = None
) -> list[CheckSpec]:
    """Those of the specs whose places the query names; all where it breaks, and the one to blame says so itself."""
    try:
        found = con.execute(query, terms.bound(query) if terms else {}).fetchall()
    except duckdb.Error:
        return list(specs)
    return [specs[place] for place in sorted(place for (place,) in found)]


def reference_keys(spec: CheckSpec) -> str:
    """(row_number, key) of each reference of the rows that still live; a list is several references."""
    column = f't."{spec.column}"'
    key = f"unnest({column})" if spec.arguments.get("is_list") else column
    return f"SELECT t.row_number, {key} AS key FROM live_{spec.dataset} AS t WHERE {column} IS NOT NULL"


def _references(specs: Iterable[CheckSpec]) -> str:
    return " UNION ALL ".join(
        f"SELECT {number} AS spec, {text(spec.arguments['target'])} AS target, key FROM ({reference_keys(spec)})"
        for number, spec in enumerate(specs)
    )


def dangling(con: duckdb.DuckDBPyConnection, specs: Sequence[CheckSpec]) -> list[CheckSpec]:
    """Of references those that have one to nothing that lives."""
    if not specs:
        return []
    keys = {(spec.arguments["target"], spec.arguments["key"]) for spec in specs}
    there = " UNION ALL ".join(
        f'SELECT {text(target)} AS target, "{key}" AS key FROM live_{target}' for target, key in sorted(keys)
    )
    return _asked(
        con, specs,
        f"WITH reference AS ({_references(specs)}), there AS ({there})"
        " SELECT DISTINCT spec FROM reference ANTI JOIN there USING (target, key)",
    )  # fmt: skip


def is_wrong(spec: CheckSpec) -> str:
    """Whether a target `t` of a reference is of another type or role than it must be."""
    must = f"[{', '.join(map(text, spec.arguments['must_values']))}]"
    has = "list_has_any" if spec.arguments["must_is_list"] else "list_contains"
    return f'NOT {has}({must}, t."{spec.arguments["must_column"]}")'


def misdirected(con: duckdb.DuckDBPyConnection, specs: Sequence[CheckSpec]) -> list[CheckSpec]:
    """Of references those that have one to what is of the wrong type or role."""
    if not specs:
        return []
    wrong = " UNION ALL ".join(
        f'SELECT {number} AS spec, t."{spec.arguments["key"]}" AS key'
        f" FROM live_{spec.arguments['target']} AS t WHERE {is_wrong(spec)}"
        for number, spec in enumerate(specs)
    )
    return _asked(
        con, specs,
        f"WITH reference AS ({_references(specs)}), wrong AS ({wrong})"
        " SELECT DISTINCT spec FROM reference SEMI JOIN wrong USING (spec, key)",
    )  # fmt: skip


def doubled(con: duckdb.DuckDBPyConnection, specs: Sequence[CheckSpec]) -> list[CheckSpec]:
    """Of keys those that several rows have."""
    if not specs:
        return []
    keys = " UNION ALL ".join(
        f"SELECT {number} AS spec, [{', '.join(names)}] AS key FROM raw_{spec.dataset}"
        f" WHERE {' AND '.join(f'{name} IS NOT NULL' for name in names)}"
        for number, spec in enumerate(specs)
        if (names := [f'"{column}"' for column in spec.arguments["columns"]])
    )
    return _asked(con, specs, f"SELECT DISTINCT spec FROM ({keys}) GROUP BY spec, key HAVING count(*) > 1")


def breaking(con: duckdb.DuckDBPyConnection, specs: Sequence[CheckSpec], terms: CheckParameters) -> list[CheckSpec]:
    """Of queries those that find a row: what looks at one row at a time is asked in one pass over its dataset."""
    if not specs:
        return []
    rows: dict[str, list[str]] = {}
    looks = []
    for place, spec in enumerate(specs):
        if spec.arguments["condition"]:
            source, condition = spec.arguments["condition"]
            rows.setdefault(source, []).append(f"CASE WHEN bool_or({condition}) THEN {place} END")
        else:
            looks.append(f"SELECT {place} AS spec WHERE EXISTS ({spec.arguments['query']})")
    looks += [f"SELECT unnest([{', '.join(found)}]) AS spec FROM {source}" for source, found in rows.items()]
    return _asked(con, specs, f"SELECT spec FROM ({' UNION ALL '.join(looks)}) WHERE spec IS NOT NULL", terms)
