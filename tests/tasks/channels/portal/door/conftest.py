"""A household at its door, in a language of the test's."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from termpost.tasks.home.home import Home
from termpost.tasks.papers.sample import sample_report

from tests.household import Household, at_home
from tests.pages import make_page
from tests.tasks.gradebook import new_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return new_home(tmp_path_factory.mktemp("home") / "home")


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def household(browser: Browser, tmp_path: Path, home: Home, language: str) -> Iterator[Household]:
    institution = home.settings.institution.model_copy(update={"languages": tuple({language: 1, "en": 1, "es": 1})})
    settings = home.settings.model_copy(update={"institution": institution})
    report = sample_report(settings, home.policy, home.calendar, date(2021, 10, 15))
    with at_home(browser, tmp_path, settings, make_page(report, language), language) as found:
        yield found
