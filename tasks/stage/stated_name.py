"""A whole name as somebody states it, in the parts that lists sort by and reports print."""

from typing import Final, NamedTuple

from termpost.tasks.check.cleaning.garbled import is_garbled_name

FAMILY_FIRST: Final = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"))


class NameParts(NamedTuple):
    """The parts of a student's name as the lake keeps them."""

    given: str | None
    middle: str | None
    family: str | None
    preferred: str | None


def _is_right(part: str | None) -> bool:
    return bool(part) and not is_garbled_name(part or "")


def split_name(text: str, was: NameParts) -> NameParts:
    """`text` in parts: "Family, Given" says which is which; else the parts of `was` that are right are found in it.

    Where none is, the family name has as many words as it had, and comes last, or first where all is written in the
    characters of East Asia.
    """
    given, family = _two(text, was)
    middle = None
    if given and _is_right(was.middle) and given.endswith(f" {was.middle}"):
        given, middle = given.removesuffix(f" {was.middle}"), was.middle
    preferred = was.preferred if was.preferred is None or _is_right(was.preferred) else given or None
    return NameParts(given or None, middle, family or None, preferred)


def _two(text: str, was: NameParts) -> tuple[str, str]:
    if "," in text:
        family, given = text.split(",", 1)
        return given.strip(), family.strip()
    return _found(text, was) or _counted(text.split(), was)


def _found(text: str, was: NameParts) -> tuple[str, str] | None:
    """By the parts that are right."""
    if _is_right(was.family) and text.endswith(f" {was.family}"):
        return text.removesuffix(f" {was.family}"), str(was.family)
    first = [part for part in (was.given, was.middle) if part]
    for many in range(len(first), 0, -1):
        known = " ".join(first[:many])
        if all(map(_is_right, first[:many])) and text.startswith(f"{known} "):
            return known, text.removeprefix(f"{known} ")
    return None


def _counted(words: list[str], was: NameParts) -> tuple[str, str]:
    """By the number of words that the family name had."""
    if len(words) == 1:
        return (words[0], "") if was.given else ("", words[0])
    if all(any(low <= char <= high for low, high in FAMILY_FIRST) for word in words for char in word):
        return " ".join(words[1:]), words[0]
    of_family = min(max(len((was.family or "").split()), 1), len(words) - 1)
    return " ".join(words[:-of_family]), " ".join(words[-of_family:])
