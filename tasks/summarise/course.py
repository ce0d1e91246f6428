"""The grade of one student in one course, in exact rational numbers, with everything that led to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.adjustments.adjust import adjusted
from termpost.tasks.summarise.adjustments.floors import lifted_category, lifted_period
from termpost.tasks.summarise.adjustments.whole_numbers import choose_by_weighted_share, in_whole_numbers
from termpost.tasks.summarise.averages import average
from termpost.tasks.summarise.course_grade import (
    UNIT,
    CategoryGrade,
    CourseRules,
    CourseTotals,
    Mark,
    PeriodGrade,
    Total,
)
from termpost.tasks.summarise.drops import CountedMark, DropGroup, choose, choose_by_share, choose_sequentially, clamp
from termpost.tasks.summarise.grade import letter, rounded, weighted_mean
from termpost.tasks.summarise.mark_states import BESIDE


def grade_course(marks: Sequence[Mark], rules: CourseRules) -> CourseTotals:
    """The grades of one student in one course."""
    current = [m for m in marks if m.current]
    missing = [m for m in marks if m.state == "missing" and not m.current]
    return CourseTotals(
        _total(current, rules),
        _total([m for m in marks if m.final], rules, empty_is_zero=rules.policy.compat == "canvas"),
        _total([*current, *missing], rules) if missing else None,
        _beside([m for m in marks if m.state == BESIDE], rules),
    )


def _beside(marks: Sequence[Mark], rules: CourseRules) -> tuple[CategoryGrade, ...]:
    """Categories that stand beside the grades, each by itself."""
    if not marks:
        return ()
    return _period(None, None, adjusted(marks, rules), replace(rules, weighted=True, periods={})).categories


def _total(marks: Sequence[Mark], rules: CourseRules, *, empty_is_zero: bool = False) -> Total:
    marks = adjusted(marks, rules)
    if not rules.periods:
        whole = _period(None, None, marks, rules)
        return Total(whole.percent, (whole,), whole.weighed)
    parts = tuple(
        _period(period, weight, [m for m in marks if m.period == period], rules)
        for period, weight in rules.periods.items()
    )
    weighed: list[tuple[Decimal | None, Fraction | None]] = []
    for part in parts:
        percent = part.percent
        if rules.policy.periods_round_first and percent is not None:
            percent = Fraction(round_by(rules.policy, percent) or 0)
        if percent is None and empty_is_zero:
            percent = Fraction()
        weighed.append((part.weight, percent))
    # Canvas: a period without a grade is 0 in the final grade, beside one that has a grade
    graded = any(part.percent is not None for part in parts)
    return Total(weighted_mean(weighed) if graded else None, parts, _weighed(parts, rules))


def _weighed(parts: Sequence[PeriodGrade], rules: CourseRules) -> Fraction | None:
    """Of the weight of all periods so far, what counts: a period by its weight and by what of it counts."""
    parts = [part for part in parts if part.period in rules.begun or part.percent is not None]
    weights = [Fraction(part.weight or 0) for part in parts]
    if not sum(weights):
        return None
    counted = (
        weight * (Fraction(1) if part.weighed is None else part.weighed)
        for weight, part in zip(weights, parts, strict=True)
        if part.percent is not None
    )
    return sum(counted, Fraction()) / sum(weights)


def round_by(policy: GradingPolicy, percent: Fraction | None) -> Decimal | None:
    """The percentage as the policy prints it; where it prints points, what these are in per cent, exactly."""
    if percent is None or policy.show_of is None:
        return rounded(percent, policy.rounding.places, policy.rounding.mode)
    of = Fraction(policy.show_of)
    points = rounded(percent * of / 100, policy.rounding.places, policy.rounding.mode)
    exact = Fraction(points or 0) * 100 / of * 10**6  # whole: `check_show_of` saw to it
    return Decimal(exact.numerator).scaleb(-6).normalize()


def letter_by(policy: GradingPolicy, percent: Fraction | None) -> str | None:
    """The letter of what is printed, so that the two never contradict each other, or of the exact percentage."""
    if percent is not None and policy.scale_by == "rounded":
        percent = Fraction(round_by(policy, percent) or 0)
    return letter(percent, policy.scale)


def _period(period: str | None, weight: Decimal | None, marks: Sequence[Mark], rules: CourseRules) -> PeriodGrade:
    by_category: dict[str, list[Mark]] = {}
    for mark in marks:
        is_more = _is_more(mark, rules) and not mark.is_extra
        by_category.setdefault(mark.category, []).append(replace(mark, is_extra=True) if is_more else mark)
    chosen = _choose(in_whole_numbers({name: by_category[name] for name in sorted(by_category)}), rules)
    categories = tuple(
        lifted_category(_category(name, rules.weights.get(name), by_category[name], kept, rules.rules[name]), rules)
        for name, kept in chosen.items()
    )
    weighed = None
    if rules.weighted:
        ordinary = [c for c in categories if not c.is_on_top]
        share = weighted_mean((c.weight, c.share) for c in ordinary)
        share = None if share is None else share + _on_top(categories, by_category, rules)
        if rules.total_weight:
            counted = sum((Fraction(c.weight or 0) for c in ordinary if c.share is not None), Fraction())
            weighed = min(counted / Fraction(rules.total_weight), Fraction(1))
    else:
        possible = sum((c.possible for c in categories), Fraction())
        share = sum((c.earned for c in categories), Fraction()) / possible if possible else None
    return lifted_period(
        PeriodGrade(period, weight, categories, None if share is None else share * 100, weighed), rules
    )


def _is_more(mark: Mark, rules: CourseRules) -> bool:
    """Whether a mark is points on top: of a category on top where all points count together, or of a piece worth 0,
    which is never dropped and never what a drop leaves. Canvas drops such pieces like any other."""
    rule = rules.rules[mark.category]
    if rule.is_on_top and not rules.weighted:
        return True
    return not mark.possible and rule.aggregate == "points" and rules.policy.compat != "canvas"


def _on_top(
    categories: Sequence[CategoryGrade], by_category: Mapping[str, Sequence[Mark]], rules: CourseRules
) -> Fraction:
    """What extra credit adds to a grade by weight: a category on top its weight, points without anything possible
    beside them their part of the points that the grade rests on. Canvas leaves such points out.

    Those are the points before drops: else a better mark, by which others are dropped, could make a bonus smaller.
    """
    rests_on = [c.category for c in categories if c.weight and c.share is not None and not c.is_on_top]
    possible = Fraction(sum(m.possible for name in rests_on for m in by_category[name] if not m.is_extra), UNIT)
    added = Fraction()
    for category in categories:
        if category.is_on_top and category.weight and category.share is not None:
            added += Fraction(category.weight) / 100 * category.share
        elif (
            category.earned
            and rules.policy.compat != "canvas"
            and (category.is_on_top or (category.weight and category.share is None))
        ):
            added += category.earned / possible
    return added


def _choose(by_category: dict[str, list[Mark]], rules: CourseRules) -> dict[str, list[CountedMark]]:
    """Category → what is kept of the marks that may be dropped.

    Where all points count together, all categories are chosen together: what is best for one of them alone may be worse
    for the grade, and a point more could then lower it.
    """
    groups = {name: _group(marks, rules.rules[name]) for name, marks in by_category.items()}
    kept: dict[str, list[CountedMark]] = {}
    for name, group in groups.items():
        fixed = _fixed(by_category[name])
        if rules.rules[name].aggregate == "mean" and rules.rules[name].item_weights:
            kept[name] = choose_by_weighted_share(by_category[name], group)
        elif rules.rules[name].aggregate != "points":
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
        CountedMark(m.item, int(m.earned), int(m.possible))
        for m in marks
        if not (m.is_extra or m.is_fixed) and (m.possible or rule.aggregate == "points")
    )
    low = max(rule.drop_lowest, len(items) - rule.keep_highest) if rule.keep_highest else rule.drop_lowest
    return DropGroup(items, *clamp(len(items), low, rule.drop_highest, keep_one=rule.drop_all == "keep-one"))


def _fixed(marks: Iterable[Mark]) -> tuple[int, int]:
    """Points earned and possible of what is never dropped."""
    chosen = [m for m in marks if m.is_extra or m.is_fixed]
    return int(sum(m.earned for m in chosen)), int(sum(m.possible for m in chosen if not m.is_extra))


def _category(
    name: str, weight: Decimal | None, marks: Sequence[Mark], kept: Sequence[CountedMark], rule: CategoryRule
) -> CategoryGrade:
    names = {item.id for item in kept}
    counted = [m for m in marks if m.item in names or m.is_extra or m.is_fixed]
    earned = Fraction(sum(m.earned for m in counted), UNIT)
    possible = Fraction(sum(m.possible for m in counted if not m.is_extra), UNIT)
    share = earned / possible if possible else None
    if rule.aggregate != "points":
        share = average(counted, rule)
        # as if every mark were worth the same, so that what is possible does not depend on which are dropped
        all_marks = [m for m in marks if m.possible and not m.is_extra]
        left = [m for m in counted if m.possible and not m.is_extra]
        possible = Fraction(sum(m.possible for m in all_marks) * len(left), UNIT * max(len(all_marks), 1))
        earned = earned if share is None else share * possible  # extra credit alone adds its points
    return CategoryGrade(
        name, weight, tuple(sorted(m.item for m in counted)), _dropped(marks, counted, rule), earned, possible, share,
        rule.is_on_top,
    )  # fmt: skip


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
