"""Here so that tests of any folder can import `school`; and a test whose tool is not installed says so by name."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import one_thread  # noqa: F401 - importing it is what does it
from tests.once import shared_folder
from tests.scratch import use_memory
from tests.services import gateway
from tests.services.gateway import Gateway

SERVICES = {"browser": "chromium", "s3": "radosgw", "imap": "dovecot"}
LONG = ("tests/laws/test_law_08", "tests/laws/test_law_16", "tests/deploy/test_scheduled_runs")
OF_ONE_WORKER = "tests/flows"  # a Prefect server and a whole district, for each worker that comes to it
CEPH = "ceph"  # the gateway's place in the folder of the run

if "PYTEST_XDIST_WORKER" not in os.environ:
    use_memory()  # before pytest or a worker chooses a folder


def wanted(item: pytest.Item) -> set[str]:
    """The programs beside Python that a test needs."""
    tools = {tool for mark in item.iter_markers("needs") for tool in mark.args}
    return tools | {tool for fixture, tool in SERVICES.items() if fixture in getattr(item, "fixturenames", ())}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`needs("qpdf")` on a test, or the fixture of a service: skipped where `make test` could not install it."""
    missing = sorted(tool for tool in wanted(item) if shutil.which(tool) is None)
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes a minute begins first, so that no worker is left alone with it at the end.

    A worker begins with its part of the list, and what others take from it is the end: so the first keeps the flows.
    What needs the gateway would wait for it, which comes up beside the first tests.
    """

    def place(item: pytest.Item) -> tuple[bool, bool]:
        is_long = item.nodeid.startswith(LONG) and SERVICES["s3"] not in wanted(item)
        return not is_long, not item.nodeid.startswith(OF_ONE_WORKER)

    items.sort(key=place)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What takes long to start comes up while other tests run."""
    on_s3 = any(SERVICES["s3"] in wanted(item) for item in session.items)
    if on_s3 and shutil.which(SERVICES["s3"]) and not session.config.option.collectonly:
        gateway.begin(shared_folder(session.config._tmp_path_factory) / CEPH)  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)  # before pytest takes the folder away
def pytest_sessionfinish(session: pytest.Session) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ and hasattr(session.config, "_tmp_path_factory"):
        gateway.end(shared_folder(session.config._tmp_path_factory) / CEPH)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; one a module, since Playwright's loop may not outlive it beside Prefect's."""
    options = ["--no-sandbox", "--disable-dev-shm-usage"]
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    return gateway.started(shared_folder(tmp_path_factory) / CEPH)
