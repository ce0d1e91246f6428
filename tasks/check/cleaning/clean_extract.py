"""What is read of an extract, read as it is meant: the files first, then what a format makes of them.

Cells of torn rows (`torn_row`) may be shifted: what is read of them is not told, and they repeat nothing.

The check and the load both go this way over the same files, so both see the same rows.
"""

import duckdb
from termpost.schemas.documents.findings import Problem
from termpost.tasks.check.cleaning.blank_titles import fill_blank_titles
from termpost.tasks.check.cleaning.clean_cells import clean_cells
from termpost.tasks.check.cleaning.repeated_rows import leave_out_repeated
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.read import RawTables


def clean_files(con: duckdb.DuckDBPyConnection, raw: RawTables, form: Format) -> list[Problem]:
    """Cells of the files as they are meant, and rows that say the same once; before a format fills its datasets."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE torn_row AS SELECT unnest($datasets::VARCHAR[]) AS dataset,"
        " unnest($rows::BIGINT[]) AS row_number",
        {"datasets": [dataset for dataset, _ in raw.ragged], "rows": [row for _, row in raw.ragged]},
    )
    own = [contract for contract in raw.contracts if contract.dataset in raw.present and not contract.derived]
    return [*clean_cells(con, own), *leave_out_repeated(con, own, form.readers)]


def clean_datasets(con: duckdb.DuckDBPyConnection, raw: RawTables) -> list[Problem]:
    """The same of what a format has filled, and the titles that are blank."""
    cleaned = clean_cells(con, [contract for contract in raw.contracts if contract.shaped])
    return [*cleaned, *fill_blank_titles(con, raw.contracts, raw.present)]
