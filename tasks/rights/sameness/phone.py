"""Whether two telephone numbers reach one line. Pure: by digits, with or without country and area."""

import re
from functools import lru_cache
from typing import Final

from termpost.tasks.rights.sameness.lettering import plain
from termpost.tasks.rights.sameness.outcome import Sameness, strongest

EXTENSION: Final = re.compile(r"(?:;?\s*(?:ext\.?|extension|x|#)\s*\d+)\s*$")
BETWEEN: Final = re.compile(r"[/;,|\n]| or | y | ou ")
SUBSCRIBER: Final = 7  # digits without an area, at least; fewer are a house's own numbers
WHOLE: Final = 9  # digits that are one line in a country


@lru_cache(maxsize=100_000)
def compare_phones(one: str | None, other: str | None) -> Sameness:
    """Same where the digits are, but for the country; ask where one lacks the area, or is a house's own number."""
    mine, theirs = _numbers(one or ""), _numbers(other or "")
    return strongest(_compare(a, b) for a in mine for b in theirs) if mine and theirs else Sameness.DIFFERENT


def _numbers(said: str) -> list[str]:
    """Digits alone, without the signs of a call from abroad; what is one digit over and over is nobody's."""
    found = []
    for part in BETWEEN.split(plain(said)):
        digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", EXTENSION.sub("", part)))
        digits = re.sub(r"^(?:011|00)(?=[1-9]\d{7,})", "", digits).lstrip("0")
        if len(set(digits)) > 1:
            found.append(digits)
    return found


def _compare(one: str, other: str) -> Sameness:
    short, long = sorted((one, other), key=len)
    if len(short) < SUBSCRIBER:
        return Sameness.ASK if short == long else Sameness.DIFFERENT
    if short == long:
        return Sameness.SAME
    if not long.endswith(short) or len(long) - len(short) > 4:  # noqa: PLR2004 - a country's digits and an area's first
        return Sameness.DIFFERENT
    return Sameness.SAME if len(short) >= WHOLE else Sameness.ASK
