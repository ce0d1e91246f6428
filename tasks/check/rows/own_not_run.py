"""A rule of the school's own that this extract cannot be asked: said, since finding nothing reads like no fault."""

from collections import defaultdict
from collections.abc import Iterator

import duckdb
from termpost.schemas.contracts.own_contract import NOT_RUN, OwnContracts
from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.read import RawTables

REMEDY = "export the file or column that it reads, or take the rule out of contracts/"


def not_run(con: duckdb.DuckDBPyConnection, own: OwnContracts, raw: RawTables, filled: frozenset[str]) -> list[Problem]:
    """One warning a file."""
    rules: defaultdict[str, set[str]] = defaultdict(set)
    for file, rule in (*own.not_run(raw.contracts, filled, raw.present), *_without_values(con, own, raw, filled)):
        rules[file].add(rule)
    return [
        Problem(rule=NOT_RUN, severity="warning", file=file, row=None, column=None, key=None, remedy=REMEDY,
                message=f"a rule of the school’s own was not asked ({', '.join(sorted(names))})")
        for file, names in sorted(rules.items())
    ]  # fmt: skip


def _without_values(
    con: duckdb.DuckDBPyConnection, own: OwnContracts, raw: RawTables, filled: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Rules on the values of a column that has none: it is not in the file, or blank throughout."""
    known = {contract.dataset: contract for contract in raw.contracts if contract.dataset in filled}
    for rule in own.rules:
        contract = known.get(rule.dataset)
        if contract is None or rule.column is None or rule.quality.metric != "invalidValues":
            continue
        if any(column.name == rule.column for column in contract.kept):
            found = con.execute(f'SELECT count("{rule.column}") FROM raw_{rule.dataset}').fetchone()
            if not found or not found[0]:
                yield contract.file, rule.quality.rule
