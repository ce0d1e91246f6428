"""An opened page is evidence: a receipt that only who unlocked it can make, through a real portal and browser."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.receipt import INBOX, ReceiptWish
from termpost.schemas.log.entry import Logged
from termpost.tasks.channels.portal import channel as portal_channel
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.door.messages import messages_wish
from termpost.tasks.channels.portal.office_contact import office_contact, office_hours
from termpost.tasks.channels.portal.receipts import ingest_receipts, receipt_wish
from termpost.tasks.channels.portal.reopen import reopen
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.void_code import void_code
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.distribute.withdraw import released_in, withdraw
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.store.file.store import FileStore

from tests.command import Command
from tests.portal_server import listening, serving
from tests.school import CYCLE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.signed_receipts import signed, wish_to
from tests.snapshots import copy_of, small_school, snapshot, working_copy


@dataclass(frozen=True)
class Families:
    """A released school, its portal, and a browser at home."""

    school: Prepared
    browser: Browser
    base: str

    def place(self, contact: str) -> str:
        (key,) = self.school.store.list(f"sealed/{self.school.ref(contact)}/")
        return key

    def code(self, contact: str) -> str:
        return code_of(self.school.open(), self.school.ref(contact))

    def wish(self, contact: str) -> ReceiptWish:
        wish = reopen(self.school.store.get(self.place(contact)), self.code(contact)).receipt
        assert isinstance(wish, ReceiptWish)
        return wish

    def link(self, contact: str) -> str:
        return f"{self.base}/{self.place(contact).removeprefix('sealed/').removesuffix('.html')}"

    def unlock(self, contact: str, address: str = "") -> tuple[Page, Response]:
        page = self.browser.new_page()
        page.goto(address or self.link(contact))
        with page.expect_response("**/receipts") as answer:
            page.get_by_label("Access code").fill(self.code(contact))
            page.keyboard.press("Enter")
        expect(page.locator("section").first).to_be_visible()
        return page, answer.value

    def collect(self) -> dict[Any, int]:
        return dict(ingest_receipts(self.school.open(), "run").counts)

    def opened(self) -> list[Logged]:
        return list(self.school.open().log.entries("opened"))

    def lay(self, contact: str, key: bytes) -> None:
        """As the portal lays it, whoever signed it."""
        recipient, _, page = self.place(contact).removeprefix("sealed/").removesuffix(".html").partition("/")
        arrived = {"at": self.school.told, "receipt": signed(key, recipient, page)}
        self.school.store.put(f"{INBOX}{recipient}/{page}.json", json.dumps(arrived).encode())

    def waiting(self) -> list[str]:
        return list(self.school.store.list("inbox/"))


def set_portal(school: Prepared, more: str) -> None:
    path = school.home / "termpost.toml"
    old = 'base_url = "https://portal.grand-bend.example"'
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, more))


@pytest.fixture(scope="module")
def at() -> Iterator[socket.socket]:
    with listening() as found:
        yield found


@pytest.fixture
def families(
    at: socket.socket, browser: Browser, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[Families]:
    """The pages name the port, so it is one for all tests of a worker, and what is out for it stands ready."""
    port = at.getsockname()[1]
    base = f"http://127.0.0.1:{port}/reports"

    def out(folder: Path) -> Prepared:
        school = copy_of(snapshot(tmp_path_factory, "small", small_school), folder)
        set_portal(school, f'base_url = "{base}"')
        school.release()
        return school

    with working_copy(snapshot(tmp_path_factory, f"out-at-{port}", out), tmp_path) as school:
        home = school.open()
        with serving(portal(home.settings, home.store, home.clock, "/reports"), at.dup()):
            yield Families(school, browser, base)
            for context in browser.contexts:
                context.close()


def test_a_page_that_was_unlocked_is_opened_in_the_log_once(families: Families) -> None:
    page, answer = families.unlock(MOTHER)
    assert answer.status == 204
    assert "?" not in answer.url
    expect(page.get_by_text("the school learns that it was opened")).to_have_count(1)
    assert families.opened() == []  # what lies in the inbox is nobody's word yet
    assert families.collect() == {"opened": 1}
    assert families.waiting() == []
    mother = families.school.ref(MOTHER)
    seen = [(e.recipient, e.channel, e.object, e.reason) for e in families.opened()]
    assert seen == [(mother, "portal", families.place(MOTHER), "receipt-2021-12-17")] * 2  # both her children
    families.unlock(MOTHER)
    assert families.collect() == {"known": 1}
    assert len(families.opened()) == 2
    counts = families.school.state().delivery_counts()
    assert (counts["opened"], counts["delivered"]) == (2, len(families.school.state().channels) // 2 - 2)


def test_a_wrong_code_and_a_look_at_the_link_say_nothing(families: Families) -> None:
    page = families.browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.goto(families.link(MOTHER))
    page.get_by_label("Access code").fill(families.code(OTHER))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not open this page")
    assert asked == ["GET"]
    assert families.waiting() == []


def test_a_saved_page_says_so_too_and_opens_where_there_is_no_network(families: Families, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(families.school.store.get(families.place(FATHER)))
    families.unlock(FATHER, saved.as_uri())
    assert families.collect() == {"opened": 1}
    away = families.browser.new_page(offline=True)
    faults: list[str] = []
    away.on("pageerror", lambda error: faults.append(str(error)))
    away.goto(saved.as_uri())
    with away.expect_event("requestfailed"):
        away.get_by_label("Access code").fill(families.code(FATHER))
        away.keyboard.press("Enter")
    expect(away.locator("section").first).to_be_visible()
    assert faults == []


def test_who_has_a_page_of_their_own_cannot_make_a_receipt_for_another(families: Families) -> None:
    mine, theirs = families.wish(FATHER), families.wish(MOTHER)
    assert {mine.private, mine.public}.isdisjoint({theirs.private, theirs.public})
    families.lay(MOTHER, mine.private)
    assert families.collect() == {"forged": 1}
    families.school.store.put(f"{INBOX}x/y-0.json", b"{}")
    assert families.collect() == {"forged": 1}
    assert families.opened() == []
    families.lay(MOTHER, theirs.private)
    assert families.collect() == {"opened": 1}


def test_a_kill_between_log_and_inbox_adds_nothing(families: Families) -> None:
    families.unlock(OTHER)
    with patch.object(FileStore, "delete", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        families.collect()
    assert len(families.waiting()) == 1
    assert families.collect() == {"known": 1}
    assert len(families.opened()) == 1
    assert families.waiting() == []


def test_a_page_that_was_sealed_under_another_code_keeps_its_receipt(families: Families) -> None:
    before = families.wish(OTHER)
    void_code(families.school.open(), "run", "operator", PersonRef(families.school.ref(OTHER)))
    assert families.wish(OTHER) == before
    families.unlock(OTHER)
    assert families.collect() == {"opened": 1}


def test_pages_from_before_a_rotation_of_the_master_secret_stay_heard(families: Families) -> None:
    code = families.code(OTHER)
    rotate_master(families.school.open(), new_codes=True)
    with patch.object(Families, "code", lambda *_: code):
        families.unlock(OTHER)
    assert families.collect() == {"opened": 1}


def test_what_was_taken_back_is_not_opened_any_more(families: Families) -> None:
    families.unlock(OTHER)
    home = families.school.open()
    student = {families.school.ref(KYLE)}
    withdraw(home, "run", "mlopez", released_in([families.school.state()], student), "wrong-mark")
    assert families.collect() == {"no-page": 1}
    assert families.opened() == []


def test_what_nobody_opened_is_listed_after_some_days_and_nothing_else(
    families: Families, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    termpost = Command(monkeypatch, capsys)
    families.unlock(OTHER)
    said = termpost("deliveries", "collect", "--home", families.school.home)
    assert (said.code, said.out) == (0, "Receipts: 1 opened for the first time.\n")

    def unopened(days: int, day: str) -> set[str]:
        asked = termpost("deliveries", "--unopened", days, "--home", families.school.home, "--as-of", day, "--json")
        rows = json.loads(asked.out)
        assert {row["channel"] for row in rows} <= {"portal"}
        return {row["recipient"] for row in rows}

    assert unopened(10, "2021-12-27") == {MOTHER, FATHER}
    assert unopened(10, "2021-12-26") == set()
    assert unopened(0, "2021-12-17") == {MOTHER, FATHER}
    assert "none came" in termpost("deliveries", "collect", "--home", families.school.home).out


def test_opening_does_not_send_anything_again_and_a_correction_still_goes_out(families: Families) -> None:
    families.unlock(OTHER)
    families.collect()
    before = families.school.state().deliveries
    families.school.release()
    assert families.school.state().deliveries == before


def test_a_school_that_wants_no_receipts_gets_pages_that_send_none(school: Prepared) -> None:
    set_portal(school, 'base_url = "https://portal.grand-bend.example"\nreceipts = false')
    school.release()
    (key,) = school.store.list(f"sealed/{school.ref(OTHER)}/")
    page = school.store.get(key)
    assert b"connect-src https://portal.grand-bend.example/;" in page  # what a family writes
    assert b"the school learns that it was opened.</p>" not in page
    content = reopen(page, code_of(school.open(), school.ref(OTHER)))
    assert isinstance(content.receipt, ReceiptWish)
    assert content.receipt.to == ""
    assert content.messages


@pytest.mark.parametrize("other", [None, wish_to("https://elsewhere.example/receipts"), "another key"])
def test_law_13_a_page_that_would_tell_somebody_else_is_not_sent(
    school: Prepared, other: ReceiptWish | str | None
) -> None:
    def sealed(parts: Any, **about: Any) -> bytes:
        given = wish_to(about["receipt"].to) if other == "another key" else other
        return seal(parts, **{**about, "receipt": given, "messages": about["messages"] if given else None})

    faulty = patch.object(portal_channel, "seal", sealed)
    with faulty, pytest.raises(InputError, match="would post its receipt"):
        school.release()
    assert list(school.store.list("sealed/")) == []


@pytest.mark.parametrize("change", [{"to": "https://elsewhere.example/messages"}, {"home": wish_to("", 8).public}])
def test_law_13_a_page_that_would_send_what_a_family_writes_elsewhere_is_not_sent(
    school: Prepared, change: dict[str, Any]
) -> None:
    def sealed(parts: Any, **about: Any) -> bytes:
        return seal(parts, **{**about, "messages": replace(about["messages"], **change)})

    with patch.object(portal_channel, "seal", sealed), pytest.raises(InputError) as caught:
        school.release()
    assert caught.value.code == "wrong-messages"
    assert list(school.store.list("sealed/")) == []


@pytest.mark.released
def test_a_page_stays_the_same_bytes_with_its_receipt(school: Prepared) -> None:
    (key,) = school.store.list(f"sealed/{school.ref(MOTHER)}/")
    page, code = school.store.get(key), code_of(school.open(), school.ref(MOTHER))
    content = reopen(page, code)
    assert isinstance(content.receipt, ReceiptWish)
    assert content.receipt.to == "https://portal.grand-bend.example/receipts"
    assert content.receipt.private not in page
    again = seal(
        [SealedReport(one.title, one.page, one.pdf, one.filename) for one in content.parts], code=code,
        recipient=content.recipient, delivery=content.delivery, school=content.school, language=content.language,
        query_until=content.query_until, receipt=receipt_wish(school.open(), content.recipient, content.delivery),
        messages=messages_wish(school.open()),
        contact=office_contact(school.open().settings, office_hours(school.open().calendar)),
    )  # fmt: skip
    assert again == page
    assert replace(content, receipt=None) != content
    assert {CYCLE, LISA}.isdisjoint(content.receipt.to.split("/"))
