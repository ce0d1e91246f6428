"""How a format's files become the datasets that all formats share."""

from functools import cache
from importlib import resources

import duckdb
from termpost.tasks.formats.format import Format
from termpost.tasks.lake.sql import execute_each

# where a format says one thing of a person, that is all there is to say
ONE_ROLE = "UPDATE cells_users SET all_roles = lower(role) WHERE all_roles IS NULL AND role IS NOT NULL"


@cache
def _script(package: str) -> str:
    """Statements that fill `cells_<dataset>` and `place_<dataset>` from the raw tables of the format's own files."""
    file = resources.files(package) / "datasets.sql"
    return file.read_text() if file.is_file() else ""


def fill_datasets(con: duckdb.DuckDBPyConnection, form: Format, timezone: str = "UTC") -> None:
    """Fills what the format derives; every cell stays text as it came, so that it is judged like any other.

    Args:
        timezone: of the school, by its IANA name: an instant is a day only there.
    """
    for package in form.scripts or (form.package,):
        execute_each(con, _script(package), {"timezone": timezone})
    con.execute(ONE_ROLE)
