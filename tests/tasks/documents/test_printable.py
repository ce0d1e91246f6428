"""What is printed of any character: a glyph, what was meant, or its name; never a box."""

import pytest
from fontTools.ttLib import TTFont
from termpost.schemas.base.shipped import TEMPLATES
from termpost.tasks.documents.fonts.font_coverage import covered, fonts
from termpost.tasks.documents.printable import CERTAIN, called, printable, unprintable
from termpost.tasks.documents.wording import visible


def test_the_fonts_have_what_another_reader_finds_in_them() -> None:
    paths = {path.name: path for path in (TEMPLATES / "fonts").glob("*.?tf")}
    assert {name: frozenset(TTFont(path, lazy=True).getBestCmap()) for name, path in paths.items()} == fonts()


def test_what_is_looked_at_no_further_has_a_glyph() -> None:
    assert {code for code in range(0x20, 0x30000) if CERTAIN.fullmatch(chr(code))} <= covered()


@pytest.mark.parametrize("codec", ["gb2312", "gbk", "big5", "shift_jis", "cp932", "shift_jis_2004"])
def test_fonts_cover_what_east_asian_systems_write(codec: str) -> None:
    """JIS X 0213, and GB 18030 level 1: all that GBK has, and the four-byte ideographs of the basic plane."""
    ideographs = [*range(0x3400, 0x4DB6), *range(0x4E00, 0x9FF0), *range(0x20000, 0x2A6D7)]
    assert {code for code in ideographs if _encodes(chr(code), codec)} <= covered()


def _encodes(sign: str, codec: str) -> bool:
    try:
        return bool(sign.encode(codec))
    except UnicodeEncodeError:
        return False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ada 🌻", "Ada 🌻"), ("📚 Biology", "📚 Biology"), ("1️⃣ 🇩🇪 👨‍👩‍👧 👍🏽 ❤️ ✅", "1️⃣ 🇩🇪 👨‍👩‍👧 👍🏽 ❤️ ✅"),
        ("髙橋 𠮷野 葛\U000e0100", "髙橋 𠮷野 葛\U000e0100"),
        ("𒀀", "[CUNEIFORM SIGN A]"), ("a\ue123", "a[U+E123]"), ("㍿ 𝓢 ⼀", "株式会社 S 一"),
        ("🏽", "[EMOJI MODIFIER FITZPATRICK TYPE-4]"), ("🇩", "[REGIONAL INDICATOR SYMBOL LETTER D]"),
        ("x\u20e3", "x[COMBINING ENCLOSING KEYCAP]"),
        ("\uf0b7 read", "• read"), ("\uf0a7 read", "▪ read"), ("\uf06e read", "■ read"), ("\uf0fc done", "✓ done"),
        ("sin \uf061 \uf0b3 0 \uf0e0 B", "sin α ≥ 0 → B"), ("well done \uf04a", "well done ☺"), ("\uf0ff odd", "• odd"),
    ],
)  # fmt: skip
def test_a_text_prints_as(text: str, said: str) -> None:
    assert visible(text) == said


def test_what_has_no_glyph_is_named_with_its_code_point() -> None:
    assert [called(sign) for sign in unprintable("Ur 𒀀𒀀 \ue123 🌻 \uf0b7")] == ["U+12000 CUNEIFORM SIGN A", "U+E123"]


def test_words_of_the_usual_scripts_are_left_as_they_are() -> None:
    for word in ("Þórður", "Kaʻōpua", "ਜਸਪ੍ਰੀਤ", "བསྟན", "މުޙައްމަދު", "ꯃꯅꯤꯄꯨꯔ", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "ಕನ್ನಡ", "മലയാളം", "ᎠᏂᏔ"):
        assert printable(word) == word
        assert unprintable(word) == []
