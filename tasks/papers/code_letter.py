"""The access code by post: a letter of its own, apart from any report, that never names a grade or a student."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.qr_code import qr_code
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.schedule import contact_lines


class CodeLetter(FrozenModel):
    """Whose code it is, and what it is."""

    language: str  # BCP 47, of the recipient
    recipient_name: str
    address: tuple[str, ...]  # lines under the name
    school: str
    code: str  # in groups of four
    by_hand: bool = False  # no letter may go there: the office hands it over


class CodePart(PaperPart):
    """One letter."""

    address: tuple[VisibleText, ...]
    greeting: VisibleText
    lead: VisibleText
    code: str
    link: str  # empty where there is no portal
    followed: bool
    qr: str  # SVG
    qr_alt: VisibleText
    ask: VisibleText
    contact: tuple[VisibleText, ...]
    wrong: VisibleText


def make_code_letters(
    settings: Settings, letters: Sequence[CodeLetter], today: date, words: HomeWords = NO_WORDS
) -> bytes:
    """A letter a sheet, each in its recipient's language, its address where the window of the envelope is; PDF/UA-1.

    The QR code holds the portal's address and nothing else: a code that a phone reads as text, it may also search for.

    Raises InputError where no font covers a character.
    """
    language = settings.institution.languages[0]
    translator = translator_for(language)
    title = translator.text("code_letter", "title")
    return set_paper(
        "code_letter.typ",
        frame_of(settings, translator, language, title),
        [_part(settings, letter, words) for letter in letters],
        translator.labels("code_letter"),
        today,
        return_address=list(settings.institution.address),
        envelope=settings.channels.print.envelope,
    )


def _part(settings: Settings, letter: CodeLetter, words: HomeWords) -> CodePart:
    translator = translator_for(letter.language)
    portal = settings.channels.portal
    link = portal.base_url if portal else ""
    by_hand = (translator.text("code_letter", "by_hand"),)
    return CodePart(
        frame=frame_of(settings, translator, letter.language, translator.text("code_letter", "title")),
        labels=translator.labels("code_letter"),
        translated=note_of(settings, letter.language, words),
        school=letter.school,
        name=letter.recipient_name,
        running="",
        stamp="",
        address=(letter.recipient_name, *(by_hand if letter.by_hand else letter.address)),
        greeting=translator.text("code_letter", "greeting", name=letter.recipient_name),
        lead=translator.text("code_letter", "lead", school=letter.school),
        code=letter.code,
        link=link,
        followed=link.startswith(("https://", "http://")),
        qr=qr_code(link) if link else "",
        qr_alt=translator.text("letter", "qr", link=link),
        ask=translator.text("code_letter", "ask", name=asked_in(settings, letter.language, words).name),
        contact=contact_lines(settings, translator),
        wrong=translator.text("letter", "wrong", school=letter.school),
    )
