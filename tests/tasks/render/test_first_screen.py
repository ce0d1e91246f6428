"""What a family sees first: the verdict and what to do on the first screen of a phone; one sheet of paper a child."""

import io
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from playwright.sync_api import Browser, ViewportSize
from termpost.schemas.documents.report import Report
from termpost.tasks.home.home import Home
from termpost.tasks.papers.sample import sample_report
from termpost.tasks.render.pdf import make_pdf

from tests.pages import make_page
from tests.some_now import some_languages
from tests.tasks.gradebook import new_home
from tests.tasks.render.conftest import course

PHONE: ViewportSize = {"width": 390, "height": 844}
BOTTOM = "s => document.querySelector(s).getBoundingClientRect().bottom"
SMALLEST = """() => Math.min(...[...document.querySelectorAll('body *')].filter(
  e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())
).map(e => parseFloat(getComputedStyle(e).fontSize)))"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return new_home(tmp_path_factory.mktemp("home") / "home")


def sample(home: Home, language: str) -> Report:
    institution = home.settings.institution.model_copy(update={"languages": (language, "en")})
    settings = home.settings.model_copy(update={"institution": institution})
    return sample_report(settings, home.policy, home.calendar, date(2021, 10, 15))


@pytest.mark.parametrize("language", some_languages())
def test_the_verdict_and_what_to_do_are_on_the_first_screen(
    browser: Browser, home: Home, report: Report, language: str
) -> None:
    tab = browser.new_page(viewport=PHONE)
    for made in (sample(home, language), report):
        tab.set_content(make_page(made, language).decode())
        assert tab.evaluate(BOTTOM, ".glance") <= 500
        assert tab.evaluate(BOTTOM, ".todo") <= PHONE["height"]
        assert tab.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 17
        assert tab.evaluate(SMALLEST) >= 12  # CSS pixels: 9 pt
    tab.close()


def pages(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(io.BytesIO(pdf)))


@pytest.mark.parametrize("paper", ["us-letter", "a4"])
def test_nine_courses_are_one_sheet_of_paper(home: Home, report: Report, paper: str) -> None:
    more = (course("Chemistry", "81", "B", teachers=("Ana Ito",)), course("Music", "93", "A", teachers=("Bo Lee",)))
    nine = report.model_copy(update={"courses": (*report.courses, *more), "paper": paper})
    assert pages(make_pdf(nine, "en")) <= 2
    assert pages(make_pdf(sample(home, "en").model_copy(update={"paper": paper}), "en")) <= 2


def test_nothing_is_smaller_than_nine_points_on_paper(full_report: Report) -> None:
    with pikepdf.open(io.BytesIO(make_pdf(full_report, "en"))) as document:
        drawn = [one for page in document.pages for one in pikepdf.parse_content_stream(page)]
    sizes = {float(str(one.operands[1])) for one in drawn if str(one.operator) == "Tf"}
    assert min(sizes) >= 9
    assert 11 in sizes


def test_a_report_names_no_day_that_the_release_decides(full_report: Report) -> None:
    """The page, letter or notice around it says until when to ask."""
    assert full_report.query_until.day == 3
    paper = pypdfium2.PdfDocument(io.BytesIO(make_pdf(full_report, "en")))
    for said in (make_page(full_report, "en").decode(), *(page.get_textpage().get_text_range() for page in paper)):
        assert "December" not in said


def test_the_template_names_no_size_below_nine_points() -> None:
    assert "8pt sans" not in (Path(__file__).parents[3] / "templates" / "report.html.j2").read_text(encoding="utf-8")
