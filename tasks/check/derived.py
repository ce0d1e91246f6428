"""Datasets that a format has no file of its own for: a failure goes with its row, from file to dataset and back.

A mark in a wide gradebook row becomes a result; what is wrong with the result is wrong with that row of that file, and
nothing of a row that is wrong is used. An echo is such a failure handed on: it counts and holds, but is told once.
"""

from collections.abc import Iterable

import duckdb

from tasks.check.contract import Contract
from tasks.check.tables import text


def _files(contracts: Iterable[Contract]) -> str:
    """(file, row, dataset, row_number) of every row of a file."""
    parts = [
        f"SELECT file, row, {text(c.dataset)} AS dataset, row_number FROM where_{c.dataset}"
        for c in contracts
        if not c.derived
    ]
    return " UNION ALL ".join(parts)


def filled(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> tuple[str, ...]:
    """The derived datasets that have rows: most formats have no use for some of them."""
    names = [contract.dataset for contract in contracts if contract.derived]
    return tuple(name for name in names if con.execute(f"SELECT 1 FROM cells_{name} LIMIT 1").fetchone())


def inherit_failures(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
    """What was derived from a wrong row is as wrong, by the same rule."""
    known = tuple(contracts)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE wrong_row AS SELECT p.file, p.row, f.rule FROM check_failure AS f"
        f" JOIN ({_files(known)}) AS p USING (dataset, row_number) WHERE f.severity = 'error'"
    )
    for contract in (c for c in known if c.derived):
        name = contract.dataset
        con.execute(
            f"INSERT INTO check_echo SELECT DISTINCT {text(name)}, w.row_number, r.rule FROM where_{name} AS w"
            " JOIN wrong_row AS r ON r.file = w.file AND r.row = w.row"
        )
    con.execute("INSERT INTO check_failure SELECT dataset, row_number, rule, 'error', NULL, false FROM check_echo")


def hand_back_failures(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
    """A row of a file is quarantined where anything derived from it is."""
    known = tuple(contracts)
    for contract in (c for c in known if c.derived):
        name = contract.dataset
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE wrong_row AS SELECT DISTINCT w.file, w.row, f.rule FROM check_failure AS f"
            f" JOIN where_{name} AS w USING (row_number) WHERE f.dataset = {text(name)} AND f.severity = 'error'"
        )
        con.execute(
            "INSERT INTO check_echo SELECT p.dataset, p.row_number, r.rule FROM wrong_row AS r"
            f" JOIN ({_files(known)}) AS p ON p.file = r.file AND p.row = r.row"
            " ANTI JOIN check_failure AS f"
            "  ON f.dataset = p.dataset AND f.row_number = p.row_number AND f.rule = r.rule"
        )
    con.execute(
        "INSERT INTO check_failure SELECT DISTINCT e.dataset, e.row_number, e.rule, 'error', NULL, true"
        " FROM check_echo AS e ANTI JOIN check_failure AS f"
        "  ON f.dataset = e.dataset AND f.row_number = e.row_number AND f.rule = e.rule"
    )
