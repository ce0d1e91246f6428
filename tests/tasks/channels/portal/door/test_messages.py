"""What families send: who signed it, by what the home knows, and what it says."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.message import FamilyMessage, PostedMessage
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.portal.door.messages import (
    door_pair,
    home_message_key,
    open_message,
    owners_of_doors,
    place_key,
    who_sent,
)
from termpost.tasks.channels.portal.receipt_keys import private_key
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.home.home import Home, open_home

from tests.family_messages import posted, sign, signed_text
from tests.school import new_home

PAGE, DOOR = "sealed/p1a2b3/c0ffee", "door/" + "ab" * 16
SAID = {"kind": "question", "text": "Why is the quiz missing?"}
PDF = "cd" * 32


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(new_home(tmp_path / "home"))


def key_of(home: Home, place: str) -> bytes:
    if place == DOOR:
        return door_pair(home, "ab" * 16).private
    return private_key(home.keys.derive("receipts"), "p1a2b3", "c0ffee")


def made(home: Home, place: str = PAGE, said: dict[str, Any] = SAID, **more: Any) -> dict[str, Any]:
    return posted(key_of(home, place), home_message_key(home).public, place, said, **more)


def opened(home: Home, message: dict[str, Any]) -> FamilyMessage:
    return open_message(home, PostedMessage.model_validate_json(json.dumps(message)))


@pytest.mark.parametrize("place", [PAGE, DOOR])
def test_what_a_page_or_a_door_sends_is_opened_as_it_was_written(home: Home, place: str) -> None:
    found = opened(home, made(home, place))
    assert (found.kind, found.text, found.language) == ("question", "Why is the quiz missing?", "en")


def test_page_and_door_have_keys_of_their_own(home: Home) -> None:
    keys = {place_key(home, place) for place in (PAGE, DOOR, PAGE + "1", "door/" + "ac" * 16)}
    assert len(keys | {home_message_key(home).public}) == 5


def _other_place(message: dict[str, Any]) -> dict[str, Any]:
    return message | {"place": PAGE + "x"}


def _other_data(message: dict[str, Any]) -> dict[str, Any]:
    data = bytearray(base64.b64decode(message["data"]))
    data[3] ^= 1
    return message | {"data": base64.b64encode(data).decode()}


FORGED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "of another page": _other_place,
    "other words": _other_data,
    "another id": lambda message: message | {"id": "2" * 32},
    "another time": lambda message: message | {"slot": "3" * 32},
    "no signature": lambda message: message | {"signature": "0" * 128},
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_what_was_changed_on_the_way_was_signed_by_nobody(home: Home, change: Callable[[Any], Any]) -> None:
    with pytest.raises(InputError) as caught:
        opened(home, change(made(home)))
    assert caught.value.code == "bad-signature"


def test_a_page_that_signs_other_bytes_than_were_encrypted_does_not_open(home: Home) -> None:
    message = _other_data(made(home))
    with pytest.raises(InputError) as caught:
        opened(home, message | {"signature": sign(key_of(home, PAGE), signed_text(message))})
    assert caught.value.code == "does-not-open"


def test_a_point_that_is_not_on_the_curve_does_not_open(home: Home) -> None:
    message = made(home) | {"ephemeral": base64.b64encode(b"\4" + bytes(63) + b"\1").decode()}
    with pytest.raises(InputError) as caught:
        opened(home, message | {"signature": sign(key_of(home, PAGE), signed_text(message))})
    assert caught.value.code == "does-not-open"


@pytest.mark.parametrize("said", [
    {"kind": "spell"}, {"kind": "question", "text": "x" * 3001}, {"kind": "rating", "rating": 6},
    {"kind": "slot", "slot": "5" * 32}, {"kind": "question", "more": 1},
    {"kind": "acknowledgement", "proof": {"day": "2021-12-20", "pdf": PDF, "signature": "0" * 128}},
])  # fmt: skip
def test_what_is_no_message_is_said_to_be_none(home: Home, said: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        opened(home, made(home, said=said))
    assert caught.value.code == "not-a-message"


def test_an_acknowledgement_is_of_exactly_these_bytes(home: Home) -> None:
    signature = sign(key_of(home, PAGE), f"termpost.acknowledgement/1\n{PAGE}\n{PDF}\n2021-12-20")
    proof = {"day": "2021-12-20", "pdf": PDF, "signature": signature}
    found = opened(home, made(home, said={"kind": "acknowledgement", "proof": proof}))
    assert found.proof is not None
    with pytest.raises(InputError) as caught:
        opened(home, made(home, said={"kind": "acknowledgement", "proof": proof | {"pdf": "ce" * 32}}))
    assert caught.value.code == "not-a-message"


def test_who_sent_it_says_the_key_alone(home: Home) -> None:
    home.log.append("run", [Entry(kind="sealed", recipient="p9", object=f"{DOOR}.json", digest="d")])
    owners = owners_of_doors(home.log.entries("sealed"))
    found = [who_sent(PostedMessage.model_validate(made(home, place)), owners) for place in (PAGE, DOOR)]
    assert found == ["p1a2b3", "p9"]


def test_a_new_master_secret_opens_what_was_on_its_way(home: Home) -> None:
    messages = [made(home, place) for place in (PAGE, DOOR)]
    rotate_master(home)
    after = open_home(home.path)
    assert [opened(after, message).text for message in messages] == [SAID["text"]] * 2
