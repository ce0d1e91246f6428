"""Several attempts at one piece count once, on the points of the first: by hand."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.grades import grade_all, grade_periods
from termpost.tasks.summarise.of_extract import prepare_extract

from tests.tasks.summarise.one_class import HEAD, OneClass, policy
from tests.tasks.summarise.small_lake import AUTUMN

PAIR = '[[retake]]\noriginal = "t1"\nretake = "r1"\nrule = "{}"\n'
LATEST, BETTER, MEAN = (PAIR.format(rule) for rule in ("latest", "better", "mean"))


@pytest.fixture
def book() -> OneClass:
    book = OneClass()
    book.piece("h1", "Homework", "20", "10")
    return book


def two_tests(book: OneClass, first: str | None, second: str | None, **how: Any) -> None:
    """A test of 40 points and its retake of 10."""
    book.piece(
        "t1", "Test", "40", first, title="Unit 1", **({} if first is not None else {"score_status": "not submitted"})
    )
    book.piece("r1", "Test", "10", second, title="Unit 1 retake", **how)


@pytest.mark.parametrize(
    ("rule", "first", "second", "percent", "roles"),
    [
        (LATEST, "20", "9", "76.6667", ("left out: its retake counts", "counts, as the retake of t1: 36 of 40")),
        (LATEST, "36", "5", "50", ("left out: its retake counts", "counts, as the retake of t1: 20 of 40")),
        (BETTER, "36", "5", "76.6667", ("counts", "left out: the better attempt counts")),
        (
            BETTER,
            "20",
            "9",
            "76.6667",
            ("left out: the better attempt counts", "counts, as the retake of t1: 36 of 40"),
        ),
        (BETTER, "20", "5", "50", ("counts", "left out: the better attempt counts")),
        (MEAN, "20", "9", "63.3333", ("counts, with the other attempts at t1 as 28 of 40",) * 2),
    ],
)
def test_a_pair_counts_once_on_the_points_of_the_first(
    book: OneClass, rule: str, first: str, second: str, percent: str, roles: tuple[str, str]
) -> None:
    two_tests(book, first, second)
    assert book.percents(rule) == (percent, percent)
    grade = book.grade(rule)
    assert (str(grade.totals.final.possible), grade.counts) == ("60", (2, 0, 0, 0, 0))  # marks: the test once
    found = book.roles(rule)
    assert (found["t1"], found["r1"]) == roles
    assert [item["retake_of"] for item in book.explained(rule)["items"]] == [None, "t1", None]


def test_a_share_that_no_decimal_has_is_exact_also_where_marks_are_dropped(book: OneClass) -> None:
    book.piece("t1", "Test", "40", "20")
    book.piece("r1", "Test", "3", "1")
    book.piece("t2", "Test", "10", "1")
    assert book.percents(MEAN)[0] == "39.5238"  # (10 + 40 × 5/12 + 1) / 70
    totals = book.grade(MEAN + "[category.Test]\ndrop_lowest = 1\n").totals
    assert totals.final.percent == Fraction(100, 60) * (10 + Fraction(50, 3))
    assert totals.final.parts[0].categories[0].dropped == (("t2", "lowest"),)


@pytest.mark.parametrize("rule", [LATEST, BETTER, MEAN])
@pytest.mark.parametrize(
    "how",
    [{"score": None}, {"score": None, "score_status": "not submitted"}, {"score": "0", "score_status": "not submitted"},
     {"score": "0", "is_missing": True}, {"score": None, "is_missing": True}],
)  # fmt: skip
def test_a_retake_that_was_not_taken_leaves_the_first_and_lacks_nothing(
    book: OneClass, rule: str, how: dict[str, Any]
) -> None:
    two_tests(book, "20", how["score"], **{name: said for name, said in how.items() if name != "score"})
    assert book.percents(rule + "[missing]\ndeduct_percent = 100\n") == ("50", "50")
    assert book.grade(rule).counts == (2, 0, 0, 0, 0)
    assert book.roles(rule, "final") == {"h1": "counts", "t1": "counts", "r1": "left out: not retaken"}


def test_a_retake_handed_in_and_not_marked_is_still_to_be_marked(book: OneClass) -> None:
    two_tests(book, "20", None, score_status="submitted")
    assert book.percents(LATEST) == ("50", "50")
    assert book.grade(LATEST).counts == (2, 0, 0, 1, 1)


def test_a_first_attempt_that_was_missed_is_not_missing_once_it_was_retaken(book: OneClass) -> None:
    two_tests(book, None, "9")
    for rule in (LATEST, BETTER):
        assert book.percents(rule) == ("76.6667", "76.6667")
        assert book.grade(rule).counts == (2, 0, 0, 0, 0)
        assert book.grade(rule).if_missing is None
        assert book.roles(rule)["t1"] == "left out: its retake counts"
    assert book.percents(MEAN) == ("76.6667", "46.6667")  # final: (0 + 90) / 2 of 40 are 18
    assert book.grade(MEAN).counts == (2, 1, 0, 0, 0)


def test_an_excused_attempt_leaves_the_other(book: OneClass) -> None:
    book.piece("t1", "Test", "40", None, score_status="exempt")
    book.piece("r1", "Test", "10", "9")
    for rule in (LATEST, BETTER, MEAN):
        assert book.percents(rule) == ("76.6667", "76.6667")


def test_attempts_count_where_the_first_lies(book: OneClass) -> None:
    """In its category and its period, however the retake was filed, and by its weight."""
    for name in ("q1", "q2"):
        book.small.insert("core_academic_session", "x", session_id=name, title=name, session_type="gradingPeriod",
                          parent_id="term", start_date="2021-08-01", end_date="2021-12-31")  # fmt: skip
    book.piece("t1", "Test", "40", "20", session_id="q1")
    book.piece("t2", "Test", "40", "40", session_id="q2")
    book.piece("r1", "Homework", "10", "9", session_id="q2")
    book.small.lake.execute("UPDATE lake.core_line_item SET session_id = 'q1' WHERE line_item_id = 'h1'")
    weights = '[period.q1]\nweight = "50"\n[period.q2]\nweight = "50"\n'
    found = prepare_extract(book.small.lake, ExtractId("x"), policy(LATEST + weights), AUTUMN)
    assert {p.session_id: str(p.current) for p in grade_periods(book.small.lake, found)} == {
        "q1": "76.6667", "q2": "100.0000",
    }  # fmt: skip
    by_weight = '[category.Homework]\nweight = "40"\n[category.Test]\nweight = "60"\nitem_weights = { t1 = "3" }\n'
    assert book.percents(LATEST + by_weight)[0] == "75.5"  # 0.4 × 50 + 0.6 × (3 × 36 + 40) / 160
    assert book.roles(LATEST + by_weight)["r1"] == "counts, as the retake of t1: 36 of 40, 3 times"


def test_a_third_attempt_is_one_of_the_same_piece(book: OneClass) -> None:
    for item, score in (("t1", "10"), ("r1", "30"), ("r2", "20")):
        book.piece(item, "Test", "40", score)
    for second in ('original = "r1"\nretake = "r2"', 'original = "t1"\nretake = "r2"'):
        more = f"[[retake]]\n{second}\nrule = "
        assert book.percents(LATEST + more + '"latest"\n')[0] == "50"  # 20 of 40
        assert book.percents(BETTER + more + '"better"\n')[0] == "66.6667"  # 30
        assert book.percents(MEAN + more + '"mean"\n')[0] == "50"  # (10 + 30 + 20) / 3


def test_pieces_are_paired_by_the_end_of_their_titles_within_a_class(book: OneClass) -> None:
    book.piece("t1", "Test", "40", "20", title="Unit  1")
    book.piece("r1", "Test", "10", "9", title=" unit 1 Retake ")
    book.small.course("x", "d", course_id="l")
    book.piece("other", "Test", "40", "0", title="Unit 1", class_id="d")
    by_title = '[[retake]]\nsuffix = " retake"\nrule = "latest"\n'
    assert book.percents(by_title)[0] == "76.6667"
    # an id goes before a title
    assert book.percents(BETTER.replace("t1", "h1") + by_title)[0] == "63.3333"  # 18 of 20 and 20 of 40
    book.piece("t2", "Test", "40", "20", title="UNIT 1")
    assert book.percents(by_title)[0] == "53.6364"  # nobody knows which: (10 + 20 + 9 + 20) / 110
    notes = {item["line_item"]: item["note"] for item in book.explained(by_title)["items"]}
    assert "not just one piece of the title" in str(notes.pop("r1"))
    assert set(notes.values()) == {None}


def test_a_class_may_have_retakes_of_its_own(book: OneClass) -> None:
    two_tests(book, "36", "5")
    general = '[[retake]]\nsuffix = " retake"\nrule = "latest"\n'
    assert book.percents(general)[0] == "50"
    assert book.percents(general + '[[class.c.retake]]\nsuffix = " retake"\nrule = "better"\n')[0] == "76.6667"


def test_who_moved_between_sections_has_one_mark_of_a_piece_that_both_let_retake() -> None:
    """Unit 1 in the section that was left, its retake in the one that was joined: not 20 of 40 and 36 of 40."""
    book = OneClass()
    book.small.course("x", "left", course_id="k")
    book.small.lake.execute("DELETE FROM lake.core_enrollment")
    for class_id, begin, end in (("left", "2021-08-23", "2021-10-01"), ("c", "2021-10-01", None)):
        book.small.insert("core_enrollment", "x", class_id=class_id, school_id="north", person_ref="s",
                          role_code="student", begin_date=begin, end_date=end)  # fmt: skip
    for class_id, first, second in (("left", "20", None), ("c", None, "9")):
        day = {"class_id": class_id}
        book.piece(f"t-{class_id}", "Test", "40", first, title="Unit 1", due_date="2021-09-10", **day)
        book.piece(f"r-{class_id}", "Test", "10", second, title="Unit 1 retake", due_date="2021-10-20", **day)
    by_title = '[[retake]]\nsuffix = " retake"\nrule = "latest"\n'
    grade = book.grade(by_title)
    assert (grade.moved_from, str(grade.final), str(grade.totals.final.possible)) == ("left", "90.0000", "40")
    assert grade.counts[:2] == (1, 0)


def test_a_retake_of_work_of_another_session_counts_in_neither(book: OneClass) -> None:
    book.small.insert("core_academic_session", "x", session_id="spring", title="Spring", session_type="term",
                      start_date="2022-01-01", end_date="2022-06-01")  # fmt: skip
    book.small.lake.execute("UPDATE lake.core_class SET session_ids = ['term', 'spring']")
    two_tests(book, "20", "9", session_id="spring")
    book.small.lake.execute("UPDATE lake.core_line_item SET session_id = 'term' WHERE line_item_id = 't1'")
    found = prepare_extract(book.small.lake, ExtractId("x"), policy(LATEST), AUTUMN)
    grades = {g.session_id: g.current for g in grade_all(book.small.lake, found)}
    assert {name: None if g is None else str(g) for name, g in grades.items()} == {"term": "50.0000", "spring": None}


@pytest.mark.parametrize(
    ("rules", "where", "said"),
    [
        ('[[retake]]\noriginal = "t1"\nrule = "latest"\n', "line 4 retake", "original and retake, or suffix"),
        (LATEST + 'suffix = " r"\n', "line 8 [retake] suffix", "take suffix out"),
        ('[[retake]]\nsuffix = "  "\nrule = "latest"\n', "line 5 [retake] suffix", "every title"),
        (PAIR.format("best"), "line 7 [retake] rule", "'better'"),
        ('[[retake]]\noriginal = "t1"\nretake = "r1"\n', "line 4 [retake] rule", "must be given"),
        (LATEST + LATEST.replace("t1", "h1"), "line 10 [retake] retake", "retakes two others"),
        (LATEST + '[[retake]]\noriginal = "r1"\nretake = "t1"\nrule = "mean"\n', "line 9 [retake] original", "itself"),
        (LATEST.replace("r1", "t1"), "line 5 [retake] original", "itself"),
        ('[[retake]]\nsuffix = " retake"\nrule = "mean"\n' * 2, "line 8 [retake] suffix", "named twice"),
        (LATEST.replace("t1", "t9"), "line 5 [retake] original", 'no line item "t9"'),
        (LATEST.replace("r1", "r9"), "line 6 [retake] retake", 'no line item "r9"'),
        ('[[retake]]\nsuffix = " redo"\nrule = "mean"\n', "line 5 [retake] suffix", 'ends in " redo"'),
        (LATEST.replace("t1", "other"), "line 6 [retake] retake", "different classes"),
        (LATEST.replace("t1", "bonus"), "line 5 [retake] original", "worth no points"),
        (LATEST.replace("[[retake", "[[class.d.retake"), "line 5 [class.d.retake] original", "another class"),
        (LATEST + '[[class.c.retake]]\nsuffix = " retake"\nrule = "mean"\n', "line 5 [retake] original", "of its own"),
        (LATEST + '[category.Test]\nnever_drop = ["r1"]\n', "line 6 [retake] retake", "first attempt"),
        (LATEST + '[category.Test.item_weights]\nr1 = "2"\n', "line 6 [retake] retake", "first attempt"),
        (LATEST + '[[retake]]\noriginal = "t1"\nretake = "h1"\nrule = "mean"\n', "line 8 retake", "by two rules"),
    ],
)  # fmt: skip
def test_a_retake_that_cannot_be_is_refused_with_its_line(
    book: OneClass, tmp_path: Path, rules: str, where: str, said: str
) -> None:
    two_tests(book, "20", "9")
    book.piece("bonus", "Test", "0", "1")
    book.small.course("x", "d", course_id="l")
    book.piece("other", "Test", "40", class_id="d")
    error = book.refused(tmp_path, rules)
    assert error.where == f"grading.toml {where}"
    assert said in str(error)


def test_retakes_make_a_policy_of_their_own_version() -> None:
    none, pair = (
        GradingPolicy.model_validate({"version": "t", "retake": r}) for r in ((), ({"suffix": "x", "rule": "mean"},))
    )
    assert none.content_version != pair.content_version
    assert policy("").content_version == policy(HEAD.join(())).content_version
