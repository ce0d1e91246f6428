"""Pictures of pages, by a browser that is on this machine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from termpost.schemas.base.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LONGEST = 10_000  # milliseconds until a page shows what it has


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


def page_picture(browser: "Browser", page: Path, look: Look, code: str = "") -> bytes:
    """A PNG of the whole page.

    Args:
        code: is typed in first, and the page waited for until it has opened.
    """
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme, offline=True,
        device_scale_factor=1, reduced_motion="reduce",
    )  # fmt: skip
    try:
        shown = context.new_page()
        shown.emulate_media(media=look.media, color_scheme=look.scheme)
        shown.goto(page.as_uri())
        if code:
            open_with(shown, code)
        return shown.screenshot(full_page=True)
    finally:
        context.close()


def open_with(shown: "Page", code: str) -> None:
    """Types the code in, and waits until the report is there."""
    shown.locator("input").first.fill(code)
    shown.keyboard.press("Enter")
    frame = shown.frame_locator("iframe").first
    frame.locator("h1").first.wait_for(timeout=LONGEST)
