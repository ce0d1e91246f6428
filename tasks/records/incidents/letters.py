"""Letters to everybody who has the right to a report that an incident concerns. None names a child."""

from collections.abc import Sequence
from datetime import datetime

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.identity import StudentStanding
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.incidents import Incident
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.feedback.entitled import entitled
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.records.letter import RecordsLetter, WrittenTo, make_records_letters, written_to
from termpost.tasks.records.incidents.reach import ReachedReport, reached
from termpost.tasks.records.requests.facts import newest_identity

TOLD = "told"


def tell_families(home: Home, run: str, by: StaffId, incident: Incident) -> tuple[bytes, int, int]:
    """One letter a person, in their language; whoever was told gets no second one. The log says first who is told.

    Returns:
        The PDF, how many letters it has, and how many people have the right and cannot be written to.

    Raises:
        InputError: `nobody-to-write-to`.
    """
    with open_lake(home.lake) as lake:
        people = _with_right(home, lake, {one.student for one in incident.concerns})
        asked = {ref: student for ref, student in people.items() if ref not in incident.told}
        addressees = written_to(home, lake, asked)
    if not addressees:
        raise InputError("nobody-to-write-to", "nobody has the right to a report of this, or all were told", "CASE",
                         "see `termpost incident show`")  # fmt: skip
    there = reached(home.log.entries(), incident)
    order = sorted(addressees, key=lambda ref: (addressees[ref].language, addressees[ref].name, ref))
    letters = [_letter(home, incident, addressees[ref], asked[ref], there, is_own=ref == asked[ref]) for ref in order]
    words = words_of_home(home.path, home.settings.institution.languages)
    pdf = make_records_letters(home.settings, home.calendar.country, letters, home.today, words)
    home.log.append(run, [
        Entry(kind="incident", actor=by, case=incident.case, reason=TOLD, recipient=ref) for ref in order
    ])  # fmt: skip
    return pdf, len(letters), len(asked.keys() - addressees.keys())


def _with_right(home: Home, lake: duckdb.DuckDBPyConnection, students: set[str]) -> dict[PersonRef, str]:
    """Person → one of the students that they have the right to."""
    pairs = {(student, student) for student in students}
    for student in students:
        standing = newest_identity(home, lake, StudentStanding, PersonRef(student))
        pairs |= {(student, contact.ref) for contact in standing.contacts} if standing else set()
    return {PersonRef(who): student for student, who in sorted(entitled(home, lake, pairs), reverse=True)}


def _letter(
    home: Home, incident: Incident, who: WrittenTo, student: str, there: Sequence[ReachedReport], *, is_own: bool
) -> RecordsLetter:
    t, zone = who.translator, home.calendar.zone
    mine = [one for one in there if one.concerned.student == student]
    back: list[datetime] = [one.taken_back for one in mine if one.taken_back is not None]
    said = [
        t.text("records", "incident_lead_own" if is_own else "incident_lead",
               day=t.day(incident.opened.astimezone(zone).date())),
        t.text("records", f"cause_{incident.cause.replace('-', '_')}"),
    ]  # fmt: skip
    if mine and len(back) == len(mine):
        said.append(t.text("records", "incident_back", day=t.day(max(back).astimezone(zone).date())))
    said.append(t.text("records", "incident_next"))
    return RecordsLetter(who.language, who.name, who.address, t.text("records", "incident_subject"), tuple(said))
