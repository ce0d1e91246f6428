"""What is taken off text before a family reads it, and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from termpost.tasks.check.cleaning.clean_text import clean_text
from termpost.tasks.check.cleaning.text_columns import TextKind


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("O&#39;Shea", "O'Shea"), ("D&#x2f;O Birkett", "D/O Birkett"), ("Reading &amp; Writing", "Reading & Writing"),
     ("A &amp;amp;amp; B", "A & B"), ("<p>Essay&nbsp;1</p>", "Essay 1"), ("&lt;p&gt;Essay&lt;/p&gt;", "Essay"),
     ('<a href="x">Unit</a> <br/>2', "Unit 2"), ("<B>Bold</B>", "Bold"), ("x<sup>2</sup>, H<sub>2</sub>O", "x², H₂O"),
     ("<!-- a -->Essay<script>x()</script>", "Essay"), ('<span style="color:red">Red</span>', "Red"),
     ("a < b", "a < b"), ("a<b and c>d", "a<b and c>d"), ("<b> tag", "<b> tag"), ("I <3 maths", "I <3 maths"),
     ("AT&T", "AT&T"), ("R&D;", "R&D;"), ("x &lt; 5", "x < 5"), ("Q&A", "Q&A"), ("&copy", "&copy"),
     ("\ufeffAnn\u200b", "Ann"), ("co\u00adop", "coop"), ("\u202eabc\u202c", "abc"), ("Ann\u200e", "Ann"),
     ("bell\x07", "bell"), ("a\x00b", "ab"), ("Jose\u0301", "José"), ("  Lisa \u00a0 Ann ", "Lisa Ann"),
     ("two\nlines", "two lines"), ("山田\u3000太郎", "山田 太郎")],
)  # fmt: skip
def test_a_title_is_plain_text(text: str, cleaned: str) -> None:
    assert clean_text(text, "title") == cleaned


@pytest.mark.parametrize(
    "text", ["علی\u200cرضا", "क्\u200dष", "👩\u200d🏫", "שלום\u200e!", "❤\ufe0f", "Très bien\u00a0! Oui",
             "Good.  Well done.",
             "two\nlines\tand tabs", "«\u202fMacbeth\u202f»"],
)  # fmt: skip
def test_what_is_spelling_or_typography_stays_in_a_comment(text: str) -> None:
    assert clean_text(text, "comment") == text


def test_what_is_half_of_a_letter_is_left_for_somebody_to_know() -> None:
    assert clean_text("GarcÃ\u00ada", "name") == "GarcÃ\u00ada"


@given(st.text(max_size=40), st.sampled_from(["name", "title", "comment", "address"]))
def test_cleaning_again_changes_nothing(text: str, kind: TextKind) -> None:
    once = clean_text(text, kind)
    assert clean_text(once, kind) == once
    assert once == once.strip(" \t\r\n")
