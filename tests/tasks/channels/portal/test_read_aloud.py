"""A report read aloud: by voices on the device only, since any other sends the text to whoever made the browser."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.secrets.access_codes import access_code

CODE = access_code(bytes(range(32)), "r-1", 0)
SHEET = """<!doctype html><html lang="en"><head><title>Report</title></head><body>
<article lang="en"><h1>NAME</h1><table><tr><td>Algebra</td><td>87.25 %</td></tr></table></article>
<article lang="es"><p>El informe</p></article></body></html>"""
HERE = {"name": "here", "lang": "en_GB", "localService": True}
AWAY = {"name": "away", "lang": "en-US", "localService": False}
SPANISH = {"name": "hier", "lang": "es-ES", "localService": True}
FAKE = """
window.said = [];
window.cancelled = 0;
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
const speech = {
  voices: VOICES, onvoiceschanged: null,
  getVoices() { return this.voices; },
  speak(one) { window.said.push(one); },
  cancel() { window.cancelled++; },
};
Object.defineProperty(window, "speechSynthesis", { value: speech });
"""
Lay = Callable[..., Page]


@pytest.fixture
def lay(browser: Browser, tmp_path: Path) -> Iterator[Lay]:
    def laid(*voices: Any, language: str = "en", old: bool = False) -> Page:
        parts = [
            SealedReport(name, SHEET.replace("NAME", name).encode(), b"%PDF-1.7", "x.pdf") for name in ("Lisa", "Ömer")
        ]
        page = seal(
            parts, code=CODE, recipient="ref-1", delivery="d-1", school="Grand Bend", language=language,
            query_until=date(2022, 1, 5),
        )  # fmt: skip
        (tmp_path / "page.html").write_bytes(page)
        tab = browser.new_page(offline=True)
        tab.add_init_script(FAKE.replace("VOICES", json.dumps(voices)))
        if old:
            tab.add_init_script("delete Document.prototype.adoptedStyleSheets")
        tab.goto((tmp_path / "page.html").as_uri())
        tab.locator("#code").fill(CODE)
        tab.keyboard.press("Enter")
        expect(tab.locator("#reports > section:visible > h2")).to_be_focused()
        return tab

    yield laid
    for context in browser.contexts:
        context.close()


def button(page: Page) -> Locator:
    return page.locator("#aloud")


def said(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate("said.map((one) => [one.voice.name, one.lang, one.text])")
    return found


@pytest.mark.parametrize("voices", [[], [AWAY], [SPANISH, AWAY], [HERE | {"localService": 1}]])
def test_without_a_voice_on_the_device_there_is_no_button(lay: Lay, voices: list[Any]) -> None:
    expect(button(lay(*voices))).to_be_hidden()


@pytest.mark.parametrize("old", [False, True])
def test_the_report_that_is_shown_is_read_by_the_devices_voice(lay: Lay, old: bool) -> None:
    """What is in a language that has no voice here is left out, not read by a voice of another."""
    page = lay(AWAY, HERE, old=old)
    expect(button(page)).to_have_text("Read aloud")
    page.get_by_role("button", name="Ömer").click()
    button(page).click()
    assert said(page) == [["here", "en_GB", "Ömer"], ["here", "en_GB", "Algebra, 87.25 %"]]
    expect(button(page)).to_have_text("Stop reading")
    page.evaluate("said[0].onend && said[0].onend()")
    expect(button(page)).to_have_text("Stop reading")
    page.evaluate("said[1].onend()")
    expect(button(page)).to_have_text("Read aloud")


def test_each_language_of_a_report_has_its_voice(lay: Lay) -> None:
    page = lay(SPANISH, HERE, language="es")
    expect(button(page)).to_have_text("Leer en voz alta")
    button(page).click()
    assert [voice for voice, _, _ in said(page)] == ["here", "here", "hier"]


def test_it_stops_by_the_same_key_at_another_report_and_when_the_page_goes(lay: Lay) -> None:
    page = lay(HERE)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(button(page)).to_be_focused()
    for stop in ("again", "other", "gone"):
        page.evaluate("said.length = 0")
        button(page).press("Enter")
        expect(button(page)).to_have_text("Stop reading")
        before = page.evaluate("cancelled")
        if stop == "again":
            button(page).press("Enter")
        elif stop == "other":
            page.get_by_role("button", name="Ömer").click()
        else:
            page.evaluate("dispatchEvent(new Event('pagehide'))")
        assert page.evaluate("cancelled") > before
        expect(button(page)).to_have_text("Read aloud")
        page.evaluate("said[0].onerror()")  # a browser says of a cancelled one that it broke off
        expect(button(page)).to_have_text("Read aloud")


def test_voices_that_come_late_bring_the_button_and_take_it_away(lay: Lay) -> None:
    page = lay()
    page.evaluate("(one) => { speechSynthesis.voices = [one]; speechSynthesis.onvoiceschanged(); }", HERE)
    expect(button(page)).to_be_visible()
    page.evaluate("(one) => { speechSynthesis.voices = [one]; speechSynthesis.onvoiceschanged(); }", AWAY)
    expect(button(page)).to_be_hidden()
