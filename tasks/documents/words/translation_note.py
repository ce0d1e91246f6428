"""The note at the end of what was translated and not yet read through: that it is so, and whom to ask."""

from collections.abc import Sequence

from termpost.schemas.base.languages import found_as
from termpost.schemas.documents.said import SaidIn
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.wording import translator_for, visible
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords


def is_unreviewed(language: str, own: str, reviewed: Sequence[str]) -> bool:
    """Whether neither the catalogue nor the school says that a person has read it; `own` is no translation.

    Raises InputError where the language has no words.
    """
    return language != own and translator_for(language).is_draft and found_as(language, reviewed) is None


def translation_note(
    language: str, own: str, reviewed: Sequence[str], ask: str, own_ask: str = ""
) -> tuple[SaidIn, ...]:
    """The note in this language and in the school's own; nothing where there is nothing to say.

    Args:
        language: of the paper.
        own: the school's.
        reviewed: translations that the school trusts.
        ask: who gives the text in the school's own language.
        own_ask: the same as the school calls it; empty: in both languages alike.
    """
    if not is_unreviewed(language, own, reviewed):
        return ()
    return _said(language, own, ask), _said(own, own, own_ask or ask)


def note_of(settings: Settings, language: str, words: HomeWords = NO_WORDS) -> tuple[SaidIn, ...]:
    """The same, of a paper that the school makes today."""
    own = settings.institution.languages[0]
    ask, own_ask = (asked_in(settings, tag, words).name for tag in (language, own))
    return translation_note(language, own, settings.languages.reviewed, ask, own_ask)


def _said(tag: str, own: str, ask: str) -> SaidIn:
    translator = translator_for(tag)
    text = translator.text("translation", "unreviewed", language=translator.name_of(own), name=visible(ask))
    return SaidIn(language=tag, direction=translator.direction, text=text)
