"""Numbers in words, as streets and houses have them: ordinals up to the ninety-ninth, and cardinals as far."""

import re
from typing import Final

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_IRREGULAR = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
              "twelve": "twelfth"}  # fmt: skip


_ABROAD = (
    "primera segunda tercera cuarta quinta sexta septima octava novena decima",
    "primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo",
    "premiere deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
)


def _ordinal(word: str) -> str:
    return _IRREGULAR.get(word) or (word[:-1] + "ieth" if word.endswith("y") else word + "th")


_BELOW_TWENTY = {word: number for number, word in enumerate([*_ONES, *_TEENS], start=1)}
CARDINALS: Final = {
    **_BELOW_TWENTY,
    **{tens: 10 * n for n, tens in enumerate(_TENS, start=2)},
    **{f"{tens} {one}": 10 * n + k for n, tens in enumerate(_TENS, start=2) for k, one in enumerate(_ONES, start=1)},
}
ORDINALS: Final = {
    **{_ordinal(word): number for word, number in CARDINALS.items() if " " not in word},
    **{f"{word.split()[0]} {_ordinal(word.split()[1])}": n for word, n in CARDINALS.items() if " " in word},
    "hundredth": 100, "one hundredth": 100,
    **{word: n for words in _ABROAD for n, word in enumerate(words.split(), start=1)},
}  # fmt: skip
_IN_WORDS = re.compile(rf"\b({'|'.join(sorted(ORDINALS, key=len, reverse=True))})\b")
_IN_DIGITS = re.compile(r"\b0*(\d+)(?:st|nd|rd|th|er|re|eme|ieme|do|ra|ro|ta|to|va|vo)\b")
_LEADING = re.compile(rf"^({'|'.join(sorted(CARDINALS, key=len, reverse=True))})\b")


def with_ordinals(words: str) -> str:
    """Words with single spaces, every ordinal as digits and `th`."""
    words = _IN_DIGITS.sub(lambda found: f"{found[1]}th", words)
    return _IN_WORDS.sub(lambda found: f"{ORDINALS[found[1]]}th", words)


def with_leading_number(words: str) -> tuple[str, bool]:
    """`fifty four elm street` as `54 elm street`, and whether there was one."""
    found = _LEADING.match(words)
    if not found or found.end() == len(words):
        return words, False
    return f"{CARDINALS[found[1]]}{words[found.end() :]}", True
