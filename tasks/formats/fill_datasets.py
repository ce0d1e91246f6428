"""How a format's files become the datasets that all formats share. OneRoster 1.1 has them as they are."""

from collections.abc import Callable
from importlib import resources

import duckdb
from termpost.tasks.lake.sql import execute_each

Shape = Callable[[duckdb.DuckDBPyConnection], None]


def _by_sql(name: str) -> Shape:
    """Statements that fill `cells_<dataset>` and `place_<dataset>` from the raw tables of the format's own files."""

    def fill(con: duckdb.DuckDBPyConnection) -> None:
        execute_each(con, (resources.files("termpost.tasks.formats") / name / "datasets.sql").read_text(), {})

    return fill


SHAPES: dict[str, Shape] = {
    "oneroster-csv/1.2": _by_sql("oneroster_1_2"),
    "lms-toolkit/1": _by_sql("lms_toolkit"),
    "canvas-gradebook/1": _by_sql("canvas_gradebook"),
}
# where a format says one thing of a person, that is all there is to say
ONE_ROLE = "UPDATE cells_users SET all_roles = lower(role) WHERE all_roles IS NULL AND role IS NOT NULL"


def shape(con: duckdb.DuckDBPyConnection, form: str) -> None:
    """Fills what the format derives; every cell stays text as it came, so that it is judged like any other."""
    fill = SHAPES.get(form)
    if fill is not None:
        fill(con)
    con.execute(ONE_ROLE)
