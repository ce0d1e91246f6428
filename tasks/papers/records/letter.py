"""Letters about records: why a request was refused, and what happened to a report. None names a student."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
from termpost.schemas.base.languages import first_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.postal_address import postal_lines, posted_from
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.home.home import Home
from termpost.tasks.papers.schedule import contact_lines
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import open_rights_decisions


@dataclass(frozen=True)
class RecordsLetter:
    """To whom, and what it says."""

    language: str  # BCP 47, of the recipient
    recipient_name: str
    address: tuple[str, ...]  # lines under the name; none: the office hands it over
    subject: str
    said: tuple[str, ...]  # paragraphs


class RecordsLetterPart(PaperPart):
    """One letter."""

    address: tuple[VisibleText, ...]
    subject: VisibleText
    greeting: VisibleText
    said: tuple[VisibleText, ...]
    questions: VisibleText
    ask: VisibleText
    contact: tuple[VisibleText, ...]
    dated: VisibleText


def make_records_letters(
    settings: Settings, country: str, letters: Sequence[RecordsLetter], dated: date, words: HomeWords = NO_WORDS
) -> bytes:  # fmt: skip
    """A letter a sheet, each in its recipient's language; PDF/UA-1.

    Raises InputError where no font covers a character.
    """
    language = settings.institution.languages[0]
    translator = translator_for(language, country)
    return set_paper(
        "records_letter.typ", frame_of(settings, translator, language, letters[0].subject),
        [_part(settings, country, letter, dated, words) for letter in letters], {}, dated,
        return_address=list(settings.institution.address), envelope=settings.channels.print.envelope,
    )  # fmt: skip


def _part(
    settings: Settings, country: str, letter: RecordsLetter, dated: date, words: HomeWords
) -> RecordsLetterPart:  # fmt: skip
    translator = translator_for(letter.language, country)
    return RecordsLetterPart(
        frame=frame_of(settings, translator, letter.language, letter.subject),
        translated=note_of(settings, letter.language, words), school=settings.institution.name,
        name=letter.recipient_name, running="", stamp="",
        address=(letter.recipient_name, *(letter.address or (translator.text("code_letter", "by_hand"),))),
        subject=letter.subject, greeting=translator.text("code_letter", "greeting", name=letter.recipient_name),
        said=letter.said, questions=translator.text("letter", "questions_title"),
        ask=translator.text("plain", "call", name=asked_in(settings, letter.language, words).name),
        contact=contact_lines(settings, translator), dated=translator.day(dated),
    )  # fmt: skip


@dataclass(frozen=True)
class WrittenTo:
    """Somebody a letter goes to, in their words."""

    name: str
    address: tuple[str, ...]
    translator: Translator
    language: str


def written_to(home: Home, lake: duckdb.DuckDBPyConnection, refs: Iterable[PersonRef]) -> dict[PersonRef, WrittenTo]:
    """Names and addresses as letters of reports have them; whom nothing may be sent to is given theirs by hand, where
    the record knows their name."""
    wanted, found = set(refs), dict[PersonRef, ContactIdentity]()
    for extract in extracts_newest_first(lake)[:1]:
        found |= open_recipients(lake, home.people, extract, wanted, home.today, open_rights_decisions(home))
    return {ref: _written(home, person) for ref, person in found.items()}


def _written(home: Home, person: ContactIdentity) -> WrittenTo:
    language = first_language((row.language for row in person.reach), home.settings.institution.languages)
    reach = next((row for row in person.reach if row.has_address), None)
    lines = postal_lines(reach, posted_from(home)) if reach else ()
    return WrittenTo(person.name, tuple(lines), translator_for(language, home.calendar.country), language)
