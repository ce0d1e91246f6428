"""Codes that the office hands over: a folded slip for each recipient, on a sheet of its own."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.qr_code import qr_code
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.code_letter import CodeLetter
from termpost.tasks.papers.schedule import contact_lines


class SlipPart(PaperPart):
    """One slip, in the language of its recipient."""

    language: str
    direction: str
    labels: dict[str, str]
    code: str
    link: str  # empty where there is no portal
    qr: str  # SVG
    qr_alt: VisibleText
    lead: VisibleText
    ask: VisibleText
    contact: tuple[VisibleText, ...]


def make_code_slips(
    settings: Settings, letters: Sequence[CodeLetter], today: date, words: HomeWords = NO_WORDS
) -> bytes:
    """PDF/UA-1, a sheet each: the name stays in sight, the code is folded in. The square holds the portal's address.

    Raises InputError where no font covers a character.
    """
    own = settings.institution.languages[0]
    translator = translator_for(own)
    frame = frame_of(settings, translator, own, translator.text("code_letter", "title"))
    return set_paper("code_slip.typ", frame, [_part(settings, one, words) for one in letters], {}, today)


def _part(settings: Settings, letter: CodeLetter, words: HomeWords) -> SlipPart:
    spoken = letter.language or settings.institution.languages[0]
    translator = translator_for(spoken)
    portal = settings.channels.portal
    link = portal.base_url if portal else ""
    return SlipPart(
        translated=note_of(settings, spoken, words),
        school=letter.school,
        name=letter.recipient_name,
        running="",
        stamp="",
        language=str(translator.locale).replace("_", "-"),
        direction=translator.direction,
        labels=translator.labels("code_letter") | translator.labels("code_slip"),
        code=letter.code,
        link=link,
        qr=qr_code(link) if link else "",
        qr_alt=translator.text("letter", "qr", link=link),
        lead=translator.text("code_letter", "lead", school=letter.school),
        ask=translator.text("code_letter", "ask", name=asked_in(settings, spoken, words).name),
        contact=contact_lines(settings, translator),
    )
