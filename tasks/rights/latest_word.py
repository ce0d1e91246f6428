"""What the record says last of one contact of one student, whichever extract said it.

A right that somebody used is ended by a fact alone, so what a newer extract leaves out is looked for in the one before
it: a row, a relation, a consent that is gone from the file is no word that it ended.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactRights, StudentStanding
from termpost.tasks.home.home import Home
from termpost.tasks.rights.rules import of_full_age
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.key_store import PersonKeyStore

StudentContact = tuple[str, str]  # references
MissingPart = Literal["row-missing", "value-missing"]
NEWEST_FIRST = "SELECT extract_id FROM lake.core_extract ORDER BY known_at DESC, rowid DESC"


@dataclass(frozen=True)
class LatestWord:
    """Of one student and contact."""

    student: StudentStanding  # with the rows about this contact and no others, as an extract has them
    missing: MissingPart | None = None  # from the newest extract, which has the student
    is_enrolled: bool = True  # whether the newest extract has the student


def extracts_newest_first(lake: duckdb.DuckDBPyConnection) -> list[ExtractId]:
    """Each once, in the order in which it was the record last."""
    return list(dict.fromkeys(ExtractId(extract_id) for (extract_id,) in lake.execute(NEWEST_FIRST).fetchall()))


def latest_words(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, extracts: Sequence[ExtractId],
    asked: Mapping[StudentContact, str | None], day: date, age_of_majority: int,
) -> dict[StudentContact, LatestWord]:  # fmt: skip
    """Absent is whom none of the extracts knows.

    Args:
        extracts: newest first.
        asked: how far back to look: up to this extract, in which the right was asked before; None: to the first.
    """
    found: dict[StudentContact, LatestWord] = {}
    left: dict[str, set[str]] = _by_student(asked)
    for number, extract_id in enumerate(extracts):
        if not left:
            break
        known = open_identities(lake, people, extract_id, StudentStanding, map(PersonRef, left))
        for student, contacts in list(left.items()):
            for contact in list(contacts):
                pair = (student, contact)
                if standing := known.get(PersonRef(student)):
                    found[pair] = _together(found.get(pair), _about(standing, contact), is_newest=number == 0)
                is_whole = pair in found and _is_whole(found[pair].student, day, age_of_majority)
                if is_whole or asked[pair] == extract_id:
                    contacts.discard(contact)
            if not contacts:
                del left[student]
    return found


def _by_student(asked: Iterable[StudentContact]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for student, contact in asked:
        found[student].add(contact)
    return dict(found)


def _about(standing: StudentStanding, contact: str) -> StudentStanding:
    return replace(standing, contacts=tuple(row for row in standing.contacts if row.ref == contact))


def _together(newer: LatestWord | None, older: StudentStanding, *, is_newest: bool) -> LatestWord:
    """What is said already, and of the rest what the older extract said."""
    if newer is None:
        return LatestWord(older, is_enrolled=is_newest)
    said = newer.student
    whole = replace(
        said,
        dependent=older.dependent if said.dependent is None else said.dependent,
        consent_to_parents=older.consent_to_parents if said.consent_to_parents is None else said.consent_to_parents,
        contacts=_with_relation(said.contacts, older.contacts) if said.contacts else older.contacts,
    )
    if whole == said:
        return newer
    missing: MissingPart = "value-missing" if said.contacts else "row-missing"
    return replace(newer, student=whole, missing=newer.missing or missing)


def _with_relation(rows: tuple[ContactRights, ...], older: tuple[ContactRights, ...]) -> tuple[ContactRights, ...]:
    before = next((row.relation for row in older if _says_relation(row)), None)
    if before is None or any(map(_says_relation, rows)):
        return rows
    return tuple(replace(row, relation=before) for row in rows)


def _is_whole(said: StudentStanding, day: date, age_of_majority: int) -> bool:
    """Whether nothing that an older extract says could keep a right that this one seems to end."""
    if not any(map(_says_relation, said.contacts)):
        return False
    kept = said.consent_to_parents is True or said.dependent is True
    told = said.consent_to_parents is not None and said.dependent is not None
    return kept or told or said.birth_date is None or not of_full_age(said.birth_date, day, age_of_majority)


def _says_relation(row: ContactRights) -> bool:
    return bool(row.relation and row.relation.strip())


def newest_standing(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef) -> StudentStanding:
    """As the newest extract that has the student says.

    Raises:
        InputError: `unknown-student`.
    """
    for extract in extracts_newest_first(lake):
        found = open_identities(lake, home.people, extract, StudentStanding, [student])
        if student in found:
            return found[student]
    raise InputError("unknown-student", "no extract has a student of this id", "STUDENT", "use an id of users.csv")
