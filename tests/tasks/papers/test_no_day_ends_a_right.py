"""Where a family reads by when to ask, it reads too that a correction may be asked for at any time (34 CFR 99.20)."""

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from termpost.schemas.documents.letter import Letter
from termpost.schemas.documents.report import Contact, PolicyLink, Report
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.channels.email.notice_text import html_text, notice_text, plain_text
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.verify.letter_lines import squeezed
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asking import asking_words
from termpost.tasks.documents.words.dispute_words import Dispute, dispute_words
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.papers.schedule import make_schedule_calendar, make_schedule_page
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.render.report_view import report_views

from tests.tasks.channels.email.notices import notice

LANGUAGES = ("en", "es", "fr", "zh-Hans", "ar", "uk", "vi")
CODE = "LZ3P-JCNH-HNM3-ABGR-H"
UNTIL = date(2022, 1, 5)
NOW = datetime(2021, 12, 1, 15, tzinfo=UTC)
SCHOOL = Settings(institution=Institution(name="Oak School", languages=LANGUAGES, ask=Contact(name="Oak Office")))
CALENDAR = Calendar.model_validate({
    "timezone": "America/Chicago", "country": "US",
    "cycle": [{"id": "a", "kind": "final", "session": "s", "cutoff": "2021-12-10", "release": "2021-12-17"}],
})  # fmt: skip


def any_time(language: str) -> str:
    return translator_for(language).text("letter", "any_time")


def text_of(pdf: bytes) -> str:
    return squeezed("".join(page.text for page in read_pages(pdf)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_messages_and_pages_say_so_in_every_language(language: str, report: Report) -> None:
    said = any_time(language)
    assert asking_words(translator_for(language), "Oak Office", UNTIL, None).endswith(said)
    sheet = notice_text(notice(language=language), 0)
    assert said in " ".join(plain_text(sheet).split())
    assert said in html.unescape(" ".join(html_text(sheet, "#1f4e79").split()))
    sealed = seal([SealedReport("Ana", b"<p>", b"%PDF", "a.pdf")], code=CODE, recipient="p0", delivery="d0",
                  school="Oak School", language=language, query_until=UNTIL).decode()  # fmt: skip
    assert json.dumps(said)[1:-1] in sealed  # among the words of its script
    own = report.model_copy(update={"languages": (language,)})
    assert said in html.unescape(re.sub(r"\s+", " ", page_of(report_views(own, language)).decode()))
    assert said in html.unescape(make_schedule_page(SCHOOL, CALENDAR, language))


def _letter(report: Report) -> bytes:
    letter = Letter(
        language="en", recipient_name="Ann Lee", address=("10 Old Road",), school=report.school, return_address=(),
        cycle_title="Final", students=("Ana",), link="https://portal.example/a/b", query_until=UNTIL,
        ask=Contact(name="Oak Office"),
    )  # fmt: skip
    return make_envelope(letter, [make_pdf(report, "en")])


@pytest.mark.parametrize(
    ("make", "times"),
    [
        pytest.param(lambda report: make_pdf(report, "en"), 1, id="report"),
        pytest.param(_letter, 2, id="letter and the report in it"),
        pytest.param(lambda _: make_feedback_form(SCHOOL, CALENDAR.cycle("a"), UNTIL), 1, id="feedback form"),
    ],
)
def test_what_is_printed_says_so(make: Callable[[Report], bytes], times: int, report: Report) -> None:
    assert text_of(make(report)).count(squeezed(any_time("en"))) == times


def test_the_calendar_that_families_subscribe_to_says_so() -> None:
    event = make_schedule_calendar(SCHOOL, CALENDAR, NOW).decode().replace("\r\n ", "")
    assert any_time("en") in event


def test_nowhere_is_a_last_day_after_which_one_may_not_ask() -> None:
    for key in (
        "sealed.until",
        "schedule.lead",
        "schedule.query_until",
        "schedule.event_query_until",
        "letter.questions",
    ):
        table, _, name = key.partition(".")
        said = translator_for("en").text(table, name, day="D", kind="K", name="N", until="D")
        assert "please" in said.lower(), key
        assert not re.search(r"\b(until|last day|deadline)\b", said), key


APPEAL = PolicyLink(title="Grade appeals", version="2021", url="https://oak.example/appeals")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_correction_tells_of_the_hearing_and_the_statement(language: str) -> None:
    said = dispute_words(SCHOOL, "correction", language, "US")
    own = translator_for(language)
    assert said == [own.text("dispute", "hearing", name="Oak Office"), own.text("dispute", "statement"),
                    any_time(language)]  # fmt: skip


def _with(**feedback: object) -> Settings:
    return SCHOOL.model_copy(update={"feedback": FeedbackSettings.model_validate(feedback)})


@pytest.mark.parametrize(
    ("settings", "dispute", "language", "country", "first"),
    [
        (_with(hearing={"en": "Write to the board."}), "correction", "en", "GB", "Write to the board."),
        (_with(hearing={"en": "Write to the board."}), "correction", "en", "US", "Write to the board."),
        (_with(appeal_policy=APPEAL.model_dump()), "grade-dispute", "en", "US", APPEAL.url),
        (SCHOOL, "grade-dispute", "en", "US", any_time("en")),  # a grade is no recording error: no hearing
        (SCHOOL, "correction", "en", "GB", any_time("en")),  # no law of ours to tell of
    ],
)
def test_each_dispute_goes_its_own_way(
    settings: Settings, dispute: Dispute, language: str, country: str, first: str
) -> None:
    said = dispute_words(settings, dispute, language, country)
    assert first in said[0]
    assert said[-1] == any_time(language)
