"""What a page or a door posts, encrypted for the home, goes the whole way: through the portal's check into the log."""

import hashlib
import json

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.tasks.channels.portal.door.messages import door_pair, home_message_key
from termpost.tasks.channels.portal.door.take_message import FullPlaces, take_message
from termpost.tasks.feedback.collect.inbox import collect_messages
from termpost.tasks.feedback.collect.opening import opener_of
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.feedback.queries import threads_of

from tests.family_messages import posted
from tests.posted_messages import Family, waiting
from tests.school import FATHER, Prepared


@pytest.fixture
def father(school: Prepared) -> Family:
    return Family(school, FATHER)


def post(school: Prepared, private: bytes, place: str, **said: object) -> str:
    home = school.open()
    number = hashlib.sha256(repr((place, said)).encode()).hexdigest()[:32]
    made = posted(private, home_message_key(home).public, place, dict(said), id_=number)
    assert school.as_of
    return take_message(home.store.raw, FixedClock(school.as_of), FullPlaces(), json.dumps(made).encode())


def collect(school: Prepared) -> dict[str, int]:
    home = school.open()
    return {str(fate): count for fate, count in collect_messages(home, "test", opener_of(home)).counts.items()}


def test_a_door_and_a_page_are_heard_and_a_stranger_is_not(school: Prepared, father: Family) -> None:
    refresh_doors(school.open(), "test")
    sealed = [e for e in school.entries("sealed") if e.object and e.object.startswith("door/")]
    door = next(e.object for e in sealed if e.recipient == school.ref(FATHER)) or ""
    locator = door.removeprefix("door/").removesuffix(".json")
    pair = door_pair(school.open(), locator)
    page = father.place.rpartition("/")[2]
    assert post(school, pair.private, f"door/{locator}", kind="question", text="Why?", page=page, part=0) == "taken"
    assert post(school, (7).to_bytes(32), f"door/{locator}", kind="question", text="?") == "not-ours"
    assert collect(school) == {"query": 1}
    (thread,) = threads_of(school.open()).values()
    assert (thread.contact, thread.has_right, thread.version) == (school.ref(FATHER), True, 1)
    assert waiting(school) == []
