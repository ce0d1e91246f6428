"""The right text of a name or title that came damaged: a registered person states it, and the log has it first."""

from dataclasses import dataclass
from typing import Final

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef, StaffId
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.check.cleaning.clean_text import clean_text
from termpost.tasks.check.cleaning.garbled import is_garbled, is_garbled_name
from termpost.tasks.home.home import Home
from termpost.tasks.home.text_decisions import TextDecision, TextParts, TextPlace, keep_decision
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.staff import RELEASE_ROLES
from termpost.tasks.stage.mark_authority import SigningPerson
from termpost.tasks.stage.stated_name import NameParts, split_name

WHERE: Final = "holds resolve"
LONGEST: Final = 200  # characters
NEWEST_WITH: Final = {
    "student": "SELECT p.extract_id, NULL FROM lake.core_person AS p JOIN lake.core_extract AS e USING (extract_id)"
    " WHERE p.person_ref = ? AND p.role_code = 'student' ORDER BY e.known_at DESC, e.rowid DESC LIMIT 1",
    "class": "SELECT c.extract_id, c.title FROM lake.core_class AS c JOIN lake.core_extract AS e USING (extract_id)"
    " WHERE c.class_id = ? ORDER BY e.known_at DESC, e.rowid DESC LIMIT 1",
    "piece": "SELECT i.extract_id, i.title FROM lake.core_line_item AS i JOIN lake.core_extract AS e USING (extract_id)"
    " WHERE i.line_item_id = ? ORDER BY e.known_at DESC, e.rowid DESC LIMIT 1",
}


@dataclass(frozen=True)
class SeenText:
    """A value as the newest extract that has it says it."""

    extract_id: ExtractId
    value: TextParts


def name_parts(student: StudentIdentity) -> NameParts:
    return NameParts(student.given, student.middle, student.family, student.preferred)


def seen_text(lake: duckdb.DuckDBPyConnection, home: Home, place: TextPlace) -> SeenText:
    """Raises InputError, `no-such-text`, where no extract has it."""
    row = lake.execute(NEWEST_WITH[place.kind], [place.id]).fetchone()
    if row is None:
        raise _nowhere()
    extract_id, title = ExtractId(row[0]), row[1]
    if place.kind != "student":
        return SeenText(extract_id, (title,))
    people = open_identities(lake, home.people, extract_id, StudentIdentity, [PersonRef(place.id)])
    if PersonRef(place.id) not in people:
        raise _nowhere()
    return SeenText(extract_id, name_parts(people[PersonRef(place.id)]))


def _nowhere() -> InputError:
    return InputError("no-such-text", "no extract that was loaded has this", WHERE, "prepare the cycle first")


def state_text(home: Home, place: TextPlace, text: str, person: SigningPerson) -> None:
    """Keeps what is right for a student's name, a class's or a piece's title; the next prepare prints it everywhere.

    Args:
        person: a registrar or head.

    Raises:
        InputError: `bad-text`, `no-such-text`.
        Refused: the person is not who they say, or may not.
    """
    is_name = place.kind == "student"
    right = clean_text(text, "name" if is_name else "title")
    if not right or len(right) > LONGEST or (is_garbled_name(right) if is_name else is_garbled(right)):
        raise InputError("bad-text", "this is no text that can be printed, or is damaged itself", "--text",
                         f"give the right text, of at most {LONGEST} characters (- is standard input)")  # fmt: skip
    with open_lake(home.lake) as lake:
        seen = seen_text(lake, home, place)
    new: TextParts = split_name(right, NameParts(*seen.value)) if is_name else (right,)
    staff = home.staff.prove(person.staff, person.otp, person.at, RELEASE_ROLES)
    decision = TextDecision(place, tuple(seen.value), tuple(new))
    home.log.append("holds-resolve", [keep_decision(home, decision, staff, seen.extract_id)])


def accept_name(home: Home, student: PersonRef, staff: StaffId) -> None:
    """Keeps that a student's name is right as it is; asked again only once it is another."""
    place = TextPlace("student", student)
    with open_lake(home.lake) as lake:
        seen = seen_text(lake, home, place)
    home.log.append(
        "holds-resolve", [keep_decision(home, TextDecision(place, seen.value, None), staff, seen.extract_id)]
    )
