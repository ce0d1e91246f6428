"""A household behind its door: a portal on loopback, a mother of two, what she asked, and a time that is offered."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import Browser, Page, expect
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.documents.feedback.door import (
    DoorAnswer,
    DoorContact,
    DoorContent,
    DoorMeeting,
    DoorMessages,
    DoorQuery,
    DoorReply,
    DoorReport,
    DoorSlot,
    DoorStatement,
)
from termpost.schemas.documents.feedback.message import FamilyMessage, PostedMessage
from termpost.schemas.documents.receipt import MessagesWish
from termpost.schemas.settings.settings import Settings
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.door.locator import locator_of
from termpost.tasks.channels.portal.door.seal_door import seal_door
from termpost.tasks.channels.portal.receipt_keys import web_key
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.secrets.access_codes import access_code
from termpost.tasks.store.file.store import FileStore

from tests.family_messages import hkdf
from tests.portal_server import listening, serving
from tests.signed_receipts import wish_to

NOW = datetime(2021, 12, 18, 9, tzinfo=UTC)
CODE = access_code(bytes(range(32)), "p1", 0)
LOCATOR = locator_of(CODE)
PAGE_PAIR, DOOR_PAIR, HOME_NUMBER = wish_to("", 7), wish_to("", 9), 10
HOME = wish_to("", HOME_NUMBER).public
QUERY, MEETING = "q0123456789ab", "q0123456789cd"
SLOTS = ("5" * 32, "6" * 32)
CONTACT = DoorContact(name="Jordan Reyes", phone="555 0100", email="office@grand-bend.example", hours="08:00–16:30")
STATEMENTS = (DoorStatement(on="2021-12-16", text="We still say that the quiz was handed in."),)
ZONE = timezone(timedelta(hours=-6))

HOURS = dict.fromkeys(("en", "es", "fr", "zh-Hans", "ar", "uk", "vi"), "08:00–16:30")


@dataclass
class Household:
    """What the tests see of it."""

    browser: Browser
    store: FileStore
    base: str
    language: str
    complaints: list[str] = field(default_factory=list)

    def tab(self, **context: Any) -> Page:
        tab = self.browser.new_page(**({"viewport": {"width": 390, "height": 844}, "locale": self.language} | context))
        tab.on("console", lambda said: self.complaints.append(said.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        return tab

    def unlock(self, tab: Page, place: str = "/", code: str = CODE) -> Page:
        tab.goto(self.base + place)
        tab.locator("#code").fill(code)
        tab.keyboard.press("Enter")
        expect(tab.locator("#home:visible, #reports:visible")).to_be_visible()
        return tab

    def arrived(self) -> list[FamilyMessage]:
        """What lies in the inbox, opened by the format alone."""
        return [said_in(self.store.get(key)) for key in self.store.list("inbox/") if "/receipts/" not in key]


def open_report(tab: Page, number: int = 0) -> Page:
    tab.locator("button.report:visible").nth(number).click()
    expect(tab.locator("#reports > section:visible > h2")).to_be_focused()
    return tab


def act(tab: Page, name: str) -> None:
    tab.locator(".acts:visible").get_by_role("button", name=name).click()


def send(tab: Page) -> None:
    tab.locator("form.say:visible").get_by_role("button", name="Send").click()


def one(household: Household) -> FamilyMessage:
    (found,) = household.arrived()
    for key in list(household.store.list("inbox/")):
        household.store.delete(key)
    return found


def said_in(lying: bytes) -> FamilyMessage:
    """ECDH, HKDF and AES-GCM, written out."""
    posted = PostedMessage.model_validate(json.loads(lying)["message"])
    point = base64.b64decode(posted.ephemeral)
    shared = derive_private_key(HOME_NUMBER, SECP256R1()).exchange(
        ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    )
    context = f"termpost.message/1\n{posted.place}\n{posted.id}".encode()
    once = hkdf(shared, point + HOME, context, 44)
    plain = AESGCM(once[:32]).decrypt(once[32:], base64.b64decode(posted.data), context)
    assert len(plain) % 1024 == 0
    return FamilyMessage.model_validate_json(plain)


def content(to: str, language: str, *names: str) -> DoorContent:
    """Two children; a question that was answered, and a meeting with two times to choose from."""
    reports = [
        DoorReport(page="c0ffee", part=part, student=name, cycle="Fall 2021: final", day="2021-12-17",
                   ask_until="2022-01-05", is_latest=True, acknowledge=part == 0,
                   statements=STATEMENTS if part == 0 else ())
        for part, name in enumerate(names)
    ]  # fmt: skip
    reports.append(reports[0].model_copy(update={
        "page": "decade", "part": 0, "cycle": "Fall 2021: midterm", "day": "2021-10-20", "acknowledge": False,
        "acknowledged": "2021-10-22"}))  # fmt: skip
    answer = DoorAnswer(
        at=NOW, by="Maria Lopez, registrar", text="It was marked on Friday. The new mark is on the report.\nThank you."
    )
    reply = DoorReply(at=NOW + timedelta(days=1), text="Thank you.")
    starts = [datetime(2021, 12, 21, hour, 30, tzinfo=ZONE) for hour in (8, 15)]
    slots = tuple(
        DoorSlot(id=id_, starts=start, ends=start + timedelta(minutes=20), place="Room 12", with_whom="Ana Fry")
        for id_, start in zip(SLOTS, starts, strict=True)
    )
    queries = (
        DoorQuery(id=QUERY, kind="question", student=names[0], asked=NOW, text="Why is the quiz <b>missing</b>?",
                  step="answered", answers=(answer,), replies=(reply,)),
        DoorQuery(id=MEETING, kind="meeting", student=names[-1], asked=NOW, text="Tuesday is best.", step="open",
                  answer_by="2022-01-06", meeting=DoorMeeting(step="offered", offered=slots)),
    )  # fmt: skip
    keys = DoorMessages(to=to, home=base64.b64encode(HOME).decode(), key=web_key(DOOR_PAIR))
    return DoorContent(recipient="p1", language=language, school=CONTACT, reports=tuple(reports), queries=queries,
                       messages=keys)  # fmt: skip


@contextmanager
def at_home(
    browser: Browser,
    folder: Path,
    settings: Settings,
    page: bytes,
    language: str = "en",
    names: tuple[str, ...] = ("Lisa Woods", "Ömer Woods"),
) -> Iterator[Household]:
    """Serves the household's portal; `page` is a report's HTML."""
    store = FileStore(folder / "vault")
    with listening() as at:
        base = f"http://127.0.0.1:{at.getsockname()[1]}"
        pair = replace(PAGE_PAIR, to=f"{base}/receipts")
        to, parts = (
            f"{base}/messages",
            [SealedReport(name, page, b"%PDF-1.7 " + name.encode(), "r.pdf") for name in names],
        )
        for place, shown in (("c0ffee", parts), ("decade", parts[:1])):
            sealed = seal(shown, code=CODE, recipient="p1", delivery=place, school="Grand Bend Independent Schools",
                          language=language, query_until=date(2022, 1, 5), receipt=pair,
                          messages=MessagesWish(to, HOME), contact=CONTACT)  # fmt: skip
            store.put(f"sealed/p1/{place}.html", sealed)
        store.put(f"door/{LOCATOR}.json", seal_door(content(to, language, *names), CODE, DOOR_PAIR.public))
        for slot in SLOTS:
            store.put(f"slots/{slot}", b"1")
        with serving(portal(settings, store, FixedClock(NOW), hours=HOURS), at):
            yield Household(browser, store, base, language)
    for context in browser.contexts:
        context.close()
