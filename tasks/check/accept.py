"""Accepted rows in the names and types of the contracts, for the stages after the check."""

from collections.abc import Iterable, Mapping

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Rejected
from termpost.tasks.check.cleaning.clean_extract import clean_datasets, clean_files
from termpost.tasks.check.tables import FEW, sizes_of, typed_columns
from termpost.tasks.formats.fill_datasets import fill_datasets
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.read import read_raw
from termpost.tasks.formats.registry import FALLBACK, format_named, load_contracts


def accept(
    con: duckdb.DuckDBPyConnection,
    sources: Mapping[str, str],
    rejected: Iterable[Rejected],
    form: str = FALLBACK.form,
    timezone: str = "UTC",
    *,
    is_read: bool = False,
) -> None:
    """Makes the temporary view `accepted_<dataset>` for every contract, empty where the extract has no such file.

    Columns are `row_number` and those of the contract, typed: DATE, TIMESTAMP (UTC), DECIMAL(18,6), INTEGER, BOOLEAN,
    VARCHAR[] for lists, VARCHAR. Cells are read as they are meant, as in the check. A cell that does not fit its type
    fails the query that reads it: such rows are in `rejected`.

    Args:
        timezone: of the school, by its IANA name: the one that the check went by.
        is_read: the connection is the one of the check, and has its tables.

    Raises:
        InputError: `extract-rejected`, where no row may be used.
    """
    contracts = load_contracts(form)
    if not is_read:
        _read(con, sources, format_named(form), contracts, timezone)
    _leave_out(con, contracts, rejected)
    sizes = sizes_of(con, contracts)
    for contract in contracts:
        name = contract.dataset
        kind = "TABLE" if sizes[name] <= FEW else "VIEW"  # a view's casts would be planned anew by each who names it
        con.execute(
            f"CREATE OR REPLACE TEMP {kind} accepted_{name} AS SELECT {typed_columns(contract, 'CAST')}"
            f" FROM raw_{name} WHERE row_number NOT IN (SELECT row_number FROM left_out WHERE dataset = '{name}')"
        )


def _read(
    con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], form: Format, contracts: Iterable[Contract],
    timezone: str,
) -> None:  # fmt: skip
    raw = read_raw(con, sources, form, contracts)
    if raw.fatal:
        raise InputError("extract-rejected", "the extract was rejected", "extract", "see what `termpost check` says")
    clean_files(con, raw, form)
    fill_datasets(con, form, timezone)
    clean_datasets(con, raw)


def _leave_out(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], rejected: Iterable[Rejected]) -> None:
    """Fills left_out (dataset, row_number): rows of which no place stands.

    A rejected cell that became a row of its own takes that one with it; any other takes all that came from its row.
    """
    cells = {(r.file, r.row, r.column) for r in (Rejected(*item) for item in rejected)}
    con.execute("CREATE OR REPLACE TEMP TABLE left_out (dataset VARCHAR, row_number BIGINT)")
    if not cells:
        return
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rejected_cell AS SELECT unnest($files::VARCHAR[]) AS file,"
        " unnest($rows::BIGINT[]) AS row, unnest($headers::VARCHAR[]) AS header, false AS is_cell",
        {"files": [f for f, _, _ in cells], "rows": [n for _, n, _ in cells], "headers": [h for _, _, h in cells]},
    )
    known = tuple(contracts)
    for contract in known:
        con.execute(
            f"UPDATE rejected_cell AS r SET is_cell = true WHERE EXISTS (SELECT 1 FROM where_{contract.dataset} AS w"
            " WHERE w.file = r.file AND w.row = r.row AND w.header = r.header)"
        )
    for contract in known:
        places = f"where_{contract.dataset} AS w"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE fallen AS SELECT w.* FROM {places} SEMI JOIN rejected_cell AS r"
            " ON r.file = w.file AND r.row = w.row AND (NOT r.is_cell OR r.header = w.header)"
        )
        con.execute(
            f"INSERT INTO left_out SELECT DISTINCT '{contract.dataset}', row_number FROM fallen"
            f" WHERE row_number NOT IN (SELECT w.row_number FROM {places} SEMI JOIN fallen AS f USING (row_number)"
            " ANTI JOIN fallen AS g ON g.file = w.file AND g.row = w.row AND g.header IS NOT DISTINCT FROM w.header)"
        )
