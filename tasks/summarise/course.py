"""The grade of one student in one course, in exact rational numbers, with everything that led to it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.drops import CountedMark, DropGroup, choose, choose_by_share, choose_sequentially, clamp
from termpost.tasks.summarise.grade import rounded, weighted_mean

UNIT = 10**12  # a point; what lateness takes has at most twelve decimals


@dataclass(frozen=True, slots=True)
class Mark:
    """A line item as it counts for one student; points in units of 1 / UNIT."""

    item: str
    category: str
    period: str | None  # the weighted period it lies in
    state: str
    current: bool  # counts in the current grade
    final: bool
    earned: int
    possible: int
    is_extra: bool = False  # adds points, adds nothing to what is possible, is never dropped
    is_fixed: bool = False  # is never dropped


@dataclass(frozen=True)
class CourseRules:
    """The policy of one class, with the weights that the extract gives where the policy gives none."""

    policy: GradingPolicy
    weighted: bool  # categories by weight; else all points together
    rules: dict[str, CategoryRule]  # category → its rule
    weights: dict[str, Decimal | None]  # category → per cent
    periods: dict[str, Decimal | None] = field(default_factory=dict)  # weighted periods that count by now → per cent


@dataclass(frozen=True)
class CategoryGrade:
    """A category within a period. Points are those that count after drops."""

    category: str
    weight: Decimal | None
    kept: tuple[str, ...]  # line items
    dropped: tuple[tuple[str, str], ...]  # line item, "lowest" or "highest"
    earned: Fraction  # points
    possible: Fraction
    share: Fraction | None  # 1 is 100 per cent; None: nothing possible


@dataclass(frozen=True)
class PeriodGrade:
    """One weighted period, or the whole course where periods have no weight (period None)."""

    period: str | None
    weight: Decimal | None
    categories: tuple[CategoryGrade, ...]
    percent: Fraction | None  # unrounded

    @property
    def earned(self) -> Fraction:
        return sum((c.earned for c in self.categories), Fraction())

    @property
    def possible(self) -> Fraction:
        return sum((c.possible for c in self.categories), Fraction())


@dataclass(frozen=True)
class Total:
    """The current or the final grade. None is no grade, and never 0."""

    percent: Fraction | None  # unrounded, but made of rounded periods where the policy says so
    parts: tuple[PeriodGrade, ...]

    @property
    def earned(self) -> Fraction:
        return sum((p.earned for p in self.parts), Fraction())

    @property
    def possible(self) -> Fraction:
        return sum((p.possible for p in self.parts), Fraction())


def grade_course(marks: Sequence[Mark], rules: CourseRules) -> tuple[Total, Total]:
    """The current and the final grade of one student in one course."""
    return (
        _total([m for m in marks if m.current], rules, ungraded_is_zero=False),
        _total([m for m in marks if m.final], rules, ungraded_is_zero=True),
    )


def _total(marks: Sequence[Mark], rules: CourseRules, *, ungraded_is_zero: bool) -> Total:
    if not rules.periods:
        whole = _period(None, None, marks, rules)
        return Total(whole.percent, (whole,))
    parts = tuple(
        _period(period, weight, [m for m in marks if m.period == period], rules)
        for period, weight in rules.periods.items()
    )
    weighed: list[tuple[Decimal | None, Fraction | None]] = []
    for part in parts:
        percent = part.percent
        if rules.policy.periods_round_first and percent is not None:
            percent = Fraction(round_by(rules.policy, percent) or 0)
        if percent is None and ungraded_is_zero:
            percent = Fraction()
        weighed.append((part.weight, percent))
    # a period without a grade is 0 in the final grade only beside one that has a grade
    graded = any(part.percent is not None for part in parts)
    return Total(weighted_mean(weighed) if graded else None, parts)


def round_by(policy: GradingPolicy, percent: Fraction | None) -> Decimal | None:
    """The percentage as the policy prints it."""
    return rounded(percent, policy.rounding.places, policy.rounding.mode)


def _period(period: str | None, weight: Decimal | None, marks: Sequence[Mark], rules: CourseRules) -> PeriodGrade:
    by_category: dict[str, list[Mark]] = {}
    for mark in marks:
        by_category.setdefault(mark.category, []).append(mark)
    chosen = _choose({name: by_category[name] for name in sorted(by_category)}, rules)
    categories = tuple(
        _category(name, rules.weights.get(name), by_category[name], kept, rules.rules[name])
        for name, kept in chosen.items()
    )
    if rules.weighted:
        share = weighted_mean((c.weight, c.share) for c in categories)
    else:
        possible = sum((c.possible for c in categories), Fraction())
        share = sum((c.earned for c in categories), Fraction()) / possible if possible else None
    return PeriodGrade(period, weight, categories, None if share is None else share * 100)


def _choose(by_category: dict[str, list[Mark]], rules: CourseRules) -> dict[str, list[CountedMark]]:
    """Category → what is kept of the marks that may be dropped.

    Where all points count together, all categories are chosen together: what is best for one of them alone may be worse
    for the grade, and a point more could then lower it.
    """
    groups = {name: _group(marks, rules.rules[name]) for name, marks in by_category.items()}
    kept: dict[str, list[CountedMark]] = {}
    for name, group in groups.items():
        fixed = _fixed(by_category[name])
        if rules.rules[name].aggregate != "points":
            kept[name] = choose_by_share(group)
        elif rules.policy.compat == "canvas":
            kept[name] = choose_sequentially(group, *fixed)
        elif rules.weighted:
            (kept[name],) = choose([group], *fixed)
    together = [name for name in groups if name not in kept]
    beside = [
        _category(n, None, by_category[n], k, rules.rules[n]) for n, k in kept.items()
    ]  # of categories that average percentages: their points do not depend on what is chosen here
    scale = 1
    for category in beside:
        scale = scale * (category.earned * UNIT).denominator * (category.possible * UNIT).denominator
    earned = int(sum((c.earned for c in beside), Fraction()) * UNIT * scale)
    possible = int(sum((c.possible for c in beside), Fraction()) * UNIT * scale)
    for name in together:
        more = _fixed(by_category[name])
        earned, possible = earned + more[0] * scale, possible + more[1] * scale
    scaled = [
        DropGroup(
            tuple(CountedMark(i.id, i.earned * scale, i.possible * scale) for i in groups[name].items),
            groups[name].low,
            groups[name].high,
        )
        for name in together
    ]
    for name, items in zip(together, choose(scaled, earned, possible), strict=True):
        names = {i.id for i in items}
        kept[name] = [i for i in groups[name].items if i.id in names]
    return {name: kept[name] for name in by_category}


def _group(marks: Iterable[Mark], rule: CategoryRule) -> DropGroup:
    items = tuple(
        CountedMark(m.item, m.earned, m.possible)
        for m in marks
        if not (m.is_extra or m.is_fixed) and (m.possible or rule.aggregate == "points")
    )
    low = max(rule.drop_lowest, len(items) - rule.keep_highest) if rule.keep_highest else rule.drop_lowest
    return DropGroup(items, *clamp(len(items), low, rule.drop_highest, keep_one=rule.drop_all == "keep-one"))


def _fixed(marks: Iterable[Mark]) -> tuple[int, int]:
    """Points earned and possible of what is never dropped."""
    chosen = [m for m in marks if m.is_extra or m.is_fixed]
    return sum(m.earned for m in chosen), sum(m.possible for m in chosen if not m.is_extra)


def _category(
    name: str, weight: Decimal | None, marks: Sequence[Mark], kept: Sequence[CountedMark], rule: CategoryRule
) -> CategoryGrade:
    names = {item.id for item in kept}
    counted = [m for m in marks if m.item in names or m.is_extra or m.is_fixed]
    earned = Fraction(sum(m.earned for m in counted), UNIT)
    possible = Fraction(sum(m.possible for m in counted if not m.is_extra), UNIT)
    share = earned / possible if possible else None
    if rule.aggregate != "points":
        share = AVERAGES[rule.aggregate](counted)
        # as if every mark were worth the same, so that what is possible does not depend on which are dropped
        all_marks = [m for m in marks if m.possible and not m.is_extra]
        left = [m for m in counted if m.possible and not m.is_extra]
        possible = Fraction(sum(m.possible for m in all_marks) * len(left), UNIT * max(len(all_marks), 1))
        earned = Fraction() if share is None else share * possible
    return CategoryGrade(
        name, weight, tuple(sorted(m.item for m in counted)), _dropped(marks, counted, rule), earned, possible, share
    )


def _dropped(marks: Sequence[Mark], counted: Sequence[Mark], rule: CategoryRule) -> tuple[tuple[str, str], ...]:
    """Line items that do not count, with the end of the order they were dropped from."""
    there = {m.item for m in counted}
    out = [m for m in marks if m.item not in there]
    if rule.aggregate != "points":  # worth nothing, so without a percentage
        out = [m for m in out if m.possible]
    low, high = bool(rule.drop_lowest or rule.keep_highest), bool(rule.drop_highest)
    kept = [_share(m) for m in counted]
    return tuple(
        (m.item, "lowest" if low and (not high or all(_share(m) <= k for k in kept)) else "highest")
        for m in sorted(out, key=lambda m: m.item)
    )


def _share(mark: Mark) -> Fraction:
    return Fraction(mark.earned, mark.possible) if mark.possible else Fraction(10**9 + mark.earned)


def _shares(marks: Iterable[Mark]) -> list[Fraction]:
    return sorted(Fraction(m.earned, m.possible) for m in marks if m.possible and not m.is_extra)


def _mean(marks: Sequence[Mark]) -> Fraction | None:
    shares = _shares(marks)
    extra = sum((Fraction(m.earned, m.possible) for m in marks if m.is_extra and m.possible), Fraction())
    return (sum(shares, Fraction()) + extra) / len(shares) if shares else None


def _median(marks: Sequence[Mark]) -> Fraction | None:
    shares = _shares(marks)
    return (shares[(len(shares) - 1) // 2] + shares[len(shares) // 2]) / 2 if shares else None


def _lowest(marks: Sequence[Mark]) -> Fraction | None:
    return min(_shares(marks), default=None)


def _highest(marks: Sequence[Mark]) -> Fraction | None:
    return max(_shares(marks), default=None)


AVERAGES: dict[str, Callable[[Sequence[Mark]], Fraction | None]] = {
    "mean": _mean, "median": _median, "lowest": _lowest, "highest": _highest,
}  # fmt: skip
