"""Titles that are blank and can be had from beside them: systems leave them out where another row has one.

What stays blank is held as before. A school's name and a session's title are on every page and nobody else's to give.
"""

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.check.cleaning.clean_cells import FIRST, column_problem

BLANK: Final = "coalesce(trim(t.{column}), '') = ''"
A_WORD: Final = "'^[\\p{L}][\\p{L} /&-]{2,}$'"  # an id that reads as a title: of letters alone
LONGEST: Final = 60  # characters of a description that may stand for a title; a longer one is prose


OF_COURSE: Final = """FROM raw_classes AS t
  JOIN raw_courses AS c ON c.sourced_id = t.course_sourced_id GROUP BY t.row_number"""
OF_ITS_CLASSES: Final = """FROM raw_courses AS t
  JOIN raw_classes AS c ON c.course_sourced_id = t.sourced_id GROUP BY t.row_number"""
OF_CATEGORY: Final = """FROM raw_line_items AS t
  JOIN raw_categories AS c ON c.sourced_id = t.category_sourced_id GROUP BY t.row_number"""


class TitleSource(NamedTuple):
    """Where a blank cell of `dataset.column` may come from: SQL of (row_number, title), the first that has one."""

    dataset: str
    column: str
    queries: tuple[str, ...]


SOURCES: Final = (
    TitleSource("classes", "title", (
        f"SELECT t.row_number, min(c.title) {OF_COURSE}",
        "SELECT t.row_number, t.class_code FROM raw_classes AS t",
        f"SELECT t.row_number, min(c.course_code) {OF_COURSE}",
    )),
    TitleSource("courses", "title", (
        "SELECT t.row_number, t.course_code FROM raw_courses AS t",
        f"SELECT t.row_number, min(c.title) {OF_ITS_CLASSES} HAVING count(DISTINCT c.title) = 1",
    )),
    TitleSource("categories", "title", (
        f"SELECT t.row_number, t.sourced_id FROM raw_categories AS t WHERE regexp_matches(t.sourced_id, {A_WORD})",
    )),
    TitleSource("line_items", "title", (
        f"SELECT t.row_number, t.description FROM raw_line_items AS t WHERE length(t.description) <= {LONGEST}",
        f"SELECT t.row_number, min(c.title) {OF_CATEGORY}",
    )),
    # of an organisation that is no school; a school's name heads every page
    TitleSource("orgs", "name", (
        "SELECT t.row_number, coalesce(t.identifier, t.sourced_id) FROM raw_orgs AS t WHERE t.type <> 'school'",
    )),
)  # fmt: skip


def fill_blank_titles(
    con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], filled: Collection[str]
) -> list[Problem]:
    """Fills blank titles from beside them, and says of how many rows; `filled` are the datasets that have rows."""
    known = {contract.dataset: contract for contract in contracts}
    problems: list[Problem] = []
    for source in SOURCES:
        contract = known.get(source.dataset)
        if contract is None or source.dataset not in filled:
            continue
        header = next(column.header for column in contract.columns if column.name == source.column)
        blank = BLANK.format(column=source.column)
        if not con.execute(f"SELECT bool_or({blank}) FROM raw_{source.dataset} AS t").fetchall()[0][0]:
            continue
        ranked = " UNION ALL ".join(
            f"SELECT {n} AS rank, * FROM ({q}) AS q(row_number, title)" for n, q in enumerate(source.queries)
        )
        con.execute(
            "CREATE OR REPLACE TEMP TABLE found_title AS SELECT f.row_number, arg_min(f.title, f.rank) AS title"
            f" FROM ({ranked}) AS f JOIN raw_{source.dataset} AS t USING (row_number)"
            f" WHERE {blank} AND coalesce(trim(f.title), '') <> '' GROUP BY ALL"
        )
        told = con.execute(
            f"SELECT w.file, w.header, count(*), min(w.row, {FIRST}) FROM found_title JOIN where_{source.dataset} AS w"
            " USING (row_number) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        con.execute(
            f"UPDATE cells_{source.dataset} AS c SET {source.column} = f.title FROM found_title AS f"
            " WHERE c.rowid + 1 = f.row_number"
        )
        con.execute("DROP TABLE found_title")
        problems += [column_problem("blank-title", f, h or header, count, rows) for f, h, count, rows in told]
    return problems
