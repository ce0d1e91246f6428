"""The extract that was loaded before one that is checked: what it had, counted, and which losses are accepted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import read_lake
from termpost.tasks.lake.transaction import in_one_transaction

NEWEST_FIRST = """SELECT extract_id, format || '/' || format_version FROM lake.core_extract
ORDER BY known_at DESC, rowid DESC"""
VALUES = "SELECT file, column_name, value_count FROM lake.core_extract_column WHERE extract_id = $extract_id"
ROWS = """SELECT DISTINCT file, row_count FROM lake.out_check WHERE extract_id = $extract_id
  AND known_at = (SELECT max(known_at) FROM lake.out_check WHERE extract_id = $extract_id)"""


@dataclass(frozen=True)
class LastExtract:
    """Files and columns are called as their contracts call them."""

    id: ExtractId
    form: str  # "oneroster-csv/1.1"
    rows: Mapping[str, int]
    values: Mapping[tuple[str, str], int]  # (file, column) → cells that are not blank; absent where there are none
    accepted: frozenset[str] = field(default=frozenset())  # `[checks] accept`
    is_let_in: bool = False  # the extract that is checked was loaded after this one already: its losses only warn

    @property
    def shown(self) -> str:
        return self.id[:12]


@in_one_transaction
def last_extract(
    lake: duckdb.DuckDBPyConnection, extract_id: str, accepted: Collection[str], *, again: bool = False
) -> LastExtract | None:
    """What an extract is to be compared with; None where it is the first.

    That is the newest one; or, of an extract that the lake has, the one before it, so that a check finds the same
    each time.

    Args:
        again: an extract that the lake has would become the newest record again: nothing of it is let in already.
    """
    order = lake.execute(NEWEST_FIRST).fetchall()
    ids = [found for found, _ in order]
    is_let_in = extract_id in ids and not (again and ids[0] != extract_id)
    older = order[ids.index(extract_id) :] if is_let_in else order
    found = next(((found, form) for found, form in older if found != extract_id), None)
    if found is None:
        return None
    last, form = found
    values = lake.execute(VALUES, {"extract_id": last}).fetchall()
    return LastExtract(
        ExtractId(last), form, dict(lake.execute(ROWS, {"extract_id": last}).fetchall()),
        {(file, column): count for file, column, count in values}, frozenset(accepted), is_let_in,
    )  # fmt: skip


def last_extract_of(home: Home, extract_id: str) -> LastExtract | None:
    """The same, of a home that nothing is to be written to; None also where it has no history yet."""
    try:
        with read_lake(home.lake) as lake:
            return last_extract(lake, extract_id, home.settings.checks.accept)
    except InputError as error:
        if error.code != "no-history":
            raise
        return None
