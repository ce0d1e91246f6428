"""A family's statement on paper: what goes along with a report that the school did not correct (34 CFR 99.21(c))."""

import unicodedata
from datetime import date

from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import translator_for


class StatementPart(PaperPart):
    """The one part of the sheet."""

    about: VisibleText
    words: tuple[VisibleText, ...]  # paragraphs, as they were written
    direction: str  # ltr or rtl, of the words


def make_statement_sheet(
    settings: Settings, country: str, student: str, cycle_title: str, text: str, kept: date
) -> bytes:  # fmt: skip
    """The words as they were written, under a heading in the school's language; PDF/UA-1. The same words give the
    same bytes.

    Args:
        student: the name above it.
        text: the family's.
        kept: the day from which it goes along.

    Raises InputError where no font covers a character.
    """
    language = settings.institution.languages[0]
    translator = translator_for(language, country)
    title = translator.text("household", "statement")
    part = StatementPart(
        school=settings.institution.name, name=student, running=title, stamp=f"{title} · {cycle_title}",
        about=f"{translator.text('household', 'statement_about')} {translator.day(kept)}",
        words=tuple(line for line in text.splitlines() if line.strip()), direction=_direction(text),
    )  # fmt: skip
    return set_paper("statement.typ", frame_of(settings, translator, language, title, cycle_title), [part], {}, kept)


def _direction(text: str) -> str:
    """That of the first letter that has one (Unicode Standard Annex 9, rule P2)."""
    strong = next((kind for sign in text if (kind := unicodedata.bidirectional(sign)) in ("L", "R", "AL")), "L")
    return "ltr" if strong == "L" else "rtl"
