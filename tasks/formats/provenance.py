"""Where the rows of a dataset come from: the file, its row, and the column where one row of a file makes several.

A dataset that is one file needs no table for it. A row that several rows say the same of (a student in several courses)
has several places, and stands as long as one of them does; one that a format takes for granted has none. A problem, a
count and quarantine always speak of the file that was handed in, never of a table made from it.
"""

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.tasks.lake.sql import literal


def create_place(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Makes the view `where_<dataset>(row_number, file, row, header)`: `row` is 1-based in the file and 0 for what
    stands in its header; `header` names the column, NULL for the row as a whole."""
    name = contract.dataset
    if contract.shaped or contract.is_pattern:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE place_{name} (row_number BIGINT, file VARCHAR, row BIGINT, header VARCHAR)"
        )
        con.execute(f"CREATE OR REPLACE TEMP VIEW where_{name} AS SELECT * FROM place_{name}")
    else:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW where_{name} AS SELECT row_number, {literal(contract.file)} AS file,"
            f" row_number AS row, NULL::VARCHAR AS header FROM raw_{name}"
        )


def note_places(con: duckdb.DuckDBPyConnection, contract: Contract, file: str, before: int) -> None:
    """The rows after the first `before` are those of `file`, in its order."""
    if not (contract.is_pattern or contract.shaped):
        return
    con.execute(
        f"INSERT INTO place_{contract.dataset} SELECT rowid + 1, $file, rowid + 1 - $before, NULL"
        f" FROM cells_{contract.dataset} WHERE rowid >= $before",
        {"file": file, "before": before},
    )
