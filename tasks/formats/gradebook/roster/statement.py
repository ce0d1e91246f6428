"""What of a gradebook the roster beside it does not know, and the reverse: named, and nobody passed over."""

import re
from collections.abc import Iterator

import duckdb
from termpost.schemas.documents.findings import CheckHold, Problem
from termpost.tasks.formats.format import HoldingRow, RowFinding
from termpost.tasks.formats.header import file_problem

SHOWN = 5  # classes that one message names
CLASS_ID = re.compile(r"[A-Za-z0-9._/@-]{1,60}")  # anything else in an id's place may be somebody's data


def row_findings(con: duckdb.DuckDBPyConnection, dataset: str) -> tuple[RowFinding, ...]:
    """Rows that are nobody's, of several people at once, or of a class that nothing tells."""
    rows = con.execute(
        "SELECT row_number, CASE WHEN len(people) = 0 THEN 'not-on-roster' WHEN len(people) > 1 THEN 'several-people'"
        " ELSE 'class-unclear' END AS rule FROM gradebook_class"
        " WHERE person IS NULL OR (class_id IS NULL AND len(classes) > 0) ORDER BY row_number"
    ).fetchall()
    return tuple(RowFinding(dataset, row, rule, None, "error") for row, rule in rows)


def holding_rows(con: duckdb.DuckDBPyConnection, dataset: str) -> Iterator[HoldingRow]:
    """Whom a row with marks may be about.

    Where it is nobody's, who is in its class and has no row there; of several people, those of them in its class.
    """
    rows = con.execute(
        "WITH stray AS (FROM gradebook_class SEMI JOIN wide_cell USING (row_number) WHERE person IS NULL)"
        f" SELECT e.user_sourced_id, e.class_id, 'not-on-roster', r.row_number FROM stray AS r JOIN ({_SEATS}) AS e"
        "  ON list_contains(r.classes, e.class_id)"
        " ANTI JOIN gradebook_class AS g ON g.person = e.user_sourced_id AND g.class_id = e.class_id"
        " WHERE len(r.people) = 0"
        f" UNION SELECT e.user_sourced_id, e.class_id, 'several-people', r.row_number FROM stray AS r"
        f" JOIN ({_SEATS}) AS e ON list_contains(r.classes, e.class_id)"
        "  AND list_contains(r.people, e.user_sourced_id) ORDER BY ALL"
    ).fetchall()
    return (
        HoldingRow(CheckHold(student=student, class_id=class_id, reason=rule), dataset, row)
        for student, class_id, rule, row in rows
    )


def file_problems(con: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """Gradebooks of no class, students whom none has, and classes without one."""
    for (file,) in con.execute(
        "SELECT file FROM wide_file WHERE file NOT IN (SELECT file FROM sheet_class WHERE class_id IS NOT NULL)"
        " ORDER BY file"
    ).fetchall():
        yield file_problem(file, "class-not-on-roster", "fatal")
    absent = con.execute(
        "SELECT s.file, count(DISTINCT e.user_sourced_id) FROM (SELECT DISTINCT file, class_id FROM sheet_class) AS s"
        f" JOIN ({_SEATS}) AS e USING (class_id)"
        " ANTI JOIN gradebook_class AS g ON g.person = e.user_sourced_id AND g.class_id = e.class_id"
        " GROUP BY s.file ORDER BY s.file"
    ).fetchall()
    for file, count in absent:
        yield file_problem(file, "not-in-gradebook", "warning", hint=f"{count:,} of them")
    without = [
        class_id
        for (class_id,) in con.execute(
            f"SELECT DISTINCT class_id FROM ({_SEATS}) ANTI JOIN sheet_class USING (class_id) ORDER BY class_id"
        ).fetchall()
    ]
    if without:
        named = [class_id for class_id in without[:SHOWN] if CLASS_ID.fullmatch(class_id)]
        more = ", …" if len(without) > len(named) else ""
        yield file_problem("classes.csv", "no-gradebook", "warning", hint=f"{len(without):,}: {', '.join(named)}{more}")


# students in the classes of the roster that have marks at all
_SEATS = """
SELECT DISTINCT e.class_sourced_id AS class_id, e.user_sourced_id FROM raw_enrollments AS e
JOIN raw_classes AS c ON c.sourced_id = e.class_sourced_id
WHERE lower(e.role) = 'student' AND lower(e.status) IS DISTINCT FROM 'tobedeleted'
  AND lower(c.status) IS DISTINCT FROM 'tobedeleted' AND lower(c.class_type) IS DISTINCT FROM 'homeroom'
  AND e.user_sourced_id IN (SELECT sourced_id FROM roster_key)
"""
