"""How a language sets its signs: in its catalogue, and where a template puts a label before a value."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from babel.messages.pofile import read_po
from termpost.schemas.documents.report import Contact
from termpost.schemas.settings.calendar import load_calendar
from termpost.schemas.settings.grading import load_grading
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.documents.wording import LOCALES, translator_for
from termpost.tasks.documents.words.joints import joints
from termpost.tasks.papers.sample import sample_report
from termpost.tasks.papers.schedule import make_schedule_page
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.render.report_view import report_views

from tests.reading import page_texts
from tests.school import EXAMPLES

# of each language, what nobody who writes it would print
WRONG = {
    "fr": r"[^\u202f][:;!?»](?![/\d])|«[^\u202f]",  # the narrow space that does not break; none in a link or an hour
    "zh-Hans": r"[\u4e00-\u9fff}][,:;!?]|[。，：；？！] ",
    "ar": r"[\u0600-\u06ff}] ?[,;?]",
    "uk": r"\b(?:ви|вам|вас|вами|ваш\w*)\b",  # as a letter to somebody is written
}
ASK = Contact(name="Office", email="office@school.example", phone="+1 555 0142")


def translated(tag: str) -> Iterator[tuple[str, str]]:
    with (LOCALES / f"{tag}.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                found = message.string or ""
                yield from ((str(message.context), text) for text in ((found,) if isinstance(found, str) else found))


@pytest.mark.parametrize("tag", WRONG)
def test_a_catalogue_sets_its_signs_as_the_language_does(tag: str) -> None:
    assert [(context, text) for context, text in translated(tag) if re.search(WRONG[tag], text)] == []


def test_between_two_sentences_is_a_gap_where_the_language_has_one() -> None:
    gaps = {tag: joints(translator_for(tag))["gap"] for tag in ("en", "fr", "ar", "zh-Hans")}
    assert gaps == {"en": " ", "fr": " ", "ar": " ", "zh-Hans": ""}


@pytest.mark.parametrize(("tag", "colon"), [("fr", "\u202f: "), ("zh-Hans", "："), ("uk", ": "), ("ar", ": ")])
def test_a_label_before_a_value_too_on_page_paper_and_schedule(tag: str, colon: str) -> None:
    home = EXAMPLES / "grand-bend-home"
    policy, calendar = load_grading(home / "grading.toml", {}), load_calendar(home, {})
    settings = Settings(institution=Institution(name="School", languages=("en", tag), ask=ASK))
    report = sample_report(settings, policy, calendar, date(2021, 10, 15), tag)
    page = page_of(report_views(report, tag)).decode().partition('class="second"')[0]
    shown = re.sub("<[^>]+>", "", page[page.index("<body") :])
    for value in ("office@school.example", "000000"):
        assert re.search(rf"\w{colon}{value}", shown)
    paper = re.sub(r"\s", "", "".join(page_texts(make_pdf(report, tag))))
    assert tag == "ar" or f"{colon.strip()}000000" in paper  # a line that runs from right to left is read otherwise
    cells = re.findall('data-label="([^"]+)"', make_schedule_page(settings, calendar, tag))
    assert cells
    assert all(re.fullmatch(rf".*\w{colon}", cell) for cell in cells)
