"""Accepted rows in the names and types of the contracts, for the stages after the check."""

from collections.abc import Iterable, Mapping

import duckdb

from schemas.errors import InputError
from schemas.findings import Rejected
from tasks.check.contract import load_contracts
from tasks.check.read import read_raw
from tasks.check.shapes import shape
from tasks.check.tables import typed_columns


def accept(
    con: duckdb.DuckDBPyConnection,
    sources: Mapping[str, str],
    rejected: Iterable[Rejected],
    form: str = "oneroster-csv/1.1",
) -> None:
    """Makes the temporary view `accepted_<dataset>` for every contract, empty where the extract has no such file.

    Columns are `row_number` and those of the contract, typed: DATE, TIMESTAMP (UTC), DECIMAL(18,6), INTEGER, BOOLEAN,
    VARCHAR[] for lists, VARCHAR. Wrong case is mended, nothing else. A cell that does not fit its type fails the query
    that reads it: such rows are in `rejected`.

    Raises:
        InputError: `extract-rejected`, where no row may be used.
    """
    contracts = load_contracts(form)
    raw = read_raw(con, sources, contracts)
    if raw.fatal:
        raise InputError("extract-rejected", "the extract was rejected", "extract", "see what `termpost check` says")
    shape(con, form)
    rows = {(r.file, r.row, r.column if r.row == 0 else None) for r in (Rejected(*item) for item in rejected)}
    con.execute("CREATE OR REPLACE TEMP TABLE rejected_row (file VARCHAR, row BIGINT, header VARCHAR)")
    con.execute(
        "INSERT INTO rejected_row"
        " SELECT unnest($files::VARCHAR[]), unnest($rows::BIGINT[]), unnest($headers::VARCHAR[])",
        {"files": [f for f, _, _ in rows], "rows": [n for _, n, _ in rows], "headers": [h for _, _, h in rows]},
    )
    for contract in contracts:
        name = contract.dataset
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW accepted_{name} AS SELECT {typed_columns(contract, 'CAST')}"
            f" FROM raw_{name} WHERE row_number NOT IN ("
            f"SELECT w.row_number FROM where_{name} AS w JOIN rejected_row AS r"
            " ON r.file = w.file AND r.row = w.row AND (r.row > 0 OR r.header IS NOT DISTINCT FROM w.header))"
        )
