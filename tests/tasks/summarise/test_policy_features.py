"""What schools commonly do, each by a case computed by hand: docs/grading.md says the rule."""

from fractions import Fraction
from pathlib import Path

import pytest

from tests.tasks.summarise.one_class import OneClass

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
