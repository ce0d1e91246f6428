"""Text far longer than what it stands for: a file that lost its line ends, or something pasted into the wrong field.

Its row is put aside like any other that is wrong, before a report of several pages is made of a name.
"""

from collections.abc import Collection, Iterable
from typing import Final

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.tasks.check.cleaning.garbled_rows import OWN_FILES
from termpost.tasks.check.cleaning.text_columns import TEXT_COLUMNS, TextKind

TOO_LONG: Final = "too-long"
# characters; comments have a rule of their own
LONGEST: Final[dict[TextKind, int]] = {"name": 200, "middle-name": 200, "address": 200, "title": 500}


def find_too_long(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], filled: Collection[str]) -> None:
    """Adds what is too long to check_failure."""
    asked = [
        (contract.dataset, column.name, LONGEST[kind])
        for contract in contracts
        if contract.dataset in filled and not contract.dataset.startswith(OWN_FILES)
        for column in contract.kept
        if (kind := TEXT_COLUMNS.get(contract.dataset, {}).get(column.name)) in LONGEST
    ]
    if not asked:
        return
    looks = " UNION ALL ".join(
        f'SELECT {place} FROM raw_{dataset} HAVING max(length("{column}")) > {longest}'
        for place, (dataset, column, longest) in enumerate(asked)
    )
    for (place,) in con.execute(looks).fetchall():
        dataset, column, longest = asked[place]
        con.execute(
            f"INSERT INTO check_failure SELECT '{dataset}', row_number, '{TOO_LONG}', 'error', '{column}', false"
            f' FROM raw_{dataset} WHERE length("{column}") > {longest}'
        )
