"""People who were erased and whom the source still has: their rows do not come in, and the office is asked (law 2)."""

import duckdb
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.tables import without_quarantined

PERSON_ERASED = "person-erased"


def find_erased(con: duckdb.DuckDBPyConnection, filled: frozenset[str], terms: CheckParameters) -> None:
    """Quarantines their rows of users.csv; whatever refers to these follows by the rules of references."""
    if terms.erased is None or "users" not in filled:
        return
    ids = [id_ for (id_,) in con.execute("SELECT DISTINCT sourced_id FROM typed_users").fetchall() if id_]
    erased = terms.erased(ids)
    if not erased:
        return
    con.execute(
        "INSERT INTO check_failure SELECT 'users', row_number, $rule, 'error', 'sourced_id', false FROM typed_users"
        " WHERE list_contains($erased, sourced_id) AND row_number NOT IN (SELECT row_number FROM gone_users)",
        {"rule": PERSON_ERASED, "erased": sorted(erased)},
    )
    without_quarantined(con, "users")
