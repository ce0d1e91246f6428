"""Pictures of pages, by a browser that is on this machine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from termpost.schemas.base.errors import InputError
from termpost.tasks.papers.gallery.exhibits import Exhibit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SERVED: Final = "https://reports.school.example/"  # where a page is that its portal answers; nothing goes there
LONGEST = 60_000  # milliseconds until a page shows what it has, on a machine with other work


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    media: Literal["screen", "print"] = "screen"


LOOKS = (
    Look("phone", 390, 844), Look("desktop", 1280, 800), Look("dark", 390, 844, scheme="dark"),
    Look("paper", 800, 1100, media="print"),
)  # fmt: skip


@contextmanager
def a_browser() -> Iterator["Browser"]:
    """The machine's Chromium, driven by Playwright.

    Raises:
        InputError: `no-browser`, where one of the two is not there.
    """
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra, which a school need not have
    except ImportError:
        raise _without("Playwright", "pip install 'termpost[gallery]'") from None
    if found is None:
        raise _without("Chromium", "install it (apt install chromium)")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()


def _without(what: str, remedy: str) -> InputError:
    return InputError("no-browser", f"pages cannot be pictured without {what}", "gallery",
                      f"{remedy}, or leave them out with --papers")  # fmt: skip


def page_picture(browser: "Browser", page: Path, look: Look, exhibit: Exhibit) -> bytes:
    """A PNG of the whole page, as its exhibit is opened.

    Raises:
        InputError: `no-picture`, where the browser does not show it in time, or ended.
    """
    from playwright.sync_api import Error  # noqa: PLC0415 - as above

    try:
        context = browser.new_context(
            viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme, offline=not exhibit.served,
            device_scale_factor=1, reduced_motion="reduce",
        )  # fmt: skip
        with context:
            shown = context.new_page()
            shown.set_default_timeout(LONGEST)
            open_exhibit(shown, page, exhibit)
            shown.emulate_media(media=look.media, color_scheme=look.scheme)  # on paper there is nothing to press
            return shown.screenshot(full_page=True)
    except Error as fault:
        why = "in time" if "Timeout" in type(fault).__name__ else "to its end"
        raise InputError("no-picture", f"the browser did not show this page {why}", f"gallery, {page.name}",
                         "try again on an idle machine, or leave pages out with --papers") from None  # fmt: skip


def open_exhibit(shown: "Page", page: Path, exhibit: Exhibit) -> None:
    """What its portal would give it is given here; nothing is asked of any network."""
    if not exhibit.served:
        shown.goto(page.as_uri())
        if exhibit.code:
            open_with(shown, exhibit.code)
        return

    def answer(route: "Route") -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(body=page.read_bytes(), content_type="text/html")
        elif path in exhibit.served:
            route.fulfill(body=exhibit.served[path])
        else:
            route.abort()

    shown.route("**/*", answer)
    shown.goto(SERVED)
    shown.locator("#code").fill(exhibit.code)
    shown.keyboard.press("Enter")
    for number, selector in enumerate(exhibit.press):
        found = shown.locator(f"{selector}:visible")
        found.nth(number if exhibit.press.count(selector) > 1 else 0).click()
    shown.evaluate("document.activeElement.matches('summary') && document.activeElement.blur()")
    if shown.locator("iframe").count():
        shown.frame_locator("iframe").first.locator("h1").first.wait_for()


def open_with(shown: "Page", code: str) -> None:
    """Types the code in, and waits until the report is there."""
    shown.locator("input").first.fill(code)
    shown.keyboard.press("Enter")
    frame = shown.frame_locator("iframe").first
    frame.locator("h1").first.wait_for()
