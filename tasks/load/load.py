"""Accepted rows into the lake: people become a random reference and a sealed identity, marks stay readable."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import duckdb
import pandas as pd
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.findings import ColumnCount, Findings
from termpost.tasks.check.accept import accept
from termpost.tasks.lake.rows import make_table
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.load.deletions import DeletionGuard, refuse_many_deletions
from termpost.tasks.secrets.key_store import PersonKeyStore

CHUNK = 5_000  # people
IDENTITIES = ("student_identities", "contact_identities", "teacher_identities")


def loaded_at(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> datetime | None:
    """When the lake came to know an extract; None when it has not."""
    row = lake.execute("SELECT min(known_at) FROM lake.core_extract WHERE extract_id = ?", [extract_id]).fetchone()
    return row[0] if row else None


def make_newest(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, known_at: datetime) -> bool:
    """Says of an extract that it is what the source says now; False where it is the newest already."""
    newest = lake.execute("SELECT extract_id FROM lake.core_extract ORDER BY known_at DESC, rowid DESC").fetchone()
    if newest == (extract_id,):
        return False
    lake.execute(
        "INSERT INTO lake.core_extract SELECT DISTINCT extract_id, $known_at::TIMESTAMPTZ, format, format_version "
        "FROM lake.core_extract WHERE extract_id = $extract_id",
        {"known_at": known_at, "extract_id": extract_id},
    )
    return True


def load_extract(
    lake: duckdb.DuckDBPyConnection,
    people: PersonKeyStore,
    sources: Mapping[str, str],
    findings: Findings,
    known_at: datetime,
    rights_source: str,
    guard: DeletionGuard | None = None,
    *,
    is_read: bool = False,
) -> None:
    """One transaction: afterwards the lake has the whole extract, or nothing of it.

    Args:
        sources: name of a file of the extract → what DuckDB opens.
        findings: of the check; its rejected rows stay out, its holds go in.
        rights_source: `contacts` or `bundle` (termpost.toml [rights] source).
        guard: against an extract that would take many students away; None lets them go.
        is_read: the connection has the tables of the check.

    Raises:
        InputError: `many-deletions`; nothing was loaded.
    """
    accept_current(lake, sources, findings, is_read=is_read)
    tag = {"extract_id": findings.extract_id, "known_at": known_at}
    named = sql("termpost.tasks.load", f"contact_row_from_{'bundle' if rights_source == 'bundle' else 'supplement'}")
    with one_transaction(lake):
        if guard is not None:
            refuse_many_deletions(lake, people, findings.extract_format, guard)
        execute_each(lake, named, {})
        name_people(lake, people)
        execute_each(lake, sql("termpost.tasks.load", "insert_facts"), {**tag, "timezone": findings.timezone})
        for name in IDENTITIES:
            for chunk in sealed_identities(lake, people, name):
                insert_identities(lake, chunk, tag)
        _insert_columns(lake, findings.columns, tag)
        lake.execute(
            "INSERT INTO lake.core_extract VALUES ($extract_id, $known_at, $format, $version)",
            {**tag, "format": findings.extract_format, "version": findings.extract_version},
        )


def insert_identities(lake: duckdb.DuckDBPyConnection, chunk: pd.DataFrame, tag: Mapping[str, object]) -> None:
    """A chunk of `sealed_identities` into core_person; the tag says of which extract, and since when."""
    lake.register("chunk", chunk)
    lake.execute(
        "INSERT INTO lake.core_person "
        "SELECT $extract_id, $known_at, person_ref, role_code, school_id, identity FROM chunk",
        {"extract_id": tag["extract_id"], "known_at": tag["known_at"]},
    )


def _insert_columns(lake: duckdb.DuckDBPyConnection, columns: Sequence[ColumnCount], tag: Mapping[str, object]) -> None:
    lake.execute(
        "INSERT INTO lake.core_extract_column SELECT $extract_id, $known_at, unnest($files::VARCHAR[]),"
        " unnest($names::VARCHAR[]), unnest($counts::BIGINT[])",
        {
            **tag, "files": [one.file for one in columns], "names": [one.column for one in columns],
            "counts": [one.values for one in columns],
        },
    )  # fmt: skip


def accept_current(
    con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], findings: Findings, *, is_read: bool = False
) -> None:
    """Makes the views `current_<dataset>` of accepted rows that are not marked for deletion, and the table `held`."""
    accept(con, sources, findings.rejected, findings.form, findings.timezone, is_read=is_read)
    execute_each(con, sql("termpost.tasks.load", "current_rows"), {})
    held = dict.fromkeys(("student_id", "class_id", "reason"), "VARCHAR")
    make_table(con, "held", held, ((h.student, h.class_id, h.reason) for h in findings.holds))


def name_people(lake: duckdb.DuckDBPyConnection, people: PersonKeyStore) -> None:
    """Makes the table `person`: the reference of everyone the lake must know, a new one for whoever has none."""
    ids = [row[0] for row in lake.execute(sql("termpost.tasks.load", "list_people")).fetchall()]
    references = people.references(ids)
    people.preload(references.values())
    make_table(lake, "person", {"source_id": "VARCHAR", "person_ref": "VARCHAR"}, references.items())


def sealed_identities(lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, name: str) -> Iterator[pd.DataFrame]:
    """Identities in chunks, sealed.

    Args:
        name: of the SQL that lists reference, role, school and identity in clear.
    """
    everyone = lake.execute(sql("termpost.tasks.load", name)).fetchall()
    for start in range(0, len(everyone), CHUNK):
        yield pd.DataFrame(
            [
                (ref, role, school, people.seal(PersonRef(ref), identity.encode()))
                for ref, role, school, identity in everyone[start : start + CHUNK]
            ],
            columns=["person_ref", "role_code", "school_id", "identity"],
        )
