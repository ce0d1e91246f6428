"""A released school whose portal runs, and a browser at a family's home."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, expect
from termpost.schemas.documents.receipt import INBOX, ReceiptWish
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.reopen import reopen
from termpost.tasks.home.recipient_codes import code_of

from tests.command import Command
from tests.portal_server import serving
from tests.school import Prepared
from tests.snapshots import small_school


@dataclass(frozen=True)
class Portal:
    """What a family, a stranger and the office do with it."""

    school: Prepared
    browser: Browser
    termpost: Command
    base: str

    def page_of(self, contact: str) -> tuple[str, str]:
        """Recipient and page, as they stand in the link."""
        (key,) = self.school.store.list(f"sealed/{self.school.ref(contact)}/")
        recipient, _, page = key.removeprefix("sealed/").removesuffix(".html").partition("/")
        return recipient, page

    def locked(self, contact: str) -> bytes:
        recipient, page = self.page_of(contact)
        return self.school.store.get(f"sealed/{recipient}/{page}.html")

    def unlock(self, contact: str) -> tuple[int, dict[str, Any]]:
        """Opens the page with its code: the answer to its receipt, and the receipt."""
        page = self.browser.new_page()
        page.goto(f"{self.base}/{'/'.join(self.page_of(contact))}")
        with page.expect_response("**/receipts") as answer:
            page.get_by_label("Access code").fill(code_of(self.school.open(), self.school.ref(contact)))
            page.keyboard.press("Enter")
        expect(page.locator("section").first).to_be_visible()
        sent: dict[str, Any] = json.loads(answer.value.request.post_data or "")
        page.close()
        return answer.value.status, sent

    def wish(self, contact: str) -> ReceiptWish:
        """What only who has the code finds in the page."""
        wish = reopen(self.locked(contact), code_of(self.school.open(), self.school.ref(contact))).receipt
        assert isinstance(wish, ReceiptWish)
        return wish

    def post(self, body: dict[str, Any] | bytes | Iterator[bytes]) -> int:
        """The status of what a stranger posts; an iterator goes in chunks, without a length."""
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        return httpx.post(f"{self.base}/receipts", content=content).status_code

    def collect(self) -> dict[str, Any]:
        said = self.termpost("deliveries", "collect", "--home", self.school.home, "--json")
        assert said.code == 0, said.err
        found: dict[str, Any] = json.loads(said.out)
        return found

    def opened(self) -> list[str]:
        """Whose pages the log calls opened."""
        return sorted({str(entry.recipient) for entry in self.school.open().log.entries("opened")})

    def waiting(self) -> list[str]:
        return list(self.school.store.raw.list(INBOX))


@contextmanager
def at_the_portal(school: Prepared, port: int, browser: Browser, termpost: Command) -> Iterator[Portal]:
    """A released school whose pages say that they are at this port (`released_at`), and what `serve` runs there.

    The process itself, its limits and its signals are tests/attacks/test_portal_dawdlers.py's.
    """
    home = school.open()
    app = portal(home.settings, home.store, home.clock, "/reports")
    with socket.create_server(("127.0.0.1", port)) as at, serving(app, at):
        try:
            yield Portal(school, browser, termpost, f"http://127.0.0.1:{port}/reports")
        finally:
            for context in browser.contexts:
                context.close()


def released_at(port: int, folder: Path) -> Prepared:
    """The small school, released with pages that are at this port."""
    school = small_school(folder)
    settings = school.home / "termpost.toml"
    base = f"http://127.0.0.1:{port}/reports"
    settings.write_text(settings.read_text().replace("https://portal.grand-bend.example", base))
    school.release()
    return school
