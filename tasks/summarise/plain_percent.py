"""From points by category to rounded percentages and letters, all courses at once and still exact.

A percentage is cut to a lower and an upper bound in whole numbers. Where both are the same to the digits that rounding
and scale ask for, that is the answer; where they are not, the course is computed with fractions.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tasks.summarise.course import CourseRules, round_by
from tasks.summarise.grade import letter, weigh
from tasks.summarise.plain_layout import Bools, Ints, Layout, Rounded
from tasks.summarise.rules import Scope

LARGEST = 2**62
DIGITS = 7  # of a percentage, after the point: one more than any rounding asks for
FINE = 10**DIGITS
MILLION = 10**6


def fits(rules: CourseRules) -> bool:
    """Whether weights and letters have no more digits than are computed here."""
    weights = [weight for weight in rules.weights.values() if weight is not None]
    return all(w * 100 == int(w * 100) and w < MILLION for w in weights) and all(
        lower * FINE == int(lower * FINE) and lower < MILLION for lower in rules.policy.scale.values()
    )


def percents_of(
    layout: Layout, earned: Ints, possible: Ints, rules: Mapping[Scope, CourseRules]
) -> tuple[Rounded, npt.NDArray[np.object_]]:
    """The rounded percentage and the letter of each course, from the points of its parts (one category each)."""
    own = [rules[scope] for scope in layout.scopes]
    weighted = np.array([o.weighted for o in own], dtype=np.bool_)[layout.scope_of]
    weights = np.array(
        [0 if s < 0 else int((own[s].weights.get(c) or Decimal(0)) * 100) for s, c in layout.kinds], dtype=np.int64
    )[layout.part_kind]
    value, sure, there = _weighed(layout, earned, possible, weights)
    by_points = _points(layout, earned, possible)
    value, sure, there = (
        np.where(weighted, mine, points) for mine, points in zip((value, sure, there), by_points, strict=True)
    )
    millionths, letters = np.zeros(len(value), dtype=np.int64), np.full(len(value), None, dtype=np.object_)
    alike: dict[tuple[int, str, tuple[tuple[str, Decimal], ...]], list[int]] = {}
    for at, one in enumerate(own):
        rounding = one.policy.rounding
        alike.setdefault((rounding.places, rounding.mode, tuple(one.policy.scale.items())), []).append(at)
    for (places, mode, scale), scopes in alike.items():
        of_scope = np.zeros(len(own), dtype=np.bool_)
        of_scope[scopes] = True
        mine = of_scope[layout.scope_of] & there
        step: int = 10 ** (DIGITS - places)
        cut = value[mine]
        if mode == "half-even":  # a tie may be one or lie a little above: that is not known here
            sure[mine] &= cut % step != step // 2
        up: int = 0 if mode in {"down", "truncate"} else step // 2
        millionths[mine] = (cut + up) // step * 10 ** (DIGITS - 1 - places)
        letters[mine] = _letters(cut, dict(scale))
    for course in map(int, np.flatnonzero(there & ~sure)):
        rest = _exactly(layout, course, earned, possible, own[layout.scope_of[course]])
        millionths[course], letters[course] = rest
    return Rounded(millionths, there), letters


def _letters(cut: Ints, scale: Mapping[str, Decimal]) -> npt.NDArray[np.object_]:
    names = np.array([None, *reversed(list(scale))], dtype=np.object_)
    bounds = np.array([int(lower * FINE) for lower in reversed(list(scale.values()))], dtype=np.int64)
    found: npt.NDArray[np.object_] = names[np.searchsorted(bounds, cut, side="right")]
    return found


def _by_course(values: Ints, layout: Layout) -> Ints:
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.asarray(total[layout.first_part[1:]] - total[layout.first_part[:-1]], dtype=np.int64)


def _weighed(layout: Layout, earned: Ints, possible: Ints, weights: Ints) -> tuple[Ints, Bools, Bools]:
    """Percentage by weight, cut to DIGITS; whether it is sure; whether there is one."""
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
        return np.zeros(len(total), dtype=np.int64), np.zeros(len(total), dtype=np.bool_), there
    # a running total may wrap around on the way; the differences taken of it do not
    low = _by_course(weighed * 10**digits // np.maximum(possible, 1), layout)
    cut_off = np.diff(layout.first_part)  # less than one for each part
    whole = np.maximum(np.minimum(total, 10_000), 1) * 10 ** (digits - DIGITS - 2)
    value = low // whole
    return value, value == (low + np.maximum(cut_off, 1) - 1) // whole, there


def _points(layout: Layout, earned: Ints, possible: Ints) -> tuple[Ints, Bools, Bools]:
    """The same for all points together."""
    top, bottom = _by_course(earned, layout), _by_course(possible, layout)
    sure = top < LARGEST // (100 * FINE)
    value = np.where(sure, top, 0) * (100 * FINE) // np.maximum(bottom, 1)
    return value, sure, bottom > 0


def _exactly(layout: Layout, course: int, earned: Ints, possible: Ints, rules: CourseRules) -> tuple[int, str | None]:
    parts = range(int(layout.first_part[course]), int(layout.first_part[course + 1]))
    if rules.weighted:
        share = weigh(
            (
                rules.weights.get(layout.kinds[layout.part_kind[part]][1]),
                Fraction(int(earned[part]), int(possible[part])) if possible[part] else None,
            )
            for part in parts
        )
    else:
        share = Fraction(sum(int(earned[p]) for p in parts), sum(int(possible[p]) for p in parts))
    percent = None if share is None else share * 100
    return int((round_by(rules.policy, percent) or 0) * MILLION), letter(percent, rules.policy.scale)
