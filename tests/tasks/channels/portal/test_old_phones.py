"""A sealed page on the phones that families have: an old browser, no network, large type, a keyboard, a voice."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from termpost.schemas.documents.receipt import ReceiptWish
from termpost.schemas.documents.report import Report
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.secrets.access_codes import access_code

from tests.pages import make_page
from tests.signed_receipts import signed, wish_to
from tests.tasks.render.conftest import full_report, report  # noqa: F401 - fixtures

CODE = access_code(bytes(range(32)), "r-1", 0)
INBOX = "https://portal.school.example/receipts"
SHEET = """<!doctype html><html lang="en"><head><title>Report</title>
<style>/* } */ @page { margin: 3cm } :root { --ink: rgb(1, 2, 3) } body { margin: 0; background: rgb(250, 251, 252) }
h1, p::before { color: var(--ink) } body > main p { padding: 7px } html body .far { padding: 9px }
p::before { content: "} " } p:not(.far, .near) { border-top: 3px solid }
@supports (display: grid) { table { width: 50% } }</style>
<style media="print">h1 { color: rgb(9, 9, 9) }</style>
<style>@media (prefers-color-scheme: dark) { :root { --ink: rgb(4, 5, 6) } }</style></head>
<body><main class="all"><h1>NAME</h1><p id="first" style="width: 87px">eighty-seven</p><p class="far">far</p>
<table><tr><td>8 %</td></tr></table><p class="near">ROWS</p><a id="end" href="#first">Up</a></main></body></html>"""
OFF = """
for (const [from, names] of [
  [window, ["DecompressionStream", "CompressionStream", "structuredClone", "requestIdleCallback", "queueMicrotask",
            "ResizeObserver", "BigInt", "WeakRef", "CSSStyleSheet", "SpeechSynthesisUtterance", "speechSynthesis"]],
  [window.Document.prototype, ["adoptedStyleSheets", "replaceChildren"]],
  [window.ShadowRoot.prototype, ["adoptedStyleSheets"]], [window.Element.prototype, ["replaceChildren"]],
  [window.Array.prototype, ["at", "flat", "flatMap", "findLast", "toSorted", "toSpliced", "with"]],
  [window.Uint8Array.__proto__.prototype, ["at", "findLast", "toSorted", "with"]],
  [window.String.prototype, ["at", "replaceAll", "matchAll", "trimStart", "trimEnd", "isWellFormed"]],
  [window.Object, ["fromEntries", "hasOwn", "groupBy"]],
  [window.Promise, ["allSettled", "any", "withResolvers", "try"]],
  [window.Blob.prototype, ["stream", "arrayBuffer", "text"]], [window.Crypto.prototype, ["randomUUID"]],
  [window.HTMLFormElement.prototype, ["requestSubmit"]],
]) for (const name of names) { delete from[name]; if (name in from) throw new Error(name + " is still there"); }
const Format = Intl.DateTimeFormat;
Intl.DateTimeFormat = function (language, wish) {
  if ("dateStyle" in wish) throw new Error("dateStyle came later");
  return new Format(language, wish);
};
"""


def part(name: str) -> SealedReport:
    rows = "".join(f"<br>Line {number} of {name}" for number in range(120))
    return SealedReport(
        f"{name}: Fall 2021", SHEET.replace("NAME", name).replace("ROWS", rows).encode(), b"%PDF-1.7", f"{name}.pdf"
    )


LISA, OMER = part("Lisa"), part("Ömer")
SHOWN = """(html) => {
  const copy = html.cloneNode(true), style = document.createElement("style");
  for (const sheet of html.ownerDocument.adoptedStyleSheets)
    for (const rule of sheet.cssRules) style.append(rule.cssText);
  copy.querySelector("head").append(style);
  return "<!doctype html>" + copy.outerHTML;
}"""
Lay = Callable[..., Page]


@pytest.fixture
def lay(browser: Browser, tmp_path: Path) -> Iterator[Lay]:
    """Puts a sealed page on disk and opens it as a family does, in a browser that has all or lacks what is new."""
    complaints: list[str] = []

    def laid(
        *parts: SealedReport, old: bool = False, script: str = "", receipt: ReceiptWish | None = None,
        language: str = "en", **context: Any,
    ) -> Page:  # fmt: skip
        path = tmp_path / "report.html"
        page = seal(
            parts, code=CODE, recipient="ref-1", delivery="d-1", school="Grand Bend", language=language,
            query_until=date(2022, 1, 5), receipt=receipt,
        )  # fmt: skip
        path.write_bytes(page)
        tab = browser.new_page(**({"viewport": {"width": 390, "height": 740}} | context))
        tab.add_init_script((OFF if old else "") + script)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(path.as_uri())
        return tab

    yield laid
    for context in browser.contexts:
        context.close()
    assert [one for one in complaints if "postMessage" not in one] == []  # axe-core calls its like in the frame


def unlock(page: Page) -> Page:
    page.locator("#code").fill(CODE)
    page.keyboard.press("Enter")
    expect(page.locator("#reports > section:visible > h2")).to_be_focused()
    return page


def wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_without_what_came_after_chrome_70_text_styles_and_pdf_are_there(lay: Lay) -> None:
    page = lay(LISA, OMER, old=True)
    expect(page.locator("#door")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("#open")).to_have_css("width", "308px")
    unlock(page)
    paper = page.locator(".paper-0")
    expect(page.locator("iframe")).to_have_count(0)
    expect(paper).to_have_css("background-color", "rgb(250, 251, 252)")
    expect(paper.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    first = paper.locator("p").first
    expect(first).to_have_css("width", "87px")
    expect(first).to_have_css("border-top-width", "3px")
    assert first.evaluate("(node) => getComputedStyle(node, '::before').content") == '"} "'
    expect(paper.locator(".far")).to_have_css("padding-left", "9px")
    expect(page.locator("header h1")).to_have_css("color", "rgb(28, 39, 51)")  # the report's rules stay inside
    expect(page.locator("section:visible").get_by_text("by January 5, 2022")).to_be_visible()
    assert not wide(page)
    page.get_by_role("button", name="Ömer").click()
    expect(page.locator(".paper-1 h1")).to_have_text("Ömer")
    expect(page.locator("#first")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("section:visible").get_by_role("link", name="Download as PDF").click()
    assert Path(download.value.path()).read_bytes() == OMER.pdf


def test_a_report_in_the_page_looks_as_it_does_in_its_frame(
    lay: Lay,
    full_report: Report,  # noqa: F811
) -> None:
    """A real report, in both: what the browser makes of each element's styles is the same."""
    real = SealedReport("Ada", make_page(full_report, "en"), b"%PDF-1.7", "ada.pdf")
    style = """(body) => [...body.querySelectorAll("article, article *")].map((node) => {
      const style = getComputedStyle(node);
      return [node.tagName, ...["color", "backgroundColor", "fontSize", "fontWeight", "display", "textAlign",
        "marginTop", "paddingLeft", "borderBottomWidth"].map((name) => style[name]),
        getComputedStyle(node, "::before").content];
    })"""
    framed = unlock(lay(real)).frame_locator("iframe").locator("body").evaluate(style)
    plain = unlock(lay(real, old=True)).locator(".paper-0").evaluate(style)
    assert len(framed) > 40
    assert plain == framed


def test_a_script_in_a_report_does_not_run_in_the_page_either(lay: Lay) -> None:
    bad = b"<script>window.strayed = 1</script><svg><script>window.strayed = 2</script></svg></body>"
    page = unlock(lay(SealedReport("x", LISA.page.replace(b"</body>", bad), b"", ""), old=True))
    assert page.evaluate("window.strayed") is None
    expect(page.locator("section script")).to_have_count(0)


# a new phone shows the same in test_sealed_in_browser
OLD = [True, pytest.param(False, marks=pytest.mark.soak)]


@pytest.mark.parametrize("old", [False, True])
def test_its_receipt_is_signed_and_sent(lay: Lay, old: bool) -> None:
    sent: list[str] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)

    wish = wish_to(INBOX)
    page = lay(LISA, old=old, receipt=wish)
    page.route(INBOX, keep)
    with page.expect_request(INBOX):
        unlock(page)
    receipt = json.loads(sent[0])
    expected = signed(wish.private, "ref-1", "d-1")
    assert receipt | {"signature": ""} == expected | {"signature": ""}
    assert len(receipt["signature"]) == 128


@pytest.mark.parametrize("old", [False, True])
def test_a_sheet_of_paper_has_the_whole_report_and_no_buttons(lay: Lay, old: bool) -> None:
    page = unlock(lay(LISA, OMER, old=old))
    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4"))) as paper:
        text = "\n".join(sheet.get_textpage().get_text_bounded() for sheet in paper)
    for line in (0, 60, 119):
        assert text.count(f"Line {line} of Lisa") == 1
    assert "8 %" in text
    for unwanted in ("Lock again", "Download as PDF", "of Ömer", "You can ask"):
        assert unwanted not in text
    assert not wide(page)
    expect(page.get_by_role("button", name="Lock again")).to_be_visible()
    if not old:  # and the screen is as it was
        expect(page.frame_locator("iframe:visible").locator("h1")).to_have_text("Lisa")
        expect(page.locator(".paper-0")).to_be_empty()


@pytest.mark.parametrize("old", OLD)
def test_at_200_percent_nothing_goes_sideways(lay: Lay, old: bool) -> None:
    """Zoom makes a phone of 390 pixels one of 195 with pixels twice as large."""
    page = lay(LISA, OMER, old=old, viewport={"width": 195, "height": 370}, device_scale_factor=2)
    assert not wide(page)
    unlock(page)
    assert not wide(page)
    lock = page.get_by_role("button", name="Lock again").bounding_box()
    assert lock
    assert 0 <= lock["x"] <= lock["x"] + lock["width"] <= 195


@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize(("media", "colour"), [
    ({"color_scheme": "light"}, "rgb(1, 2, 3)"), ({"color_scheme": "dark"}, "rgb(4, 5, 6)"),
    ({"forced_colors": "active"}, "rgb(0, 0, 0)"),
])  # fmt: skip
def test_dark_and_forced_colours_reach_page_and_report(lay: Lay, media: Any, colour: str, old: bool) -> None:
    page = unlock(lay(LISA, OMER, old=old, **media))
    paper = page.locator(".paper-0") if old else page.frame_locator("iframe:visible").locator("body")
    expect(paper.locator("h1")).to_have_css("color", colour)
    chosen = page.get_by_role("button", name="Lisa")
    expect(chosen).to_have_css("text-decoration-line", "underline")  # where all colours are the system's
    expect(chosen).to_have_css("border-top-style", "solid")


@pytest.mark.parametrize("old", OLD)
def test_the_keyboard_alone_opens_reads_and_locks(lay: Lay, old: bool) -> None:
    page = lay(LISA, OMER, old=old)
    page.keyboard.press("Tab")
    page.keyboard.type(CODE.lower())
    expect(page.locator("#code")).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(page.locator("#reports > section:visible > h2")).to_be_focused()
    for name in ("Ömer", "Lisa", "Lock again"):
        page.keyboard.press("Shift+Tab")
        expect(page.locator(":focus")).to_contain_text(name)
        expect(page.locator(":focus")).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    expect(page.locator("section")).to_have_count(0)


@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_opened_page_has_no_violation_frame_and_all(
    lay: Lay,
    full_report: Report,  # noqa: F811
    scheme: str,
    old: bool,
) -> None:
    real = SealedReport("Ada", make_page(full_report, "en"), b"%PDF-1.7", "ada.pdf")
    page = unlock(lay(real, real, old=old, color_scheme=scheme, bypass_csp=True))
    found = Axe().run(page).response["violations"]
    if not old:  # a frame without scripts answers no axe-core, so what it shows is laid in a page of its own
        inside = page.frame_locator("iframe:visible").locator("html").evaluate(SHOWN)
        page.goto("about:blank")
        page.set_content(inside)
        found += Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
