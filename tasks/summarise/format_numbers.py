"""Numbers as text: exact decimals, no exponent, None for no number."""

from decimal import Decimal
from fractions import Fraction

from termpost.tasks.summarise.grade import rounded

PLACES = 12  # of points; only a category that averages percentages can have more


def written(value: Decimal | None) -> str | None:
    """A rounded percentage with all its places: `93.83`, `90.00`."""
    return None if value is None else f"{value:f}"


def plain(value: Fraction) -> str:
    """Points without trailing zeros: `117`, `142.7`. Half-up at the twelfth place where they have no end."""
    text = f"{rounded(value, PLACES, 'half-up'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: Fraction | None) -> str | None:
    """A decimal where there is one with twelve places at most, else the fraction itself: `66.5`, `200/3`."""
    if value is None:
        return None
    text = plain(value)
    return text if Fraction(text) == value else f"{value.numerator}/{value.denominator}"
