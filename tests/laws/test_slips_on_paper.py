"""Slips in envelopes: the office types what is printed, and finds the version and the person; no other slip leaves."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.documents.letter import Letter, LetterSlip
from termpost.schemas.documents.pack import ChosenEnvelopes
from termpost.tasks.channels.print import channel as print_channel
from termpost.tasks.channels.print import envelope, expected_envelope
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.print_run import PrintWish, print_packs
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.verify.printed_slips import slips_printed_on, squares_printed_on
from termpost.tasks.feedback.sent_reports import of_slip

from tests.laws.test_law_13_reopened_before_it_leaves import assert_refused
from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared


def asking(school: Prepared, *lines: str) -> Prepared:
    with (school.home / "termpost.toml").open("a") as file:
        file.write("\n".join(("", "[feedback]", "acknowledge = true", *lines, "")))
    return school


def printed(school: Prepared) -> dict[str, frozenset[str]]:
    """Store key of each envelope → the numbers that can be read on its letter."""
    store = school.open().store
    files = {key: store.get(key) for key in store.list("print/") if key.endswith(".pdf")}
    return {key: slips_printed_on(pdf, [page.text for page in read_pages(pdf)[:2]], ()) for key, pdf in files.items()}


def test_the_number_on_paper_leads_to_the_version_and_the_person(school: Prepared) -> None:
    asking(school).release()
    home, read = school.open(), printed(school)
    found = [(key, of_slip(home, number)) for key, numbers in read.items() for number in numbers]
    assert all(one.recipient in key and one.version == 1 for key, one in found)
    assert sorted((one.recipient, one.student) for _, one in found) == sorted(
        (school.ref(contact), school.ref(student))
        for contact, student in ((MOTHER, LISA), (MOTHER, FANNIE), (FATHER, LISA), (OTHER, KYLE))
    )


def test_whom_the_settings_exempt_gets_no_slip(school: Prepared) -> None:
    asking(school, 'acknowledge_exempt = ["parent"]').release()
    assert set(printed(school).values()) == {frozenset()}


def _with(change: Callable[[tuple[LetterSlip, ...], list[Letter]], Sequence[LetterSlip]]) -> Any:
    letters = list[Letter]()

    def faulty(letter: Letter, reports: Sequence[bytes], _inserts: Sequence[bytes]) -> bytes:
        letters.append(letter)
        return make_envelope(letter.model_copy(update={"slips": tuple(change(letter.slips, letters))}), reports)

    return patch.object(print_channel, "make_envelope", faulty)


@pytest.mark.parametrize("fault", [
    pytest.param(lambda _, seen: seen[0].slips, id="of another household"),
    pytest.param(lambda own, seen: (*own, *seen[0].slips) if len(seen) > 1 else own, id="one too many"),
    pytest.param(lambda own, _: own[1:], id="one too few"),
])  # fmt: skip
def test_no_letter_leaves_with_other_slips_than_its_own(school: Prepared, fault: Any) -> None:
    assert_refused(asking(school), _with(fault), "wrong-slip")


@pytest.mark.parametrize("says", [
    pytest.param(lambda _: "TS:2345-6789-23A", id="of another report"),
    pytest.param(lambda number: f"https://elsewhere.example/{number}", id="no slip at all"),
])  # fmt: skip
def test_no_letter_leaves_whose_square_says_another_number(school: Prepared, says: Callable[[str], str]) -> None:
    assert_refused(asking(school), patch.object(envelope, "square_text", says), "wrong-slip")


def test_a_finished_pack_is_asked_for_its_slips_again(school: Prepared, tmp_path: Path) -> None:
    asking(school).release()
    wish = PrintWish(CYCLE, ChosenEnvelopes())
    print_packs(school.open(), wish, tmp_path / "one", "operator")
    pack = (tmp_path / "one" / "pack-01.pdf").read_bytes()
    assert squares_printed_on(pack, range(len(read_pages(pack)))) == frozenset().union(*printed(school).values())
    other = patch.object(expected_envelope, "expected_slip", lambda *_: "2345-6789-23A")
    with other, pytest.raises(Refused) as refused:
        print_packs(school.open(), wish, tmp_path / "two", "operator")
    assert refused.value.code == "wrong-slip"
