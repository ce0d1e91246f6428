"""A sealed page as a family meets it: saved on disk, opened in Chromium, no network."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.secrets.access_codes import ALPHABET, access_code, tidy

from tests.some_now import some_now

MASTER = bytes(range(32))
CODE, OTHER = (access_code(MASTER, recipient, 0) for recipient in ("r-1", "r-2"))
WRONG = "That code does not open this page"
SHEET = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="termpost-report" content="604822 · 2021-fall-final · v1"><title>Report</title>
<style>body { font-family: sans-serif; min-height: 100vh } h1 { color: rgb(1, 2, 3) } td { padding: 4px }</style>
<style media="print">h1 { color: rgb(9, 9, 9) }</style>
<style>@media (prefers-color-scheme: dark) { h1 { color: rgb(4, 5, 6) } }</style></head>
<body><h1>NAME</h1><p id="bar" style="width:87px;--said:'>'">a style = "a wish"</p>
<img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
<table>ROWS</table><a id="policy" href="https://school.example/policy">Policy</a>
<a id="end" href="#bar">Up</a></body></html>"""


def _part(name: str) -> SealedReport:
    rows = "".join(f"<tr><td>Course {number}</td><td>8{number}.25 %</td></tr>" for number in range(9))
    pdf = b"%PDF-1.7\n" + random.Random(name).randbytes(30_000)  # noqa: S311 - stands in for a PDF
    return SealedReport(
        f"{name}: Fall 2021", SHEET.replace("NAME", name).replace("ROWS", rows).encode(), pdf, f"{name}.pdf"
    )


LISA, OMER = _part("Lisa"), _part("Ömer")


@dataclass
class Desk:
    """Puts a sealed page on disk and opens it; notes what the browser reports meanwhile."""

    browser: Browser
    folder: Path
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def lay(
        self, *parts: SealedReport, change: tuple[bytes, bytes] | None = None, dark: bool = False, width: int = 900
    ) -> Page:
        html = seal(
            parts,
            code=CODE,
            recipient="ref-1",
            delivery="d-1",
            school="Grand Bend “High” & Co",
            language="en",
            query_until=date(2022, 1, 5),
        )
        path = self.folder / "report.html"
        path.write_bytes(html.replace(*change) if change else html)
        page = self.browser.new_page(
            viewport={"width": width, "height": 740}, color_scheme="dark" if dark else "light", offline=True
        )
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path.as_uri())
        return page


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(browser, tmp_path)
    yield desk
    for context in browser.contexts:
        context.close()


def _type(page: Page, code: str) -> None:
    page.get_by_label("Access code").fill(code)
    page.keyboard.press("Enter")


def _open(page: Page, code: str = CODE) -> None:
    _type(page, code)
    expect(page.locator("section").first.get_by_role("heading")).to_be_visible()


def test_it_opens_with_its_code_and_the_report_looks_as_it_was_made(desk: Desk) -> None:
    page = desk.lay(LISA)
    expect(page.get_by_role("heading", level=1)).to_have_text("Grand Bend “High” & Co")
    _open(page)
    report = page.frame_locator("iframe:visible")
    expect(report.locator("h1")).to_have_text("Lisa")
    expect(report.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    expect(report.locator("#bar")).to_have_css("width", "87px")
    expect(report.locator("#bar")).to_have_text('a style = "a wish"')
    expect(report.locator("img")).to_have_js_property("naturalWidth", 1)
    expect(page.get_by_text("by January 5, 2022")).to_be_visible()
    expect(page.locator("#door")).to_be_hidden()


def test_nothing_is_asked_of_any_network_and_no_policy_is_broken(desk: Desk) -> None:
    page = desk.lay(LISA, OMER)
    _type(page, OTHER)
    expect(page.get_by_role("alert")).to_contain_text(WRONG)
    _open(page)
    page.get_by_role("button", name="Ömer").click()
    expect(page.frame_locator("iframe:visible").locator("h1")).to_have_text("Ömer")
    assert desk.complaints == []
    assert [url for url in desk.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in desk.requests if url.startswith("file:")]) == 1


GROUPED = f" {CODE.lower().replace('-', ' – ')}\u00a0"


@pytest.mark.parametrize("typed", some_now([GROUPED, CODE, CODE.lower(), CODE.replace("-", "")], 4))
def test_groups_case_and_dashes_do_not_matter(desk: Desk, typed: str) -> None:
    page = desk.lay(LISA)
    _open(page, typed)


@pytest.mark.soak
def test_it_does_not_open_with_a_thousand_other_codes(desk: Desk) -> None:
    page = desk.lay(LISA)
    others = [access_code(MASTER, f"other-{number}", 0) for number in range(1000)]
    answers = page.evaluate(
        """async (codes) => {
            const input = document.getElementById("code"), message = document.getElementById("message"), answers = [];
            for (const code of codes) {
                input.value = code;
                document.getElementById("form").requestSubmit();
                while (message.textContent === "") await new Promise((again) => setTimeout(again));
                answers.push(message.textContent);
            }
            return answers;
        }""",
        others,
    )
    assert len(answers) == 1000
    assert all(answer.startswith(WRONG) for answer in answers)
    expect(page.locator("#reports")).to_be_hidden()
    _open(page)


def test_a_typing_error_is_said_before_anything_is_decrypted(desk: Desk) -> None:
    page = desk.lay(LISA)
    page.evaluate(
        "() => { window.tried = 0; const real = crypto.subtle.decrypt.bind(crypto.subtle);"
        " crypto.subtle.decrypt = (...all) => { window.tried += 1; return real(...all); }; }"
    )
    code, alert = tidy(CODE), page.get_by_role("alert")
    slips = [code[:place] + code[place + 1] + code[place] + code[place + 2 :] for place in range(16)]
    slips += [code[:place] + ALPHABET[ALPHABET.index(code[place]) - 1] + code[place + 1 :] for place in range(17)]
    for slip in slips:
        if slip != code:
            _type(page, slip)
            expect(alert).to_contain_text("typing mistake")
    _type(page, code[:-2])
    expect(alert).to_contain_text("You have typed 15")
    _type(page, "O" + code[1:])
    expect(alert).to_contain_text("never part of a code: O")
    expect(page.get_by_label("Access code")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Access code")).to_be_focused()
    assert page.evaluate("window.tried") == 0
    _open(page)
    assert page.evaluate("window.tried") == 1


@pytest.mark.parametrize(("old", "new"), [
    (b'"data":"', b'"data":"AAAA'),
    (b'"salt":"', b'"salt":"AAAA'),
    (b'"language":"en"', b'"language":"es"'),
    (b'"school":"Grand', b'"school":"Great'),
])  # fmt: skip
def test_an_altered_page_does_not_open(desk: Desk, old: bytes, new: bytes) -> None:
    page = desk.lay(LISA, change=(old, new))
    _type(page, CODE)
    expect(page.get_by_role("alert")).to_contain_text(WRONG)


def test_an_altered_script_does_not_run(desk: Desk) -> None:
    page = desk.lay(LISA, change=(b'"use strict"', b'"use sloppy"'))
    expect(page.get_by_label("Access code")).to_be_visible()
    assert ["script-src" in complaint and "blocked" in complaint for complaint in desk.complaints] == [True]


def test_a_script_that_strayed_into_a_report_does_not_run_and_its_links_leave_the_page(desk: Desk) -> None:
    strayed = b"<script>parent.strayed = 1</script><img src=x onerror='parent.strayed = 2'></body>"
    part = SealedReport(LISA.title, LISA.page.replace(b"</body>", strayed), LISA.pdf, LISA.filename)
    page = desk.lay(part)
    _open(page)
    link = page.frame_locator("iframe").locator("#policy")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert page.evaluate("window.strayed") is None
    assert "allow-scripts" not in str(page.locator("iframe").get_attribute("sandbox"))


def test_the_downloaded_pdf_is_byte_for_byte_the_sealed_one(desk: Desk) -> None:
    page = desk.lay(LISA, OMER)
    _open(page)
    for part in (LISA, OMER):
        page.get_by_role("button", name=part.title).click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as PDF").click()
        assert Path(download.value.path()).read_bytes() == part.pdf
        assert download.value.suggested_filename == part.filename


def test_reports_of_several_children_are_a_list_and_focus_goes_to_the_heading(desk: Desk) -> None:
    page = desk.lay(LISA, OMER)
    _open(page)
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    choices = page.get_by_role("navigation", name="Reports").get_by_role("button")
    expect(choices).to_have_text([LISA.title, OMER.title])
    choices.nth(1).press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text(OMER.title)
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    expect(choices.nth(1)).to_have_attribute("aria-current", "true")
    expect(page.frame_locator("iframe:visible").locator("h1")).to_have_text("Ömer")


def test_one_report_shows_no_list_and_can_be_locked_again(desk: Desk) -> None:
    page = desk.lay(LISA)
    _open(page)
    expect(page.get_by_role("navigation")).to_be_hidden()
    page.get_by_role("button", name="Lock again").click()
    expect(page.get_by_label("Access code")).to_have_value("")
    expect(page.locator("section")).to_have_count(0)


def test_the_whole_way_works_by_keyboard(desk: Desk) -> None:
    page = desk.lay(LISA)
    page.keyboard.press("Tab")
    page.keyboard.type(CODE)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Download as PDF")).to_be_focused()


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_of_360_pixels_shows_it_without_scrolling_sideways(desk: Desk, dark: bool) -> None:
    page = desk.lay(LISA, OMER, width=360, dark=dark)
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
    _type(page, OTHER)
    expect(page.get_by_role("alert")).to_contain_text(WRONG)
    assert not page.evaluate(wide)
    _open(page)
    inside = page.frame_locator("iframe:visible")
    expect(inside.locator("h1")).to_have_css("color", "rgb(4, 5, 6)" if dark else "rgb(1, 2, 3)")
    assert not page.evaluate(wide)
    expect(inside.locator("#end")).to_be_visible()
    end, frame = inside.locator("#end").bounding_box(), page.locator("iframe:visible").bounding_box()
    assert end
    assert frame
    assert end["y"] + end["height"] <= frame["y"] + frame["height"]  # the report scrolls with the page, not in a box
    for turned in (740, 360, 740, 360):  # the report is as high as its text, however often the phone is turned
        page.set_viewport_size({"width": turned, "height": 740})
    expect(page.locator("iframe:visible")).to_have_css("height", f"{frame['height']:g}px")


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_of_the_page_has_the_contrast_of_wcag_aa(desk: Desk, dark: bool) -> None:
    page = desk.lay(LISA, OMER, dark=dark)
    _type(page, OTHER)
    expect(page.get_by_role("alert")).to_contain_text(WRONG)
    low = _lowest_contrast(page)
    _open(page)
    assert min(low, _lowest_contrast(page)) >= 4.5


def _lowest_contrast(page: Page) -> float:
    pairs = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, p, label, input, button, a")]
            .filter((node) => node.getClientRects().length && (node.textContent || node.tagName === "INPUT"))
            .map((node) => {
                let ground = node;
                while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
                return [getComputedStyle(node).color, getComputedStyle(ground).backgroundColor];
            })"""
    )
    assert len(pairs) >= 6
    return min(_contrast(_luminance(ink), _luminance(ground)) for ink, ground in pairs)


def _luminance(colour: str) -> float:
    parts = [int(value) / 255 for value in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
