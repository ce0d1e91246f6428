"""What a family types: 80 bits, one check symbol that catches every slip of one symbol and every swap."""

import base64
import hmac
import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.tasks.secrets.access_codes import ALPHABET, access_code, grouped, tidy

MASTER = bytes(range(32))
codes = st.builds(access_code, st.binary(min_size=32, max_size=64), st.text(min_size=1), st.integers(0, 10**6))
typed_symbols = st.text(alphabet=ALPHABET, min_size=16, max_size=16)


def _completed(sixteen: str) -> str:
    """The one valid code that begins like this, found without the code under test's own arithmetic."""
    fitting = [sixteen + symbol for symbol in ALPHABET if _is_code(sixteen + symbol)]
    assert len(fitting) == 1
    return fitting[0]


def _reason(text: str) -> str:
    """What `tidy` says against it; empty for a code."""
    try:
        tidy(text)
    except InputError as error:
        return f"{error.code}: {error}"
    return ""


def _is_code(text: str) -> bool:
    return _reason(text) == ""


def test_the_alphabet_has_32_symbols_and_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 32
    assert not set(ALPHABET) & set("0O1I")
    assert ALPHABET.upper() == ALPHABET


def test_a_code_is_printed_in_groups_of_four_and_never_changes() -> None:
    code = access_code(MASTER, "r-1", 0)
    assert code == "RZZL-LSV3-MSYD-XMSD-M"  # a change of this line locks every family out
    assert grouped(tidy(code)) == code


def test_the_first_sixteen_symbols_are_ten_bytes_of_hkdf() -> None:
    extracted = hmac.digest(bytes(32), MASTER, "sha256")  # RFC 5869 by hand, and base 32 by the standard library
    derived = hmac.digest(extracted, b"termpost.code/1\n7\nr-1\x01", "sha256")[:10]
    expected = base64.b32encode(derived).decode().translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET))
    assert tidy(access_code(MASTER, "r-1", 7))[:16] == expected


def test_a_code_depends_on_the_master_secret_the_recipient_and_the_counter() -> None:
    made = {
        access_code(master, recipient, counter)
        for master in (MASTER, MASTER[::-1])
        for recipient in ("r-1", "r-11", "1\nr-1")
        for counter in (0, 1, 11)
    }
    assert len(made) == 18


def test_ten_thousand_recipients_get_ten_thousand_codes_with_every_symbol_in_every_place() -> None:
    made = {tidy(access_code(MASTER, f"r-{number}", 0)) for number in range(10_000)}
    assert len(made) == 10_000
    for place in range(17):
        assert {code[place] for code in made} == set(ALPHABET)


@pytest.mark.parametrize(
    ("master", "recipient", "counter"), [(MASTER[:31], "r", 0), (MASTER, "", 0), (MASTER, "r", -1)]
)
def test_no_code_is_made_from_a_short_secret_or_nobody(master: bytes, recipient: str, counter: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        access_code(master, recipient, counter)


def test_every_wrong_symbol_is_caught_at_every_place() -> None:
    chance = random.Random(6)  # noqa: S311 - samples for a test
    for sixteen in ["2" * 16, "Z" * 16, *("".join(chance.choices(ALPHABET, k=16)) for _ in range(30))]:
        code = _completed(sixteen)
        for place, right in enumerate(code):
            for wrong in ALPHABET.replace(right, ""):
                assert not _is_code(code[:place] + wrong + code[place + 1 :])


def test_every_swap_of_two_different_symbols_is_caught_neighbours_or_not() -> None:
    for left, right in combinations(range(17), 2):
        neighbours = right == left + 1
        spare = next(place for place in range(17) if place not in (left, right))
        for a, b in combinations(ALPHABET, 2) if neighbours else (("2", b) for b in ALPHABET[1:]):
            symbols = ["2"] * 17
            symbols[left], symbols[right] = a, b
            code = _made_valid(symbols, spare)
            code[left], code[right] = code[right], code[left]
            assert _reason("".join(code)).startswith("bad-code")


def _made_valid(symbols: list[str], spare: int) -> list[str]:
    tried = ([*symbols[:spare], symbol, *symbols[spare + 1 :]] for symbol in ALPHABET)
    return next(code for code in tried if _is_code("".join(code)))


@given(typed_symbols)
def test_exactly_one_check_symbol_fits(sixteen: str) -> None:
    assert _completed(sixteen).startswith(sixteen)


@given(codes, st.integers(0, 15))
def test_a_swap_of_neighbours_in_a_real_code_is_caught(code: str, place: int) -> None:
    text = list(tidy(code))
    text[place], text[place + 1] = text[place + 1], text[place]
    swapped = "".join(text)
    assert swapped == tidy(code) or not _is_code(swapped)


@given(codes, st.data())
def test_spaces_dashes_and_small_letters_do_not_matter(code: str, data: st.DataObject) -> None:
    between = st.text(alphabet=" -\t\n\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2015\u2212", max_size=3)
    typed = "".join(
        data.draw(between) + (symbol.lower() if data.draw(st.booleans()) else symbol) for symbol in tidy(code)
    )
    assert tidy(typed + data.draw(between)) == tidy(code)


REFUSALS = {_reason("2" * 16), _reason("0" * 17), _reason("2" * 16 + "3")}  # length, symbol, check


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_refused_in_one_of_three_fixed_sentences(typed: str) -> None:
    assert len(REFUSALS) == 3
    assert all(reason.startswith("bad-code") for reason in REFUSALS)
    assert _reason(typed) in REFUSALS or set(tidy(typed)) <= set(ALPHABET)


def test_an_error_never_repeats_the_code() -> None:
    code = access_code(MASTER, "r-1", 0)
    other = "3" if code[-1] != "3" else "4"
    for typed in (code[:-1], code[:-1] + other, code[:-1] + "0", code + "A", "sſß" + code[3:]):
        with pytest.raises(InputError) as caught:
            tidy(typed)
        assert caught.value.code == "bad-code"
        assert not any(group in str(caught.value) for group in code.split("-") if len(group) > 1)


@pytest.mark.parametrize("foreign", ["0", "O", "o", "1", "I", "i", "ſ", "ı", "Ａ", "²", "•", "!", "_"])
def test_nothing_is_mapped_silently(foreign: str) -> None:
    code = tidy(access_code(MASTER, "r-1", 0))
    for place in range(17):
        assert not _is_code(code[:place] + foreign + code[place + 1 :])
