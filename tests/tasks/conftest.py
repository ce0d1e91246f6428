"""Homes for the tests of single rooms; expensive ones are made once a worker and only read."""

from pathlib import Path

import pytest
from termpost.schemas.base.refs import Summaries

from tests.tasks.gradebook import GRAND_BEND, Gradebook, Rooms, new_home


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    """An empty home."""
    return Rooms(new_home(tmp_path / "home"))


@pytest.fixture
def gradebook() -> Gradebook:
    """Two students of one class with a mark each, and a mother for each."""
    book = Gradebook()
    book.school()
    book.course("alg")
    book.item("quiz", "alg", "10")
    for person, score in (("s-anna", "9"), ("s-bela", "0")):
        book.student(person)
        book.enroll(person, "alg")
        book.mark("quiz", person, score)
        mother = {"sourcedId": f"m-{person}", "role": "parent", "givenName": f"Mother{person}", "familyName": "Grown"}
        book.add("users.csv", orgSourcedIds="255901001", enabledUser="true", **mother)
        reach = {"street": "1 Elm", "city": "Grand Bend", "postalCode": "78834"}
        book.add(
            "supplement/contacts.csv",
            studentSourcedId=person,
            contactSourcedId=f"m-{person}",
            relation="Mother",
            **reach,
        )
    return book


@pytest.fixture(scope="session")
def grand_bend(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, Summaries]:
    """The sample district loaded and summarised."""
    rooms = Rooms(new_home(tmp_path_factory.mktemp("grand-bend") / "home"))
    return rooms, rooms.summarise(rooms.take_in(GRAND_BEND))
