"""Which marks of a category count, exactly.

Dropping the lowest mark means: what is kept has the highest possible percentage, which is not always reached without
the lowest mark where marks are worth different points (Kane and Kane, The Drop Lowest Algorithm, 2006). What is kept is
found from the percentage: at a rate q, a mark of e points out of p is e - q p points above it. Sort the marks by that,
leave out the `low` lowest and the `high` highest; the rate at which those in the middle come to 0 together is their
percentage.

Why a point more never lowers a grade: it lowers none of the marks' distances from q, so none of the distances in sorted
order, so not the sum of the middle ones; the rate where that sum meets 0 cannot fall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class CountedMark:
    """A mark as one total counts it."""

    id: str  # line item
    earned: int  # both in units of the same size, not negative
    possible: int  # 0: extra credit


@dataclass(frozen=True, slots=True)
class DropGroup:
    """Marks that may be dropped, and how many are: from below and from above."""

    items: tuple[CountedMark, ...]
    low: int
    high: int


def clamp(count: int, low: int, high: int, *, keep_one: bool) -> tuple[int, int]:
    """How many of `count` marks are dropped where the rules ask for too many.

    With `keep_one` one is left: drop lowest goes before drop highest. Otherwise all may go.
    """
    if keep_one:
        low = min(low, max(count - 1, 0))
        return (low, 0) if low + high >= count else (low, high)
    return (count, 0) if low + high >= count else (low, high)


def _middle(group: DropGroup, above: int, below: int) -> list[CountedMark]:
    """The marks left at the rate above/below; ties as if the rate were a little higher, then by line item."""
    order = sorted(group.items, key=lambda i: (i.earned * below - above * i.possible, -i.possible, i.id))
    return order[group.low : len(order) - group.high]


def _at_the_end(group: DropGroup) -> list[CountedMark]:
    """The marks left at a rate above every mark's: points possible alone decide."""
    order = sorted(group.items, key=lambda i: (-i.possible, i.earned, i.id))
    return order[group.low : len(order) - group.high]


def choose(groups: Sequence[DropGroup], earned: int = 0, possible: int = 0) -> list[list[CountedMark]]:
    """What each group keeps, so that all kept together with `earned` of `possible` have the right percentage.

    Where nothing that can be kept is worth points, the marks are points alone and the percentage is none.
    """
    kept = [_at_the_end(group) for group in groups]
    if not any(group.low or group.high for group in groups) or not possible + sum(i.possible for k in kept for i in k):
        return kept
    everything = Fraction(
        earned + sum(i.earned for g in groups for i in g.items),
        (possible + sum(i.possible for g in groups for i in g.items)) or 1,
    )
    rate, floor, ceiling = everything, Fraction(-1), None
    while True:
        kept = [_middle(group, rate.numerator, rate.denominator) for group in groups]
        total = earned + sum(i.earned for k in kept for i in k)
        worth = possible + sum(i.possible for k in kept for i in k)
        excess = total * rate.denominator - rate.numerator * worth
        if excess == 0 and worth:
            return kept
        if excess >= 0:
            floor = rate
        else:
            ceiling = rate
        next_rate = Fraction(total, worth) if worth else None
        if next_rate is None or next_rate <= floor or (ceiling is not None and next_rate >= ceiling):
            # the straight way leads outside: halve what is left, until no two marks change places within it
            next_rate = (floor + ceiling) / 2 if ceiling is not None else 2 * floor + 1
        rate = next_rate


def choose_sequentially(group: DropGroup, earned: int, possible: int) -> list[CountedMark]:
    """Canvas's way: first the highest are kept, then the lowest of those, each by its own percentage."""
    (highest,) = choose([DropGroup(group.items, group.low, 0)], earned, possible)
    (kept,) = choose([DropGroup(tuple(highest), 0, group.high)], earned, possible)
    return kept


def choose_by_share(group: DropGroup) -> list[CountedMark]:
    """What is kept where each mark's own percentage counts; items worth nothing have none and are left out."""
    order = sorted(
        (item for item in group.items if item.possible),
        key=lambda i: (Fraction(i.earned, i.possible), -i.possible, i.id),
    )
    return order[group.low : len(order) - group.high]
