"""What schools are called in one extract."""

import duckdb


def school_names(lake: duckdb.DuckDBPyConnection, extract_id: str) -> dict[str, str]:
    """School id → name."""
    rows = lake.execute("SELECT org_id, name FROM lake.core_org WHERE extract_id = ?", [extract_id]).fetchall()
    return dict(rows)
