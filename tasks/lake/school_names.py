"""What schools and sessions are called in one extract."""

import duckdb


def school_names(lake: duckdb.DuckDBPyConnection, extract_id: str) -> dict[str, str]:
    """School id → name."""
    rows = lake.execute("SELECT org_id, name FROM lake.core_org WHERE extract_id = ?", [extract_id]).fetchall()
    return dict(rows)


def session_title(lake: duckdb.DuckDBPyConnection, extract_id: str, session: str) -> str:
    """Of an extract that does not know the session, its id."""
    query = "SELECT title FROM lake.core_academic_session WHERE extract_id = ? AND session_id = ?"
    row = lake.execute(query, [extract_id, session]).fetchone()
    return str(row[0]) if row else session
