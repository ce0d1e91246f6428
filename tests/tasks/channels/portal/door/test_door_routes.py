"""The portal's side of the door: what is found, what is taken, and what a hundred thousand messages leave."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.documents.feedback.door import DoorContact, DoorContent
from termpost.schemas.documents.feedback.message import MESSAGES, SLOTS_TAKEN, WAITING, ArrivedMessage
from termpost.schemas.documents.receipt import MessagesWish, ReceiptWish
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.door.locator import locator_of
from termpost.tasks.channels.portal.door.seal_door import seal_door
from termpost.tasks.channels.portal.door.take_message import FULL_FOR, FullPlaces, take_message
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.status_pages import taken_back
from termpost.tasks.channels.portal.verification import AnswerPace
from termpost.tasks.secrets.access_codes import access_code
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import ObjectPart

from tests.family_messages import posted
from tests.portal_server import asking
from tests.signed_receipts import wish_to
from tests.tasks.gradebook import EXAMPLES

NOW = datetime(2021, 12, 18, 9, tzinfo=UTC)
CLOCK = FixedClock(NOW)
CODE = access_code(bytes(32), "p1", 0)
PAGE, TAKEN, SILENT = "sealed/p1/c0ffee", "sealed/p1/efface", "sealed/p1/facade"
DOOR = f"door/{locator_of(CODE)}"
PAIRS = {PAGE: wish_to("", 7), TAKEN: wish_to("", 8), DOOR: wish_to("", 9)}
HOME = wish_to("", 10).public
SLOT = "5" * 32
SAID = {"kind": "question", "text": "Why?"}

HOURS = dict.fromkeys(("en", "es", "fr", "zh-Hans", "ar", "uk", "vi"), "08:00–16:30")


def page(pair: ReceiptWish | None) -> bytes:
    wish = MessagesWish("https://portal.grand-bend.example/messages", HOME) if pair else None
    part = SealedReport("Report", b"<p>Report", b"%PDF", "r.pdf")
    return seal([part], code=CODE, recipient="p1", delivery="c0ffee", school="Grand Bend", language="en",
                query_until=date(2022, 1, 5), receipt=pair, messages=wish)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    store, settings = FileStore(tmp_path / "vault"), load_settings(EXAMPLES / "grand-bend-home", {})
    store.put(f"{PAGE}.html", page(PAIRS[PAGE]))
    store.put(f"{SILENT}.html", page(None))
    key = base64.b64encode(PAIRS[TAKEN].public).decode()
    store.put(f"{TAKEN}.html", taken_back(settings, "en", replaced=False, key=key))
    content = DoorContent(recipient="p1", language="en", school=DoorContact(name="Grand Bend"))
    store.put(f"{DOOR}.json", seal_door(content, CODE, PAIRS[DOOR].public))
    store.put(f"slots/{SLOT}", b"1")
    return store


@pytest.fixture
def client(store: FileStore) -> Iterator[httpx.Client]:
    settings = load_settings(EXAMPLES / "grand-bend-home", {})
    with asking(portal(settings, store, CLOCK, hours=HOURS)) as client:
        yield client


def made(place: str = PAGE, **more: Any) -> dict[str, Any]:
    said = SAID | ({"slot": more["slot"]} if "slot" in more else {})
    return posted(PAIRS[place].private, HOME, place, said, **more)


def send(client: httpx.Client, message: object) -> int:
    content = message if isinstance(message, bytes) else json.dumps(message).encode()
    answer = client.post("/messages", content=content)
    assert answer.headers["access-control-allow-origin"] == "*"  # pages that were saved have no origin
    assert answer.content in (b"", b"Please try again in a few minutes.")
    return answer.status_code


@pytest.mark.parametrize("place", [PAGE, TAKEN, DOOR])
def test_what_a_page_a_door_or_a_page_that_was_taken_back_signed_lies_in_the_inbox(
    client: httpx.Client, store: FileStore, place: str
) -> None:
    assert send(client, made(place)) == 204
    (key,) = store.list("inbox/")
    assert key.startswith(MESSAGES)
    assert "p1" not in key
    arrived = ArrivedMessage.model_validate_json(store.get(key))
    assert (arrived.at, arrived.message.model_dump()) == (NOW, made(place))


FOREIGN = {
    "nothing": b"",
    "no message": {"format": "termpost.message/1"},
    "not JSON": b"{" * 500,
    "a receipt": {"format": "termpost.receipt/2", "recipient": "p1", "page": "c0ffee", "signature": "0" * 128},
    "more than it says": made() | {"more": 1},
    "another's signature": made() | {"signature": made(TAKEN)["signature"]},
    "of a page that is not there": posted(PAIRS[PAGE].private, HOME, "sealed/p1/other", SAID),
    "of a page without a key": posted(PAIRS[PAGE].private, HOME, SILENT, SAID),
    "from the page of another": posted(PAIRS[TAKEN].private, HOME, PAGE, SAID),
    "of an unknown door": posted(PAIRS[DOOR].private, HOME, "door/" + "0" * 32, SAID),
    "a place that leads elsewhere": made() | {"place": "sealed/../../secret"},
    "other data": made() | {"data": "AAAA"},
}


@pytest.mark.parametrize("message", FOREIGN.values(), ids=FOREIGN)
def test_what_nothing_here_signed_is_not_kept(client: httpx.Client, store: FileStore, message: object) -> None:
    assert send(client, message) == 404
    assert list(store.list("inbox/")) == []


def test_what_is_too_long_is_read_no_further(client: httpx.Client, store: FileStore) -> None:
    assert send(client, b"x" * (20 * 1024 + 1)) == 413
    assert client.post("/messages", content=(b"x" * 4096 for _ in range(10**6))).status_code == 413
    assert list(store.list("inbox/")) == []


class CountedStore:
    """A store that counts what is asked of it."""

    def __init__(self, store: FileStore) -> None:
        self.store, self.asked = store, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self.store, name)


def test_a_hundred_thousand_messages_of_one_page_leave_twenty_and_others_are_heard(store: FileStore) -> None:
    """As many as that, of which the first thousand are tried: from the twenty-first on each is one look at the page."""
    now = [0.0]
    full, counted = FullPlaces(lambda: now[0]), CountedStore(store)
    bodies = [json.dumps(made(id_=f"{number:032x}")).encode() for number in range(100)]
    outcomes = [take_message(counted, CLOCK, full, body) for body in bodies]
    assert outcomes == ["taken"] * WAITING + ["waiting"] * (100 - WAITING)
    counted.asked = 0
    for _ in range(10):
        for body in bodies:
            assert take_message(counted, CLOCK, full, body) == "waiting"
    assert counted.asked == 1000
    assert len(list(store.list("inbox/"))) == WAITING
    assert take_message(store, CLOCK, full, json.dumps(made(DOOR)).encode()) == "taken"
    for key in list(store.list(MESSAGES)):
        store.delete(key)  # the home has collected
    now[0] += FULL_FOR
    assert take_message(store, CLOCK, full, bodies[0]) == "taken"


def test_twenty_wait_and_the_next_is_told_so(client: httpx.Client, store: FileStore) -> None:
    statuses = [send(client, made(id_=f"{number:032x}")) for number in range(22)]
    assert statuses == [204] * 20 + [429] * 2
    assert send(client, made(TAKEN)) == 204


def test_of_many_who_want_one_time_exactly_one_has_it(client: httpx.Client, store: FileStore) -> None:
    bodies = [made(DOOR, id_=f"{number:032x}", slot=SLOT) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda body: send(client, body), bodies))
    assert sorted(statuses) == [204] + [409] * 19
    (key,) = store.list("inbox/")
    assert key == f"{SLOTS_TAKEN}{SLOT}.json"
    winner = bodies[statuses.index(204)]
    assert json.loads(store.get(key))["message"] == winner
    assert send(client, winner) == 204  # who did not hear the answer sends it again
    assert len(list(store.list("inbox/"))) == 1


def test_a_time_that_is_not_offered_is_taken_by_nobody(client: httpx.Client, store: FileStore) -> None:
    assert send(client, made(DOOR, slot="6" * 32)) == 409
    forged = made(DOOR, slot=SLOT) | {"slot": "6" * 32}
    assert send(client, forged) == 404
    assert list(store.list("inbox/")) == []


def test_a_door_is_given_to_who_knows_its_name(client: httpx.Client, store: FileStore) -> None:
    answer = client.get(f"/{DOOR}")
    assert (answer.status_code, answer.content) == (200, store.get(f"{DOOR}.json"))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    for other in ("door/" + "0" * 32, "door/" + DOOR[5:].upper(), f"{DOOR}.json", f"{DOOR}0", "door/..%2fsealed"):
        missing = client.get(f"/{other}")
        assert (missing.status_code, b"data" in missing.content) == (404, False)


def test_unknown_doors_share_a_pace_and_known_ones_never_wait(store: FileStore) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    settings, pace = load_settings(EXAMPLES / "grand-bend-home", {}), AnswerPace(lambda: 0.0, sleep)
    with asking(portal(settings, store, CLOCK, pace=pace)) as client:
        statuses = [client.get(f"/door/{number:032x}").status_code for number in range(80)]
        assert statuses == [404] * 61 + [503] * 19  # three seconds' worth wait, and no more
        assert waits == sorted(waits[:61]) + waits[61:]
        before = len(waits)
        assert client.get(f"/{DOOR}").status_code == 200
        assert len(waits) == before


class AwayStore:
    """A store that nobody reaches."""

    def part(self, key: str, start: int, length: int) -> ObjectPart:  # noqa: ARG002 - as every store
        raise RetryableError(f"no answer ({key})")


def test_a_store_that_is_away_is_away_and_no_answer_to_a_code() -> None:
    settings = load_settings(EXAMPLES / "grand-bend-home", {})
    with asking(portal(settings, AwayStore(), CLOCK)) as client:  # type: ignore[arg-type]
        for answer in (client.get(f"/{DOOR}"), client.post("/messages", content=json.dumps(made()))):
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (503, "*")
