"""What schools commonly do, each by a case computed by hand: docs/grading.md says the rule."""

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import ValidationError
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.grades import grade_all, grade_periods
from termpost.tasks.summarise.of_extract import prepare_extract

from tests.tasks.summarise.one_class import OneClass, X, policy
from tests.tasks.summarise.small_lake import AUTUMN

TWICE = '[category.Homework]\nitem_weights = { h2 = "2" }\n'


@pytest.fixture
def book() -> OneClass:
    return OneClass()


def three_homeworks(book: OneClass) -> None:
    book.piece("h1", "Homework", "20", "10")
    book.piece("h2", "Homework", "10", "9")
    book.piece("h3", "Homework", "40", "30")


def test_a_piece_that_counts_twice_has_twice_the_points(book: OneClass) -> None:
    three_homeworks(book)
    grade = book.grade(TWICE)
    assert (grade.totals.current.earned, grade.totals.current.possible) == (Fraction(58), Fraction(80))
    assert book.percents(TWICE) == ("72.5", "72.5")
    assert book.percents('[category.Homework]\nitem_weights = { h2 = "0.5", h3 = "1.5" }\n')[0] == (
        "70"  # (10 + 4.5 + 45) / (20 + 5 + 60)
    )
    assert book.roles(TWICE) == {"h1": "counts", "h2": "counts, 2 times", "h3": "counts"}


def test_in_a_mean_a_piece_that_counts_twice_is_in_it_twice(book: OneClass) -> None:
    three_homeworks(book)
    mean = TWICE + 'aggregate = "mean"\nweight = "1"\n'
    assert book.percents(mean) == ("76.25", "76.25")  # (50 + 90 + 90 + 75) / 4
    assert book.percents(mean + "drop_lowest = 1\n")[0] == "85"
    # of a mean that is kept as high as can be: without h2 it would be 62.5, without h3 (50 + 180) / 3
    assert book.percents('[category.Homework]\naggregate = "mean"\ndrop_highest = 1\nweight = "1"\n'
                         'item_weights = { h1 = "3", h3 = "0.5" }\n')[0] == "53.5714"  # fmt: skip


def test_where_the_lowest_share_is_not_the_best_to_drop_weights_say_so(book: OneClass) -> None:
    """Shares 0 (once), 20 (100 times) and 90 (100 times): without the 20 the mean is 89.1, without the 0 it is 55."""
    for item, score in (("h1", "0"), ("h2", "20"), ("h3", "90")):
        book.piece(item, "Homework", "100", score)
    rules = '[category.Homework]\naggregate = "mean"\nweight = "1"\ndrop_lowest = 1\n'
    assert book.percents(rules)[0] == "55"
    assert book.percents(rules + 'item_weights = { h2 = "100", h3 = "100" }\n')[0] == "89.1089"


@pytest.mark.parametrize(
    ("rules", "where", "said"),
    [
        ('[category.Homework]\nitem_weights = { h1 = "0" }\n', "line 5 [category.Homework.item_weights] h1", "[omit]"),
        ('[category.Homework]\nitem_weights = { h1 = "-1" }\n',
         "line 5 [category.Homework.item_weights] h1", "negative"),
        ("[category.Homework]\nitem_weights = { h1 = 1.5 }\n", "line 5 [category.Homework.item_weights] h1", "quotes"),
        ('[category.Homework.item_weights]\nh1 = "2"\nh9 = "2"\n', "line 6 [category.Homework.item_weights] h9",
         'no line item "h9"'),
        ('[category.Test]\nitem_weights = { h1 = "2" }\n', "line 5 [category.Test.item_weights] h1",
         'not of category "Test"'),
        ('[category.Test]\nextra_credit = ["t1", "h1"]\n', "line 5 [category.Test] extra_credit",
         'not of category "Test"'),
        ('[class.c.category.Homework]\nnever_drop = ["o1"]\n', "line 5 [class.c.category.Homework] never_drop",
         'not of category "Homework" here'),
        ('[category.Homework]\naggregate = "median"\nitem_weights = { h1 = "2" }\n',
         "line 6 [category.Homework] item_weights", '"median" knows no weight'),
        ('[category.Homework]\naggregate = "lowest"\nextra_credit = ["h1"]\n',
         "line 6 [category.Homework] extra_credit", 'adds nothing to "lowest"'),
        ('[category.Homework]\nitem_weights = { h1 = "2" }\n[class.c.category.Homework]\naggregate = "highest"\n',
         "line 6 [class.c.category.Homework] item_weights", '"highest" knows no weight'),
    ],
)  # fmt: skip
def test_a_rule_of_a_category_that_cannot_be_placed_is_refused_with_its_line(
    book: OneClass, tmp_path: Path, rules: str, where: str, said: str
) -> None:
    three_homeworks(book)
    book.piece("t1", "Test", "10", "5")
    book.small.course("x", "other", course_id="o")
    book.piece("o1", "Homework", "10", class_id="other")
    error = book.refused(tmp_path, rules)
    assert error.where == f"grading.toml {where}"
    assert said in str(error)


FLOOR = '[floor]\nmark_percent = "50"\n'
BY_WEIGHT = '[category.Homework]\nweight = "40"\n[category.Test]\nweight = "60"\n'


def test_no_mark_counts_with_less_than_the_floor(book: OneClass) -> None:
    book.piece("h1", "Homework", "20", "2")
    book.piece("h2", "Homework", "10", "9")
    book.piece("h3", "Homework", "10", "5")
    assert book.percents() == ("40", "40")
    assert book.percents(FLOOR) == ("60", "60")  # 10 + 9 + 5 of 40
    assert book.roles(FLOOR) == {"h1": "counts, lifted to 50 %", "h2": "counts", "h3": "counts"}
    assert book.percents('[floor]\nmark_percent = "33.3333"\n')[0] == "51.6667"  # 6.66666 + 14 of 40
    assert book.percents('[floor]\nmark_percent = "0"\n')[0] == "40"
    assert book.percents(FLOOR + '[class.c.floor]\nmark_percent = "0"\n')[0] == "40"
    assert book.percents('[class.c.floor]\nmark_percent = "50"\n')[0] == "60"
    twice = '[category.Homework]\nitem_weights = { h1 = "2" }\n'
    assert book.percents(FLOOR + twice)[0] == "56.6667"  # 20 + 9 + 5 of 60
    assert book.roles(FLOOR + twice)["h1"] == "counts, lifted to 50 %, 2 times"


def test_what_was_not_done_is_lifted_only_where_the_policy_says_so(book: OneClass) -> None:
    """A 0 that is flagged as missing was not done, and so is missing work at its price."""
    book.piece("h1", "Homework", "10", "10")
    book.piece("h2", "Homework", "10", None, score_status="not submitted")
    book.piece("h3", "Homework", "10", "0", is_missing=True)
    assert book.percents(FLOOR) == ("50", "33.3333")
    missing = FLOOR + "missing = true\n"
    assert book.percents(missing) == ("75", "66.6667")
    assert book.percents(missing + "[missing]\ndeduct_percent = 100\n") == ("66.6667", "66.6667")
    assert book.percents(missing + "[missing]\ndeduct_percent = 20\n") == ("76.6667", "76.6667")
    assert str(book.grade(missing).if_missing) == "66.6667"
    assert book.roles(missing, "final")["h2"] == "counts, lifted to 50 %"


def test_extra_credit_is_never_lifted_and_lateness_takes_nothing_below_the_floor(book: OneClass) -> None:
    book.piece("h1", "Homework", "10", "7", is_late=True, score_date="2021-09-09")
    book.piece("h2", "Homework", "10", "1")
    extra = '[category.Homework]\nextra_credit = ["h2"]\n[late]\npercent_per_interval = 10\n'
    assert book.percents(extra)[0] == "10"  # 7 less 8 days, and 1 on top
    assert book.percents(FLOOR + extra)[0] == "60"
    assert book.percents(FLOOR + "[category.Homework]\nextra_credit = true\n")[0] is None


def test_each_attempt_is_lifted_before_they_are_one(book: OneClass) -> None:
    book.piece("t1", "Test", "40", "4")
    book.piece("r1", "Test", "10", "9")
    mean = FLOOR + '[[retake]]\noriginal = "t1"\nretake = "r1"\nrule = "mean"\n'
    assert book.percents(mean)[0] == "70"
    assert book.roles(mean)["t1"] == "counts, lifted to 50 %, with the other attempts at t1 as 28 of 40"


def test_no_category_counts_with_less_than_the_floor(book: OneClass) -> None:
    book.piece("h1", "Homework", "10", "1")
    book.piece("t1", "Test", "10", "9")
    floor = BY_WEIGHT + '[floor]\ncategory_percent = "50"\n'
    assert book.percents(BY_WEIGHT)[0] == "58"
    assert book.percents(floor)[0] == "74"
    (part,) = book.explained(floor)["current"]["parts"]
    assert [(c["category"], c["lifted_from"], c["percent"]) for c in part["categories"]] == [
        ("Homework", "10", "50"), ("Test", None, "90"),
    ]  # fmt: skip
    on_top = '[category.Bonus]\nweight = "10"\nextra_credit = true\n'
    book.small.insert("core_category", "x", category_id="bonus", title="Bonus")
    book.piece("b1", "Bonus", "10", "1")
    assert book.percents(floor + on_top)[0] == "75"


def test_no_grading_period_counts_with_less_than_the_floor_also_where_it_is_graded_alone(book: OneClass) -> None:
    for name in ("q1", "q2"):
        book.small.insert("core_academic_session", "x", session_id=name, title=name, session_type="gradingPeriod",
                          parent_id="term", start_date="2021-08-01", end_date="2021-12-31")  # fmt: skip
    book.piece("h1", "Homework", "10", "2", session_id="q1")
    book.piece("h2", "Homework", "10", "9", session_id="q2")
    weights = '[period.q1]\nweight = "50"\n[period.q2]\nweight = "50"\n'
    floor = weights + '[floor]\nperiod_percent = "50"\n'
    assert (book.percents(weights)[0], book.percents(floor)[0]) == ("55", "70")
    first, _ = book.explained(floor)["current"]["parts"]
    assert (first["period"], first["lifted_from"], first["unrounded"]) == ("q1", "20", "50")
    found = prepare_extract(book.small.lake, X, policy(floor), AUTUMN)
    assert sorted(str(p.current) for p in grade_periods(book.small.lake, found)) == ["50.0000", "90.0000"]


def test_a_period_that_is_all_that_is_graded_has_the_floor_of_a_period(book: OneClass) -> None:
    book.small.insert("core_academic_session", "x", session_id="q1", title="q1", session_type="term",
                      start_date="2021-08-01", end_date="2021-12-31")  # fmt: skip
    book.small.lake.execute("UPDATE lake.core_class SET session_ids = ['q1']")
    book.piece("h1", "Homework", "10", "2", session_id="q1")
    weights = '[period.q1]\nweight = "50"\n'
    assert book.percents(weights)[0] == "20"
    assert book.percents(weights + '[floor]\nperiod_percent = "50"\n')[0] == "50"


@pytest.mark.parametrize(
    ("rules", "where", "said"),
    [
        ('[floor]\nmark_percent = "101"\n', "line 5 [floor] mark_percent", "100"),
        ('[floor]\nmark_percent = "-1"\n', "line 5 [floor] mark_percent", "negative"),
        ("[floor]\nmark_percent = 49.5\n", "line 5 [floor] mark_percent", "quotes"),
        ('[floor]\nmark = "50"\n', "line 5 [floor] mark", 'known here: mark_percent'),
        ("[floor]\nmissing = true\n", "line 5 [floor] missing", "nothing lifts missing work"),
        ('[floor]\nperiod_percent = "50"\n', "line 5 [floor] period_percent", "no grading period"),
        ('[class.c.floor]\nperiod_percent = "50"\n', "line 5 [class.c.floor] period_percent", "no grading period"),
        ('[floor]\ncategory_percent = "50"\n', "line 5 [floor] category_percent", "all its points together"),
        ('[class.c.floor]\ncategory_percent = "50"\n', "line 5 [class.c.floor] category_percent", "points together"),
    ],
)  # fmt: skip
def test_a_floor_that_holds_nothing_is_refused_with_its_line(
    book: OneClass, tmp_path: Path, rules: str, where: str, said: str
) -> None:
    three_homeworks(book)
    error = book.refused(tmp_path, rules)
    assert error.where == f"grading.toml {where}"
    assert said in str(error)


TWENTY = 'rounding = { places = 1 }\nshow_of = "20"\n'


def test_a_grade_of_twenty_is_rounded_once_in_points_of_twenty(book: OneClass) -> None:
    """71.7499 % of 20 is 14.34998, so 14.3; rounded to 71.75 % first it would be 14.4."""
    book.piece("h1", "Homework", "1000000", "717499")
    head = TWENTY + 'scale = { A = "71.5", F = "0" }\n'
    rules = policy_of(head)
    found = prepare_extract(book.small.lake, X, rules, AUTUMN)
    (grade,) = grade_all(book.small.lake, found)
    assert (str(grade.final), grade.letter) == ("71.5", "A")
    exact = policy_of(head.replace("71.5", "71.6"))
    (below,) = grade_all(book.small.lake, prepare_extract(book.small.lake, X, exact, AUTUMN))
    assert below.letter == "F"


def policy_of(rules: str) -> GradingPolicy:
    return GradingPolicy.model_validate(tomllib.loads('version = "t"\n' + rules))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('rounding = { places = 1 }\nshow_of = "30"\n', "no percentage"), ('show_of = "0"\n', "part of 0"),
        ('rounding = { places = 6 }\nshow_of = "20"\n', ""),
        ('rounding = { places = 6 }\nshow_of = "8"\n', "no percentage"),
        ('show_of = "-4"\n', "negative"), ('rounding = { places = 0 }\nshow_of = "6"\n', "no percentage"),
        ('[class.c]\nshow_of = "7"\n', "no percentage"),
    ],
)  # fmt: skip
def test_points_that_are_no_percentage_are_refused(rules: str, said: str) -> None:
    if not said:
        assert policy_of(rules).show_of == 20
        return
    with pytest.raises(ValidationError) as caught:
        policy_of(rules)
    assert said in str(caught.value)
