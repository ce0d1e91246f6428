"""Points as whole numbers, for choosing what is dropped: fractions of them would be slow to sort."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm

from termpost.tasks.summarise.course_grade import Mark
from termpost.tasks.summarise.drops import CountedMark, DropGroup, choose


def in_whole_numbers(by_category: Mapping[str, list[Mark]]) -> dict[str, list[Mark]]:
    """The same marks, all points by one factor larger where one of them is no whole number."""
    factor = _denominator(p for marks in by_category.values() for m in marks for p in (m.earned, m.possible))
    if factor == 1:
        return dict(by_category)
    return {
        name: [replace(m, earned=int(m.earned * factor), possible=int(m.possible * factor)) for m in marks]
        for name, marks in by_category.items()
    }


def choose_by_weighted_share(marks: Sequence[Mark], group: DropGroup) -> list[CountedMark]:
    """What is kept where a weighted mean of percentages counts: as if each were worth its weight in points."""
    known = {m.item: m for m in marks if m.possible}
    scale = lcm(*(int(m.possible) for m in known.values())) * _denominator(m.weight for m in known.values())

    def as_points(mark: Mark) -> tuple[int, int]:
        return int(mark.weight * scale * Fraction(mark.earned, mark.possible)), int(mark.weight * scale)

    items = tuple(CountedMark(i.id, *as_points(known[i.id])) for i in group.items)
    always = [(as_points(m), m.is_extra) for m in known.values() if m.is_extra or m.is_fixed]
    earned, possible = sum(e for (e, _), _ in always), sum(p for (_, p), extra in always if not extra)
    (kept,) = choose([DropGroup(items, group.low, group.high)], earned, possible)
    names = {i.id for i in kept}
    return [i for i in group.items if i.id in names]


def _denominator(values: Iterable[int | Fraction]) -> int:
    return lcm(*(value.denominator for value in values))
