"""A door lies where only its code finds it, and opens with that code alone."""

import base64
import json
import random

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.door import DoorContact, DoorContent, DoorReport
from termpost.tasks.channels.portal.door.locator import door_place, locator_of
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.channels.portal.door.seal_door import seal_door
from termpost.tasks.secrets.access_codes import access_code, tidy

from tests.family_messages import hkdf

CODE, OTHER = (access_code(bytes(range(32)), name, 0) for name in ("r-1", "r-2"))
PUBLIC = b"\4" + bytes(range(64))


def content(*students: str) -> DoorContent:
    reports = tuple(
        DoorReport(page="c0ffee", part=0, student=one, cycle="Fall", day="2021-12-17", ask_until="2022-01-05",
                   is_latest=True) for one in students
    )  # fmt: skip
    return DoorContent(recipient="p1", language="ar", school=DoorContact(name="Grand Bend <b>"), reports=reports)


def test_it_opens_as_it_was_sealed_and_with_no_other_code() -> None:
    sealed = seal_door(content("Lisa", "Ömer"), CODE, PUBLIC)
    assert sealed == seal_door(content("Lisa", "Ömer"), CODE.lower(), PUBLIC)
    opened = reopen_door(sealed, CODE)
    assert (opened.content, opened.public) == (content("Lisa", "Ömer"), PUBLIC)
    with pytest.raises(InputError) as caught:
        reopen_door(sealed, OTHER)
    assert caught.value.code == "does-not-open"


def test_locator_and_key_are_apart_and_the_key_never_meets_two_contents() -> None:
    """By the format alone: HKDF written out, and the cipher."""
    one, two = (json.loads(seal_door(content(name), CODE, PUBLIC)) for name in ("Lisa", "Omer"))
    assert one["salt"] != two["salt"]
    secret = tidy(CODE).encode()
    assert locator_of(CODE) == hkdf(secret, bytes(32), b"termpost.door/1 locator", 16).hex()
    assert door_place(locator_of(CODE)) == f"door/{locator_of(CODE)}.json"
    assert locator_of(CODE) != locator_of(OTHER)
    once = hkdf(secret, base64.b64decode(one["salt"]), b"termpost.door/1", 44)
    clear = ("termpost.door/1\n" + one["key"]).encode()
    plain = AESGCM(once[:32]).decrypt(once[32:], base64.b64decode(one["data"]), clear)
    assert len(plain) % 4096 == 0
    assert json.loads(plain)["reports"][0]["student"] == "Lisa"


def test_any_byte_that_was_changed_is_seen() -> None:
    sealed = seal_door(content("Lisa"), CODE, PUBLIC)
    for place in random.Random(22).sample(range(len(sealed)), 60):  # noqa: S311
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(InputError) as caught:
            reopen_door(changed, CODE)
        assert caught.value.code == "does-not-open"


def test_its_name_and_its_length_say_little() -> None:
    lengths = {len(seal_door(content(*["Lisa"] * count), CODE, PUBLIC)) for count in (0, 1, 5)}
    assert len(lengths) == 1
    assert b"Lisa" not in seal_door(content("Lisa"), CODE, PUBLIC)
