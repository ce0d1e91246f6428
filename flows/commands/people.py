"""The school's own ids for the references of the lake: only who holds the home's secrets can read them."""

from functools import cached_property

from schemas.identity import ContactIdentity, StudentIdentity
from schemas.refs import ExtractId, PersonRef
from tasks.home import Home
from tasks.identities import open_identities
from tasks.lake import open_lake


class School:
    """People of one extract."""

    def __init__(self, home: Home, extract_id: str) -> None:
        self._home, self._extract_id = home, ExtractId(extract_id)

    @cached_property
    def students(self) -> dict[PersonRef, StudentIdentity]:
        with open_lake(self._home.lake) as lake:
            return open_identities(lake, self._home.people, self._extract_id, StudentIdentity)

    @cached_property
    def contacts(self) -> dict[PersonRef, ContactIdentity]:
        with open_lake(self._home.lake) as lake:
            return open_identities(lake, self._home.people, self._extract_id, ContactIdentity)

    def student_id(self, ref: str) -> str:
        """The source's id; the reference itself where the person is erased or has no accepted row."""
        student = self.students.get(PersonRef(ref))
        return student.id if student else ref

    def contact_id(self, ref: str) -> str:
        contact = self.contacts.get(PersonRef(ref))
        return contact.id if contact else ref
