"""The grade of one course: aggregates, totals, periods, and the laws that any policy must keep."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.course import grade_course
from termpost.tasks.summarise.course_grade import UNIT, CourseRules, Mark

from tests.tasks.gradebook import policy

steady = settings(deadline=None, derandomize=True, max_examples=250, database=None)
NAMES = ("a", "b", "c")
PERIODS = ("p", "q")


def mark(item: str, category: str, earned: Any, possible: Any, **how: Any) -> Mark:
    given_ = {"period": None, "state": "graded", "current": True, "final": True} | how
    return Mark(item, category, earned=int(Fraction(earned) * UNIT), possible=int(Fraction(possible) * UNIT), **given_)


def rules(
    weights: dict[str, str | None] | None = None, periods: dict[str, str] | None = None, **category: Any
) -> CourseRules:
    said = {name: CategoryRule.model_validate(rule) for name, rule in category.items()}
    return CourseRules(
        policy(), weights is not None, {name: said.get(name, CategoryRule()) for name in NAMES},
        {k: None if v is None else Decimal(v) for k, v in (weights or {}).items()},
        periods={k: Decimal(v) for k, v in (periods or {}).items()},
    )  # fmt: skip


category_rule = st.builds(
    CategoryRule,
    aggregate=st.sampled_from(["points", "points", "points", "mean", "median", "lowest", "highest"]),
    drop_lowest=st.integers(0, 3), drop_highest=st.integers(0, 2), keep_highest=st.sampled_from([0, 0, 0, 1, 3]),
    drop_all=st.sampled_from(["keep-one", "keep-none"]),
)  # fmt: skip
course_rules = st.builds(
    lambda weighted, one, weights, periods, places: CourseRules(
        policy(rounding={"places": places}), weighted, dict(zip(NAMES, one, strict=True)),
        dict(zip(NAMES, weights, strict=True)), periods=periods,
    ),
    st.booleans(), st.tuples(category_rule, category_rule, category_rule),
    st.tuples(*[st.none() | st.integers(0, 120).map(Decimal)] * 3),
    st.sampled_from([{}, {"p": Decimal(40), "q": Decimal(60)}, {"p": Decimal(1), "q": Decimal(0)}]), st.integers(0, 2),
)  # fmt: skip
a_mark = st.builds(
    lambda category, period, earned, possible, kind, state: mark(
        "", category, earned, possible, period=period, is_extra=kind == "extra", is_fixed=kind == "fixed",
        current=state == "graded", final=state != "excused", state=state,
    ),
    st.sampled_from(NAMES), st.sampled_from(PERIODS), st.integers(0, 110), st.sampled_from([0, 1, 5, 10, 10, 38, 100]),
    st.sampled_from(["", "", "", "", "extra", "fixed"]),
    st.sampled_from(["graded", "graded", "awaits_review", "excused"]),
)  # fmt: skip
all_marks = st.lists(a_mark, max_size=9).map(lambda marks: [replace(m, item=f"i{n}") for n, m in enumerate(marks)])


def percents(marks: list[Mark], of: CourseRules) -> list[Fraction | None]:
    totals = grade_course(marks, of)
    return [totals.current.percent, totals.final.percent]


@settings(steady, max_examples=600)
@given(all_marks.filter(bool), course_rules, st.data())
def test_a_point_more_never_lowers_a_grade(marks: list[Mark], of: CourseRules, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(marks) - 1))
    more = data.draw(st.integers(1, 40)) * UNIT
    better = [replace(m, earned=m.earned + more) if n == place else m for n, m in enumerate(marks)]
    for before, after in zip(percents(marks, of), percents(better, of), strict=True):
        assert (before is None) == (after is None)
        assert before is None or (after is not None and after >= before)


@steady
@given(all_marks, course_rules, st.randoms())
def test_the_order_of_marks_changes_nothing(marks: list[Mark], of: CourseRules, random: Random) -> None:
    shuffled = marks[:]
    random.shuffle(shuffled)
    assert grade_course(shuffled, of) == grade_course(marks, of)


@steady
@given(all_marks, course_rules, a_mark)
def test_excused_work_changes_nothing(marks: list[Mark], of: CourseRules, more: Mark) -> None:
    excused = replace(more, item="excused", current=False, final=False)
    assert grade_course([*marks, excused], of) == grade_course(marks, of)


@steady
@given(all_marks, course_rules, st.integers(2, 1000))
def test_the_unit_of_points_changes_no_percentage(marks: list[Mark], of: CourseRules, unit: int) -> None:
    scaled = [replace(m, earned=m.earned * unit, possible=m.possible * unit) for m in marks]
    assert percents(scaled, of) == percents(marks, of)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("points", Fraction(9 + 10 + 30, 10 + 40 + 40)),
        ("mean", (Fraction(9, 10) + Fraction(1, 4) + Fraction(3, 4)) / 3),
        ("median", Fraction(3, 4)), ("lowest", Fraction(1, 4)), ("highest", Fraction(9, 10)),
    ],
)  # fmt: skip
def test_a_category_is_averaged_as_the_policy_says(how: str, expected: Fraction) -> None:
    marks = [mark("1", "a", 9, 10), mark("2", "a", 10, 40), mark("3", "a", 30, 40), mark("4", "a", 0, 0)]
    assert percents(marks, rules({"a": "30"}, a={"aggregate": how})) == [expected * 100] * 2


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    marks = [mark(str(n), "a", score, 10) for n, score in enumerate((1, 4, 8, 9))]
    assert percents(marks, rules({"a": "1"}, a={"aggregate": "median"}))[0] == 60


def test_extra_credit_adds_to_points_and_to_a_mean_and_is_never_dropped() -> None:
    marks = [mark("1", "a", 8, 10), mark("2", "a", 6, 10), mark("3", "a", 1, 10, is_extra=True)]
    assert percents(marks, rules(a={"drop_lowest": 1}))[0] == 90
    assert percents(marks, rules({"a": "9"}, a={"aggregate": "mean"}))[0] == 75


@pytest.mark.parametrize("rule", [
    {"drop_lowest": 1}, {"drop_lowest": 5}, {"drop_highest": 1}, {"keep_highest": 1},
    {"drop_highest": 2, "drop_lowest": 2},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("weights", [None, {"a": "40"}])
def test_a_piece_worth_0_is_never_dropped_nor_all_that_a_drop_leaves(rule: dict[str, int], weights: Any) -> None:
    marks = [mark("1", "a", 8, 10), mark("2", "a", 3, 0), mark("3", "a", 4, 0)]
    assert percents(marks, rules(weights, a=rule)) == [150, 150]


def test_canvas_drops_a_piece_worth_0_like_any_other() -> None:
    of = replace(rules(a={"drop_highest": 1}), policy=policy(compat="canvas"))
    assert percents([mark("1", "a", 8, 10), mark("2", "a", 3, 0), mark("3", "a", 4, 0)], of) != [150, 150]


def test_a_category_with_nothing_possible_leaves_its_weight_to_the_others() -> None:
    marks = [mark("1", "a", 0, 0), mark("2", "b", 9, 10)]
    assert percents(marks, rules({"a": "60", "b": "40"})) == [90, 90]


def test_a_bonus_in_an_otherwise_empty_category_adds_points_to_what_the_grade_rests_on() -> None:
    marks = [mark("1", "a", 5, 0), mark("2", "b", 44, 50), mark("3", "c", 30, 50)]
    weights: dict[str, str | None] = {"a": "5", "b": "60", "c": "40"}
    assert percents(marks, rules(weights)) == [Fraction(6 * 88 + 4 * 60, 10) + 5] * 2
    canvas = replace(rules(weights), policy=policy(compat="canvas"))
    assert percents(marks, canvas) == [Fraction(6 * 88 + 4 * 60, 10)] * 2
    assert percents(marks[:1], rules(weights)) == [None, None]


def test_a_category_of_extra_credit_adds_its_share_on_top() -> None:
    marks = [mark("1", "a", 90, 100), mark("2", "b", 5, 10)]
    of = rules({"a": "60", "b": "10", "c": "40"}, b={"extra_credit": True})
    assert percents(marks, of) == [95, 95]
    assert percents([*marks, mark("3", "c", 90, 100)], of) == [95, 95]
    assert percents(marks[1:], of) == [None, None]
    assert percents(marks, rules(b={"extra_credit": True})) == [95, 95]


def test_a_category_all_of_whose_marks_are_dropped_has_no_grade() -> None:
    marks = [mark("1", "a", 5, 10), mark("2", "b", 9, 10)]
    none = rules({"a": "60", "b": "40"}, a={"drop_lowest": 3, "drop_all": "keep-none"})
    assert percents(marks, none) == [90, 90]
    assert percents(marks[:1], none) == [None, None]


def test_where_all_points_count_together_the_drop_serves_the_grade_not_the_category() -> None:
    """Of 9/10 and 60/100 the category alone would keep 9/10; the student is better off with 60 of 200 points."""
    marks = [mark("1", "a", 9, 10), mark("2", "a", 60, 100), mark("3", "b", 0, 100)]
    assert percents(marks, rules(a={"drop_lowest": 1}))[0] == 30
    canvas = rules(a={"drop_lowest": 1})
    canvas = replace(canvas, policy=policy(compat="canvas"))
    assert percents(marks, canvas)[0] == Fraction(900, 110)


def test_each_period_is_rounded_first() -> None:
    marks = [mark("1", "a", 1, 3, period="p"), mark("2", "a", 2, 3, period="q")]
    of = rules(periods={"p": "50", "q": "50"})
    assert percents(marks, of)[0] == (Fraction("33.33") + Fraction("66.67")) / 2
    of = replace(of, policy=policy(periods_round_first=False))
    assert percents(marks, of)[0] == 50


def test_a_period_without_a_grade_is_left_out_and_0_in_the_final_grade_of_canvas() -> None:
    of = rules(periods={"p": "25", "q": "75"})
    assert percents([mark("1", "a", 8, 10, period="q")], of) == [80, 80]
    assert percents([mark("1", "a", 8, 10, period="q")], replace(of, policy=policy(compat="canvas"))) == [80, 60]
    assert percents([], of) == [None, None]
