"""Of the contacts of a district, how few the office is asked about though they share nothing with anybody barred."""

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest
from termpost.schemas.documents.identity import Reach
from termpost.tasks.rights.same_person import KnownContact, shared_values
from termpost.tasks.rights.sameness.address import compare_places

from benchmarks.district.households import Contact, household
from benchmarks.district.plan import District, schools

STUDENTS = 5000
LIMIT = 0.005  # of all contacts
BARS = ("no-contact", "no-records")


def families() -> Iterator[tuple[Contact, ...]]:
    """The adults around each of so many students, as the district is written."""
    for school in schools(District(students=STUDENTS)):
        for place in range(school.size):
            home, eldest = school.home(place)
            yield household(home, eldest).contacts


def known(contact: Contact) -> KnownContact:
    street, city, state, code, country = contact.address
    row = Reach("s", street, city, state, code, country, contact.email, contact.phone)
    return KnownContact(contact.id, (contact.given, None, contact.family), None, (row,))


@pytest.fixture(scope="module")
def district() -> list[tuple[Contact, ...]]:
    return list(families())


def test_one_contact_in_two_hundred_at_most_is_asked_about_in_vain(district: list[tuple[Contact, ...]]) -> None:
    asked, rightly, everybody = set[str](), set[str](), set[str]()
    for contacts in district:
        everybody |= {one.id for one in contacts}
        barred = [one for one in contacts if one.adult.restriction in BARS]
        for one, other in product((c for c in contacts if c not in barred), barred):
            if _is_asked(known(one), known(other)):
                asked.add(one.id)
            if _shares_something(one, other):
                rightly.add(one.id)
    assert len(everybody) > STUDENTS
    assert len(rightly) > 50  # mailboxes that a barred parent also has
    assert rightly <= asked
    assert len(asked - rightly) <= LIMIT * len(everybody), (len(asked - rightly), len(everybody))


def test_neighbours_are_not_taken_for_one_another(district: list[tuple[Contact, ...]]) -> None:
    """The hard case: anybody against anybody, by all that they have."""
    people = [known(one) for contacts in district for one in contacts if one.address[0]]
    dice = Random(17)  # noqa: S311 - the same pairs each time
    tried = [pair for pair in (dice.sample(people, 2) for _ in range(5_000)) if pair[0].reach != pair[1].reach]
    confused = [(one, other) for one, other in tried if compare_places(one.reach[0], other.reach[0]).may_be_same]
    assert len(confused) <= LIMIT * len(tried), len(confused)


def _is_asked(one: KnownContact, other: KnownContact) -> bool:
    near = any(compare_places(a, b).may_be_same for a, b in product(one.reach, other.reach))
    return near or bool(shared_values(one, other))


def _shares_something(one: Contact, other: Contact) -> bool:
    """By the very words of the file."""
    mail = bool(one.email) and one.email == other.email
    return mail or one.phone == other.phone or (bool(one.address[0]) and one.address == other.address)
