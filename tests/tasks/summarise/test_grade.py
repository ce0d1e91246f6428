"""The arithmetic of a grade, against a reference by another route: Decimal with 60 digits, one step at a time."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.summarise.grade import Points, by_points, by_weight, letter, rounded

steady = settings(deadline=None, derandomize=True, max_examples=200, database=None)
MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN, "truncate": ROUND_DOWN}
points = st.decimals(min_value=0, max_value=10_000, places=6)
weight = st.none() | st.decimals(min_value=0, max_value=150, places=2)
category = st.builds(Points, earned=points, possible=st.just(Decimal(0)) | points, weight=weight)
categories = st.lists(category, max_size=6)


def D(text: str) -> Decimal:  # noqa: N802 - reads as a decimal literal
    return Decimal(text)


def P(earned: str, possible: str, weight: str | None = None) -> Points:  # noqa: N802
    return Points(D(earned), D(possible), None if weight is None else D(weight))


@steady
@given(categories)
def test_by_points_is_all_earned_by_all_possible(chosen: list[Points]) -> None:
    earned, possible = sum((c.earned for c in chosen), D("0")), sum((c.possible for c in chosen), D("0"))
    found = by_points(chosen)
    if possible == 0:
        assert found is None
    else:
        assert found is not None
        assert found * Fraction(possible) == Fraction(earned) * 100


@steady
@given(categories)
def test_by_weight_is_the_sum_of_shares_scaled_up_to_100_and_never_down(chosen: list[Points]) -> None:
    with localcontext(Context(prec=60)):
        counted = [c for c in chosen if c.weight is not None and c.weight > 0 and c.possible > 0]
        total = sum((c.weight or D("0") for c in counted), D("0"))
        reference = None
        if total > 0:
            reference = sum(((c.weight or D("0")) * (c.earned / c.possible) for c in counted), D("0"))
            if total < 100:
                reference = reference / total * 100
        found = by_weight(chosen)
        if reference is None:
            assert found is None
        else:
            assert found is not None
            difference = abs(D(str(found.numerator)) / D(str(found.denominator)) - reference)
            assert difference <= D("1e-40") * max(abs(reference), D("1"))


@steady
@given(categories, st.randoms())
def test_the_order_of_categories_changes_nothing(chosen: list[Points], random) -> None:
    shuffled = chosen[:]
    random.shuffle(shuffled)
    assert by_weight(shuffled) == by_weight(chosen)
    assert by_points(shuffled) == by_points(chosen)


@steady
@given(categories, points.filter(bool))
def test_one_more_point_never_lowers_a_grade(chosen: list[Points], more: Decimal) -> None:
    for place, one in enumerate(chosen):
        better = [*chosen[:place], Points(one.earned + more, one.possible, one.weight), *chosen[place + 1 :]]
        for combine in (by_weight, by_points):
            before, after = combine(chosen), combine(better)
            assert (before is None) == (after is None)
            assert before is None or (after is not None and after >= before)


@steady
@given(
    st.fractions(min_value=-100, max_value=10_000, max_denominator=10**7),
    st.integers(0, 6),
    st.sampled_from(sorted(MODES)),
)
def test_rounding_is_that_of_the_decimal_module_on_the_exact_value(value: Fraction, places: int, mode) -> None:
    with localcontext(Context(prec=400)):
        # a digit in the 200th place stands for all that follow; no fraction of this size is nearer to a tie
        exact = D(str(value.numerator)) / D(str(value.denominator))
        expected = exact.quantize(Decimal(1).scaleb(-places), rounding=MODES[mode])
    found = rounded(value, places, mode)
    assert found == expected
    assert found is not None
    assert -found.as_tuple().exponent == places


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
def test_the_tie_is_decided_on_the_exact_decimal(value: str, mode, expected: str) -> None:
    """93.825 and 2.675 as binary floats lie below the tie."""
    assert str(rounded(Fraction(value), 2, mode)) == expected


def test_no_grade_is_none_and_never_0() -> None:
    for combine in (by_points, by_weight):
        assert combine([]) is None
        assert combine([P("0", "0", "50")]) is None
    assert rounded(None, 2, "half-up") is None
    assert letter(None, {"A": D("90"), "F": D("0")}) is None


def test_a_real_0_is_0() -> None:
    for combine in (by_points, by_weight):
        found = combine([P("0", "10", "50")])
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
def test_weights_below_100_scale_up_and_above_do_not_scale_down(weights, expected: str | None) -> None:
    found = by_weight([P("50", "100", weights[0]), P("9", "10", weights[1])])
    assert found == (None if expected is None else Fraction(expected))


def test_a_category_without_possible_points_leaves_its_weight_to_the_others() -> None:
    assert by_weight([P("0", "0", "60"), P("9", "10", "40")]) == 90


def test_extra_credit_adds_points_and_nothing_to_what_is_possible() -> None:
    assert by_points([P("80", "100"), P("5", "0")]) == 85


def test_a_letter_is_looked_up_unrounded() -> None:
    scale = {"A": D("90"), "B": D("80"), "F": D("0")}
    assert letter(Fraction("89.995"), scale) == "B"  # it prints as 90.00
    assert letter(Fraction(90), scale) == "A"
    assert letter(Fraction("79.9999999"), scale) == "F"
    assert letter(Fraction(250), scale) == "A"
    assert letter(Fraction(-1), scale) is None
    assert letter(Fraction(90), {}) is None
