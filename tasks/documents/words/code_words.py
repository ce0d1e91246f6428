"""How a family gets the code that opens their reports: a sentence for what names the code and must not hold it."""

from collections.abc import Sequence

from termpost.tasks.documents.wording import Translator


def code_words(translator: Translator, by: Sequence[str]) -> str:
    """By the school's ways ([codes] by): `handover`, `post`."""
    key = "code_both" if len(by) > 1 else f"code_{by[0]}"
    return translator.text("letter", key)
