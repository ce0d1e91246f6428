"""Here so that tests of any folder can import `school`; and a test whose tool is not installed says so by name."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`needs("qpdf")` on a test, or the fixture `browser`: skipped where `make test` could not install it."""
    wanted = {tool for mark in item.iter_markers("needs") for tool in mark.args}
    if "browser" in getattr(item, "fixturenames", ()):
        wanted.add("chromium")
    missing = sorted(tool for tool in wanted if shutil.which(tool) is None)
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; one a module, since Playwright's loop may not outlive it beside Prefect's."""
    options = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox", "--disable-dev-shm-usage"]}
    with sync_playwright() as play:
        chromium = play.chromium.launch(**options)
        yield chromium
        chromium.close()
