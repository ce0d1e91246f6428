"""A difference word by word."""

from hypothesis import given
from hypothesis import strategies as st
from termpost.tasks.comments.difference import shown, word_difference

TEXT = st.text("ab .,\n", max_size=40)


@given(TEXT, TEXT)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = word_difference(before, after)
    assert "".join(piece for kind, piece in pieces if kind != "+") == before
    assert "".join(piece for kind, piece in pieces if kind != "-") == after
    assert all(piece for _, piece in pieces)
    assert (before == after) == ({kind for kind, _ in pieces} <= {"="})


def test_words_that_changed_are_marked_and_the_blank_between_two_of_them_is_one_change() -> None:
    pieces = word_difference("Lisa works hard, always.", "Lisa worked slowly, always.")
    assert pieces == [("=", "Lisa "), ("-", "works hard"), ("+", "worked slowly"), ("=", ", always.")]
    assert shown(pieces) == "Lisa [-works hard-]{+worked slowly+}, always."


def test_what_would_steer_a_terminal_is_a_box() -> None:
    assert shown(word_difference("", "a\x1b[31m\r\nb\t\u202ec")) == "{+a□[31m\nb□□c+}"
