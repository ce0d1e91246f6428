"""Text that was damaged on its way: read in another encoding, its letters lost, or a word that stands for nothing.

What is garbled cannot be put right by rule, only by somebody who knows the person; so it is told, and never changed.
"""

import re
import unicodedata
from typing import Final

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
LOST: Final = re.compile("[\x80-\x9f\ufffd]")
LINK: Final = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
# signs that a letter of another encoding turns into, and that stand in no name
ODD_KINDS: Final = frozenset({"Sm", "Sc", "So", "Cc", "Co", "Cn"})
# the first byte of a letter in UTF-8 and the next, as Windows-1252 or Latin-1 has them
MAYBE_UTF8: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
FIRST_PICTURE: Final = "\u2600"
ODD_SIGNS: Final = "".join(
    char
    for char in map(chr, range(0xA0, ord(FIRST_PICTURE)))
    if char in "¿¡§¶‚„†‡‰‹›¦¬" or unicodedata.category(char) in ODD_KINDS
)
ODD_SIGN: Final = re.compile(f"[{re.escape(ODD_SIGNS)}]")


def _decodes(text: str) -> bool:
    """Whether all of it is UTF-8 that somebody read as Windows-1252 or Latin-1, and is letters of names.

    ftfy asks for more than one sign of it. É before a dash is a letter of phonetics by this reading, not of a name.
    """
    if not MAYBE_UTF8.search(text):
        return False
    for encoding in ("cp1252", "latin-1"):
        try:
            meant = text.encode(encoding).decode()
        except UnicodeError:
            continue
        if meant != text and not any("\u0180" <= char < "\u0370" for char in meant):
            return True
    return False


def is_mixed_up(text: str) -> bool:
    """Whether letters were read in another encoding, or were lost (U+FFFD)."""
    if text.isascii():
        return False
    return LOST.search(text) is not None or badness.is_bad(text) or _decodes(text)


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
    if "?" in text or not any(char.isalnum() for char in text):
        return True
    return is_mixed_up(text) or any(_touches(text, found.start()) for found in ODD_SIGN.finditer(text))


def _touches(text: str, place: int) -> bool:
    """Whether a sign touches a letter, or is all there is; an emoji behind a name is another thing."""
    beside = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    return len(text) == 1 or any(letter.isalpha() for letter in beside)
