"""The stamp that tells one student's page from another's."""

import re

from hypothesis import given
from hypothesis import strategies as st
from termpost.schemas.documents.report import stamped_number

ONE_WORD = re.compile(r"[\w.\-]+")  # what the second code path reads


@given(st.text(min_size=1))
def test_any_student_number_becomes_one_word(number: str) -> None:
    assert ONE_WORD.fullmatch(stamped_number(number))


def test_a_plain_number_stays_as_it_is() -> None:
    assert stamped_number("604822") == "604822"


def test_numbers_that_differ_in_a_sign_stay_apart() -> None:
    assert len({stamped_number(number) for number in ("1/2", "1 2", "1-2", "12", "1·2")}) == 5
