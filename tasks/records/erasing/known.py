"""Everything that is known about a person, gathered before their key goes: what the search afterwards looks for.

A value that somebody else on record has as well (a home, a family name, a birthday) is theirs too, and stays: it is
looked for and counted apart.
"""

from collections.abc import Iterator
from typing import Literal

import duckdb
from pydantic import BaseModel, ConfigDict
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity, TeacherIdentity
from termpost.tasks.home.home import Home
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.runtime.private_files import private_folder, write_private
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.keys import open_bytes, seal_bytes

SHORTEST = 4  # characters: anything shorter stands in any text
AMBIGUOUS = frozenset({"birth date"})  # a day that many rows have, of whomever
ERASING = "erasing"  # folder of the home, while it goes on
ErasedRole = Literal["student", "contact"]


class KnownValues(BaseModel):
    """What is looked for. Personal: in memory, and in one sealed file of the home until the record is written."""

    model_config = ConfigDict(frozen=True)
    role: ErasedRole
    source_ids: tuple[str, ...]
    own: tuple[str, ...]
    shared: tuple[str, ...]
    hidden: tuple[str, ...]  # hex: key, and what it was wrapped in
    names: tuple[str, ...]  # derived from the key: as analysts knew them


def gather(home: Home, lake: duckdb.DuckDBPyConnection, ref: PersonRef) -> KnownValues | None:
    """Of every extract that has them; None where nobody does."""
    mine, others, ids, roles = dict[str, str](), set[str](), list[str](), list[ErasedRole]()
    for extract in extracts_newest_first(lake):
        for who, identity, role in _everybody(home, lake, extract):
            said = dict(_said(identity))
            if who == ref and role is not None:
                roles.append(role)
                ids += [identity.id] if identity.id not in ids else []
                mine |= said
            else:
                others |= said.keys()
    if not roles:
        return None
    own = [value for value, kind in mine.items() if value not in others and kind not in AMBIGUOUS]
    key = home.people.key(ref)
    return KnownValues(
        role=roles[0], source_ids=tuple(ids), own=tuple(own), shared=tuple(value for value in mine if value not in own),
        hidden=(key.hex(),), names=(home.people.name(ref, "analyst"),),
    )  # fmt: skip


def _everybody(
    home: Home, lake: duckdb.DuckDBPyConnection, extract: ExtractId
) -> Iterator[tuple[PersonRef, StudentIdentity | ContactIdentity | TeacherIdentity, ErasedRole | None]]:
    """Of one extract; a teacher has no role in which they could be erased."""
    for who, student in open_identities(lake, home.people, extract, StudentIdentity).items():
        yield who, student, "student"
    for who, contact in open_identities(lake, home.people, extract, ContactIdentity).items():
        yield who, contact, "contact"
    for who, teacher in open_identities(lake, home.people, extract, TeacherIdentity).items():
        yield who, teacher, None


def _said(one: StudentIdentity | ContactIdentity | TeacherIdentity) -> Iterator[tuple[str, str]]:
    """Value → what it is."""
    said: list[tuple[str, object]] = [
        ("id", one.id), ("name", one.name), ("given name", one.given), ("middle name", one.middle),
        ("family name", one.family),
    ]  # fmt: skip
    if isinstance(one, StudentIdentity):
        said += [("number", one.number), ("preferred name", one.preferred), ("e-mail", one.email),
                 ("birth date", one.birth_date)]  # fmt: skip
        said += [("comment", comment.text) for comment in one.comments]
    elif isinstance(one, ContactIdentity):
        said.append(("birth date", one.birth_date))
        for reach in one.reach:
            said += [("street", reach.street), ("e-mail", reach.email), ("phone", reach.phone)]
    else:
        said.append(("e-mail", one.email))
    for kind, value in said:
        if value is not None and len(str(value).strip()) >= SHORTEST:
            yield str(value).strip(), kind


def set_aside(home: Home, case: str, known: KnownValues) -> None:
    """So that a run that is killed can still be finished, and proven. Sealed, for the owner alone, gone afterwards."""
    folder = home.path / ERASING
    if not folder.exists():
        private_folder(folder)
    key = home.keys.derive_from_master("records/erasing")
    write_private(folder / f"{case}.sealed", seal_bytes(key, known.model_dump_json().encode(), case))


def put_by(home: Home, case: str) -> KnownValues | None:
    """What was set aside for a case; None where nothing was."""
    path = home.path / ERASING / f"{case}.sealed"
    if not path.is_file():
        return None
    key = home.keys.derive_from_master("records/erasing")
    return KnownValues.model_validate_json(open_bytes(key, path.read_bytes(), case))


def forget(home: Home, case: str) -> None:
    """Once the record is written."""
    path = home.path / ERASING / f"{case}.sealed"
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
