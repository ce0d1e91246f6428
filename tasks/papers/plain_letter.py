"""A letter that something waits, to whom no e-mail may go: it names who gets it, no child, and not what it is about."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.plain_notice import FamilyNotice
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.qr_code import qr_code
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.schedule import contact_lines


class PlainLetter(FrozenModel):
    """To whom, and that what waits."""

    kind: FamilyNotice
    language: str  # BCP 47, of the recipient
    recipient_name: str
    address: tuple[str, ...]  # lines under the name; none: the office hands it over


class PlainLetterPart(PaperPart):
    """One letter."""

    address: tuple[VisibleText, ...]
    subject: VisibleText
    greeting: VisibleText
    lead: VisibleText
    open: VisibleText
    link: str  # empty where there is no portal
    qr: str  # SVG
    qr_alt: VisibleText
    office: VisibleText
    questions: VisibleText
    ask: VisibleText
    contact: tuple[VisibleText, ...]
    wrong: VisibleText


def make_plain_letters(
    settings: Settings, letters: Sequence[PlainLetter], today: date, words: HomeWords = NO_WORDS
) -> bytes:  # fmt: skip
    """A letter a sheet, each in its recipient's language, its address where the window of the envelope is; PDF/UA-1.

    Raises InputError where no font covers a character.
    """
    language = settings.institution.languages[0]
    translator = translator_for(language)
    title = translator.text("plain", "answer_subject")
    return set_paper(
        "plain_letter.typ",
        frame_of(settings, translator, language, title),
        [_part(settings, letter, words) for letter in letters],
        {},
        today,
        return_address=list(settings.institution.address),
        envelope=settings.channels.print.envelope,
    )


def _part(settings: Settings, letter: PlainLetter, words: HomeWords) -> PlainLetterPart:
    translator, portal = translator_for(letter.language), settings.channels.portal
    link, school = portal.base_url if portal else "", settings.institution.name
    subject = translator.text("plain", f"{letter.kind}_subject")
    return PlainLetterPart(
        frame=frame_of(settings, translator, letter.language, subject),
        translated=note_of(settings, letter.language, words),
        school=school,
        name=letter.recipient_name,
        running="",
        stamp="",
        address=(letter.recipient_name, *(letter.address or (translator.text("code_letter", "by_hand"),))),
        subject=subject,
        greeting=translator.text("code_letter", "greeting", name=letter.recipient_name),
        lead=translator.text("plain", f"{letter.kind}_lead"),
        open=translator.text("plain_letter", "open"),
        link=link,
        qr=qr_code(link) if link else "",
        qr_alt=translator.text("letter", "qr", link=link),
        office=translator.text("plain_letter", "office"),
        questions=translator.text("letter", "questions_title"),
        ask=translator.text("plain", "call", name=asked_in(settings, letter.language, words).name),
        contact=contact_lines(settings, translator),
        wrong=translator.text("letter", "wrong", school=school),
    )
