"""axe-core on the pages beside the report: locked page, schedule, what was taken back; in every language and mode."""

from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from termpost.schemas.documents.report import Contact
from termpost.schemas.settings.calendar import Calendar, load_calendar
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.status_pages import absent, taken_back
from termpost.tasks.documents.wording import languages
from termpost.tasks.papers.schedule import make_schedule_page
from termpost.tasks.secrets.access_codes import access_code

from tests.signed_receipts import wish_to
from tests.tasks.gradebook import EXAMPLES

# colours are the same in every language; dark is tried in both directions of writing
EVERY = [(language, "light") for language in languages()] + [("en", "dark"), ("ar", "dark")]
SOME = [pytest.param(*one, marks=[] if n % 3 == 0 else [pytest.mark.soak]) for n, one in enumerate(EVERY)]


def violations(browser: Browser, address: str, scheme: str) -> list[tuple[str, str]]:
    # a policy of the page bars what is put into it from outside, and axe-core is
    tab = browser.new_page(color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    tab.goto(address)
    found = Axe().run(tab).response["violations"]
    tab.close()
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar(EXAMPLES / "grand-bend-home", {})


@pytest.mark.parametrize(("language", "scheme"), SOME)
def test_the_locked_page_has_no_violation(browser: Browser, tmp_path: Path, language: str, scheme: str) -> None:
    page = seal(
        [SealedReport("Ada Ng", b"<!doctype html><title>x</title>", b"%PDF", "x.pdf")],
        code=access_code(b"k" * 32, "ref", 1), recipient="ref", delivery="d", school="Harbour View High School",
        language=language, query_until=date(2022, 1, 5),
        receipt=wish_to("https://school.example/receipts"),
    )  # fmt: skip
    (tmp_path / "page.html").write_bytes(page)
    assert violations(browser, (tmp_path / "page.html").as_uri(), scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_wrong_link_has_no_violation_and_says_it_in_every_language(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    settings = Settings(institution=Institution(name="Harbour View", languages=languages()))
    (tmp_path / "page.html").write_bytes(absent(settings))
    assert violations(browser, (tmp_path / "page.html").as_uri(), scheme) == []
    assert absent(settings).count(b"<section") == len(languages())


@pytest.mark.parametrize(("language", "scheme"), SOME)
def test_the_schedule_has_no_violation(
    browser: Browser, calendar: Calendar, tmp_path: Path, language: str, scheme: str
) -> None:
    settings = Settings(institution=Institution(name="Harbour View", languages=(language,)))
    (tmp_path / "page.html").write_text(make_schedule_page(settings, calendar), encoding="utf-8")
    assert violations(browser, (tmp_path / "page.html").as_uri(), scheme) == []


@pytest.mark.parametrize(("language", "scheme"), SOME)
def test_the_page_of_what_was_taken_back_has_no_violation(
    browser: Browser, tmp_path: Path, language: str, scheme: str
) -> None:
    ask = Contact(name="School Office", email="office@schools.example.org", phone="+1 555 0100")
    settings = Settings(institution=Institution(name="Harbour View", languages=("en", "ar"), ask=ask))
    for replaced in (False, True):
        page = taken_back(settings, language, replaced=replaced)
        (tmp_path / "page.html").write_bytes(page)
        assert violations(browser, (tmp_path / "page.html").as_uri(), scheme) == []
        assert (b"<details" in page) is (language != "en")  # what nobody reviewed has the school's own folded under it
