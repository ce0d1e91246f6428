"""The page of a report: one file, no scripts, readable on a phone, in the dark, on paper and by a screen reader."""

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, Page
from termpost.schemas.documents.report import Comment, Phrase, Report
from termpost.tasks.render.page import css_string

from tests.pages import make_page
from tests.some_now import some_now

TRICKY = '"><script>alert(1)</script> {{ 7*7 }} #import'
VOID = {"meta", "br"}

# each text node's colour against the nearest painted ground, as WCAG defines contrast
CONTRAST = """() => {
  const part = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const light = s => { const [r, g, b] = rgb(s).map(part); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const s = getComputedStyle(e).backgroundColor;
    if ((rgb(s)[3] ?? 1) > 0) return s; } return null; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) { const e = walk.currentNode.parentElement; if (!walk.currentNode.data.trim()) continue;
    const pair = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => b - a);
    found.push((pair[0] + 0.05) / (pair[1] + 0.05)); }
  return found; }"""


class Outline(HTMLParser):
    """Every element with its attributes, and whether they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def with_course(report: Report, **changes: object) -> Report:
    return report.model_copy(update={"courses": (report.courses[0].model_copy(update=changes),)})


def words(page: bytes) -> str:
    body = page.decode().split("<body>")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def shown(browser: Browser, page: bytes, **options: object) -> Page:
    tab = browser.new_page(**options)  # type: ignore[arg-type]
    tab.set_content(page.decode())
    return tab


def test_is_one_well_formed_file_without_scripts_that_fetches_nothing(long_report: Report) -> None:
    outline = Outline(make_page(long_report, "en").decode())
    assert outline.open == []
    tags = {tag for tag, _ in outline.found}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    for tag, attributes in outline.found:
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert "href" not in attributes or tag == "a"
    assert "url(" not in make_page(long_report, "en").decode()
    assert "@import" not in make_page(long_report, "en").decode()


def test_carries_its_stamp_language_and_landmarks(report: Report) -> None:
    found = Outline(make_page(report, "en").decode()).found
    metas = {a.get("name"): a.get("content") for tag, a in found if tag == "meta"}
    assert metas["termpost-report"] == report.stamp
    assert next(a for tag, a in found if tag == "html") == {"lang": "en", "dir": "ltr"}
    tags = [tag for tag, _ in found]
    assert [tags.count(tag) for tag in ("article", "main", "footer", "h1", "title")] == [1] * 5
    assert tags.count("caption") == tags.count("table") > 2
    assert all(a.get("scope") in ("row", "col") for tag, a in found if tag == "th")


def test_names_are_escaped_in_text_attributes_and_style(report: Report) -> None:
    student = report.student.model_copy(update={"name": TRICKY, "number": TRICKY + "</style>"})
    policy = report.policies[0].model_copy(update={"url": "javascript:alert(1)"})
    hostile = with_course(report, title=TRICKY, comment=Comment(text=TRICKY, author=TRICKY, language="tlh")).model_copy(
        update={"student": student, "policies": (policy,)}
    )
    made = make_page(hostile, "en").decode()
    assert "<script" not in made
    assert made.count("</style>") == 1
    assert 'href="javascript' not in made
    assert "javascript:alert(1)" in made  # printed, not followed
    metas = {a.get("name"): a.get("content") for _, a in Outline(made).found}
    assert metas["termpost-report"] == hostile.stamp
    assert "{{ 7*7 }}" in made


def test_a_css_string_holds_nothing_but_letters_digits_and_escapes() -> None:
    assert re.fullmatch(r"(?:[a-zA-Z0-9]|\\[0-9a-f]{6})*", css_string('a"\\\n</style> é·9'))


def test_an_absent_value_is_a_dash_with_a_word_and_zero_is_zero(report: Report) -> None:
    bare = report.model_copy(update={"attendance": None, "policies": ()})
    absent = words(make_page(with_course(bare, current=None, letter=None), "en"))
    assert "– no grade yet" in absent
    for heading in ("Attendance", "School policies"):  # nothing empty is printed
        assert heading not in absent
    unlettered = bare.model_copy(update={"scale": ()})
    assert "What the letters mean" not in words(make_page(with_course(unlettered, letter=None), "en"))
    zero = words(make_page(with_course(report, current=Decimal("0.00"), letter="F"), "en"))
    assert "0% F" in zero
    assert "14 graded" in zero
    assert "no grade" not in zero.split("Missing and late work")[0]


def test_no_cell_is_blank(report: Report) -> None:
    bare = report.model_copy(update={"student": report.student.model_copy(update={"grade_level": None})})
    made = make_page(bare, "en").decode()
    assert all(words(f"<body>{cell}".encode()) for cell in re.findall(r"<(?:td|th|dd)[^>]*>(.*?)</(?:td|th|dd)>", made))
    assert "Grade " not in made.split("<h1>")[1].split("Courses")[0]


@pytest.mark.parametrize("which", ["report", "long_report"])
def test_a_phone_of_360_pixels_needs_no_sideways_scrolling(
    browser: Browser, which: str, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(which)
    tab = shown(browser, make_page(with_course(report, title="Donaudampfschifffahrtsgesellschaft" * 3), "en"),
                viewport={"width": 360, "height": 740})  # fmt: skip
    assert tab.evaluate("document.documentElement.scrollWidth") == 360
    tab.set_content(make_page(report, "en").decode())
    assert tab.evaluate("document.documentElement.scrollWidth") == 360
    cells = "td,tbody th,table:not(.courses) th,p,dd"  # the head of the courses is hidden from sight there
    cut = f"[...document.querySelectorAll('{cells}')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert tab.evaluate(cut) == 0
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("colour", some_now(["#ffd400", "#1f4e79", "#808080", "#000000", "#ffffff"], 3))
def test_all_text_has_the_contrast_of_aa_whatever_the_school_colour(
    browser: Browser, report: Report, scheme: str, colour: str
) -> None:
    school = report.school.model_copy(update={"colour": colour})
    noted = report.model_copy(update={"school": school, "notes": (Phrase(key="decided.accepted"),)})
    tab = shown(browser, make_page(noted, "en"), color_scheme=scheme)
    ratios = tab.evaluate(CONTRAST)
    assert len(ratios) > 80
    assert min(ratios) >= 4.5
    tab.close()
