"""Text that was damaged on its way: read in another encoding, its letters lost, or a word that stands for nothing.

What is garbled cannot be put right by rule, only by somebody who knows the person; so it is told, and never changed.
"""

import re
import unicodedata
from typing import Final

import ftfy
from ftfy import badness

# how databases, spreadsheets and programming languages write nothing; `Null` and `None` are names of people too
NOTHING: Final = frozenset({
    "NULL", "null", "\\N", "#N/A", "#n/a", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "(null)",
    "<null>", "[NULL]", "[null]", "(NULL)", "<NULL>", "undefined", "NaN", "nan", "[object Object]",
})  # fmt: skip
# whether a name is nothing or really so, only somebody who knows the person can say; `Nil` and `Nan` are common names
NAMES_OR_NOTHING: Final = frozenset({"null", "none", "undefined", "n/a", "#n/a", "nil"})
NAMED_SO: Final = frozenset({"Nil", "NIL", "Nan", "NAN"})
LOST_IN_WORD: Final = re.compile(r"[^\W\d_]\?+[^\W\d_]")
LOST_ALONE: Final = re.compile(r"(?<!\S)\?{2,}(?!\S)")
LINK: Final = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
# signs that a letter of another encoding turns into, and that stand in no name
ODD_KINDS: Final = frozenset({"Sm", "Sc", "So", "Cc", "Co", "Cn"})
FIRST_PICTURE: Final = "\u2600"
ODD_SIGNS: Final = frozenset("¿¡§¶‚„†‡‰‹›¦¬")


def _decodes(text: str) -> bool:
    """Whether all of it is UTF-8 that somebody read as Windows-1252 or Latin-1."""
    for encoding in ("cp1252", "latin-1"):
        try:
            if text.encode(encoding).decode() != text:
                return True
        except UnicodeError:
            continue
    return False


def is_mixed_up(text: str) -> bool:
    """Whether letters were read in another encoding, or were lost (U+FFFD)."""
    if text.isascii():
        return False
    return (
        "\ufffd" in text
        or any("\x80" <= char <= "\x9f" for char in text)
        or ftfy.fix_encoding(text) != text
        or badness.is_bad(text)
        or _decodes(text)
    )


def is_garbled(text: str) -> bool:
    """Of a title or comment: letters that are lost or mixed up, or nothing but a word for nothing."""
    if text in NOTHING or text.casefold() == "null":
        return True
    if "?" in text and not LINK.search(text):
        alone = LOST_ALONE.search(text) and text.count("?") >= sum(char.isalpha() for char in text)
        if LOST_IN_WORD.search(text) or alone:
            return True
    return is_mixed_up(text)


def is_garbled_name(text: str) -> bool:
    """Of a name: as `is_garbled`; besides, any question mark, a sign that stands in no name, a word for nothing."""
    if text in NAMED_SO:
        return False
    if text.casefold() in NAMES_OR_NOTHING or any(part in NOTHING for part in re.split(r"[\s,]+", text)):
        return True
    if "?" in text or not any(char.isalpha() for char in text):
        return True
    return is_mixed_up(text) or any(_is_odd(text, place) for place in range(len(text)))


def _is_odd(text: str, place: int) -> bool:
    """A sign that touches a letter; an emoji that somebody put behind a name is none."""
    char = text[place]
    if char.isascii() or (char not in ODD_SIGNS and unicodedata.category(char) not in ODD_KINDS):
        return False
    beside = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    return char < FIRST_PICTURE and (len(text) == 1 or any(letter.isalpha() for letter in beside))
