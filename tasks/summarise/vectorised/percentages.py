"""From the points of parts to rounded percentages and letters, all seats at once and still exact.

A percentage is cut to a lower and an upper bound in whole numbers. Where rounding and scale give the same for both, that
is the answer; where they do not, the seat is computed with fractions, as `course` does it.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.course import combine, letter_by, round_by
from termpost.tasks.summarise.course_grade import CategoryGrade
from termpost.tasks.summarise.vectorised.cells import Block, sums
from termpost.tasks.summarise.vectorised.kept_points import LARGEST, PartPoints
from termpost.tasks.summarise.vectorised.plain_rules import HUNDREDTHS, LARGEST_WEIGHT, Bools, Ints

DIGITS = 9  # of a percentage, after the point: as many as a letter's lower bound may have
FINE = 10**DIGITS
MILLION = 10**6
WHOLE = 100 * HUNDREDTHS  # all of the weight
LARGEST_SHARE = 10 * WHOLE  # of one category
NOTHING = -1  # no grade, no letter
UNKNOWN = 2**62  # far above any percentage: so the upper bound never meets the lower one


@dataclass(frozen=True)
class Percents:
    """Of each seat, as the policy prints it."""

    millionths: Ints  # of a per cent; NOTHING: no grade
    letters: Ints  # place in `PlainRules.letters`; NOTHING: none


def percents_of(block: Block, points: PartPoints) -> Percents:
    """The percentage of each seat that its parts come to."""
    by_points, by_weight = _points(block, points), _weighed(block, points)
    is_weighted = block.rules.is_weighted[block.seat_rules]
    low, high = (np.where(is_weighted, w, p) for w, p in zip(by_weight, by_points, strict=True))
    found = Percents(np.full(len(low), NOTHING), np.full(len(low), NOTHING))
    unsettled = np.zeros(len(low), dtype=np.bool_)
    for policy, rules in _alike(block):
        mine = np.flatnonzero(rules[block.seat_rules] & (low != NOTHING))
        rounded = [_round(bound[mine], policy) for bound in (low, high)]
        looked_up = rounded if policy.scale_by == "rounded" else [bound[mine] for bound in (low, high)]
        letters = [_letters(block, bound, policy) for bound in looked_up]
        found.millionths[mine], found.letters[mine] = rounded[0] // (FINE // MILLION), letters[0]
        unsettled[mine] = (rounded[0] != rounded[1]) | (letters[0] != letters[1])
        if policy.rounding.mode == "half-even":  # a tie may be one or lie a little above: that is not known here
            step = 10 ** (DIGITS - policy.rounding.places)
            unsettled[mine] |= (low[mine] % step == step // 2) | (high[mine] % step == step // 2)
    for seat in map(int, np.flatnonzero(unsettled)):
        found.millionths[seat], found.letters[seat] = _exactly(block, points, seat)
    return found


def _alike(block: Block) -> list[tuple[GradingPolicy, Bools]]:
    """Policies that round and look up in different ways, each with the rules that do as it does."""
    found: dict[tuple[object, ...], tuple[GradingPolicy, Bools]] = {}
    for place, own in enumerate(block.rules.rules):
        policy = own.policy
        key = (policy.rounding, policy.scale_by, tuple(policy.scale.items()))
        found.setdefault(key, (policy, np.zeros(len(block.rules.rules), dtype=np.bool_)))[1][place] = True
    return list(found.values())


def _round(cut: Ints, policy: GradingPolicy) -> Ints:
    """A percentage that is cut to DIGITS as it is printed; a tie of half-even goes up."""
    step: int = 10 ** (DIGITS - policy.rounding.places)
    up = 0 if policy.rounding.mode in {"down", "truncate"} else step // 2
    rounded: Ints = (cut + up) // step * step
    return rounded


def _letters(block: Block, cut: Ints, policy: GradingPolicy) -> Ints:
    names = list(reversed(policy.scale))
    places = np.array([NOTHING, *map(block.rules.letters.index, names)], dtype=np.int64)
    bounds = np.array([int(policy.scale[name] * FINE) for name in names], dtype=np.int64)
    found: Ints = places[np.searchsorted(bounds, cut, side="right")]
    return found


def _points(block: Block, points: PartPoints) -> tuple[Ints, Ints]:
    """All points together: the percentage cut to DIGITS, at least and at most."""
    top, bottom = sums(points.earned, block.first_part), sums(points.possible, block.first_part)
    shares, uneven, fits = _long_division(np.full_like(top, 100), top, bottom)
    return np.where(bottom > 0, shares, NOTHING), np.where(fits, shares, UNKNOWN)


def _weighed(block: Block, points: PartPoints) -> tuple[Ints, Ints]:
    """By weight: the percentage cut to DIGITS, at least and at most."""
    weights = np.where(points.possible > 0, block.rules.weights[block.part_category], 0)
    shares, is_uneven, fits = _long_division(weights, points.earned, points.possible)
    fits &= (points.possible > 0) | (points.earned == 0)  # points beside which nothing was possible go on top
    total = sums(weights, block.first_part)
    low, uneven = sums(shares, block.first_part), sums(is_uneven, block.first_part)
    whole = np.clip(total, 1, WHOLE)
    # what was cut off is less than one for each part that did not come out even
    high = (100 * (low + uneven) - (uneven > 0)) // whole
    is_known = sums(~fits, block.first_part) == 0
    return np.where(total > 0, 100 * low // whole, NOTHING), np.where(is_known, high, UNKNOWN)


def _long_division(factor: Ints, top: Ints, bottom: Ints) -> tuple[Ints, Bools, Bools]:
    """factor * top / bottom cut to DIGITS, whether something was cut off, and whether 64 bits were enough for it.

    What has no bottom comes to 0.
    """
    divisor = np.maximum(bottom, 1)
    whole, rest = np.divmod(np.where(bottom > 0, factor * top, 0), divisor)
    fraction, rest = np.divmod(rest * FINE, divisor)
    fits = (top < LARGEST // LARGEST_WEIGHT) & (bottom < LARGEST // FINE) & (whole < LARGEST_SHARE)
    return whole * FINE + fraction, rest > 0, fits


def _exactly(block: Block, points: PartPoints, seat: int) -> tuple[int, int]:
    """Millionths and letter of one seat, with fractions."""
    rules = block.rules.rules[block.seat_rules[seat]]
    categories = []
    for part in range(block.first_part[seat], block.first_part[seat + 1]):
        name = block.rules.categories[block.part_category[part]][1]
        earned, possible = Fraction(int(points.earned[part])), Fraction(int(points.possible[part]))
        share = earned / possible if possible else None
        categories.append(CategoryGrade(name, rules.weights[name], (), (), earned, possible, share))
    share = combine(categories, rules)
    if share is None:
        return NOTHING, NOTHING
    letter = letter_by(rules.policy, share * 100)
    millionths = int((round_by(rules.policy, share * 100) or 0) * MILLION)
    return millionths, NOTHING if letter is None else block.rules.letters.index(letter)
