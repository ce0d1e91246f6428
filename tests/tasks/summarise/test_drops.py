"""Which marks count, against trying every choice; and that a point more never lowers a grade."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st
from termpost.tasks.summarise.drops import CountedMark, DropGroup, choose, choose_by_share, choose_sequentially, clamp

steady = settings(deadline=None, derandomize=True, max_examples=300, database=None)
worth = st.sampled_from([0, 1, 5, 10, 10, 20, 24, 40, 91, 100])
marks = st.lists(st.tuples(st.integers(0, 120), worth), min_size=1, max_size=6).map(
    lambda pairs: tuple(CountedMark(f"i{n}", e, p) for n, (e, p) in enumerate(pairs))
)
drops = st.tuples(st.integers(0, 5), st.integers(0, 5))

Items = tuple[CountedMark, ...]
Pair = tuple[int, int]  # of drops: lowest and highest; of points: earned and possible


def group(items: Items, wanted: Pair) -> DropGroup:
    return DropGroup(items, *clamp(len(items), *wanted, keep_one=True))


def ratio(items: Sequence[CountedMark], earned: int = 0, possible: int = 0) -> Fraction | None:
    possible += sum(i.possible for i in items)
    return Fraction(earned + sum(i.earned for i in items), possible) if possible else None


def worst(items: Items, high: int, beside: Pair) -> Fraction:
    """The lowest rate after `high` more are dropped; no points possible is above every rate."""
    found = [ratio(kept, *beside) for kept in combinations(items, len(items) - high)]
    return min((f for f in found if f is not None), default=Fraction(10**9))


def by_trying(chosen: DropGroup, beside: Pair) -> Fraction:
    """The best that any choice of the lowest leaves, once the highest of what remains are gone."""
    n = len(chosen.items)
    return max(worst(rest, chosen.high, beside) for rest in combinations(chosen.items, n - chosen.low))


@steady
@given(marks, drops, st.tuples(st.integers(0, 50), st.integers(1, 50)))
def test_the_choice_is_the_best_of_all_choices(items: Items, wanted: Pair, beside: Pair) -> None:
    chosen = group(items, wanted)
    (kept,) = choose([chosen], *beside)
    assert ratio(kept, *beside) == by_trying(chosen, beside)
    assert len(kept) == len(items) - chosen.low - chosen.high


@steady
@given(marks, st.integers(0, 5))
def test_dropping_the_lowest_gives_the_highest_percentage(items: Items, low: int) -> None:
    chosen = group(items, (low, 0))
    (kept,) = choose([chosen])
    all_rates = [ratio(k) for k in combinations(items, len(items) - chosen.low)]
    if None in all_rates:  # what is worth nothing goes last
        assert ratio(kept) is None
    else:
        assert ratio(kept) == max(r for r in all_rates if r is not None)


@steady
@given(marks, drops, st.data())
@example(
    tuple(CountedMark(f"i{n}", e, p) for n, (e, p) in enumerate([(100, 100), (42, 91), (14, 55), (2, 38)])),
    (2, 1),
    None,
)
def test_a_point_more_never_lowers_the_percentage(items: Items, wanted: Pair, data: st.DataObject | None) -> None:
    places = range(len(items)) if data is None else [data.draw(st.integers(0, len(items) - 1))]
    more = 1 if data is None else data.draw(st.integers(1, 30))
    for place in places:
        better = tuple(
            CountedMark(i.id, i.earned + more, i.possible) if n == place else i for n, i in enumerate(items)
        )  # fmt: skip
        before, after = (ratio(choose([group(some, wanted)])[0]) for some in (items, better))
        assert (before is None) == (after is None)
        assert before is None or (after is not None and after >= before)


@steady
@given(st.lists(st.tuples(marks, drops), min_size=1, max_size=3), st.data())
def test_a_point_more_never_lowers_the_percentage_of_several_categories_together(
    groups: list[tuple[Items, Pair]], data: st.DataObject
) -> None:
    def rate(some: list[tuple[Items, Pair]]) -> Fraction | None:
        kept = choose([group(items, wanted) for items, wanted in some])
        return ratio([item for items in kept for item in items])

    place = data.draw(st.integers(0, len(groups) - 1))
    items, wanted = groups[place]
    at = data.draw(st.integers(0, len(items) - 1))
    more = data.draw(st.integers(1, 30))
    better = tuple(CountedMark(i.id, i.earned + more, i.possible) if n == at else i for n, i in enumerate(items))
    before, after = rate(groups), rate([*groups[:place], (better, wanted), *groups[place + 1 :]])
    assert (before is None) == (after is None)
    assert before is None or (after is not None and after >= before)


def test_canvas_s_way_lets_a_point_more_lower_the_percentage() -> None:
    def rate(last: int) -> Fraction | None:
        pairs = [(100, 100), (42, 91), (14, 55), (last, 38)]
        return ratio(
            choose_sequentially(DropGroup(tuple(CountedMark(str(n), *p) for n, p in enumerate(pairs)), 2, 1), 0, 0)
        )

    assert (rate(2), rate(3)) == (Fraction(42, 91), Fraction(3, 38))


@steady
@given(marks, drops, st.randoms(), st.integers(2, 1000))
def test_neither_order_nor_the_unit_of_points_changes_what_is_kept(
    items: Items, wanted: Pair, random: Random, unit: int
) -> None:
    (kept,) = choose([group(items, wanted)])
    shuffled = list(items)
    random.shuffle(shuffled)
    assert choose([group(tuple(shuffled), wanted)]) == [kept]
    scaled = tuple(CountedMark(i.id, i.earned * unit, i.possible * unit) for i in items)
    assert [i.id for i in choose([group(scaled, wanted)])[0]] == [i.id for i in kept]


def test_of_two_zeros_the_one_worth_more_goes_and_of_equals_the_first() -> None:
    zeros = (CountedMark("a", 0, 100), CountedMark("b", 5, 100), CountedMark("c", 2, 6), CountedMark("d", 0, 110))
    assert {i.id for i in choose([DropGroup(zeros, 1, 0)])[0]} == {"a", "b", "c"}
    equals = (CountedMark("b", 5, 10), CountedMark("a", 5, 10), CountedMark("c", 9, 10))
    assert {i.id for i in choose([DropGroup(equals, 1, 0)])[0]} == {"b", "c"}


def test_a_huge_item_does_not_keep_the_search_from_ending() -> None:
    items = (
        CountedMark("a", 0, 20),
        CountedMark("b", 3, 10),
        CountedMark("c", 0, 10),
        CountedMark("d", 0, 10**50),
        CountedMark("e", 0, 0),
    )
    (kept,) = choose([DropGroup(items, 2, 0)])
    assert ratio(kept) == Fraction(3, 20)


def test_too_many_drops_leave_one_or_none() -> None:
    assert clamp(4, 5, 0, keep_one=True) == (3, 0)
    assert clamp(4, 5, 0, keep_one=False) == (4, 0)
    assert clamp(4, 2, 2, keep_one=True) == (2, 0)
    assert clamp(4, 2, 1, keep_one=True) == (2, 1)
    assert clamp(4, 2, 2, keep_one=False) == (4, 0)
    assert clamp(0, 1, 1, keep_one=True) == (0, 0)


def test_by_their_own_percentages_the_middle_ones_are_kept() -> None:
    items = (CountedMark("a", 9, 10), CountedMark("b", 50, 100), CountedMark("c", 1, 4), CountedMark("x", 3, 0))
    assert [i.id for i in choose_by_share(DropGroup(items, 1, 1))] == ["b"]
