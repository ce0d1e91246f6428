"""What a policy is held against: four tables of an extract, as they lie in the check or, later, in the lake."""

from dataclasses import dataclass
from typing import Final

import duckdb
from termpost.schemas.base.refs import ExtractId

NAMES: Final = ("category", "line_item", "class", "session")


@dataclass(frozen=True)
class PolicyTables:
    """Queries name a table as `{category}`; each is a subquery with the columns of `core_<table>`."""

    con: duckdb.DuckDBPyConnection
    extract_id: ExtractId | None  # None: the tables of the check, which are of one extract

    def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """The rows of a query over these tables."""
        tables = OF_CHECK if self.extract_id is None else OF_LAKE
        bound = values if self.extract_id is None else {**values, "extract_id": self.extract_id}
        return self.con.execute(query.format(**tables), bound).fetchall()


OF_LAKE: Final = {
    name: f"(SELECT * FROM lake.core_{table} WHERE extract_id = $extract_id)"
    for name, table in zip(NAMES, ("category", "line_item", "class", "academic_session"), strict=True)
}
# as insert_facts.sql makes them of the same columns; also of rows in quarantine: what a policy names is there
OF_CHECK: Final = {
    "category": "(SELECT sourced_id AS category_id, title FROM typed_categories ANTI JOIN gone_categories"
    " USING (row_number))",
    "line_item": "(SELECT sourced_id AS line_item_id, class_sourced_id AS class_id, category_sourced_id AS category_id,"
    " title, result_value_max AS points_possible, result_value_min AS points_min FROM typed_line_items"
    " ANTI JOIN gone_line_items USING (row_number))",
    "class": "(SELECT sourced_id AS class_id, course_sourced_id AS course_id FROM typed_classes ANTI JOIN gone_classes"
    " USING (row_number))",
    "session": "(SELECT sourced_id AS session_id FROM typed_academic_sessions ANTI JOIN gone_academic_sessions"
    " USING (row_number))",
}
