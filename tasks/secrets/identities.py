"""Opening sealed identities, for the few tasks that must write to people."""

from collections.abc import Iterable
from typing import Any, Final, TypeVar

import duckdb
from pydantic import TypeAdapter
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import (
    ContactIdentity,
    ContactReach,
    StudentIdentity,
    StudentStanding,
    TeacherIdentity,
)
from termpost.tasks.secrets.key_store import PersonKeyStore

Identity = TypeVar("Identity", StudentIdentity, StudentStanding, ContactIdentity, ContactReach, TeacherIdentity)
ROLES = {
    StudentIdentity: "student", StudentStanding: "student",
    ContactIdentity: "contact", ContactReach: "contact",
    TeacherIdentity: "teacher",
}  # fmt: skip
READERS: Final[dict[type, TypeAdapter[Any]]] = {kind: TypeAdapter(kind) for kind in ROLES}
AT_ONCE: Final = 20_000  # sealed values in memory


def read_identity(kind: type[Identity], plain: bytes) -> Identity:
    """One value, opened. Raises pydantic's ValidationError where it is of another kind or format."""
    found: Identity = READERS[kind].validate_json(plain)
    return found


def open_identities(
    lake: duckdb.DuckDBPyConnection,
    people: PersonKeyStore,
    extract_id: ExtractId,
    kind: type[Identity],
    refs: Iterable[PersonRef] | None = None,
) -> dict[PersonRef, Identity]:
    """Who these people are by one extract (without `refs`: all of that kind); erased people are absent."""
    asked = None if refs is None else list(refs)
    if asked == []:
        return {}
    query = "SELECT person_ref, identity FROM lake.core_person WHERE extract_id = ? AND role_code = ?"
    values: list[object] = [extract_id, ROLES[kind]]
    if asked is not None:
        query += " AND person_ref IN (SELECT unnest(?::VARCHAR[]))"  # not a list, which is searched for each row
        values.append(asked)
    cursor = lake.execute(query, values)
    found: dict[PersonRef, Identity] = {}
    rows: list[tuple[PersonRef, bytes]]
    while rows := cursor.fetchmany(AT_ONCE):
        people.preload(ref for ref, _ in rows)
        for ref, sealed in rows:
            try:
                plain = people.open(ref, sealed)
            except KeyError:
                continue
            found[ref] = read_identity(kind, plain)
    return found
