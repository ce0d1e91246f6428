"""The average of all courses of a student, each as often as its credits say."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from termpost.schemas.settings.grading import GradingPolicy

Weighed = tuple[Fraction, Fraction]  # credits, value


def credits_of(class_id: str, policy: GradingPolicy) -> Fraction:
    """What a class counts in an average of all courses; 0: not at all."""
    own = policy.classes.get(class_id)
    return Fraction(policy.credits if own is None or "credits" not in own.model_fields_set else own.credits)


def mean(values: Iterable[Weighed]) -> Fraction | None:
    """Exact; None where nothing counts."""
    known = list(values)
    weight = sum((times for times, _ in known), Fraction())
    return sum((times * value for times, value in known), Fraction()) / weight if weight else None


def as_compared(average: Fraction, policy: GradingPolicy) -> Fraction:
    """Of letters: by what is printed where letters are, so that two that read alike are alike."""
    return Fraction(two_places(average)) if policy.scale_by == "rounded" else average


def two_places(value: Fraction) -> Decimal:
    """Half up, decided on the exact value."""
    return Decimal((value * 200 + 1) // 2).scaleb(-2)
