"""Pages that families have from an earlier version: they open by their own script, and stay heard."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.receipt import INBOX, MacWish, ReceiptWish
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.receipts import ingest_receipts
from termpost.tasks.channels.portal.reopen import PageContent, reopen
from termpost.tasks.channels.portal.void_code import void_code
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.feedback.collect.inbox import collect_messages
from termpost.tasks.feedback.collect.opening import opener_of
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.migrate.migrate import migrate

from tests.portal_server import asking
from tests.signed_receipts import summed

ARCHIVE = Path(__file__).parents[3] / "data" / "homes" / "lake-7.tar.xz"  # with pages of termpost.sealed/1


@dataclass
class Earlier:
    """A home that an earlier version released, after `termpost migrate`."""

    path: Path
    client: httpx.Client
    browser: Browser

    def open(self) -> Home:
        return open_home(self.path)

    @property
    def key(self) -> str:
        return next(iter(self.open().store.list("sealed/")))

    @property
    def recipient(self) -> PersonRef:
        return PersonRef(self.key.split("/")[1])

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2].removesuffix(".html")

    def content(self) -> PageContent:
        home = self.open()
        return reopen(home.store.get(self.key), code_of(home, self.recipient))

    def unlock(self, page: Path, code: str) -> dict[str, Any]:
        """Opens a file of the page; gives what it posts to the school's address, where nothing answers."""
        sent: list[str] = []

        def keep(route: Route) -> None:
            sent.append(route.request.post_data or "")
            route.fulfill(status=204)

        tab = self.browser.new_page()
        tab.route("https://portal.grand-bend.example/receipts", keep)
        tab.goto(page.as_uri())
        with tab.expect_request("**/receipts"):
            tab.get_by_label("Access code").fill(code)
            tab.keyboard.press("Enter")
        expect(tab.locator("section").first).to_be_visible()
        tab.close()
        receipt: dict[str, Any] = json.loads(sent[0])
        return receipt

    def post(self, receipt: dict[str, Any]) -> int:
        return self.client.post("/receipts", content=json.dumps(receipt)).status_code

    def collect(self) -> dict[Any, int]:
        return dict(ingest_receipts(self.open(), "run").counts)


@pytest.fixture
def earlier(tmp_path: Path, browser: Browser) -> Iterator[Earlier]:
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(path, filter="tar")
    migrate(open_home(path))
    home = open_home(path)
    with asking(portal(home.settings, home.store, home.clock)) as client:
        yield Earlier(path, client, browser)
        for context in browser.contexts:
            context.close()


def test_a_page_of_the_first_format_opens_and_its_receipt_is_heard(earlier: Earlier, tmp_path: Path) -> None:
    home = earlier.open()
    (tmp_path / "page.html").write_bytes(home.store.get(earlier.key))
    assert isinstance(earlier.content().receipt, MacWish)
    receipt = earlier.unlock(tmp_path / "page.html", code_of(home, earlier.recipient))
    assert receipt["format"] == "termpost.receipt/1"
    rotate_master(home)
    assert earlier.post(receipt) == 204
    assert earlier.collect() == {"opened": 1}
    assert earlier.post(receipt) == 204
    assert earlier.collect() == {"known": 1}


def test_it_keeps_its_sixteen_places_and_what_is_forged_is_dropped(earlier: Earlier) -> None:
    for digit in "0123456789abcdef" * 2:
        forged = summed(digit.encode() * 32, earlier.recipient, earlier.name) | {"mac": digit * 64}
        assert earlier.post(forged) == 204
    assert len(list(earlier.open().store.list(INBOX))) == 16
    assert earlier.collect() == {"forged": 16}


def test_sealed_again_it_has_a_key_pair_and_takes_no_sum_any_more(earlier: Earlier, tmp_path: Path) -> None:
    """What came before still counts: its key was in that page alone."""
    before = earlier.content()
    assert isinstance(before.receipt, MacWish)
    receipt = summed(before.receipt.key, earlier.recipient, earlier.name)
    assert earlier.post(receipt) == 204
    void_code(earlier.open(), "run", "operator", earlier.recipient)
    after = earlier.content()
    assert isinstance(after.receipt, ReceiptWish)
    assert (after.receipt.to, after.parts) == (before.receipt.to, before.parts)
    assert earlier.post(receipt) == 404
    assert earlier.collect() == {"opened": 1}
    home = earlier.open()
    (tmp_path / "page.html").write_bytes(home.store.get(earlier.key))
    assert earlier.post(earlier.unlock(tmp_path / "page.html", code_of(home, earlier.recipient))) == 204
    assert earlier.collect() == {"known": 1}
    assert void_code(earlier.open(), "run", "operator", None) > 0  # and again, from one of today's
    assert earlier.content().receipt == after.receipt


def test_behind_the_door_a_page_of_the_first_format_opens_and_is_asked_about_by_the_doors_own_key(
    earlier: Earlier,
) -> None:
    home = open_home(
        earlier.path, FixedClock(datetime(2021, 12, 18, 15, tzinfo=UTC))
    )  # the children are still children
    refresh_doors(home, "run")
    tab = earlier.browser.new_page()

    def ask(route: Route) -> None:
        asked = route.request
        path = asked.url.removeprefix("https://portal.grand-bend.example")
        said = earlier.client.request(asked.method, path, content=asked.post_data_buffer or b"")
        route.fulfill(status=said.status_code, headers=dict(said.headers), body=said.content)

    tab.route("https://portal.grand-bend.example/**", ask)
    tab.goto("https://portal.grand-bend.example/")
    tab.locator("#code").fill(code_of(home, earlier.recipient))
    tab.keyboard.press("Enter")
    tab.locator("button.report:visible").first.click()
    tab.locator(".acts:visible .row button").nth(1).click()
    tab.locator("form.say:visible textarea").fill("Why?")
    with tab.expect_response("**/messages") as answer:
        tab.locator("form.say:visible button[type=submit]").click()
    assert answer.value.status == 204
    assert dict(collect_messages(home, "run", opener_of(home)).counts) == {"query": 1}
    (query,) = threads_of(home).values()
    assert query.contact == earlier.recipient
