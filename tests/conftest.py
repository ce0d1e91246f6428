"""Here so that tests of any folder can import `school`; and a test whose tool is not installed says so by name."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from services.gateway import Gateway, gateway

SERVICES = {"browser": "chromium", "s3": "radosgw"}


if "PYTEST_XDIST_WORKER" in os.environ:
    import one_thread  # noqa: F401 - importing it is what does it


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`needs("qpdf")` on a test, or the fixture of a service: skipped where `make test` could not install it."""
    wanted = {tool for mark in item.iter_markers("needs") for tool in mark.args}
    wanted |= {tool for fixture, tool in SERVICES.items() if fixture in getattr(item, "fixturenames", ())}
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


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Takes 12 s to start: its tests share the xdist group `s3`, so that one worker runs it."""
    with gateway(tmp_path_factory.mktemp("ceph")) as running:
        yield running
