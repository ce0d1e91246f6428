"""The door on the phones that families have: each language, an old browser, no script, a keyboard, large type."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.household import QUERY, Household, act, one, open_report
from tests.some_now import soaked, some_languages
from tests.tasks.channels.portal.test_old_phones import OFF

LANGUAGES = ("en", "es", "ar", "zh-Hans", "fr", "uk", "vi")


def is_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_without_a_script_it_says_whom_to_call_and_when(household: Household) -> None:
    tab = household.tab(java_script_enabled=False)
    tab.goto(household.base + "/")
    for words in ("08:00–16:30", "needs JavaScript", "necesita JavaScript"):
        expect(tab.get_by_text(words).first).to_be_visible()
    expect(tab.locator("a[href^='tel:']")).to_be_visible()
    expect(tab.locator("#code")).to_be_hidden()


def test_without_what_came_after_chrome_70_it_opens_too(household: Household) -> None:
    tab = household.tab()
    tab.add_init_script(OFF)
    open_report(household.unlock(tab))
    expect(tab.locator("iframe")).to_have_count(0)
    act(tab, "I have read it")
    expect(tab.locator(".acts:visible > .said")).to_contain_text("knows that you have read it")
    assert household.complaints == []


@pytest.mark.parametrize("language", some_languages())
def test_in_each_language_on_each_screen_all_fits_and_the_verdict_is_seen_first(household: Household) -> None:
    tab = household.tab()
    for width, height in ((390, 844), (195, 422)):  # a phone, and the same at 200 %
        tab.set_viewport_size({"width": width, "height": height})
        household.unlock(tab)
        assert not is_wide(tab)
        open_report(tab)
        act(tab, tab.locator(".acts:visible button").nth(3).text_content() or "")
        assert not is_wide(tab)
        assert tab.evaluate("document.documentElement.lang") == household.language
        if width == 390:
            frame = tab.locator("iframe:visible").bounding_box()
            assert frame
            inside = tab.frame_locator("iframe:visible")
            bottom = "(node) => node.getBoundingClientRect().bottom"
            top = frame["y"] + tab.evaluate("scrollY")
            assert top + inside.locator(".glance").first.evaluate(bottom) <= 500
            assert top + inside.locator(".todo").first.evaluate(bottom) <= 844
    assert household.complaints == []


@pytest.mark.parametrize(("language", "media"), [
    ("ar", {"color_scheme": "dark"}), *soaked(("en", {"color_scheme": "light"}), ("es", {"forced_colors": "active"})),
])  # fmt: skip
def test_no_screen_has_a_violation_and_every_button_is_large(household: Household, media: dict[str, str]) -> None:
    tab, found = household.tab(bypass_csp=True, **media), list[object]()
    tab.goto(household.base + "/")
    found += Axe().run(tab).response["violations"]
    household.unlock(tab)
    for details in tab.locator("#home details > summary").all():
        details.click()
    tab.locator(f"#{QUERY} .acts button").first.click()
    found += Axe().run(tab).response["violations"]
    small = _small(tab)
    open_report(tab)
    for number in (1, 2, 3, 4):
        tab.locator(".acts:visible .row button").nth(number).click()
        found += Axe().run(tab).response["violations"]
    assert found == []
    assert small + _small(tab) == []


def _small(tab: Page) -> list[str]:
    """Buttons and fields that a thumb misses: lower than 44 CSS pixels (WCAG 2.2, 2.5.5)."""
    script = """() => [...document.querySelectorAll("button, summary, textarea, select, input[type=text]")]
        .filter((node) => node.getClientRects().length && node.getBoundingClientRect().height < 43.5)
        .map((node) => node.outerHTML)"""
    found: list[str] = tab.evaluate(script)
    return found


def test_the_keyboard_alone_asks_a_question(household: Household) -> None:
    tab = open_report(household.unlock(household.tab()))
    tab.keyboard.press("Tab")
    expect(tab.locator(":focus")).to_have_text("Tell the school")
    tab.keyboard.press("Enter")
    expect(tab.locator(":focus")).to_have_text("I have read it")
    expect(tab.locator(":focus")).to_have_css("outline-style", "solid")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.type("Why?")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("form.say:visible .said")).to_contain_text("The school has your message")
    assert one(household).text == "Why?"
