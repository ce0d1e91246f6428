"""Several attempts at one piece of work, which count once."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from termpost.tasks.summarise.course_grade import Attempt, Mark, Points


def together(marks: Sequence[Mark]) -> list[Mark]:
    """The marks with one for each piece that was tried more than once."""
    tried: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.attempt is not None:
            tried.setdefault(mark.attempt.piece, []).append(mark)
    return [*(mark for mark in marks if mark.attempt is None), *(_one(tried[piece]) for piece in sorted(tried))]


def those_that_count(attempts: Sequence[Mark]) -> list[Mark]:
    """Of the marked attempts at one piece: the latest, the better one, or all of which the mean is taken."""
    numbered = sorted(attempts, key=_number)
    rule = _attempt(numbered[0]).rule
    if rule == "mean":
        return numbered
    return [max(numbered, key=share_of)] if rule == "better" else numbered[-1:]


def share_of(mark: Mark) -> Fraction:
    """1 is full marks."""
    return Fraction(mark.earned, mark.possible)


def _one(attempts: Sequence[Mark]) -> Mark:
    """On the points of the first attempt, so that a retake worth more points weighs no more."""
    counted = those_that_count(attempts)
    of = _attempt(counted[0])
    share = sum((share_of(mark) for mark in counted), Fraction()) / len(counted)
    return replace(counted[-1], item=of.piece, earned=whole(share * of.possible), possible=of.possible, attempt=None)


def _attempt(mark: Mark) -> Attempt:
    if mark.attempt is None:
        raise ValueError(mark.item)
    return mark.attempt


def _number(mark: Mark) -> int:
    return _attempt(mark).number


def whole(points: Fraction) -> Points:
    """A whole number where it is one, which is faster."""
    return points.numerator if points.denominator == 1 else points
