"""What stands between a label and its value, and between two sentences, as each language writes it."""

from termpost.tasks.documents.wording import WITHOUT_SPACES, Translator


def joints(translator: Translator) -> dict[str, str]:
    """`colon` and `gap`, for a template that puts two strings together, beside its labels.

    A colon is a sign of its own in Chinese, and has a narrow space before it in French; a gap is none in Chinese.
    """
    return {"colon": colon_of(translator), "gap": gap_of(translator)}


def colon_of(translator: Translator) -> str:
    """With the spaces around it."""
    _, _, rest = translator.labels("letter")["contact"].partition("{label}")
    return rest.partition("{value}")[0]


def gap_of(translator: Translator) -> str:
    return "" if translator.locale.language in WITHOUT_SPACES else " "
