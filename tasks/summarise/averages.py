"""A category's share where it is not the sum of its points, but a mean, a median, … or the newest of its marks."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction

from termpost.schemas.settings.grading_rules import CategoryRule
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


def _mode(marks: Sequence[Mark]) -> Fraction | None:
    """The commonest; of several the highest."""
    times = Counter(_shares(marks))
    return max(times, key=lambda share: (times[share], share), default=None)


def _by_day(marks: Sequence[Mark]) -> list[Fraction]:
    """The oldest first: by the day of the score, else when it was due; of one day by when it was due, then by id."""

    def order(mark: Mark) -> tuple[date, date, str]:
        scored, due = mark.days
        return scored or due or date.min, due or date.min, mark.item

    return [Fraction(m.earned, m.possible) for m in sorted(marks, key=order) if m.possible and not m.is_extra]


def _most_recent(marks: Sequence[Mark]) -> Fraction | None:
    return _by_day(marks)[-1] if _shares(marks) else None


def _decaying(marks: Sequence[Mark], newest: Fraction) -> Fraction | None:
    """The newest counts `newest`, 1 being all, and the rest what it had come to before."""
    found: Fraction | None = None
    for share in _by_day(marks):
        found = share if found is None else newest * share + (1 - newest) * found
    return found


def average(marks: Sequence[Mark], rule: CategoryRule) -> Fraction | None:
    """By the rule of a category that does not add its points; None: none of the marks has a percentage."""
    if rule.aggregate == "decaying":
        return _decaying(marks, Fraction(rule.decay) / 100)
    return AVERAGES[rule.aggregate](marks)


AVERAGES: dict[str, Callable[[Sequence[Mark]], Fraction | None]] = {
    "mean": _mean, "median": _median, "lowest": _lowest, "highest": _highest,
    "mode": _mode, "most_recent": _most_recent,
}  # fmt: skip
