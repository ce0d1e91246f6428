"""One Prefect server, and one whole cycle on the sample district, for all tests of the flows."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.logging.configuration import setup_logging
from prefect.settings import PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, get_current_settings, temporary_settings
from prefect.testing.utilities import prefect_test_harness
from termpost.flows.runner import QUIET

from tests.flows.district import Prefect, WholeCycle, overheard
from tests.school import new_school, whole_extract

SOME = 10


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prefect]:
    home = tmp_path_factory.mktemp("prefect")
    updates = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}  # no word leaves the machine
    with temporary_settings(updates=updates), prefect_test_harness(server_startup_timeout=120):
        setup_logging()
        settings = get_current_settings()
        url = settings.server.database.connection_url
        assert url
        yield Prefect(home, str(settings.api.url), Path(url.get_secret_value().partition("///")[2]))


@pytest.fixture(autouse=True)
def environment(prefect: Prefect, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command sets for Prefect must not outlive a test."""
    for name, value in {**QUIET, "PREFECT_HOME": str(prefect.home), "PREFECT_API_URL": prefect.api_url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TERMPOST_DEBUG", "")
    for name in [name for name in os.environ if name.startswith("TERMPOST_") and name != "TERMPOST_DEBUG"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", params=["some", pytest.param("all", marks=pytest.mark.soak)])
def cycle(request: pytest.FixtureRequest, prefect: Prefect, tmp_path_factory: pytest.TempPathFactory) -> WholeCycle:
    """Of some students of the sample, and in `make soak` of all."""
    folder = tmp_path_factory.mktemp("district")
    school, extract = new_school(folder / "home"), whole_extract(folder / "extract")
    if request.param == "some":
        rows = extract.read("supplement/contacts.csv")
        students = sorted({row["studentSourcedId"] for row in rows})[:SOME]
        extract.keep({*students, *(row["contactSourcedId"] for row in rows if row["studentSourcedId"] in students)})
    whole = WholeCycle(school.home, school.phone, extract=extract)
    with overheard(whole.overheard):
        whole.prepared = whole.prepare(whole.extract, prefect=True)
        whole.delivered = whole.release(prefect=True)
    return whole
