"""The arithmetic of a grade: exact rational numbers from the marks to the last step, which rounds once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Mode = Literal["half-up", "half-even", "down", "truncate"]  # the last two are one


@dataclass(frozen=True)
class Points:
    """What one category adds: points earned, points possible, and the category's weight in per cent (None: none)."""

    earned: Decimal
    possible: Decimal
    weight: Decimal | None


def by_points(categories: Iterable[Points]) -> Fraction | None:
    """All points together. None where nothing is possible yet: that is no grade, not 0."""
    chosen = list(categories)
    possible = sum((Fraction(c.possible) for c in chosen), Fraction())
    earned = sum((Fraction(c.earned) for c in chosen), Fraction())
    return earned / possible * 100 if possible else None


def by_weight(categories: Iterable[Points]) -> Fraction | None:
    """Categories by weight. Those without possible points are left out; a total below 100 scales up, above it does not
    scale down."""
    weighed = [
        (Fraction(c.weight), Fraction(c.earned) / Fraction(c.possible)) for c in categories if c.possible and c.weight
    ]
    total = sum((weight for weight, _ in weighed), Fraction())
    if not total:
        return None
    return sum((weight * share for weight, share in weighed), Fraction()) / min(total, Fraction(100)) * 100


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
    """The step whose lower bound the unrounded value reaches; None without a grade or below every step."""
    if value is None:
        return None
    reached = [(lower, name) for name, lower in scale.items() if value >= Fraction(lower)]
    return max(reached)[1] if reached else None
