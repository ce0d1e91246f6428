"""Rows that say the same cell for cell count once: a join over schools, or an export that was appended to itself.

`dateLastModified` says when the source touched a row and nothing of what it is about, so rows that differ in it alone
are the same; the newest is kept. A column that is not read is not compared. A repeated row shares the fate of the one
that is kept: it is accepted or quarantined with it, so that the rows of each file still add up (law 1).
"""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.check.cleaning.clean_cells import FIRST, column_problem
from termpost.tasks.check.tables import asked_at_once

STAMP: Final = "date_last_modified"
TABLE: Final = """
CREATE OR REPLACE TEMP TABLE repeated_row (
  dataset VARCHAR, row_number BIGINT, kept BIGINT, file VARCHAR, row BIGINT)
"""


def _query(contract: Contract, *, is_wide: bool) -> str:
    """(row_number, kept) of the rows that repeat another one."""
    same = [f'r."{column.name}"' for column in contract.kept if column.name != STAMP]
    stamp = "r.date_last_modified DESC NULLS LAST, " if any(c.name == STAMP for c in contract.kept) else ""
    rows, given = f"raw_{contract.dataset} AS r", " OR ".join(f"{cell} IS NOT NULL" for cell in same)
    if contract.key is not None:  # only what shares a key may be the same
        key = f'"{contract.key.name}"'
        twice = f"SELECT {key} FROM raw_{contract.dataset} GROUP BY {key} HAVING count(*) > 1"
        rows += f" SEMI JOIN ({twice}) AS k ON k.{key} = r.{key}"
    if is_wide:  # what a row has beside the contract's columns is compared too, and a student may be in two files
        cells = "SELECT row_number, list((header, cell) ORDER BY place) AS cells FROM wide_cell GROUP BY ALL"
        rows += f" JOIN wide_row AS f USING (row_number) LEFT JOIN ({cells}) AS w USING (row_number)"
        same += ["f.file", "w.cells"]
        given = f"f.kind = 'student' AND ({given})"
    kept = f"first_value(r.row_number) OVER (PARTITION BY {', '.join(same)} ORDER BY {stamp}r.row_number)"
    return (
        f"SELECT row_number, kept FROM (SELECT r.row_number, {kept} AS kept FROM {rows} WHERE {given})"
        " WHERE row_number <> kept"
    )


def _may_repeat(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> list[Contract]:
    """Those in which any two rows may be the same, by a look that costs less than sorting them."""
    own, looks = [contract for contract in contracts if not contract.derived], []
    for contract in own:
        if contract.key is not None:
            cells = f'"{contract.key.name}"'
        else:
            cells = "hash(" + ", ".join(f'"{c.name}"' for c in contract.kept if c.name != STAMP) + ")"
        looks.append((f"cells_{contract.dataset}", [f"count({cells}) > count(DISTINCT {cells})"]))
    found = asked_at_once(con, looks)
    return [contract for contract, (is_there,) in zip(own, found, strict=True) if is_there]


def leave_out_repeated(
    con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], wide: Collection[str]
) -> list[Problem]:
    """Makes `raw_<dataset>` pass over repeated rows, which `repeated_row(dataset, row_number, kept, file, row)` names.

    Args:
        wide: datasets whose rows have cells beside the contract's columns (`wide_row`, `wide_cell`).
    """
    con.execute(TABLE)
    problems: list[Problem] = []
    for contract in _may_repeat(con, contracts):
        name = contract.dataset
        con.execute(
            f"INSERT INTO repeated_row SELECT '{name}', d.row_number, d.kept, w.file, w.row"
            f" FROM ({_query(contract, is_wide=name in wide)}) AS d JOIN where_{name} AS w USING (row_number)"
            f" ANTI JOIN (SELECT row_number FROM torn_row WHERE dataset = '{name}') AS s"
            "  ON s.row_number IN (d.row_number, d.kept)"
        )
        told = con.execute(
            f"SELECT file, count(*), min(row, {FIRST}) FROM repeated_row WHERE dataset = ? GROUP BY ALL ORDER BY ALL",
            [name],
        ).fetchall()
        if not told:
            continue
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW raw_{name} AS SELECT rowid + 1 AS row_number, * FROM cells_{name}"
            f" WHERE rowid + 1 NOT IN (SELECT row_number FROM repeated_row WHERE dataset = '{name}')"
        )
        problems.extend(column_problem("repeated-row", file, None, count, rows) for file, count, rows in told)
    return problems


class RepeatedRows(NamedTuple):
    """How many of a file's repeated rows go with a row that was accepted, and with one that was quarantined."""

    accepted: int
    quarantined: int


def with_repeated(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The datasets that have repeated rows: most have none."""
    return frozenset(name for (name,) in con.execute("SELECT DISTINCT dataset FROM repeated_row").fetchall())


def repeated_with(con: duckdb.DuckDBPyConnection, dataset: str) -> dict[str, RepeatedRows]:
    """The repeated rows of a dataset after its rows were judged, by file."""
    rows = con.execute(
        "SELECT d.file, count(*) FILTER (f.row_number IS NULL), count(*) FILTER (f.row_number IS NOT NULL)"
        " FROM repeated_row AS d LEFT JOIN (SELECT DISTINCT row_number FROM check_failure WHERE dataset = $dataset"
        "  AND severity = 'error') AS f ON f.row_number = d.kept WHERE d.dataset = $dataset GROUP BY d.file",
        {"dataset": dataset},
    ).fetchall()
    return {file: RepeatedRows(int(accepted), int(quarantined)) for file, accepted, quarantined in rows}
