"""What the school calls its office, in the family's language, on whatever a recipient gets."""

from datetime import date

import pytest
from termpost.schemas.documents.report import Contact
from termpost.schemas.settings.calendar import load_calendar
from termpost.schemas.settings.grading import load_grading
from termpost.schemas.settings.language_settings import LanguageSettings
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.gallery.exhibits import ShownSchool, exhibits_of

from tests.reading import page_texts
from tests.school import EXAMPLES

HOME, DAY = EXAMPLES / "grand-bend-home", date(2021, 10, 15)
OWN, THEIRS = "Main Office", "Oficina Principal"
WORDS: HomeWords = {"es": {("office", OWN): THEIRS}}
# in no family's language, or told of nobody but the school; what is sealed holds the report
ELSEWHERE = {
    "door", "door-list", "door-question", "locked", "opened", "nothing-here", "verify", "verify-genuine", "verify-ask",
    "insert",
}  # fmt: skip
EVERY = {
    "report", "notice", "withdrawn", "replaced", "schedule-page", "report-on-paper", "envelope", "code-letter",
    "code-slip", "family-guide", "feedback-form", "plain-letter", "plain-notice", "schedule", "sample-report",
    "records", "records-letter", "records-page", "other-parent",
}  # fmt: skip


def of_school(*reviewed: str) -> Settings:
    ask = Contact(name=OWN, email="office@school.example", phone="+1 555 0142")
    institution = Institution(name="School", languages=("en", "es"), ask=ask)
    return Settings(institution=institution, languages=LanguageSettings(reviewed=reviewed))


@pytest.mark.needs("pdftotext")
def test_a_family_reads_the_office_s_name_in_its_language_wherever_it_stands() -> None:
    policy, calendar = load_grading(HOME / "grading.toml", {}), load_calendar(HOME, {})
    school = ShownSchool(of_school("es"), policy, calendar, DAY, WORDS, "es")
    exhibits = {one.name: one for one in exhibits_of(school) if one.name not in ELSEWHERE}
    assert exhibits.keys() == EVERY
    for name, one in exhibits.items():
        text = one.make().decode() if one.is_page else " ".join(" ".join(page_texts(one.make())).split())
        assert (name, THEIRS in text, OWN in text) == (name, True, False)


def test_a_note_in_the_school_s_own_language_keeps_its_own_name() -> None:
    theirs, own = note_of(of_school(), "es", WORDS)
    assert (THEIRS in theirs.text, OWN in theirs.text) == (True, False)
    assert (THEIRS in own.text, OWN in own.text) == (False, True)


def test_a_word_without_a_translation_and_a_language_without_words_stay_as_they_are() -> None:
    assert asked_in(of_school(), "fr", WORDS).name == OWN
    assert asked_in(of_school(), "es", {"es": {("term", OWN): "Otoño"}}).name == OWN
    assert asked_in(Settings(institution=Institution(name="School", languages=("en",))), "en").name == "School"
