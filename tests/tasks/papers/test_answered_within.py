"""In how many days a school answers is said as it set it: on the form, the guide and the schedule, in each language."""

import re
from datetime import UTC, date, datetime

import pytest
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.documents.wording import languages, translator_for
from termpost.tasks.papers.family_guide import make_family_guide
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.papers.schedule import make_schedule, make_schedule_calendar, make_schedule_page

from tests.reading import page_texts

DAY = date(2021, 12, 17)
ALL = ("en", *(tag for tag in languages() if tag != "en"))
SCHOOL = Institution(name="Oak School", languages=ALL)
CALENDAR = Calendar.model_validate({
    "timezone": "America/Chicago", "country": "US",
    "cycle": [{"id": "a", "kind": "final", "session": "s", "cutoff": "2021-12-10", "release": "2021-12-17"}],
})  # fmt: skip
# by hand, from grammars: how "day" stands after "within n" for the numbers of each plural form
DAYS = {
    "en": {1: "within 1 working day", 17: "within 17 working days"},
    "es": {1: "1 día hábil", 17: "17 días hábiles"},
    "fr": {1: "1 jour ouvré", 17: "17 jours ouvrés"},
    "zh-Hans": {1: "1个工作日内", 17: "17个工作日内"},
    "ar": {1: "خلال يوم عمل واحد", 2: "خلال يومي عمل", 7: "خلال 7 أيام عمل", 17: "خلال 17 يوم عمل"},
    "uk": {1: "1 робочого дня", 2: "2 робочих днів", 17: "17 робочих днів"},
    "vi": {1: "trong {}1 ngày làm việc", 17: "trong {}17 ngày làm việc"},
}
SAID_IN = (("feedback_form", "promise"), ("schedule", "about_query_until"), ("family_guide", "answer_text"))


def school(days: int) -> Settings:
    return Settings(institution=SCHOOL, feedback=FeedbackSettings(staff_days=days))


@pytest.mark.parametrize("language", ALL)
def test_each_language_has_the_form_of_each_number(language: str) -> None:
    translator = translator_for(language, "US")
    for days, said in DAYS[language].items():
        for table, key in SAID_IN:
            text = translator.plural(table, key, days)
            text = re.sub("[\u200e\u200f]", "", text)  # marks of direction round a number
            assert any(said.format(before) in text for before in ("", "vòng ")), (table, days)


def test_the_papers_say_the_number_that_is_set() -> None:
    for days in (3, 17):
        settings = school(days)
        papers = (
            make_feedback_form(settings, None, DAY, "US", ALL), make_family_guide(settings, DAY, "US", ALL),
            make_schedule(settings, CALENDAR, DAY, ALL),
        )  # fmt: skip
        for paper in papers:
            pages = [page for page in page_texts(paper) if page.strip()]
            assert len(pages) == len(ALL)
            for page in pages:
                assert re.search(rf"(?<!\d){days}(?!\d)", page)
                assert not re.search(r"(?<![\d.])5(?![\d.])", page.partition("2021")[0])


def test_so_do_the_page_and_the_events_of_the_schedule() -> None:
    settings = school(1)
    assert "within 1 working day." in make_schedule_page(settings, CALENDAR)
    events = make_schedule_calendar(settings, CALENDAR, datetime(2021, 12, 1, 14, tzinfo=UTC)).replace(b"\r\n ", b"")
    assert b"within 1 working day." in events
