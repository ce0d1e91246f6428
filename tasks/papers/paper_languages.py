"""In which of its languages the school has a paper made that is for nobody in particular."""

from collections.abc import Sequence

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import found_as


def paper_languages(offered: Sequence[str], asked: str | None, *, all_of_them: bool) -> tuple[str, ...]:
    """The one that serves for what is asked for, all that are offered, or else the school's own.

    Raises:
        InputError: `no-such-language`, where none that is offered serves; `needless-option`, where both are asked for.
    """
    if asked and all_of_them:
        what = "a paper is in one language or in all of them"
        raise InputError("needless-option", what, "--language", "leave --language or --all-languages out")
    if asked is None:
        return tuple(offered) if all_of_them else (offered[0],)
    found = found_as(asked, offered)
    if found is None:
        raise InputError(
            "no-such-language", "the school does not offer this language", "--language",
            f"ask for one of: {', '.join(offered)}; or add it to [institution] languages",
        )  # fmt: skip
    return (found,)
