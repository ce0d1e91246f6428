"""The people around a report as the record has them on one day: whom a letter names, and where it goes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import (
    ContactIdentity,
    ContactReach,
    Reach,
    StudentIdentity,
    StudentStanding,
)
from termpost.schemas.log.rights_decision import RightsFinding
from termpost.tasks.rights import rules as rights
from termpost.tasks.rights.contact_methods import (
    ADDRESS_CONFIDENTIAL,
    BY_HAND,
    ContactMethods,
    ContactRow,
    contact_methods,
)
from termpost.tasks.rights.newer_record import NewerRecord
from termpost.tasks.rights.rights_decisions import (
    NONE,
    RightsDecisions,
    in_force,
    is_handed_over,
    students_with_decisions,
)
from termpost.tasks.rights.same_person import KnownContact, compared, shared_values
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.key_store import PersonKeyStore


class Record:
    """Students and contacts of one extract; each recipient is looked at once."""

    def __init__(
        self, students: Mapping[PersonRef, StudentStanding], contacts: Mapping[PersonRef, ContactReach], day: date,
        decisions: RightsDecisions = NONE,
    ) -> None:  # fmt: skip
        self.students, self.contacts, self.day, self.decisions = students, dict(contacts), day, decisions
        self.barred: dict[str, list[PersonRef]] = {}  # student → contacts; of the few students who have one
        for ref, student in students.items():
            for contact in student.contacts:
                if rights.is_barred(contact, day):
                    self.barred.setdefault(ref, []).append(PersonRef(contact.ref))
        self.newer = NewerRecord()  # what a newer extract than this one says
        self._rows: dict[str, list[ContactRow]] = {}
        self._methods: dict[str, ContactMethods] = {}

    def rows(self, recipient: str) -> list[ContactRow]:
        """Of a contact: one for each child. Of a student: the addresses of those they live with."""
        if recipient not in self._rows:
            contact, student = self.contacts.get(PersonRef(recipient)), self.students.get(PersonRef(recipient))
            reach = contact.reach if contact else ()
            several = len(reach) > 1  # where there is one row, nothing depends on who lives with whom
            rows = [
                ContactRow(recipient, r, self._lives_with(recipient, r.student) if several else None) for r in reach
            ]
            self._rows[recipient] = rows + (self._own_rows(recipient, student) if student else [])
        return self._rows[recipient]

    def methods(self, recipient: str) -> ContactMethods:
        """One address for all their children, and none that a contact barred from any of them has; a student's own is
        never that of a contact whose address is kept confidential."""
        found = self._methods.get(recipient)
        if found is None:
            rows = self.rows(recipient)
            children = {row.reach.student for row in rows} & self.barred.keys()  # of whom somebody is barred: few
            around, cleared = list[ContactRow](), list[ContactRow]()
            for child in children:
                barred = self.barred_around(child)
                around += barred
                cleared += barred if self.is_answered(child, recipient, "address-alone") else []
            found = contact_methods(recipient, rows, around, cleared)
            if self.is_handed_over(recipient):
                found = found._replace(home=None, address_rule=BY_HAND)
            elif found.home is None and found.address_rule == "no-channel" and self._lives_confidentially(recipient):
                found = found._replace(address_rule=ADDRESS_CONFIDENTIAL)
            self._methods[recipient] = found
        return found

    def is_handed_over(self, student: str) -> bool:
        """Whether the office hands over what is addressed to the student, and their report where nobody gets it."""
        return is_handed_over(self.decisions, student, self.day)

    def barred_around(self, student: str) -> list[ContactRow]:
        """Every way to reach a contact whom a restriction in force bars from this student, about any child."""
        return [ContactRow(ref, reach) for ref in self.barred.get(student, ()) for reach in self._reach(ref)]

    def may_be_barred(self, student: str, contact: str) -> bool:
        """Whether this contact may be one of those barred from the student, and nobody answered that they are not.

        The student is not, whose mailbox and home may be those of somebody barred.
        """
        barred = self.barred.get(student, ())
        if not barred or contact == student or contact in barred:
            return False
        one = self._known(contact)
        return any(shared_values(one, self._known(other)) for other in barred) and not self.is_answered(
            student, contact, "another-person"
        )

    def compared(self, student: str, contact: str, finding: RightsFinding) -> str:
        """What an answer about this contact's likeness to the barred rests on, as a digest."""
        return compared(self._known(contact), map(self._known, self.barred.get(student, ())), finding)

    def is_answered(self, student: str, contact: str, finding: RightsFinding) -> bool:
        """Whether the office answered so, of exactly the values that are on record today."""
        said = [one for one in in_force(self.decisions, student, contact, self.day) if one.finding == finding]
        return any(one.compared == self.compared(student, contact, finding) for one in said)

    def recipient_identity(self, recipient: str) -> ContactIdentity | None:
        """Whoever a parcel goes to, a student too, with the address to use about every child they are asked nothing of.

        Without an address where the letter waits for an answer. None where nothing may be sent: nobody is known by
        name under this reference, or no address is left.
        """
        person = self.contacts.get(PersonRef(recipient)) or self.students.get(PersonRef(recipient))
        methods = self.methods(recipient)
        home = methods.home
        if not isinstance(person, StudentIdentity | ContactIdentity):
            return None
        if not (home or methods.in_person or methods.by_hand):
            return None
        where = ("street", "city", "state", "postal_code", "country")
        there: dict[str, Any] = {name: getattr(home, name, None) for name in where}
        there["is_confidential"] = any(row.reach.is_confidential for row in self.rows(recipient))
        by_child = {row.reach.student: row.reach for row in reversed(self.rows(recipient))}
        return ContactIdentity(
            id=person.id, given=person.given, middle=person.middle, family=person.family,
            reach=tuple(
                replace(reach, **there) for child, reach in reversed(by_child.items())
                if not self.may_be_barred(child, recipient)
            ),
        )  # fmt: skip

    def keeps_confidential(self, contact: str) -> bool:
        """Whether the address of a contact stands on nobody's envelope but theirs."""
        known = self.contacts.get(PersonRef(contact))
        return known is not None and known.is_confidential

    def _known(self, contact: str) -> KnownContact:
        """With the reach of a student where the student is asked about, as of anybody."""
        person = self.contacts.get(PersonRef(contact))
        rows = tuple(row.reach for row in self.rows(contact))
        if not isinstance(person, ContactIdentity):
            return KnownContact(contact, (None, None, None), None, rows)
        return KnownContact(contact, (person.given, person.middle, person.family), person.birth_date, rows)

    def _reach(self, contact: str) -> tuple[Reach, ...]:
        known = self.contacts.get(PersonRef(contact))
        return known.reach if known else ()

    def _lives_with(self, contact: str, student: str) -> bool | None:
        known = self.students.get(PersonRef(student))
        return next((c.lives_with for c in known.contacts if c.ref == contact), None) if known else None

    def _own_rows(self, ref: str, student: StudentStanding) -> list[ContactRow]:
        """No file gives a student's address, so it is that of the contacts they live with, where these agree."""
        own = Reach(student=ref, email=student.email, language=student.language)
        homes = [
            replace(reach, student=ref, email=own.email, phone=None, language=own.language, channel=None)
            for contact in self._housemates(student)
            if not self.keeps_confidential(contact)
            for reach in self._reach(contact)
            if reach.student == ref and reach.has_address
        ]
        return [ContactRow(ref, home, lives_with=True) for home in homes or [own]]

    def _lives_confidentially(self, recipient: str) -> bool:
        """Whether a student lives where a contact does whose address stands on nobody else's envelope."""
        student = self.students.get(PersonRef(recipient))
        return student is not None and any(map(self.keeps_confidential, self._housemates(student)))

    def _housemates(self, student: StudentStanding) -> list[str]:
        known = [contact.ref for contact in student.contacts if contact.lives_with is True]
        return [ref for ref in known if PersonRef(ref) in self.contacts]


def open_record(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, extract_id: ExtractId, students: Iterable[PersonRef],
    day: date, decisions: RightsDecisions,
) -> Record:  # fmt: skip
    """Of these students: their contacts, these contacts' other children, and who is barred from any of them."""
    known = students_with_decisions(
        open_identities(lake, people, extract_id, StudentStanding, students), decisions, day
    )
    around = {PersonRef(contact.ref) for student in known.values() for contact in student.contacts}
    contacts = open_identities(lake, people, extract_id, ContactReach, around)
    return _widened(lake, people, extract_id, known, contacts, day, decisions)


def open_recipients(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, extract_id: ExtractId, refs: Iterable[PersonRef],
    day: date, decisions: RightsDecisions,
) -> dict[PersonRef, ContactIdentity]:  # fmt: skip
    """The identity of each recipient, a student too; absent where nothing may be sent on that day."""
    wanted = set(refs)
    contacts = open_identities(lake, people, extract_id, ContactIdentity, wanted)
    children = {PersonRef(reach.student) for contact in contacts.values() for reach in contact.reach}
    students = students_with_decisions(
        open_identities(lake, people, extract_id, StudentIdentity, wanted | children), decisions, day
    )
    own = [student for ref, student in students.items() if ref in wanted]
    around = {PersonRef(c.ref) for student in own for c in student.contacts if c.lives_with} - contacts.keys()
    contacts |= open_identities(lake, people, extract_id, ContactIdentity, around)
    record = _widened(lake, people, extract_id, students, contacts, day, decisions)
    found = {ref: record.recipient_identity(ref) for ref in wanted}
    return {ref: identity for ref, identity in found.items() if identity is not None}


def _widened(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, extract_id: ExtractId,
    students: Mapping[PersonRef, StudentStanding], contacts: Mapping[PersonRef, ContactReach], day: date,
    decisions: RightsDecisions,
) -> Record:  # fmt: skip
    """With the other children of the contacts, and whoever is barred from one of all these."""
    others = {PersonRef(reach.student) for contact in contacts.values() for reach in contact.reach} - students.keys()
    siblings = students_with_decisions(
        open_identities(lake, people, extract_id, StudentStanding, others), decisions, day
    )
    record = Record({**students, **siblings}, contacts, day, decisions)
    # by name too, since one may be another: those around the few students of whom somebody is barred
    around = {PersonRef(c.ref) for student in record.barred for c in record.students[PersonRef(student)].contacts}
    record.contacts.update(open_identities(lake, people, extract_id, ContactIdentity, around))
    return record
