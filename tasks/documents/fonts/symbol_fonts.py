"""Bullets and signs of the fonts Symbol and Wingdings, which Word writes as private characters (U+F020 to U+F0FF).

Which of the two fonts was meant is not written: at the start of a line it is a bullet of Wingdings, within one a sign
of Symbol. The tables follow Adobe's encoding of Symbol and Unicode's of Wingdings (L2/12-368).
"""

import re

_FIRST = 0xF000
# Symbol, 0x21 to 0x7E in order
_SYMBOL = "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_WITHIN = {0x20: " ", 0x4A: "☺", 0x4B: "😐", 0x4C: "☹"}  # the smileys of Outlook are Wingdings
_WITHIN = {**{0x21 + place: sign for place, sign in enumerate(_SYMBOL)}, **_WITHIN}
_WITHIN |= dict(zip(range(0xA0, 0xC0), "€ϒ′≤⁄∞ƒ▪♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵", strict=True))
_WITHIN |= dict(zip(range(0xC4, 0xE0), "⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅➢∧∨⇔⇐⇑⇒←", strict=True))
_WITHIN |= {0xE0: "→", 0xE5: "∑", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF2: "∫"}
_WITHIN |= {0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"}
_AT_START = {
    0x21: "✏", 0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x36: "⌛", 0x41: "✌", 0x43: "👍", 0x44: "👎", 0x45: "☜", 0x46: "☞",
    0x47: "☝", 0x48: "☟", 0x52: "☼", 0x54: "❄", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "❐", 0x71: "❑",
    0x72: "❒", 0x73: "⬧", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x9F: "•", 0xA7: "▪", 0xA8: "◻", 0xAB: "★",
}  # fmt: skip
_PRIVATE = re.compile("(^|[\n\r\v\u2028\u2029])?([ \t]*)([\uf020-\uf0ff])")


def as_unicode(text: str) -> str:
    """The text with the characters that were meant; one that stands for nothing known stays, a bullet where a line
    begins with it."""
    return _PRIVATE.sub(_meant, text)


def _meant(found: re.Match[str]) -> str:
    code = ord(found[3]) - _FIRST
    starts = found[1] is not None
    sign = (_AT_START.get(code) if starts else None) or _WITHIN.get(code) or ("•" if starts else found[3])
    return f"{found[1] or ''}{found[2]}{sign}"
