"""Opening sealed identities, for the few tasks that must write to people."""

from collections.abc import Iterable
from typing import TypeVar

import duckdb

from schemas.identity import ContactIdentity, StudentIdentity, TeacherIdentity
from schemas.refs import ExtractId, PersonRef
from tasks.people import People

Identity = TypeVar("Identity", StudentIdentity, ContactIdentity, TeacherIdentity)
ROLES = {StudentIdentity: "student", ContactIdentity: "contact", TeacherIdentity: "teacher"}


def open_identities(
    lake: duckdb.DuckDBPyConnection,
    people: People,
    extract_id: ExtractId,
    kind: type[Identity],
    refs: Iterable[PersonRef] | None = None,
) -> dict[PersonRef, Identity]:
    """Who these people are by one extract (without `refs`: all of that kind); erased people are absent."""
    query = "SELECT person_ref, identity FROM lake.core_person WHERE extract_id = ? AND role_code = ?"
    values: list[object] = [extract_id, ROLES[kind]]
    if refs is not None:
        query += " AND person_ref IN (SELECT unnest(?::VARCHAR[]))"  # not a list, which is searched for each row
        values.append(list(refs))
    rows = lake.execute(query, values).fetchall()
    people.learn(PersonRef(ref) for ref, _ in rows)
    found = {}
    for ref, sealed in rows:
        try:
            plain = people.open(PersonRef(ref), sealed)
        except KeyError:
            continue
        found[PersonRef(ref)] = kind.model_validate_json(plain)
    return found
