"""Categories by their commonest, newest or decaying marks; and that a point more never lowers a grade."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.summarise.course_grade import UNIT, Attempt, CourseRules, Mark

from tests.tasks.gradebook import policy
from tests.tasks.summarise.one_class import OneClass
from tests.tasks.summarise.test_course import NAMES, all_marks, course_rules, percents

HOMEWORK = '[category.Homework]\nweight = "1"\naggregate = "{}"\n'


@pytest.fixture
def book() -> OneClass:
    """Homework of 40, 80 and 60 per cent: the 80 is scored last, and due first."""
    book = OneClass()
    for item, score, due, day in (("h1", "4", "2021-09-03", "2021-09-04"), ("h2", "16", "2021-09-01", "2021-09-20"),
                                  ("h3", "6", "2021-09-02", "2021-09-05")):  # fmt: skip
        book.piece(item, "Homework", "20" if item == "h2" else "10", score, due_date=due, score_date=day)
    return book


@pytest.mark.parametrize(
    ("rules", "percent"),
    [
        ("most_recent", "80"),
        ("decaying", "70.55"),  # 40, then 0.65 × 60 + 0.35 × 40 = 53, then 0.65 × 80 + 0.35 × 53
        ('decaying"\ndecay_percent = "50', "65"),
        ('decaying"\ndecay_percent = "100', "80"),
        ("mode", "80"),  # each once: the highest
    ],
)
def test_the_newest_is_by_the_day_of_its_score(book: OneClass, rules: str, percent: str) -> None:
    assert book.percents(HOMEWORK.format(rules)) == (percent, percent)


def test_of_one_day_it_is_by_the_day_it_was_due_and_a_blank_lies_where_it_was_due(book: OneClass) -> None:
    book.small.lake.execute("UPDATE lake.core_result SET score_date = '2021-09-20'")
    assert book.percents(HOMEWORK.format("most_recent"))[0] == "40"
    book.piece("h4", "Homework", "10", None, score_status="not submitted", score_date=None, due_date="2021-09-30")
    assert book.percents(HOMEWORK.format("most_recent")) == ("40", "0")
    assert book.percents(HOMEWORK.format("decaying"))[1] == "17.3075"  # 80, 67, 49.45, and 0.35 of it


def test_the_mode_is_the_commonest_percentage_whatever_it_is_worth(book: OneClass) -> None:
    book.piece("h4", "Homework", "5", "2")
    assert book.percents(HOMEWORK.format("mode"))[0] == "40"


def test_a_retake_is_as_new_as_it_is(book: OneClass) -> None:
    book.piece("r1", "Homework", "10", "10", score_date="2021-10-01")
    pair = '[[retake]]\noriginal = "h1"\nretake = "r1"\nrule = "latest"\n'
    assert book.percents(HOMEWORK.format("most_recent") + pair)[0] == "100"


@pytest.mark.parametrize(
    ("rule", "where", "said"),
    [
        ('most_recent"\ndrop_lowest = 1\n#"', "line 7 [category.Homework] drop_lowest", "lower the grade"),
        ('decaying"\nkeep_highest = 1\n#"', "line 7 [category.Homework] keep_highest", "lower the grade"),
        ('mode"\ndrop_highest = 1\n#"', "line 7 [category.Homework] drop_highest", "lower the grade"),
        ('mean"\ndecay_percent = 65\n#"', "line 7 [category.Homework] decay_percent", "does not decay"),
        ('decaying"\ndecay_percent = 0\n#"', "line 7 [category.Homework] decay_percent", "only the oldest"),
        ('most_recent"\nitem_weights = { h1 = "2" }\n#"', "line 7 [category.Homework] item_weights", "knows no weight"),
        ('mode"\nextra_credit = ["h1"]\n#"', "line 7 [category.Homework] extra_credit", "adds nothing"),
        ('newest"\n#"', "line 6 [category.Homework] aggregate", "'most_recent'"),
    ],
)
def test_what_cannot_be_beside_them_is_refused_with_its_line(
    book: OneClass, tmp_path: Path, rule: str, where: str, said: str
) -> None:
    error = book.refused(tmp_path, HOMEWORK.format(rule))
    assert error.where == f"grading.toml {where}"
    assert said in str(error)


def test_a_class_may_give_the_part_of_a_rule_that_the_school_has_the_rest_of(book: OneClass) -> None:
    assert book.percents(HOMEWORK.format("decaying") + '[class.c.category.Homework]\ndecay_percent = "50"\n')[0] == "65"


DAYS = st.none() | st.integers(1, 5).map(lambda day: date(2021, 9, day))
adding = st.builds(
    lambda rule, weights: rule.model_copy(update={"item_weights": {f"i{n}": w for n, w in weights.items()}}),
    st.builds(CategoryRule, aggregate=st.sampled_from(["points", "mean"]), drop_lowest=st.integers(0, 2),
              drop_highest=st.integers(0, 1)),
    st.dictionaries(st.integers(0, 8), st.sampled_from(["0.5", "2", "3.25"]).map(Fraction), max_size=4),
)  # fmt: skip
hanging = st.builds(
    CategoryRule, aggregate=st.sampled_from(["most_recent", "decaying"]),
    decay_percent=st.none() | st.sampled_from([1, 50, 65, 100]),
)  # fmt: skip
floors = st.fixed_dictionaries(
    {
        "mark_percent": st.sampled_from([0, 50]),
        "category_percent": st.sampled_from([0, 40]),
        "period_percent": st.just(0),
    }
)
featured = st.builds(
    lambda of, rules, floor: replace(
        of, rules=dict(zip(NAMES, rules, strict=True)),
        policy=policy(floor=floor if of.weighted else floor | {"category_percent": 0}, rounding=of.policy.rounding),
    ),
    course_rules, st.tuples(adding, adding, hanging), floors,
)  # fmt: skip
attempts = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.sampled_from(["latest", "better", "mean"])), max_size=2
)


@st.composite
def tried_marks(draw: st.DrawFn) -> list[Mark]:
    """Marks with days, some of them attempts at the piece of another."""
    marks: list[Mark] = [replace(m, days=(draw(DAYS), draw(DAYS))) for m in draw(all_marks)]
    for first, second, rule in draw(attempts):
        if max(first, second) >= len(marks) or first == second:
            continue
        a, b = marks[first], marks[second]
        if not (a.possible and b.possible) or a.attempt or b.attempt or a.is_extra:
            continue
        one: dict[str, Any] = {"piece": a.item, "rule": rule, "possible": a.possible}
        marks[first] = replace(a, attempt=Attempt(number=0, **one))
        place = replace(b, category=a.category, period=a.period, is_fixed=a.is_fixed, is_extra=a.is_extra)
        marks[second] = replace(place, attempt=Attempt(number=1, **one))
    return marks


@settings(deadline=None, derandomize=True, max_examples=500, database=None)
@given(tried_marks().filter(bool), featured, st.data())
def test_a_point_more_never_lowers_a_grade_by_all_rules_but_the_mode(
    marks: list[Mark], of: CourseRules, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(marks) - 1))
    more = data.draw(st.integers(1, 40)) * UNIT
    better = [replace(m, earned=m.earned + more) if n == place else m for n, m in enumerate(marks)]
    for before, after in zip(percents(marks, of), percents(better, of), strict=True):
        assert (before is None) == (after is None)
        assert before is None or (after is not None and after >= before)
