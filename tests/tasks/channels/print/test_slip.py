"""The slip at the foot of a letter: whole, on its page, in every language, with the number of each report."""

import pytest
from termpost.schemas.documents.letter import LetterSlip
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.documents.pdf_text import read_as_seen, read_pages
from termpost.tasks.documents.verify.printed_slips import slips_printed_on, squares_printed_on

from tests.tasks.channels.print.test_envelope import alternatives, letter, parts, report, white

pytestmark = pytest.mark.needs("pdftotext", "pdftoppm")
NUMBERS = ("W4TK-7QXE-9RM", "2345-6789-23A", "ZZZZ-YYYY-XXX")
NAMES = ("Amara Lindqvist", "Theo Lindqvist", "Tess Lindqvist")


def slips(count: int) -> tuple[LetterSlip, ...]:
    return tuple(LetterSlip(student=NAMES[n], number=NUMBERS[n]) for n in range(count))


@pytest.mark.parametrize("language", ["en", "es", "fr", "zh-Hans", "ar", "uk", "vi"])
def test_a_letter_of_one_page_keeps_one_page(language: str) -> None:
    made = make_envelope(letter(language=language, slips=slips(1)), parts(report("1")))
    assert white(made, 2)
    assert slips_printed_on(made, [read_pages(made)[0].text], {NUMBERS[0]}) == {NUMBERS[0]}
    assert squares_printed_on(made, [0]) == {NUMBERS[0]}
    assert NUMBERS[0] in read_as_seen(made, 0).replace(" ", "")  # typed as it is seen, from right to left too
    assert sum(NUMBERS[0] in one for one in alternatives(made)) == 1


def test_each_report_has_its_own_and_none_is_torn_over_two_pages() -> None:
    made = make_envelope(letter(students=NAMES, slips=slips(3)), parts(*(report(n) for n in "123")))
    pages = [slips_printed_on(made, [page.text], set()) for page in read_pages(made)[:2]]
    assert sorted(map(len, pages)) == [0, 3]


def test_who_is_not_asked_has_no_slip_and_no_word_of_it() -> None:
    made = make_envelope(letter(), parts(report("1")))
    assert slips_printed_on(made, [page.text for page in read_pages(made)], set()) == frozenset()
    assert "Cut here" not in read_pages(made)[0].text


def test_a_telephone_number_is_no_slip() -> None:
    made = make_envelope(letter(recipient_name="2345-6789-234"), parts(report("1")))
    assert slips_printed_on(made, [read_pages(made)[0].text], set()) == frozenset()
