"""What is printed of a text: every character as a glyph, or by its name in brackets; never a box.

A character without a glyph stands for what Unicode calls its compatible form (㍿ for 株式会社), else its name does.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from termpost.tasks.documents.fonts.font_coverage import FIRST_FONT, covered, fonts
from termpost.tasks.documents.fonts.symbol_fonts import as_unicode

# blocks that are covered without a gap, so that nearly every text is looked at no further (a test compares them)
CERTAIN = re.compile(
    "[\x20-\x7e\xa0-\xac\xae-\u024f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03e1\u0400-\u0482\u048a-\u052f\u05d0-\u05ea\u0621-\u064a\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u205e\u3001-\u3029\u3041-\u3096\u30a1-\u30fe\u3400-\u4db5\u4e00-\u9fef]*"
)
_TONE, _FLAG_LETTER = "\U0001f3fb-\U0001f3ff", "\U0001f1e6-\U0001f1ff"
_PICTURE = "(?:[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
_PICTURE += f"\ufe0f?[{_TONE}]?|[\u2190-\u21ff\u2300-\u23ff\u2640\u2642\u2695\u2696]\ufe0f)"
# what one glyph of the emoji font stands for (UTS 51): keycaps, flags, joined pictures, those with a skin tone
_EMOJI = (
    "[0-9#*]\ufe0f?\u20e3"
    f"|[{_FLAG_LETTER}]{{2}}"
    "|\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f"
    f"|{_PICTURE}(?:\u200d{_PICTURE})*"
)
_CLUSTER = re.compile(f"(?P<emoji>{_EMOJI})|.", re.DOTALL)
# shown by no glyph of their own: joiners, marks of direction, variation selectors, tags
_SILENT = re.compile("[\xad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
                     "\U000e0000-\U000e0fff]")  # fmt: skip
_PART = re.compile(f"[{_TONE}{_FLAG_LETTER}]")  # alone it would be set as a box: a patch of skin, half a flag
KEYCAP = "\u20e3"


def printable(text: str) -> str:
    """The text with a name, or a compatible form, for every character that no font here has."""
    return text if CERTAIN.fullmatch(text) else _printable(text)


def unprintable(text: str) -> list[str]:
    """The characters that are printed by their name, in order, each once."""
    if CERTAIN.fullmatch(text):
        return []
    return list(dict.fromkeys(sign for cluster in _clusters(as_unicode(text)) for sign in _without_glyph(cluster)))


def called(character: str) -> str:
    """`U+1F4DA BOOKS`; of a character without a name, the code point alone."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def spelled(text: str) -> str:
    """As a last resort: marks of every cluster that the first font lacks stand beside it by name."""
    first = fonts()[FIRST_FONT]
    return "".join(
        cluster[:1] + "".join(_by_name(sign) for sign in cluster[1:] if not _SILENT.match(sign))
        if len(cluster) > 1 and not first.issuperset(map(ord, cluster)) else cluster
        for cluster in _clusters(text)
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def _printable(text: str) -> str:
    return "".join(
        "".join(_by_name(sign) if sign in lacking else sign for sign in cluster) if lacking else cluster
        for cluster in map(_with_forms, _clusters(text))
        for lacking in [_without_glyph(cluster)]
    )


def _clusters(text: str) -> Iterator[str]:
    """A character with the marks upon it, or an emoji with all that belongs to it."""
    held = ""
    for found in _CLUSTER.finditer(text):
        sign = found[0]
        if held and not found["emoji"] and (unicodedata.category(sign)[0] == "M" or _SILENT.match(sign)):
            held += sign
            continue
        if held:
            yield held
        held = sign
    if held:
        yield held


def _with_forms(cluster: str) -> str:
    """With the compatible form of what no font has, where one has that."""
    if covered().issuperset(map(ord, cluster)):
        return cluster
    return "".join(
        form if ord(sign) not in covered() and (form := unicodedata.normalize("NFKC", sign)) != sign
        and covered().issuperset(map(ord, form)) else sign
        for sign in cluster
    )  # fmt: skip


def _without_glyph(cluster: str) -> list[str]:
    """What of a cluster no font can set: one font has all of it, or only its first character is set."""
    shown = [sign for sign in _with_forms(cluster) if not _SILENT.match(sign)]
    if not shown:
        return []
    if _PART.fullmatch(cluster):
        return shown
    needed = set(map(ord, shown))
    if any(has >= needed for has in fonts().values()):
        return []
    if KEYCAP not in cluster and (whole := unicodedata.normalize("NFC", "".join(shown))) != "".join(shown):
        needed = set(map(ord, whole))
        if any(has >= needed for has in fonts().values()):
            return []
    missing = [sign for sign in shown if ord(sign) not in covered()]
    return missing or shown[1:]


def _by_name(sign: str) -> str:
    return f"[{unicodedata.name(sign, '') or called(sign)}]"
