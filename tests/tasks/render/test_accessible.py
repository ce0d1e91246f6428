"""axe-core on the page of a report: every language, light and dark, no violation (WCAG 2.1 AA, best practices)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from termpost.schemas.documents.report import Report

from tests.pages import make_page
from tests.some_now import some_languages


def violations(browser: Browser, page: bytes, **options: object) -> list[tuple[str, str]]:
    """Rule and the first element that breaks it."""
    tab = browser.new_page(**options)  # type: ignore[arg-type]
    tab.set_content(page.decode())
    found = Axe().run(tab).response["violations"]
    tab.close()
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", some_languages())
def test_no_violation_in_any_language_and_mode(
    browser: Browser, full_report: Report, language: str, scheme: str
) -> None:
    assert violations(browser, make_page(full_report, language), color_scheme=scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_on_a_phone_and_where_nothing_is_there(browser: Browser, report: Report, scheme: str) -> None:
    phone = {"width": 360, "height": 740}
    bare = report.model_copy(update={"courses": (), "attendance": None, "scale": (), "policies": ()})
    for made in (report, bare):
        assert violations(browser, make_page(made, "en"), color_scheme=scheme, viewport=phone) == []


def test_a_page_that_breaks_a_rule_is_noticed(browser: Browser, report: Report) -> None:
    broken = (
        make_page(report, "en").replace(b'<html lang="en"', b"<html").replace(b"--faint: #595f69", b"--faint: #c0c0c0")
    )
    assert {rule for rule, _ in violations(browser, broken)} >= {"html-has-lang", "color-contrast"}
