"""The gallery: every page and paper is there, is pictured, and axe-core has nothing to say of it."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser
from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.wording import SOURCE, languages
from termpost.tasks.home.home import Home
from termpost.tasks.papers.gallery import pictures
from termpost.tasks.papers.gallery.exhibits import ShownSchool, exhibits_of
from termpost.tasks.papers.gallery.gallery import make_gallery
from termpost.tasks.papers.gallery.pictures import LOOKS, open_exhibit, open_with, page_picture
from termpost.tasks.records.retention.list_exhibit import retention_exhibits
from termpost.tasks.records.review.review_exhibit import review_exhibits

from tests.command import Command

# of the others test_accessible.py and test_other_pages_accessible.py have something in every run
OFTEN = frozenset({"opened", "door", "door-list", "door-question", "verify", "notice"})
SOME = [("ar", OFTEN), *(pytest.param(tag, frozenset[str](), marks=pytest.mark.soak) for tag in languages())]


@pytest.fixture(scope="module")
def school(home: Home) -> ShownSchool:
    kept = (*review_exhibits(home), *retention_exhibits(home))
    return ShownSchool(home.settings, home.policy, home.calendar, home.today, law=home.law, retention=home.retention,
                       kept=kept)  # fmt: skip


def test_every_paper_is_pictured_page_by_page_and_the_index_leads_to_what_is_there(
    school: ShownSchool, tmp_path: Path
) -> None:
    hung = make_gallery(school, tmp_path, ("ar",), pages=False)
    assert all(one.pictures or one.file.endswith(".html") for one in hung)
    assert {one.exhibit for one in hung} == {one.name for one in exhibits_of(school.speaking("ar"))}
    led = set(re.findall(r'(?:href|src)="([^"#]+)"', (tmp_path / "index.html").read_text()))
    assert led == {one.file for one in hung} | {name for one in hung for name in one.pictures}
    assert all((tmp_path / name).is_file() for name in led)
    letter = Image.open(tmp_path / "ar" / "code-letter-1.png")
    assert letter.getextrema() != ((255, 255),) * 3


def test_each_sentence_that_is_translated_names_a_picture_that_is_there(school: ShownSchool) -> None:
    named = set(re.findall(r"Picture: (\S+)", SOURCE.read_text(encoding="utf-8")))
    assert named
    there = {f"{one.name}-{'phone' if one.is_page else 1}" for one in exhibits_of(school)}
    assert named - there == set()


def test_the_same_school_has_the_same_papers(school: ShownSchool) -> None:
    first, again = ({one.name: one.make() for one in exhibits_of(school)} for _ in range(2))
    assert first == again


@pytest.mark.parametrize(("tag", "only"), SOME)
def test_no_page_has_a_violation_once_it_is_open_either(
    school: ShownSchool, browser: Browser, tmp_path: Path, tag: str, only: frozenset[str]
) -> None:
    """All of them, or only some."""
    for exhibit in (
        one for one in exhibits_of(school.speaking(tag)) if one.is_page and one.name in (only or {one.name})
    ):
        file = tmp_path / f"{exhibit.name}.html"
        file.write_bytes(exhibit.make())
        tab = browser.new_page(viewport={"width": 390, "height": 844}, bypass_csp=True)
        open_exhibit(tab, file, exhibit)
        framed = [frame.content() for frame in tab.frames[1:]]  # in which no script runs, so axe-core neither
        for inside in ("", *framed):
            if inside:
                tab.set_content(inside)
            found = Axe().run(tab).response["violations"]
            assert [(exhibit.name, one["id"], one["nodes"][0]["html"]) for one in found] == []
        tab.close()


@pytest.mark.parametrize("tag", ["ar", "uk"])
def test_once_it_is_unlocked_the_verdict_and_what_to_do_are_on_the_first_screen_of_a_phone(
    school: ShownSchool, browser: Browser, tmp_path: Path, tag: str
) -> None:
    opened = next(one for one in exhibits_of(school.speaking(tag)) if one.code)
    (tmp_path / "page.html").write_bytes(opened.make())
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto((tmp_path / "page.html").as_uri())
    open_with(tab, opened.code)
    report = tab.frame_locator("iframe")
    below = [
        box["y"] + box["height"] for name in (".glance", ".todo") if (box := report.locator(name).first.bounding_box())
    ]
    assert len(below) == 2
    assert below[0] <= 500
    assert below[1] <= 844
    tab.close()


def test_a_page_is_pictured_as_wide_as_it_is_looked_at(school: ShownSchool, browser: Browser, tmp_path: Path) -> None:
    opened = next(one for one in exhibits_of(school) if one.code)
    (tmp_path / "page.html").write_bytes(opened.make())
    for look in LOOKS[:1]:
        (tmp_path / "page.png").write_bytes(page_picture(browser, tmp_path / "page.html", look, opened))
        picture = Image.open(tmp_path / "page.png")
        assert (picture.width, picture.height > look.height) == (look.width, True)


def test_a_page_that_does_not_come_in_time_is_one_line(
    school: ShownSchool, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "LONGEST", 1)
    opened = next(one for one in exhibits_of(school) if one.name == "opened")
    (page := tmp_path / "opened.html").write_text("<p>Nothing to type into.</p>")
    with pytest.raises(InputError) as refused:
        page_picture(browser, page, LOOKS[0], opened)
    assert (refused.value.code, refused.value.where) == ("no-picture", "gallery, opened.html")


def test_without_a_browser_it_says_what_to_do_and_papers_alone_need_none(
    school: ShownSchool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(InputError, match="--papers") as refused:
        make_gallery(school, tmp_path / "g", ("en",))
    assert refused.value.code == "no-browser"
    assert not (tmp_path / "g").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    said = Command(monkeypatch, capsys)("gallery", tmp_path, "--papers", "--home", home.path)
    assert (said.code, "there are other things in this folder" in said.complaint) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
