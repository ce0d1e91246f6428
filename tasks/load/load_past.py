"""An extract of a past term into the lake, beside the records that count: its marks, and of those who had them only who
they are. It is no row of core_extract, so whoever looks for the newest record never finds it."""

from dataclasses import replace
from datetime import datetime

import duckdb
from termpost.schemas.base.refs import PAST_EXTRACT, Extract, ExtractId
from termpost.schemas.documents.findings import Findings
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.load.load import insert_identities, name_people, sealed_identities
from termpost.tasks.secrets.key_store import PersonKeyStore

PACKAGE = "termpost.tasks.load"


def as_past(extract: Extract) -> Extract:
    """The same copy under the id by which a past term is known: the extract may be prepared by its own id as well."""
    return replace(extract, id=ExtractId(f"{PAST_EXTRACT}{extract.id}"))


def past_loaded_at(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> datetime | None:
    """When the lake came to know the extract of a past term; None when it has not."""
    row = lake.execute("SELECT min(known_at) FROM lake.core_backfill WHERE extract_id = ?", [extract_id]).fetchone()
    return row[0] if row else None


def load_past(lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, findings: Findings, known_at: datetime) -> None:
    """One transaction: afterwards the lake has the whole extract, or nothing of it.

    Its rows are accepted already (`accept_current` on the same connection). No contact is read, so none gets a
    reference; students whose rows are in doubt are in core_hold, and wait for nobody.
    """
    execute_each(lake, sql(PACKAGE, "no_contacts"), {})
    name_people(lake, people)
    tag = {"extract_id": findings.extract_id, "known_at": known_at}
    with one_transaction(lake):
        execute_each(lake, sql(PACKAGE, "insert_facts"), {**tag, "timezone": findings.timezone})
        for chunk in sealed_identities(lake, people, "past_student_identities"):
            insert_identities(lake, chunk, tag)
        lake.execute(
            "INSERT INTO lake.core_backfill VALUES ($extract_id, $known_at, $format, $version)",
            {**tag, "format": findings.extract_format, "version": findings.extract_version},
        )
