"""Words of strangers act on nothing that shows them, and stay what they are in every script."""

import pytest
from termpost.schemas.base.neutral_text import neutral


@pytest.mark.parametrize("active", [chr(n) for n in (*range(9), 0x1B, 0x7F, 0x9B, 0x202A, 0x202E, 0x2066, 0x2069)])
def test_what_acts_is_a_box(active: str) -> None:
    assert neutral(f"a{active}b") == "a□b"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\n"])
def test_every_end_of_a_line_is_one(end: str) -> None:
    assert neutral(f"a{end}b") == "a\nb"


@pytest.mark.parametrize("text", ["می\u200cخواهم", "שלום\u200f!", "क्\u200dष", "<b>&amp;", "👩\u200d🏫 ½ ﷺ"])
def test_what_a_script_needs_stays(text: str) -> None:
    assert neutral(text) == text
