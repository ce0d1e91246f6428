"""Whom a family asks, as the office is called in the family's language."""

from termpost.schemas.documents.report import Contact
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords


def asked_in(settings: Settings, language: str, words: HomeWords = NO_WORDS) -> Contact:
    """The office of `[institution] ask`; the institution itself where nobody is named.

    Args:
        words: the school's own words in other languages; one that has no translation stays as it is.
    """
    ask = settings.institution.ask or Contact(name=settings.institution.name)
    return ask.model_copy(update={"name": words.get(language, {}).get(("office", ask.name), ask.name)})
