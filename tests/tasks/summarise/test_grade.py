"""The arithmetic of a grade, against a reference by another route: Decimal with 60 digits, one step at a time."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.tasks.summarise.grade import Mode, letter, rounded, weighted_mean

steady = settings(deadline=None, derandomize=True, max_examples=200, database=None)
MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "truncate": ROUND_DOWN}
value = st.none() | st.fractions(min_value=0, max_value=200, max_denominator=10**6)
weight = st.none() | st.decimals(min_value=0, max_value=150, places=2)
parts = st.lists(st.tuples(weight, value), max_size=6)


def D(text: str) -> Decimal:  # noqa: N802 - reads as a decimal literal
    return Decimal(text)


@steady
@given(parts)
def test_weights_scale_up_to_100_and_never_down(chosen: list[tuple[Decimal | None, Fraction | None]]) -> None:
    with localcontext(Context(prec=60)):
        counted = [(w, D(str(v.numerator)) / D(str(v.denominator))) for w, v in chosen if w and v is not None]
        total = sum((w for w, _ in counted), D("0"))
        found = weighted_mean(chosen)
        if total == 0:
            assert found is None
        else:
            assert found is not None
            reference = sum((w * v for w, v in counted), D("0")) / min(total, D("100"))
            difference = abs(D(str(found.numerator)) / D(str(found.denominator)) - reference)
            assert difference <= D("1e-40") * max(abs(reference), D("1"))


@steady
@given(parts, st.randoms())
def test_the_order_of_parts_changes_nothing(
    chosen: list[tuple[Decimal | None, Fraction | None]], random: Random
) -> None:
    shuffled = chosen[:]
    random.shuffle(shuffled)
    assert weighted_mean(shuffled) == weighted_mean(chosen)


@steady
@given(
    st.fractions(min_value=-100, max_value=10_000, max_denominator=10**7),
    st.integers(0, 6),
    st.sampled_from(sorted(MODES)),
)
def test_rounding_is_that_of_the_decimal_module_on_the_exact_value(value: Fraction, places: int, mode: Mode) -> None:
    with localcontext(Context(prec=400)):
        # a digit in the 200th place stands for all that follow; no fraction of this size is nearer to a tie
        exact = D(str(value.numerator)) / D(str(value.denominator))
        expected = exact.quantize(Decimal(1).scaleb(-places), rounding=MODES[mode])
    found = rounded(value, places, mode)
    assert found == expected
    assert found is not None
    assert found.as_tuple().exponent == -places


@steady
@given(st.integers(0, 10**6), st.integers(0, 6))
def test_a_tie_goes_up_or_to_the_even_digit(whole: int, places: int) -> None:
    tie = Fraction(2 * whole + 1, 2 * 10**places)
    up, even = rounded(tie, places, "half-up"), rounded(tie, places, "half-even")
    assert up is not None
    assert even is not None
    assert up.scaleb(places) == whole + 1
    assert even.scaleb(places) % 2 == 0
    assert abs(Fraction(even) - tie) == abs(Fraction(up) - tie)


@pytest.mark.parametrize(
    ("value", "mode", "expected"),
    [
        ("93.825", "half-up", "93.83"), ("93.825", "half-even", "93.82"), ("93.835", "half-even", "93.84"),
        ("93.825", "down", "93.82"), ("93.829999", "truncate", "93.82"), ("93.8249999", "half-up", "93.82"),
        ("89.995", "half-up", "90.00"), ("0.005", "half-up", "0.01"), ("0.005", "half-even", "0.00"),
        ("0", "half-up", "0.00"),
        ("100", "half-up", "100.00"), ("1.015", "half-up", "1.02"), ("2.675", "half-up", "2.68"),
    ],
)  # fmt: skip
def test_the_tie_is_decided_on_the_exact_decimal(value: str, mode: Mode, expected: str) -> None:
    """93.825 and 2.675 as binary floats lie below the tie."""
    assert str(rounded(Fraction(value), 2, mode)) == expected


def test_no_grade_is_none_and_never_0() -> None:
    assert weighted_mean([]) is None
    assert weighted_mean([(D("50"), None)]) is None
    assert rounded(None, 2, "half-up") is None
    assert letter(None, {"A": D("90"), "F": D("0")}) is None


def test_a_real_0_is_0() -> None:
    found = weighted_mean([(D("50"), Fraction(0))])
    assert found == 0
    assert found is not None
    assert str(rounded(Fraction(0), 2, "half-up")) == "0.00"
    assert letter(Fraction(0), {"A": D("90"), "F": D("0")}) == "F"


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (("40", "60"), "74"), (("20", "30"), "74"), (("80", "120"), "148"), (("100", "50"), "95"), (("0", "60"), "90"),
        ((None, "60"), "90"), ((None, None), None), (("0", "0"), None), ((None, "0"), None),
    ],
)  # fmt: skip
def test_weights_below_100_scale_up_and_above_do_not_scale_down(
    weights: tuple[str | None, str | None], expected: str | None
) -> None:
    chosen = [None if w is None else D(w) for w in weights]
    found = weighted_mean(zip(chosen, (Fraction(50), Fraction(90)), strict=True))
    assert found == (None if expected is None else Fraction(expected))


def test_a_letter_is_looked_up_unrounded() -> None:
    scale = {"A": D("90"), "B": D("80"), "F": D("0")}
    assert letter(Fraction("89.995"), scale) == "B"  # it prints as 90.00
    assert letter(Fraction(90), scale) == "A"
    assert letter(Fraction("79.9999999"), scale) == "F"
    assert letter(Fraction(250), scale) == "A"
    assert letter(Fraction(-1), scale) is None
    assert letter(Fraction(90), {}) is None
