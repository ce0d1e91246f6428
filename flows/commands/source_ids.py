"""The school's own ids for the references of the lake: only who holds the home's secrets can read them."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TypeVar

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity, TeacherIdentity
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import REFERENCE
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.stage.manifests import read_prepared

Named = TypeVar("Named", StudentIdentity, ContactIdentity)


class ExtractPeople:
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

    def teacher(self, who: str) -> str:
        """The name of a teacher by reference; a staff id as it is."""
        if not REFERENCE.fullmatch(who):
            return who
        with open_lake(self._home.lake) as lake:
            found = open_identities(lake, self._home.people, self._extract_id, TeacherIdentity, [PersonRef(who)])
        return found[PersonRef(who)].name if PersonRef(who) in found else who

    def contact_id(self, ref: str) -> str:
        contact = self.contacts.get(PersonRef(ref))
        return contact.id if contact else ref


class CyclePeople:
    """People of any cycle, each cycle's read once."""

    def __init__(self, home: Home) -> None:
        self._home, self._schools = home, dict[str, ExtractPeople]()

    def of(self, cycle_id: str) -> ExtractPeople:
        """By the extract that the cycle was prepared from; InputError where it was not."""
        if cycle_id not in self._schools:
            self._schools[cycle_id] = ExtractPeople(self._home, read_prepared(self._home, cycle_id)[0].extract_id)
        return self._schools[cycle_id]


def as_typed(error: InputError, typed: Mapping[PersonRef, str]) -> InputError:
    """The error with each person named as the user named them: a flow knows references alone."""
    for ref, person in typed.items():
        error.what = error.what.replace(ref, person)
    return error


def source_ids(home: Home, refs: Collection[str], kind: type[Named]) -> dict[str, str]:
    """Reference → the school's own id, by the newest extract; people who are erased are absent."""
    if not refs:
        return {}
    with open_lake(home.lake) as lake:
        query = "SELECT extract_id FROM lake.core_extract ORDER BY known_at"
        found: dict[str, str] = {}
        for (extract_id,) in lake.execute(query).fetchall():
            known = open_identities(lake, home.people, extract_id, kind, [PersonRef(ref) for ref in refs])
            found |= {ref: person.id for ref, person in known.items()}
    return found
