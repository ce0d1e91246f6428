"""The arithmetic of a grade: exact rational numbers from the marks to the last step, which rounds once."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Mode = Literal["half-up", "half-even", "down", "truncate"]  # the last two are one


def weighted_mean(parts: Iterable[tuple[Decimal | None, Fraction | None]]) -> Fraction | None:
    """Values by weight in per cent, a total of weights below 100 scaled up, one above it not scaled down.

    What has no weight or no value is left out. None where nothing is weighed: that is no grade, not 0.
    """
    weighed = [(Fraction(weight), value) for weight, value in parts if weight and value is not None]
    total = sum((weight for weight, _ in weighed), Fraction())
    if not total:
        return None
    return sum((weight * value for weight, value in weighed), Fraction()) / min(total, Fraction(100))


def rounded(value: Fraction | None, places: int, mode: Mode) -> Decimal | None:
    """The decimal with so many places; the tie is decided on the exact value, so 93.825 gives 93.83 half-up."""
    if value is None:
        return None
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest - scaled.denominator  # > 0: above the tie, 0: on it
    if mode in ("half-up", "half-even") and (twice > 0 or (twice == 0 and (mode == "half-up" or whole % 2))):
        whole += 1
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def letter(value: Fraction | None, scale: Mapping[str, Decimal]) -> str | None:
    """The step whose lower bound the value reaches; None without a grade or below every step."""
    if value is None:
        return None
    reached = [(lower, name) for name, lower in scale.items() if value >= Fraction(lower)]
    return max(reached)[1] if reached else None
