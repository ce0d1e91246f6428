"""From the points of parts to rounded percentages and letters, all seats at once and still exact.

A percentage is cut to a lower and an upper bound in whole numbers of 64 bits. Where rounding and scale give the same
for both, that is the answer; where they do not, it is cut over one denominator, in whole numbers of any length.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.vectorised.cells import sums
from termpost.tasks.summarise.vectorised.kept_points import LARGEST, SeatPoints
from termpost.tasks.summarise.vectorised.plain_rules import HUNDREDTHS, LARGEST_WEIGHT, Bools, Ints, PlainRules

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

    def put(self, seats: Ints, found: "Percents") -> None:
        """Replaces those of some seats."""
        self.millionths[seats], self.letters[seats] = found.millionths, found.letters

    def but(self, seats: Ints, found: "Percents") -> "Percents":
        """The same with others for some seats."""
        copy = Percents(self.millionths.copy(), self.letters.copy())
        copy.put(seats, found)
        return copy


@dataclass(frozen=True)
class CutPercents:
    """Percentages cut to DIGITS: what they are at least, and at most."""

    low: Ints  # NOTHING: no grade
    high: Ints


def percents_of(points: SeatPoints) -> Percents:
    """The percentage of each seat that its parts come to."""
    found, is_settled = _look_up(points, _bounds(points))
    if not is_settled.all():
        rest = np.flatnonzero(~is_settled)
        found.put(rest, _look_up(points.of(rest), _exact(points.of(rest)))[0])
    return found


def _look_up(points: SeatPoints, cut: CutPercents) -> tuple[Percents, Bools]:
    """Rounded percentages and letters, and whether both bounds have the same."""
    found = Percents(np.full(len(cut.low), NOTHING), np.full(len(cut.low), NOTHING))
    is_settled = np.ones(len(cut.low), dtype=np.bool_)
    for policy, rules in _alike(points.rules):
        mine = np.flatnonzero(rules[points.seat_rules] & (cut.low != NOTHING))
        bounds = [cut.low[mine], cut.high[mine]]
        rounded = [_round(bound, policy) for bound in bounds]
        letters = [_letters(points.rules, of, policy) for of in (rounded if policy.scale_by == "rounded" else bounds)]
        found.millionths[mine], found.letters[mine] = rounded[0] // (FINE // MILLION), letters[0]
        is_settled[mine] = (rounded[0] == rounded[1]) & (letters[0] == letters[1])
    return found, is_settled


def _alike(rules: PlainRules) -> list[tuple[GradingPolicy, Bools]]:
    """Policies that round and look up in different ways, each with the rules that do as it does."""
    found: dict[tuple[object, ...], tuple[GradingPolicy, Bools]] = {}
    for place, own in enumerate(rules.rules):
        policy = own.policy
        key = (policy.rounding, policy.scale_by, tuple(policy.scale.items()))
        found.setdefault(key, (policy, np.zeros(len(rules.rules), dtype=np.bool_)))[1][place] = True
    return list(found.values())


def _round(cut: Ints, policy: GradingPolicy) -> Ints:
    """As it is printed: half up, or cut off."""
    step: int = 10 ** (DIGITS - policy.rounding.places)
    up = step // 2 if policy.rounding.mode == "half-up" else 0
    rounded: Ints = (cut + up) // step * step
    return rounded


def _letters(rules: PlainRules, cut: Ints, policy: GradingPolicy) -> Ints:
    names = list(reversed(policy.scale))
    places = np.array([NOTHING, *map(rules.letters.index, names)], dtype=np.int64)
    bounds = np.array([int(policy.scale[name] * FINE) for name in names], dtype=np.int64)
    found: Ints = places[np.searchsorted(bounds, cut, side="right")]
    return found


def _bounds(points: SeatPoints) -> CutPercents:
    is_weighted = points.is_weighted
    if is_weighted.all():
        return _weighed(points)
    if not is_weighted.any():
        return _summed(points)
    weighed, summed = _weighed(points), _summed(points)
    return CutPercents(np.where(is_weighted, weighed.low, summed.low), np.where(is_weighted, weighed.high, summed.high))


def _summed(points: SeatPoints) -> CutPercents:
    """All points together."""
    top, bottom = sums(points.earned, points.first_part), sums(points.possible, points.first_part)
    shares, _, fits = _long_division(np.full_like(top, 100), top, bottom)
    return _cut(shares, shares, bottom > 0, fits)


def _weighed(points: SeatPoints) -> CutPercents:
    """By weight: each category's share is cut, by less than one where it does not come out even."""
    all_weights = points.rules.weights[points.category]
    weights = np.where(points.possible > 0, all_weights, 0)
    shares, is_uneven, fits = _long_division(weights, points.earned, points.possible)
    # points beside which nothing was possible go on top
    fits &= (points.possible > 0) | (points.earned == 0) | (all_weights == 0)
    low, uneven, total = (sums(of, points.first_part) for of in (shares, is_uneven, weights))
    whole = np.clip(total, 1, WHOLE)
    is_known = sums(~fits, points.first_part) == 0
    high = (100 * (low + uneven) - (uneven > 0)) // whole
    return _cut(100 * low // whole, high, total > 0, is_known)


def _cut(low: Ints, high: Ints, has_grade: Bools, is_known: Bools) -> CutPercents:
    return CutPercents(np.where(has_grade, np.where(is_known, low, 0), NOTHING), np.where(is_known, high, UNKNOWN))


def _long_division(factor: Ints, top: Ints, bottom: Ints) -> tuple[Ints, Bools, Bools]:
    """factor * top / bottom cut to DIGITS, whether something was cut off, and whether 64 bits were enough for it.

    What has no bottom comes to 0.
    """
    divisor = np.maximum(bottom, 1)
    whole, rest = np.divmod(np.where(bottom > 0, factor * top, 0), divisor)
    fraction, rest = np.divmod(rest * FINE, divisor)
    fits = (top < LARGEST // LARGEST_WEIGHT) & (bottom < LARGEST // FINE) & (whole < LARGEST_SHARE)
    return whole * FINE + fraction, rest > 0, fits


def _exact(points: SeatPoints) -> CutPercents:
    """Over one denominator, seat after seat: Python's own integers have no end."""
    weights = points.rules.weights[points.category]
    cut = np.full(len(points.seat_rules), NOTHING)
    for seat in range(len(cut)):
        mine = slice(points.first_part[seat], points.first_part[seat + 1])
        columns = [of[mine].tolist() for of in (weights, points.earned, points.possible, points.worth)]
        top, bottom = _weighed_share(*columns) if points.is_weighted[seat] else (sum(columns[1]), sum(columns[2]))
        if bottom:
            cut[seat] = 100 * FINE * top // bottom
    return CutPercents(cut, cut)


def _weighed_share(weights: list[int], earned: list[int], possible: list[int], worth: list[int]) -> tuple[int, int]:
    """The weighted mean of the shares of some parts, and on top what has nothing possible beside it, as a part of the
    points that the mean rests on: numerator and denominator."""
    parts = [part for part in zip(weights, earned, possible, worth, strict=True) if part[0]]
    counted = [part for part in parts if part[2]]
    common = prod(of for _, _, of, _ in counted)
    top = sum(weight * points * (common // of) for weight, points, of, _ in counted)
    bottom = common * min(sum(weight for weight, *_ in counted), WHOLE)
    beside = sum(points for _, points, of, _ in parts if not of)
    rests_on = sum(part[3] for part in counted)
    return top * rests_on + beside * bottom, bottom * rests_on
