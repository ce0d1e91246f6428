"""The people around a report as the record has them on one day: whom a letter names, and where it goes."""

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from schemas.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from schemas.refs import ExtractId, PersonRef
from tasks.distribute import rights
from tasks.distribute.reachable import Barred, Row, Ways, ways
from tasks.identities import open_identities
from tasks.people import People

Students = Mapping[PersonRef, StudentIdentity]
Contacts = Mapping[PersonRef, ContactIdentity]


class Record:
    """Students and contacts of one extract; each recipient is looked at once."""

    def __init__(self, students: Students, contacts: Contacts, day: date) -> None:
        self.students, self.contacts, self.day = students, contacts, day
        self._rows: dict[str, list[Row]] = {}
        self._ways: dict[str, Ways] = {}
        self._barred: dict[str, tuple[Barred, ...]] = {}

    def rows(self, recipient: str) -> list[Row]:
        """Of a contact: one for each child. Of a student: the addresses of those they live with."""
        if recipient not in self._rows:
            contact, student = self.contacts.get(PersonRef(recipient)), self.students.get(PersonRef(recipient))
            reach = contact.reach if contact else ()
            several = len(reach) > 1  # where there is one row, nothing depends on who lives with whom
            rows = [Row(r, self._lives_with(recipient, r.student) if several else None) for r in reach]
            self._rows[recipient] = rows + (self._own_rows(recipient, student) if student else [])
        return self._rows[recipient]

    def ways(self, recipient: str) -> Ways:
        """One address for all their children, and none that a contact barred from any of them has."""
        if recipient not in self._ways:
            rows = self.rows(recipient)
            children = dict.fromkeys(row.reach.student for row in rows)
            self._ways[recipient] = ways(recipient, rows, [b for child in children for b in self.barred_around(child)])
        return self._ways[recipient]

    def barred_around(self, student: str) -> tuple[Barred, ...]:
        """Every way to reach a contact whom a restriction in force bars from this student, about any child."""
        if student not in self._barred:
            known = self.students.get(PersonRef(student))
            self._barred[student] = tuple(
                Barred(contact.ref, reach)
                for contact in (known.contacts if known else ())
                if rights.is_barred(as_record(contact), self.day)
                for reach in self._reach(contact.ref)
            )
        return self._barred[student]

    def recipient_identity(self, recipient: str) -> ContactIdentity | None:
        """Whoever a parcel goes to, a student too, with the address to use about every child.

        None where nothing may be sent: nobody is known by this reference, or no address is left.
        """
        person = self.contacts.get(PersonRef(recipient)) or self.students.get(PersonRef(recipient))
        home = self.ways(recipient).home
        if person is None or home is None:
            return None
        there = {name: getattr(home, name) for name in ("street", "city", "state", "postal_code", "country")}
        by_child = {row.reach.student: row.reach for row in reversed(self.rows(recipient))}
        return ContactIdentity(
            id=person.id, given=person.given, middle=person.middle, family=person.family,
            reach=tuple(reach.model_copy(update=there) for reach in reversed(by_child.values())),
        )  # fmt: skip

    def _reach(self, contact: str) -> tuple[Reach, ...]:
        known = self.contacts.get(PersonRef(contact))
        return known.reach if known else ()

    def _lives_with(self, contact: str, student: str) -> bool | None:
        known = self.students.get(PersonRef(student))
        return next((c.lives_with for c in known.contacts if c.ref == contact), None) if known else None

    def _own_rows(self, ref: str, student: StudentIdentity) -> list[Row]:
        """No file gives a student's address, so it is that of the contacts they live with, where these agree."""
        own = {"student": ref, "email": student.email, "phone": None, "language": student.language, "channel": None}
        homes = [
            reach.model_copy(update=own)
            for contact in student.contacts
            if contact.lives_with is True
            for reach in self._reach(contact.ref)
            if reach.student == ref and reach.address
        ]
        return [Row(home, lives_with=True) for home in homes or [Reach.model_validate(own)]]


def as_record(contact: ContactRights, has_address: bool = False, has_email: bool = False) -> rights.Contact:
    """What the pure rule is asked with."""
    return rights.Contact(
        relation=contact.relation or "",
        is_primary=contact.is_primary,
        lives_with=contact.lives_with,
        emergency=contact.emergency,
        legal_guardian=contact.legal_guardian,
        restriction=contact.restriction or "",
        restriction_from=contact.restriction_from,
        restriction_until=contact.restriction_until,
        agreement_until=contact.agreement_until,
        has_address=has_address,
        has_email=has_email,
    )


def open_record(
    lake: duckdb.DuckDBPyConnection, people: People, extract_id: ExtractId, students: Iterable[PersonRef], day: date
) -> Record:
    """Of these students: their contacts, these contacts' other children, and who is barred from any of them."""
    known = open_identities(lake, people, extract_id, StudentIdentity, students)
    around = {PersonRef(contact.ref) for student in known.values() for contact in student.contacts}
    return _widened(lake, people, extract_id, known, _contacts(lake, people, extract_id, around), day)


def open_recipients(
    lake: duckdb.DuckDBPyConnection, people: People, extract_id: ExtractId, refs: Iterable[PersonRef], day: date
) -> dict[PersonRef, ContactIdentity]:
    """The identity of each recipient, a student too; absent where nothing may be sent on that day."""
    wanted = set(refs)
    contacts = _contacts(lake, people, extract_id, wanted)
    children = {PersonRef(reach.student) for contact in contacts.values() for reach in contact.reach}
    students = open_identities(lake, people, extract_id, StudentIdentity, wanted | children)
    own = [student for ref, student in students.items() if ref in wanted]
    around = {PersonRef(c.ref) for student in own for c in student.contacts if c.lives_with} - contacts.keys()
    contacts |= _contacts(lake, people, extract_id, around)
    record = _widened(lake, people, extract_id, students, contacts, day)
    found = {ref: record.recipient_identity(ref) for ref in wanted}
    return {ref: identity for ref, identity in found.items() if identity is not None}


def _widened(
    lake: duckdb.DuckDBPyConnection, people: People, extract_id: ExtractId,
    students: dict[PersonRef, StudentIdentity], contacts: dict[PersonRef, ContactIdentity], day: date,
) -> Record:  # fmt: skip
    """With the other children of the contacts, and whoever is barred from one of all these."""
    others = {PersonRef(reach.student) for contact in contacts.values() for reach in contact.reach} - students.keys()
    known = students | (open_identities(lake, people, extract_id, StudentIdentity, others) if others else {})
    barred = {
        PersonRef(contact.ref)
        for student in known.values()
        for contact in student.contacts
        if rights.is_barred(as_record(contact), day)
    } - contacts.keys()
    return Record(known, contacts | _contacts(lake, people, extract_id, barred), day)


def _contacts(
    lake: duckdb.DuckDBPyConnection, people: People, extract_id: ExtractId, refs: set[PersonRef]
) -> dict[PersonRef, ContactIdentity]:
    return open_identities(lake, people, extract_id, ContactIdentity, refs) if refs else {}
