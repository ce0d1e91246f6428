"""Numbers by which copies are verified: how they are made, typed and signed."""

import json

import pytest
from termpost.schemas.documents.verification import ALPHABET, Verification, grouped, read_number, verification_key
from termpost.tasks.documents.verify.verification_numbers import expected_number
from termpost.tasks.secrets.verification import VerificationKeys, state_of

SECRET = bytes(range(32))
KEYS = VerificationKeys(SECRET)
NUMBER = KEYS.number("r1", 1)


def test_a_number_is_of_one_report_and_version_and_the_same_each_time() -> None:
    numbers = {KEYS.number(report, version) for report in ("r1", "r2", "r11") for version in (1, 2, 11)}
    assert len(numbers) == 9
    assert {len(number) for number in numbers} == {16}
    assert set("".join(numbers)) <= set(ALPHABET)
    assert VerificationKeys(SECRET).number("r1", 1) == NUMBER
    assert VerificationKeys(bytes(32)).number("r1", 1) != NUMBER


def test_the_second_code_path_makes_the_same_number() -> None:
    for report, version in (("r1", 1), ("r1", 2), ("another", 30)):
        assert expected_number(SECRET, report, version) == KEYS.number(report, version)


@pytest.mark.parametrize(
    "typed", ["0123-4567-89AB-1F01", "0123 4567 89ab 1f01", "O123456789abLFoI", " 0123\u20134567\u201489AB\u200e-1f01 "]
)
def test_what_is_meant_is_read(typed: str) -> None:
    assert read_number(typed) == "0123456789AB1F01"


@pytest.mark.parametrize(
    "typed", ["", "0123", "0123-4567-89AB-1F0U", "0123-4567-89AB-1F01-0", "../sealed/r1/page", "٠" * 16]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


def test_it_is_printed_in_groups_and_its_square_leads_to_it() -> None:
    found = Verification(number="0123456789ABCDEF", base_url="https://portal.example/reports")
    assert grouped(found.number) == "0123-4567-89AB-CDEF"
    assert found.url == "https://portal.example/reports/verify/0123456789ABCDEF"
    assert read_number(grouped(found.number)) == found.number


def test_the_store_has_the_number_in_no_name_and_no_object() -> None:
    said = verification_key(NUMBER) + KEYS.stated(NUMBER, "current").decode()
    assert NUMBER not in said.upper()
    assert verification_key(NUMBER) != verification_key(KEYS.number("r1", 2))


def test_a_state_is_that_of_one_number_and_of_this_home() -> None:
    said = KEYS.stated(NUMBER, "current")
    assert said == KEYS.stated(NUMBER, "current")
    assert state_of(said, NUMBER, KEYS.public) == "current"
    assert state_of(KEYS.stated(NUMBER, "ask"), NUMBER, KEYS.public) == "ask"
    assert state_of(said, KEYS.number("r1", 2), KEYS.public) is None  # another's object, laid here
    assert state_of(said, NUMBER, VerificationKeys(bytes(32)).public) is None
    assert state_of(said, NUMBER, "") is None  # a portal that was told no key
    forged = json.loads(KEYS.stated(NUMBER, "ask")) | {"state": "current"}
    for data in (json.dumps(forged).encode(), b"current", b"", b"\xff", said + b"x", json.dumps([1]).encode()):
        assert state_of(data, NUMBER, KEYS.public) is None
