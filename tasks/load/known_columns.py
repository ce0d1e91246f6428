"""Columns that only some formats have: null in the others, so that one set of queries loads all of them."""

import duckdb

COLUMNS = {
    "results": {
        "text_score": "VARCHAR", "in_progress": "BOOLEAN", "incomplete": "BOOLEAN", "late": "BOOLEAN",
        "missing": "BOOLEAN", "submitted_at": "TIMESTAMP",
    },
    "categories": {"weight": "DECIMAL(18, 6)"},
}  # fmt: skip


def create_known_views(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `known_<dataset>` over `accepted_<dataset>`."""
    for dataset, columns in COLUMNS.items():
        there = {row[0] for row in con.execute(f"DESCRIBE accepted_{dataset}").fetchall()}
        lacking = "".join(f", NULL::{kind} AS {name}" for name, kind in columns.items() if name not in there)
        con.execute(f"CREATE OR REPLACE TEMP VIEW known_{dataset} AS SELECT *{lacking} FROM accepted_{dataset}")
