"""Rows that a format has no file of its own for: a failure goes with its row, from file to dataset and back.

A mark in a wide gradebook row becomes a result; what is wrong with the result is wrong with that row of that file, and
the file's count says so. What was derived from a wrong row is as wrong; what was derived from a wrong cell of it is
wrong alone. An echo is such a failure handed on: it counts and holds, but is told once.
"""

from collections.abc import Iterable

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.tasks.check.tables import text, without_quarantined


def _files(contracts: Iterable[Contract]) -> str:
    """(file, row, dataset, row_number) of every row that lies in a file of its own."""
    parts = [
        f"SELECT file, row, {text(c.dataset)} AS dataset, row_number FROM where_{c.dataset} AS w WHERE {_own(c)}"
        for c in contracts
        if not c.derived
    ]
    return " UNION ALL ".join(parts)


def _own(contract: Contract) -> str:
    """Whether a place is in the dataset's own file; a dataset in many files never gets rows from elsewhere."""
    return f"w.file = {text(contract.file)}" if contract.shaped else "true"


def inherit_failures(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
    """What was derived from wrong rows alone is as wrong, by the same rule."""
    known = tuple(contracts)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE wrong_row AS SELECT DISTINCT p.file, p.row, f.rule FROM check_failure AS f"
        f" JOIN ({_files(known)}) AS p USING (dataset, row_number) WHERE f.severity = 'error'"
    )
    for contract in (c for c in known if c.shaped):
        name = contract.dataset
        con.execute(
            f"INSERT INTO check_echo SELECT DISTINCT {text(name)}, w.row_number, r.rule FROM where_{name} AS w"
            " JOIN wrong_row AS r ON r.file = w.file AND r.row = w.row"
            f" WHERE NOT ({_own(contract) if not contract.derived else 'false'}) AND w.row_number NOT IN ("
            f"  SELECT s.row_number FROM where_{name} AS s"
            "  ANTI JOIN wrong_row AS r ON r.file = s.file AND r.row = s.row)"
        )
    con.execute("INSERT INTO check_failure SELECT dataset, row_number, rule, 'error', NULL, false FROM check_echo")


def hand_back_failures(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
    """A row of a file is quarantined where anything derived from it is."""
    known = tuple(contracts)
    con.execute("CREATE OR REPLACE TEMP TABLE handed_back (dataset VARCHAR, row_number BIGINT, rule VARCHAR)")
    for contract in (c for c in known if c.shaped):
        name = contract.dataset
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE wrong_row AS SELECT DISTINCT w.file, w.row, f.rule FROM check_failure AS f"
            f" JOIN where_{name} AS w USING (row_number) WHERE f.dataset = {text(name)} AND f.severity = 'error'"
        )
        con.execute(
            "INSERT INTO handed_back SELECT p.dataset, p.row_number, r.rule FROM wrong_row AS r"
            f" JOIN ({_files(known)}) AS p ON p.file = r.file AND p.row = r.row"
            " ANTI JOIN check_failure AS f"
            "  ON f.dataset = p.dataset AND f.row_number = p.row_number AND f.rule = r.rule"
        )
    con.execute(
        "INSERT INTO check_failure SELECT DISTINCT dataset, row_number, rule, 'error', NULL, true FROM handed_back"
    )
    con.execute("INSERT INTO check_echo SELECT DISTINCT * FROM handed_back")
    for (dataset,) in con.execute("SELECT DISTINCT dataset FROM handed_back").fetchall():
        without_quarantined(con, dataset)
