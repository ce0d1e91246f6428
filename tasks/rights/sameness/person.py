"""Whether two names may be of one person. Pure; a name alone never decides anything."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA
from termpost.tasks.rights.sameness.lettering import plain, without_digraphs
from termpost.tasks.rights.sameness.outcome import Sameness

_FORMS = "mr mrs ms miss mx dr prof sr sra srta don dona mme mlle m herr frau пан пані السيد السيدة"
FORMS: Final = frozenset(plain(word) for word in _FORMS.split())
GENERATIONS: Final = frozenset({"jr", "junior", "ii", "iii", "iv", "senior"})
FullName = tuple[str | None, str | None, str | None]  # given, middle, family
LONG: Final = 5  # letters in which one slip is a slip; Ana and Eva, Jan and Jon are two people
PARTS: Final = 2  # a first and a last name, at least
VOWELS: Final = frozenset("aeiou")


@lru_cache(maxsize=100_000)
def compare_names(
    one: tuple[str | None, str | None, str | None], other: tuple[str | None, str | None, str | None]
) -> Sameness:
    """Of given, middle and family names, in whatever order they were entered.

    Same: every part, a middle name that one of them lacks aside. Ask: one slip in a longer part, an initial, or one
    family name of two.
    """
    mine, theirs = _parts(one), _parts(other)
    if min(len(mine), len(theirs)) < PARTS:  # half a name is many people's
        return Sameness.DIFFERENT
    if _without_generation(mine) != _without_generation(theirs):
        return _ask_if_near(_without_generation(mine), _without_generation(theirs), one, other)
    return Sameness.SAME if mine == theirs else Sameness.ASK


def _parts(name: Sequence[str | None]) -> list[str]:
    words = " ".join(plain(part) for part in name if part).replace("-", " ").replace(".", " ").replace(",", " ").split()
    return sorted(without_digraphs(word) for word in words if word not in FORMS)


def _without_generation(parts: list[str]) -> list[str]:
    return [part for part in parts if part not in GENERATIONS]


def _ask_if_near(
    mine: list[str], theirs: list[str], one: Sequence[str | None], other: Sequence[str | None]
) -> Sameness:
    short, long = sorted((mine, theirs), key=len)
    left = list(long)
    unmatched = []
    for part in short:
        if part in left:
            left.remove(part)
        else:
            unmatched.append(part)
    if not unmatched:  # a middle name, or a second family name, that one of them lacks
        middle = {without_digraphs(word) for name in (one, other) for word in plain(name[1] or "").split()}
        return Sameness.SAME if set(left) <= middle else Sameness.ASK
    if len(unmatched) == 1 and any(_slip(unmatched[0], part) for part in left):
        return Sameness.ASK
    return Sameness.DIFFERENT


def _slip(one: str, other: str) -> bool:
    """An initial, or one slip that does not make another person of it: Maria and Mario are two."""
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    if min(len(one), len(other)) < LONG and len(one) == len(other):
        return False
    ends_apart = one[:-1] == other[:-1] and {one[-1], other[-1]} <= VOWELS
    longer = one.rstrip("aeo") == other.rstrip("aeo")  # Joseph and Josepha
    return OSA.distance(one, other) == 1 and not ends_apart and not longer
