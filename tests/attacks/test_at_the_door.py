"""Who has a page that was saved, a code that is void or a link alone: what they send, and what they find."""

import base64
import json
from typing import Any

import pytest
from termpost.schemas.documents.feedback.message import MESSAGES, ArrivedMessage
from termpost.schemas.documents.receipt import ReceiptWish
from termpost.tasks.channels.portal.door.locator import door_place, locator_of
from termpost.tasks.channels.portal.door.messages import home_message_key, open_message, owners_of_doors, who_sent
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.channels.portal.door.take_message import FullPlaces, TakenMessage, take_message
from termpost.tasks.channels.portal.reopen import PageContent, is_sealed, reopen
from termpost.tasks.channels.portal.void_code import void_code
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.recipient_codes import code_of

from tests.family_messages import posted
from tests.school import FATHER, MOTHER, OTHER, Prepared

pytestmark = pytest.mark.released
SAID = {"kind": "question", "text": "May I see it?"}


def page_key(school: Prepared, contact: str) -> str:
    (key,) = school.store.list(f"sealed/{school.ref(contact)}/")
    return key


def saved(school: Prepared, contact: str) -> PageContent:
    """What who saved the page, and has its code, has for ever."""
    home = school.open()
    return reopen(home.store.get(page_key(school, contact)), code_of(home, school.ref(contact)))


def pair_of(content: PageContent) -> ReceiptWish:
    assert isinstance(content.receipt, ReceiptWish)
    return content.receipt


def written(content: PageContent, place: str, said: dict[str, Any] = SAID) -> bytes:
    assert content.messages
    return json.dumps(posted(pair_of(content).private, content.messages.home, place, said)).encode()


def sent(school: Prepared, body: bytes) -> TakenMessage:
    """The portal has the store, and no key."""
    return take_message(school.store.raw, school.open().clock, FullPlaces(), body)


def place_of(school: Prepared, contact: str) -> str:
    return page_key(school, contact).removesuffix(".html")


def test_from_a_page_that_was_saved_before_a_right_ended_he_is_heard_and_finds_nothing(school: Prepared) -> None:
    before, place = saved(school, FATHER), place_of(school, FATHER)
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, contactRestrictions="no-records")
    school.prepare(school.extract)
    assert not is_sealed(school.store.get(page_key(school, FATHER)))
    assert sent(school, written(before, place)) == "taken"
    home = school.open()
    (key,) = home.store.list(MESSAGES)
    arrived = ArrivedMessage.model_validate_json(home.store.get(key))
    assert open_message(home, arrived.message).text == "May I see it?"
    assert who_sent(arrived.message, owners_of_doors(home.log.entries("sealed"))) == school.ref(FATHER)
    code = code_of(home, school.ref(FATHER))
    behind = reopen_door(home.store.get(door_place(locator_of(code))), code).content
    assert (behind.reports, behind.queries, behind.messages) == ((), (), None)


def test_from_a_door_whose_code_is_void_nothing_is_taken_and_nothing_found(school: Prepared) -> None:
    home, ref = school.open(), school.ref(MOTHER)
    old = locator_of(code_of(home, ref))
    wish = reopen_door(home.store.get(door_place(old)), code_of(home, ref)).content.messages
    assert wish
    private = base64.urlsafe_b64decode(wish.key["d"] + "=")
    body = json.dumps(posted(private, home_message_key(home).public, f"door/{old}", SAID)).encode()
    assert sent(school, body) == "taken"
    void_code(home, "revoke", "operator", ref)
    refresh_doors(home, "revoke")
    assert sent(school, body) == "not-ours"
    assert home.store.head(door_place(old)) is None


def test_who_has_a_link_or_a_page_of_their_own_sends_nothing_for_another(school: Prepared) -> None:
    hers, theirs = place_of(school, MOTHER), saved(school, OTHER)
    assert sent(school, written(theirs, hers)) == "not-ours"
    assert sent(school, written(theirs, place_of(school, OTHER))) == "taken"
    forged = json.dumps(posted((5).to_bytes(32), home_message_key(school.open()).public, hers, SAID)).encode()
    assert sent(school, forged) == "not-ours"
    assert len(list(school.store.list(MESSAGES))) == 1
