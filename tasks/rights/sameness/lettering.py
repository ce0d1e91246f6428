"""One spelling of a text: no case, accents, invisible characters, or letters of another script that look Latin.

Sources: Unicode Standard Annex 15 (NFKC), Technical Standard 39 (confusables.txt beside this module).
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

WORD = re.compile(r"[^\W_]+")
FRACTION = re.compile("([0-9]*)([¼½¾⅐-⅞])")  # before NFKC, which would glue it to the number before it
ORDINAL_SIGN = re.compile(r"(?<=\d)\.?[ºª°]")
MARKS_IN_WORDS = dict.fromkeys(map(ord, "'’‘ʻʼʽʹ`´ـ"))  # O'Neill, Kaʻaahi, and the Arabic stroke that only widens
APART = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "æ": "ae", "œ": "oe",
         "ة": "ه", "ى": "ي", "ў": "у", "ё": "е"}  # fmt: skip
NO_ACCENT = str.maketrans(APART)
BLANK = dict.fromkeys((0x2800, 0x3164, 0x115F, 0x1160, 0xFFA0), " ")  # letters and signs that show nothing
_UKRAINIAN = (
    "а:a б:b в:v г:h ґ:g д:d е:e є:ie ж:zh з:z и:y і:i ї:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts"
)
_UKRAINIAN_END = "ч:ch ш:sh щ:shch ю:iu я:ia ь: ':"
UKRAINIAN = dict(one.split(":") for one in f"{_UKRAINIAN} {_UKRAINIAN_END}".split())
DIGRAPH = re.compile("([aou])e|aa")  # ä, ö, ü, å written out


def _look_alikes() -> dict[str, str]:
    found = dict[str, str]()
    for line in Path(__file__).with_name("confusables.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            letter, *codes = line.split()
            found |= {chr(int(code, 16)): letter for code in codes}
    return found


LOOK_ALIKES = _look_alikes()


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    """Small letters and digits with the punctuation between them; what shows nothing is gone."""
    if text.isascii():  # as most are: the same, ten times as fast
        return text.lower().replace("'", "").replace("`", "")
    said = WORD.sub(lambda word: _latin(word[0]), text)  # before NFKC too, which makes a sigma of a c
    said = FRACTION.sub(lambda m: f"{m[1]} {unicodedata.normalize('NFKC', m[2]).replace('⁄', '/')} ", said)
    said = unicodedata.normalize("NFKC", ORDINAL_SIGN.sub("", said)).translate(BLANK)
    shown = "".join(sign for sign in said if unicodedata.category(sign) != "Cf").translate(MARKS_IN_WORDS)
    small = WORD.sub(lambda word: _latin(word[0]), shown).casefold().translate(NO_ACCENT)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", small) if not unicodedata.combining(sign))
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in bare).translate(NO_ACCENT)


def without_digraphs(word: str) -> str:
    """Müller, Mueller and Muller are one word."""
    return DIGRAPH.sub(lambda found: found[1] or "a", word)


def in_latin(text: str) -> str:
    """Ukrainian in Latin letters, by the resolution of its government of 27 January 2010, no. 55."""
    if text.isascii():
        return text
    return "".join(UKRAINIAN.get(sign, sign) for sign in unicodedata.normalize("NFC", text).lower().replace("’", "'"))


def _latin(word: str) -> str:
    """The word in Latin letters where it has some, or where every letter of it looks like one.

    A word of another script stays what it is.
    """
    if word.isascii():
        return word
    bare = [sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign)]
    foreign = [sign for sign in bare if sign.isalpha() and not _is_latin(sign)]
    mixed = any(sign.isascii() and sign.isalpha() for sign in bare)
    if foreign and (mixed or all(sign in LOOK_ALIKES for sign in foreign)):
        return "".join(LOOK_ALIKES.get(sign, sign) for sign in bare)
    return "".join(LOOK_ALIKES.get(sign, sign) if _is_latin(sign) else sign for sign in bare)


@lru_cache(maxsize=4096)
def _is_latin(sign: str) -> bool:
    return sign.isascii() or unicodedata.name(sign, "").startswith("LATIN")
