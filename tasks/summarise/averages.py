"""A category's share where it is not the sum of its points: the mean, median, lowest or highest of its marks."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from termpost.tasks.summarise.course_grade import Mark


def _shares(marks: Iterable[Mark]) -> list[Fraction]:
    return sorted(Fraction(m.earned, m.possible) for m in marks if m.possible and not m.is_extra)


def _mean(marks: Sequence[Mark]) -> Fraction | None:
    """Each as often as it counts; extra credit adds its share, and nothing to what the sum is divided by."""
    times = sum((Fraction(m.weight) for m in marks if m.possible and not m.is_extra), Fraction())
    total = sum((m.weight * Fraction(m.earned, m.possible) for m in marks if m.possible), Fraction())
    return total / times if times else None


def _median(marks: Sequence[Mark]) -> Fraction | None:
    shares = _shares(marks)
    return (shares[(len(shares) - 1) // 2] + shares[len(shares) // 2]) / 2 if shares else None


def _lowest(marks: Sequence[Mark]) -> Fraction | None:
    return min(_shares(marks), default=None)


def _highest(marks: Sequence[Mark]) -> Fraction | None:
    return max(_shares(marks), default=None)


AVERAGES: dict[str, Callable[[Sequence[Mark]], Fraction | None]] = {
    "mean": _mean, "median": _median, "lowest": _lowest, "highest": _highest,
}  # fmt: skip
