"""Law 1, counted from both sides: every row of every file ends as accepted or quarantined."""

from collections.abc import Iterable

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import FileCount
from termpost.tasks.check.cleaning.repeated_rows import RepeatedRows, repeated_with, with_repeated
from termpost.tasks.check.tables import failing
from termpost.tasks.formats.read import RawTables


def count_rows(con: duckdb.DuckDBPyConnection, raw: RawTables) -> tuple[FileCount, ...]:
    """By name of the file."""
    files, wrong, repeated = [], failing(con, "severity = 'error'"), with_repeated(con)
    counted = [contract for contract in raw.contracts if contract.dataset in raw.present and not contract.derived]
    kept_rows = _kept(con, counted)
    for contract in counted:
        name = contract.dataset
        kept = kept_rows.get(name, {})
        out = dict(con.execute(
            f"SELECT file, count(DISTINCT row) FROM check_failure JOIN where_{name} USING (row_number)"
            " WHERE dataset = ? AND severity = 'error' GROUP BY file", [name],
        ).fetchall()) if name in wrong else {}  # fmt: skip
        again = repeated_with(con, name) if name in repeated else {}
        for file in (file for file in raw.rows if contract.describes(file)):
            same = again.get(file, RepeatedRows(0, 0))
            accepted, quarantined = int(kept.get(file, 0)) + same.accepted, int(out.get(file, 0)) + same.quarantined
            rows = raw.rows[file]
            if rows != accepted + quarantined:
                raise RuntimeError(f"law 1 is broken: rows of {file} were lost or doubled")
            files.append(FileCount(name=file, rows=rows, accepted=accepted, quarantined=quarantined))
    return tuple(sorted(files, key=lambda count: count.name))


def _kept(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> dict[str, dict[str, int]]:
    """Dataset → file → its rows that still live."""
    queries = [
        f"SELECT '{name}', file, count(*) FROM live_{name} JOIN where_{name} USING (row_number) GROUP BY file"
        for name in (contract.dataset for contract in contracts)
    ]
    found: dict[str, dict[str, int]] = {}
    for dataset, file, count in con.execute(" UNION ALL ".join(queries)).fetchall() if queries else ():
        found.setdefault(dataset, {})[file] = int(count)
    return found
