"""Where the rows lie that hold a student: file and row of the extract, for whoever must look them up there.

Filled while rows are judged, since a row that a format made of others knows where it came from until then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import duckdb
from termpost.schemas.contracts.print_rules import UNPRINTABLE_NAME
from termpost.schemas.documents.findings import CheckHold, HoldSource
from termpost.schemas.documents.prepared import RECORDS_HOLD
from termpost.tasks.check.tables import text
from termpost.tasks.formats.format import HoldingRow

TABLE = (
    "CREATE OR REPLACE TEMP TABLE hold_place"
    " (student VARCHAR, class_id VARCHAR, reason VARCHAR, file VARCHAR, row BIGINT)"
)


def begin_places(con: duckdb.DuckDBPyConnection) -> None:
    """Makes `hold_place`, empty."""
    con.execute(TABLE)


def note_touching_rows(con: duckdb.DuckDBPyConnection, datasets: Iterable[str], meant: Mapping[str, str]) -> None:
    """The rows with errors that touch somebody, by `hold_touched`.

    Args:
        meant: ids that are written otherwise than the user's → the user's.
    """
    for dataset in datasets:
        con.execute(
            "INSERT INTO hold_place SELECT t.student, t.class_id, f.rule, w.file, w.row FROM hold_touched AS t"
            " JOIN check_failure AS f ON f.dataset = t.dataset AND f.row_number = t.row_number"
            f" AND f.severity = 'error' JOIN where_{dataset} AS w ON w.row_number = t.row_number"
            f" WHERE t.dataset = {text(dataset)}"
        )
    for written, known in meant.items():
        con.execute("UPDATE hold_place SET student = ? WHERE student = ?", [known, written])


def note_holding_rows(con: duckdb.DuckDBPyConnection, rows: Iterable[HoldingRow]) -> None:
    """Rows that a format says hold somebody."""
    by_dataset = defaultdict(list)
    for one in rows:
        by_dataset[one.dataset].append(one)
    for dataset, found in by_dataset.items():
        con.execute(
            "INSERT INTO hold_place SELECT h.student, h.class_id, h.reason, w.file, w.row FROM ("
            " SELECT unnest($students::VARCHAR[]) AS student, unnest($classes::VARCHAR[]) AS class_id,"
            " unnest($reasons::VARCHAR[]) AS reason, unnest($rows::BIGINT[]) AS row_number) AS h"
            f" JOIN where_{dataset} AS w USING (row_number)",
            {
                "students": [one.hold.student for one in found], "classes": [one.hold.class_id for one in found],
                "reasons": [one.hold.reason for one in found], "rows": [one.row for one in found],
            },
        )  # fmt: skip


def note_unprintable_names(con: duckdb.DuckDBPyConnection, held_at: Sequence[tuple[str, str, int]]) -> None:
    """Rows with a name that no font can set: student, file and row."""
    con.execute(
        f"INSERT INTO hold_place SELECT unnest($students::VARCHAR[]), NULL, {text(UNPRINTABLE_NAME)},"
        " unnest($files::VARCHAR[]), unnest($rows::BIGINT[])",
        {
            "students": [one for one, _, _ in held_at], "files": [file for _, file, _ in held_at],
            "rows": [row for _, _, row in held_at],
        },
    )  # fmt: skip


def note_records_holds(con: duckdb.DuckDBPyConnection, filled: frozenset[str]) -> None:
    """Rows that say of a student that nothing leaves: no fault, and what holds them at the stage."""
    if "supplement_students" in filled:
        con.execute(
            f"INSERT INTO hold_place SELECT s.student_sourced_id, NULL, {text(RECORDS_HOLD)}, w.file, w.row"
            " FROM live_supplement_students AS s JOIN where_supplement_students AS w USING (row_number)"
            " WHERE s.records_hold"
        )


def places_of(con: duckdb.DuckDBPyConnection, holds: Iterable[CheckHold]) -> tuple[HoldSource, ...]:
    """The first row of each of these holds, by file and row, and how many there are; none for what no row says."""
    meant = {(hold.student, hold.class_id, hold.reason) for hold in holds}
    rows = con.execute(
        "SELECT student, class_id, reason, min(file), arg_min(row, (file, row)), count(*)"
        " FROM (SELECT DISTINCT * FROM hold_place WHERE row > 0 AND student IS NOT NULL)"
        " GROUP BY ALL ORDER BY ALL NULLS FIRST"
    ).fetchall()
    return tuple(HoldSource(*row) for row in rows if row[:3] in meant or row[2] == RECORDS_HOLD)
