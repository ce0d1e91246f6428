"""Whom the envelopes go to by the record of today, and what they are sorted by."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, Reach, StudentIdentity
from termpost.tasks.channels.print.envelope_status import StoredEnvelope
from termpost.tasks.documents.postal_address import PostedFrom, country_code, posted_from
from termpost.tasks.documents.register_order import register_order
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.rights.answers import decide, may_have_own
from termpost.tasks.rights.newer_record import POST_ONLY, NewerRecord
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import RightsDecisions, is_handed_over, students_with_decisions
from termpost.tasks.rights.rights_today import newer_record
from termpost.tasks.secrets.identities import open_identities

PACKAGE = "termpost.tasks.channels.print"


class Destination(NamedTuple):
    """What mail is sorted by."""

    abroad: str  # empty: at home; `~`: not known
    country: str
    area: str  # what a sorting office is known by
    code: str


def area_of(country: str, code: str) -> str:
    """The first signs of a post code: the letters of BS1 6QH, two figures, three in the United States."""
    letters = re.match("[A-Z]+", code)
    return letters[0] if letters else code[: 3 if country == "US" else 2]


@dataclass(frozen=True)
class Addressees:
    """People of one extract on one day."""

    day: date
    recipients: dict[PersonRef, ContactIdentity]  # absent: nothing may be sent to them
    students: dict[PersonRef, StudentIdentity]
    classes: dict[PersonRef, tuple[str, str]] = field(default_factory=dict)  # student → class, its title
    places: dict[PersonRef, tuple[str, ...]] = field(default_factory=dict)  # of students, in a register
    titles: dict[str, str] = field(default_factory=dict)  # title of a class → what it is sorted by
    posted_from: PostedFrom = field(default_factory=lambda: PostedFrom("US", "en"))
    newer: NewerRecord = field(default_factory=NewerRecord)  # what was loaded since
    decisions: RightsDecisions = field(default_factory=dict)

    def is_by_hand(self, recipient: PersonRef) -> bool:
        """Whether the office hands the envelope over, which has no address then."""
        return is_handed_over(self.decisions, recipient, self.day)

    def address(self, recipient: PersonRef) -> tuple[str, ...]:
        """Lines under the name."""
        known = self.recipients[recipient]
        return known.reach[0].address if known.reach else ()

    def postcode(self, recipient: PersonRef) -> tuple[str, str]:
        """Country and post code; of a ZIP+4 the five figures that a sorting office goes by. Empty where unknown, and
        where it is kept confidential: it heads the list of the pack."""
        known = self.recipients[recipient]
        if known.is_confidential:
            return "", ""
        code = (known.reach[0].postal_code if known.reach else None) or ""
        code = re.sub(r"^(\d{5})-\d{4}$", r"\1", " ".join(code.upper().split()))
        return (known.reach[0].country if known.reach else None) or "", code

    def destination(self, recipient: PersonRef) -> Destination:
        """Where the envelope goes, as the post sorts it."""
        written, code = self.postcode(recipient)
        if not code and not written:
            return Destination("~", "", "", "")  # last
        home = self.posted_from
        country = (country_code(written, home.language) or written.upper()) if written else home.country
        return Destination("" if country == home.country else "abroad", country, area_of(country, code), code)

    def by_name(self, refs: Iterable[PersonRef]) -> list[PersonRef]:
        """Students in the order of a register."""
        return sorted((ref for ref in refs if ref in self.students), key=lambda ref: (self.places.get(ref, ()), ref))


def addressees_of(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, cycle: str,
    envelopes: Collection[StoredEnvelope], decisions: RightsDecisions,
) -> Addressees:  # fmt: skip
    """Everybody around these envelopes, read in a few queries."""
    day = home.today
    recipients = open_recipients(lake, home.people, extract_id, {one.recipient for one in envelopes}, day, decisions)
    refs = {ref for one in envelopes for ref in one.students}
    refs |= {PersonRef(reach.student) for known in recipients.values() for reach in known.reach}
    students = students_with_decisions(
        open_identities(lake, home.people, extract_id, StudentIdentity, refs), decisions, day
    )
    rows = lake.execute(
        sql(PACKAGE, "class_of_students"), {"extract_id": extract_id, "cycle_id": cycle, "day": day}
    ).fetchall()
    newer = newer_record(home, lake, extract_id, students, decisions)
    classes = {PersonRef(ref): (class_id, title) for ref, class_id, title in rows}
    order = register_order(home)
    titles = order.keys(title for _, title in classes.values())
    places = order.places(students)
    return Addressees(
        day, recipients, students, classes, places, titles, posted_from(home), newer=newer, decisions=decisions
    )


def may_have(home: Home, known: Addressees, envelope: StoredEnvelope) -> bool:
    """Whether the recipient has the right to every report in it today, and may be reached on paper (law 4)."""
    recipient = envelope.recipient
    if recipient not in known.recipients or not (known.address(recipient) or known.is_by_hand(recipient)):
        return False  # or the letter waits: somebody barred may live there
    return all(_may_have(home, known, envelope.recipient, ref) for ref in envelope.students)


def _may_have(home: Home, known: Addressees, recipient: PersonRef, ref: PersonRef) -> bool:
    student = known.students.get(ref)
    if student is None:
        return False
    if ref == recipient:
        by_hand = known.is_by_hand(ref) and not student.records_hold
        return by_hand or may_have_own(student, known.day, home.settings.rights)
    if known.newer.ended(ref, recipient) not in (None, POST_ONLY) or recipient in known.newer.changed:
        return False
    reach = next((r for r in known.recipients[recipient].reach if r.student == ref), None)
    return any(
        reach is not None and answer.allowed
        for contact in student.contacts if contact.ref == recipient
        for answer in [decide(contact, student, _usable(reach), known.day, home.settings.rights.age_of_majority)]
    )  # fmt: skip


def _usable(reach: Reach | None) -> Reach | None:
    return reach if reach is not None and reach.address else None
