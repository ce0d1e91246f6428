"""From points by category to rounded percentages and letters, all courses at once and still exact.

A percentage is cut to a lower and an upper bound in whole numbers. Where rounding and scale give the same for both,
that is the answer; where they do not, the course is cut exactly, over one denominator, and where 64 bits do not suffice
for that it is computed with fractions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from termpost.tasks.summarise.course import round_by
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.grade import letter, weighted_mean
from termpost.tasks.summarise.vectorised.layout import Bools, CellLayout, Ints, Kinds, Rounded, repeated, starts

LARGEST = 2**62
DIGITS = 7  # of a percentage, after the point: one more than any rounding asks for
FINE = 10**DIGITS
MILLION = 10**6
UNKNOWN = 10**15  # far above any percentage: so the upper bound never meets the lower one


def fits(rules: CourseRules) -> bool:
    """Whether weights and letters have no more digits than are computed here."""
    weights = [weight for weight in rules.weights.values() if weight is not None]
    return all(w * 100 == int(w * 100) and w < MILLION for w in weights) and all(
        lower * FINE == int(lower * FINE) and lower < MILLION for lower in rules.policy.scale.values()
    )


def percents_of(layout: CellLayout, earned: Ints, possible: Ints) -> tuple[Rounded, Ints]:
    """The rounded percentage and the letter of each course, from the points of its parts (one category each).

    A letter is its place in `Kinds.letters`, counted from 1; 0 is none.
    """
    weighted = layout.kinds.is_weighted[layout.kind_of]
    low, high, there = _weighed(layout, earned, possible, layout.kinds.weights[layout.part_kind])
    if not weighted.all():
        by_points = _points(layout, earned, possible)
        low, high, there = (
            np.where(weighted, mine, points) for mine, points in zip((low, high, there), by_points, strict=True)
        )
    millionths, letters = np.zeros(len(low), dtype=np.int64), np.zeros(len(low), dtype=np.int64)
    courses = np.flatnonzero(there)
    for exactly in (False, True):
        bounds = _floors(layout, courses, earned, possible) if exactly else (low[courses], high[courses])
        found = _decided(layout.kinds, layout.kind_of[courses], *bounds)
        millionths[courses], letters[courses] = found.millionths, found.letters
        courses = courses[~found.sure]
    codes = layout.kinds.letter_codes
    for course in map(int, courses):
        millionths[course], name = _exactly(layout, course, earned, possible)
        letters[course] = codes[name] if name else 0
    return Rounded(millionths, there), letters


@dataclass(frozen=True)
class _Decided:
    """Of some courses: the rounded percentage, the letter, and whether both bounds have the same."""

    millionths: Ints
    letters: Ints
    sure: Bools


def _decided(kinds: Kinds, kind_of: Ints, low: Ints, high: Ints) -> _Decided:
    found = _Decided(np.zeros_like(low), np.zeros_like(low), np.zeros(len(low), dtype=np.bool_))
    alike: dict[tuple[int, str, tuple[tuple[str, Decimal], ...]], list[int]] = {}
    for at, one in enumerate(kinds.rules):
        rounding = one.policy.rounding
        alike.setdefault((rounding.places, rounding.mode, tuple(one.policy.scale.items())), []).append(at)
    for (places, mode, scale), of_kinds in alike.items():
        is_mine = np.zeros(len(kinds.rules), dtype=np.bool_)
        is_mine[of_kinds] = True
        mine = is_mine[kind_of]
        bounds = (low[mine], high[mine])
        (least, most), (worst, best) = (
            [_round(bound, places, mode) for bound in bounds],
            [_letters(bound, dict(scale), kinds.letter_codes) for bound in bounds],
        )
        found.millionths[mine], found.letters[mine] = least, worst
        found.sure[mine] = (least == most) & (worst == best)
        if mode == "half-even":  # a tie may be one or lie a little above: that is not known here
            half: int = 10 ** (DIGITS - places) // 2
            found.sure[mine] &= (bounds[0] % (2 * half) != half) & (bounds[1] % (2 * half) != half)
    return found


def _round(cut: Ints, places: int, mode: str) -> Ints:
    """Millionths, from a percentage that is cut to DIGITS."""
    step: int = 10 ** (DIGITS - places)
    up: int = 0 if mode in {"down", "truncate"} else step // 2
    rounded: Ints = (cut + up) // step * 10 ** (DIGITS - 1 - places)
    return rounded


def _letters(cut: Ints, scale: Mapping[str, Decimal], codes: Mapping[str, int]) -> Ints:
    steps = np.array([0, *(codes[name] for name in reversed(list(scale)))], dtype=np.int64)
    bounds = np.array([int(lower * FINE) for lower in reversed(list(scale.values()))], dtype=np.int64)
    found: Ints = steps[np.searchsorted(bounds, cut, side="right")]
    return found


def _by_course(values: Ints, layout: CellLayout) -> Ints:
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.asarray(total[layout.first_part[1:]] - total[layout.first_part[:-1]], dtype=np.int64)


def _weighed(layout: CellLayout, earned: Ints, possible: Ints, weights: Ints) -> tuple[Ints, Ints, Bools]:
    """Percentage by weight, cut to DIGITS: what it is at least and at most; whether there is one."""
    weights = np.where(possible > 0, weights, 0)
    total = _by_course(weights, layout)
    there = total > 0
    weighed = weights * earned
    ratio = int((earned // np.maximum(possible, 1) * (weights > 0)).max(initial=0)) + 1
    largest = max(int(weighed.max(initial=0)), ratio * int(total.max(initial=0)))
    digits = 12
    while digits > 0 and 10**digits * largest >= LARGEST:
        digits -= 1
    if digits < DIGITS + 2:  # too few are left to tell anything
        return np.zeros(len(total), dtype=np.int64), np.full(len(total), UNKNOWN), there
    # a running total may wrap around on the way; the differences taken of it do not
    share, divisor = weighed * 10**digits, np.maximum(possible, 1)
    quotient = share // divisor
    low = _by_course(quotient, layout)
    cut_off = _by_course(quotient * divisor != share, layout)  # less than one for each part that does not come out even
    whole = np.maximum(np.minimum(total, 10_000), 1) * 10 ** (digits - DIGITS - 2)
    return low // whole, (low + np.maximum(cut_off, 1) - 1) // whole, there


def _floors(layout: CellLayout, courses: Ints, earned: Ints, possible: Ints) -> tuple[Ints, Ints]:
    """Percentages by weight of some courses, cut to DIGITS, from parts brought to one denominator; else no bound.

    What is cut off is less than one: rounding and letters need no more than that, except for half-even.
    """
    lengths = layout.first_part[courses + 1] - layout.first_part[courses]
    parts, first = repeated(layout.first_part[courses], lengths), starts(lengths)[:-1]
    weights = np.where(possible[parts] > 0, layout.kinds.weights[layout.part_kind[parts]], 0)
    divisor = np.where(weights > 0, possible[parts], 1)
    common = np.lcm.reduceat(divisor, first)
    factor = np.repeat(common, lengths) // divisor
    # where it overflowed it is no multiple any more; or one all the same, and then it serves
    holds = np.logical_and.reduceat(factor * divisor == np.repeat(common, lengths), first) & (common > 0)
    total = np.minimum(np.add.reduceat(weights, first), 10_000)
    holds &= layout.kinds.is_weighted[layout.kind_of[courses]] & (total > 0)
    share = 100.0 * weights * earned[parts] * factor  # to see how large it gets
    holds &= (np.add.reduceat(np.abs(share), first) < LARGEST) & (1.0 * FINE * common * total < LARGEST)
    top = np.where(holds, np.add.reduceat(100 * weights * earned[parts] * factor, first), 0)
    bottom = np.where(holds, common * total, 1)
    cut = top // bottom * FINE + top % bottom * FINE // bottom
    return cut, np.where(holds, cut, UNKNOWN)


def _points(layout: CellLayout, earned: Ints, possible: Ints) -> tuple[Ints, Ints, Bools]:
    """The same for all points together."""
    top, bottom = _by_course(earned, layout), _by_course(possible, layout)
    fits_in = top < LARGEST // (100 * FINE)
    value = np.where(fits_in, top, 0) * (100 * FINE) // np.maximum(bottom, 1)
    return value, np.where(fits_in, value, UNKNOWN), bottom > 0


def _exactly(layout: CellLayout, course: int, earned: Ints, possible: Ints) -> tuple[int, str | None]:
    rules = layout.kinds.rules[layout.kind_of[course]]
    parts = range(int(layout.first_part[course]), int(layout.first_part[course + 1]))
    if rules.weighted:
        share = weighted_mean(
            (
                rules.weights.get(layout.kinds.categories[layout.part_kind[part]][1]),
                Fraction(int(earned[part]), int(possible[part])) if possible[part] else None,
            )
            for part in parts
        )
    else:
        share = Fraction(sum(int(earned[p]) for p in parts), sum(int(possible[p]) for p in parts))
    percent = None if share is None else share * 100
    return int((round_by(rules.policy, percent) or 0) * MILLION), letter(percent, rules.policy.scale)
