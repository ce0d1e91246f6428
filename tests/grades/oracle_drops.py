"""Which marks of a category are dropped, and what the rest makes: at the rate at which the rest comes to 0."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from statistics import median

from tests.grades.oracle_marks import Judged
from tests.grades.world import CategoryKeys

NONE = Fraction(0)


class NotDecided(Exception):  # noqa: N818 - no error: the docs are silent
    """docs/grading.md does not say."""


@dataclass(frozen=True)
class Points:
    """One mark: points earned of points possible."""

    name: str
    earned: Fraction
    worth: Fraction


@dataclass
class Pool:
    """The marks of one category that count in one total."""

    keys: CategoryKeys
    may_go: list[Points] = field(default_factory=list)
    stays: list[Points] = field(default_factory=list)
    extra: list[Points] = field(default_factory=list)  # adds points, and nothing to what is possible

    @property
    def is_on_top(self) -> bool:
        return self.keys.extra_credit is True

    @property
    def all_points(self) -> Fraction:
        return sum((one.earned for one in (*self.may_go, *self.stays, *self.extra)), NONE)

    @property
    def all_worth(self) -> Fraction:
        return sum((one.worth for one in (*self.may_go, *self.stays)), NONE)

    def add(self, one: Judged, earned: Fraction) -> None:
        name = one.piece.name
        point = Points(name, earned, one.worth)
        if not one.worth and self.keys.aggregate != "points":
            return  # of a section that was left: it has no percentage
        is_bonus = not one.worth and self.keys.aggregate == "points"
        if is_bonus or (isinstance(self.keys.extra_credit, tuple) and name in self.keys.extra_credit):
            self.extra.append(point)
        elif name in self.keys.never_drop:
            self.stays.append(point)
        else:
            self.may_go.append(point)

    @property
    def ends(self) -> tuple[int, int]:
        """How many go from below and from above."""
        count = len(self.may_go)
        low, high = self.keys.drop_lowest, self.keys.drop_highest
        if self.keys.keep_highest:
            low = max(low, count - self.keys.keep_highest)
        if count and low + high >= count:
            if self.keys.drop_all == "keep-none":
                return count, 0
            low = min(low, count - 1)
            high = min(high, count - 1 - low)
        return low, high

    def middle(self, distance: Callable[[Points], Fraction]) -> list[Points]:
        """What is left between the two ends; of equals the one worth more goes first from below."""
        low, high = self.ends
        ordered = sorted(self.may_go, key=lambda one: (distance(one), -one.worth, one.name))
        return ordered[low : len(ordered) - high] if low + high <= len(ordered) else []

    def at(self, rate: Fraction) -> list[Points]:
        extra = [Points(one.name, one.earned, NONE) for one in self.extra]
        return self.middle(lambda one: one.earned - rate * one.worth) + self.stays + extra

    def percent(self) -> tuple[Fraction | None, Fraction, Fraction]:
        """The category's percentage, points earned and points possible."""
        if self.keys.aggregate == "points":
            return rate_of([self], NONE)
        return self.average()

    def average(self) -> tuple[Fraction | None, Fraction, Fraction]:
        kept = self.middle(lambda one: one.earned / one.worth) + self.stays
        earned, worth = sum((k.earned for k in (*kept, *self.extra)), NONE), sum((k.worth for k in kept), NONE)
        if not kept:
            return None, earned, worth
        values = [100 * one.earned / one.worth for one in kept]
        more = [100 * one.earned / one.worth for one in self.extra]
        if more and self.keys.aggregate != "mean":
            raise NotDecided("an extra_credit item in a median, lowest or highest")
        if self.keys.aggregate == "mean":
            return (sum(values, NONE) + sum(more, NONE)) / len(values), earned, worth
        pick: dict[str, Callable[[list[Fraction]], Fraction]] = {"median": median, "lowest": min, "highest": max}
        return Fraction(pick[self.keys.aggregate](values)), earned, worth


def rate_of(pools: list[Pool], bonus: Fraction) -> tuple[Fraction | None, Fraction, Fraction]:
    """All pools together at one rate: percentage, points earned, points possible."""

    def left_at(rate: Fraction) -> list[Points]:
        return [one for pool in pools for one in pool.at(rate)]

    def rest(rate: Fraction) -> Fraction:
        return sum((one.earned - rate * one.worth for one in left_at(rate)), bonus)

    crossings = {
        (one.earned - other.earned) / (one.worth - other.worth)
        for pool in pools
        for one, other in combinations(pool.may_go, 2)
        if one.worth != other.worth
    }
    corners = [NONE, *sorted(rate for rate in crossings if rate > 0)]
    place = bisect_left(corners, True, key=lambda rate: rest(rate) < 0)  # the first corner beyond the rate
    before = corners[place - 1] if place else NONE
    inside = (before + corners[place]) / 2 if place < len(corners) else before + 1
    chosen = left_at(inside)
    earned, worth = sum((one.earned for one in chosen), bonus), sum((one.worth for one in chosen), NONE)
    if not worth:
        return None, earned, NONE
    rate = earned / worth
    chosen = left_at(rate)
    earned, worth = sum((one.earned for one in chosen), bonus), sum((one.worth for one in chosen), NONE)
    return 100 * rate, earned, worth
