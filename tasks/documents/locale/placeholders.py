"""What stands in braces, which a translation has to keep."""

import string
from collections.abc import Sequence

from termpost.schemas.base.errors import InputError


def fields(text: str) -> frozenset[str]:
    """The names in braces; none where the braces are no placeholders."""
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
    except ValueError:
        return frozenset()


def refuse_unlike(english: str | Sequence[str], said: str | Sequence[str] | None, where: str) -> None:
    """Refuses a translation that lacks a placeholder or has one of its own; a plural form may say the number in words.

    Raises:
        InputError: `bad-placeholder`.
    """
    wanted = fields(english if isinstance(english, str) else english[-1])
    forms = (said,) if isinstance(said, str) else tuple(said or ())
    for form in forms:
        lacking, foreign = wanted - fields(form), fields(form) - wanted
        if foreign or not (not lacking or (lacking == {"n"} and len(forms) > 1)):
            name = min(lacking or foreign)
            what = f"the translation {'lacks' if lacking else 'has a foreign'} {{{name}}}"
            raise InputError("bad-placeholder", what, where, "write what is in braces as the English has it")
