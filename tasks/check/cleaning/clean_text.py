"""Text as a family may read it: entities decoded, markup off, marks that nobody sees removed, blanks folded, NFC.

Only what is plain is touched: `a < b` is no tag, a joiner between Persian or Indic letters is spelling, and a line that
a typist broke stays broken in a comment.
"""

import html
import re
import unicodedata
from typing import Final

from termpost.tasks.check.cleaning.garbled import is_mixed_up
from termpost.tasks.check.cleaning.text_columns import TextKind

ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
DEEPEST: Final = 5  # times that one text was encoded
BLOCKS: Final = frozenset({
    "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "li", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
INLINE: Final = frozenset({
    "a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "img", "ins", "label", "mark", "o:p", "q", "s",
    "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
})  # fmt: skip
ALONE: Final = frozenset({"br", "hr", "img", "p", "li", "o:p"})  # plainly markup without an end
VALUE: Final = r"""(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+)"""
TAG: Final = re.compile(
    rf"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:]*)(?P<rest>(?:\s+[A-Za-z_:-]+(?:\s*=\s*{VALUE})?)*)\s*/?>"
)
UNSEEN_BLOCK: Final = re.compile(
    r"<!--.*?-->|<(script|style|head|title)\b[^<>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
RAISED: Final = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
LOWERED: Final = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
SMALL: Final = re.compile(r"<(sup|sub)>([0-9+-]+)</\1>", re.IGNORECASE)
FIRST_JOINED: Final = "\u0600"  # Arabic, and after it the scripts of India
JOINERS: Final = "\u200c\u200d"
DIRECTIONS: Final = "\u200e\u200f\u061c"  # of use beside letters that run from right to left
UNSEEN: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
)
LINE_ENDS: Final = re.compile("\r\n?")
LINES: Final = re.compile("\r\n?|[\u000b\u000c\u0085\u2028\u2029]")
# what text without cannot need cleaning; almost all text is without
TO_DO: Final = re.compile(
    "[&<\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff9-\ufffb]|  |^ | $"
)
SOFT_HYPHEN: Final = "\u00ad"
BLANKS: Final = re.compile(r"[^\S\n]+")
OTHER_BLANKS: Final = re.compile(r"[^\S\n\t ]+")


def _decoded(text: str) -> str:
    for _ in range(DEEPEST):
        if not ENTITY.search(text):
            break
        text = ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text


def _small(found: re.Match[str]) -> str:
    return found[2].translate(RAISED if found[1].lower() == "sup" else LOWERED)


def _without_tags(text: str) -> str:
    text = SMALL.sub(_small, UNSEEN_BLOCK.sub(" ", text))
    ended = {found["name"].lower() for found in TAG.finditer(text) if found["end"]}
    begun = {found["name"].lower() for found in TAG.finditer(text) if not found["end"]}

    def shown(found: re.Match[str]) -> str:
        name = found["name"].lower()
        if name not in BLOCKS and name not in INLINE:
            return found[0]
        paired = name in ended and name in begun
        if not (paired or name in ALONE or "=" in found["rest"] or (found["end"] and name in BLOCKS)):
            return found[0]
        return "\n" if name in BLOCKS else ""

    return TAG.sub(shown, text)


def _runs_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"R", "AL"}


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands where its script or an emoji needs it."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not before or not after:
        return False
    kinds = unicodedata.category(before), unicodedata.category(after)
    if kinds[0] in {"So", "Sk", "Mn", "Mc"} and kinds[1] in {"So", "Lo", "Mc", "Mn"}:
        return True
    is_letter = kinds[0][0] in "LM" and kinds[1][0] in "LM"
    return is_letter and all(char >= FIRST_JOINED and not "\u1e00" <= char <= "\u2fff" for char in (before, after))


def _without_unseen(text: str) -> str:
    text = UNSEEN.sub("", LINES.sub("\n", text))
    if any(mark in text for mark in DIRECTIONS):
        plain = text.translate(dict.fromkeys(map(ord, DIRECTIONS)))
        text = text if any(map(_runs_left, plain)) else plain
    if any(mark in text for mark in JOINERS):
        text = "".join(char for place, char in enumerate(text) if char not in JOINERS or _joins(text, place))
    return text


def _folded(text: str, kind: TextKind) -> str:
    """Blanks trimmed; runs of them one, in a comment only where they are no plain ones. Lines stay in comments."""
    if kind == "comment":
        lines = [OTHER_BLANKS.sub(_kept_or_plain, line).strip() for line in text.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return BLANKS.sub(" ", text.replace("\n", " ")).strip()


def _kept_or_plain(found: re.Match[str]) -> str:
    """A blank that does not break stays where French typography wants it."""
    text, place = found.string, found.start()
    sign, before = text[found.end() : found.end() + 1], text[place - 1 : place]
    is_french = found[0] in {"\u00a0", "\u202f"} and (sign in set("!?:;»%€") or before == "«")
    return found[0] if is_french and sign else " "


def clean_text(text: str, kind: TextKind) -> str:
    """The text as it may be printed; what is wrong with it beyond that is left for somebody to see.

    Source: entities by the HTML standard (https://html.spec.whatwg.org/#named-character-references), NFC by UAX 15,
    direction marks by UAX 9, joiners by UAX 31.
    """
    if not TO_DO.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    text = _without_tags(_decoded(text))
    if is_mixed_up(text):  # what nobody sees is then half of a letter, by which somebody may know it
        return UNSEEN.sub("", text).strip(" \t\r\n")
    return unicodedata.normalize("NFC", _folded(_without_unseen(text.replace(SOFT_HYPHEN, "")), kind))
