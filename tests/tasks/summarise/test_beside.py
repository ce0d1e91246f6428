"""Effort and behaviour beside the grades, and what a grade is made of by category."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.refs import Cycle, CycleId, SchoolId, SessionId
from termpost.tasks.summarise.summarise import summarise_cycle

from tests.tasks.summarise.one_class import OneClass, X, policy
from tests.tasks.summarise.small_lake import AUTUMN, known

EFFORT = '[category.Effort]\nbeside = true\nscale = { Excellent = "90", Good = "60", Fair = "0" }\n'
WEIGHTS = '[category.Homework]\nweight = "40"\n[category.Test]\nweight = "60"\ndrop_lowest = 1\n'
GRADED = (("h1", "Homework", "20", "10"), ("t1", "Test", "10", "9"), ("t2", "Test", "10", "4"))
COLUMNS = "kind, category, title, weight_percent, percent, word, mark_count"


@pytest.fixture
def book() -> OneClass:
    """Homework 10 of 20, tests 9 and 4 of 10, effort 3 and 2 of 4; a blank and a missing effort mark."""
    book = OneClass(categories=("Homework", "Test", "Effort"))
    for item, category, possible, score in (*GRADED, ("e1", "Effort", "4", "3"), ("e2", "Effort", "4", "2")):
        book.piece(item, category, possible, score)
    book.piece("e3", "Effort", "4")
    book.piece("e4", "Effort", "4", None, score_status="not submitted")
    return book


def summarised(book: OneClass, rules: str, kind: str = "final", **how: Any) -> list[tuple[Any, ...]]:
    """The rows that `prepare` keeps, in order."""
    cycle = Cycle(CycleId(kind), SchoolId("north"), SessionId("term"), kind, AUTUMN)
    kept = summarise_cycle(book.small.lake, cycle, X, policy(rules), known(date(2021, 12, 11)), **how)
    query = f"SELECT {COLUMNS} FROM lake.out_category_summary WHERE policy = ? AND cycle_id = ? ORDER BY ALL"
    return book.small.rows(query, kept.policy, kind)


@pytest.mark.parametrize("rules", ["", WEIGHTS])
def test_a_category_beside_the_grades_counts_in_none_and_lacks_nothing(book: OneClass, rules: str) -> None:
    book.small.lake.execute("DELETE FROM lake.core_line_item WHERE category_id = 'effort'")
    without = book.grade(rules)
    other = OneClass(categories=("Homework", "Test", "Effort"))
    for item, category, possible, score in (
        ("h1", "Homework", "20", "10"),
        ("t1", "Test", "10", "9"),
        ("t2", "Test", "10", "4"),
    ):
        other.piece(item, category, possible, score)
    kinds: list[tuple[str | None, dict[str, Any]]] = [
        (None, {"score_status": "submitted"}), (None, {"is_incomplete": True}),
        (None, {"score_status": "not submitted"}),
        ("1", {"is_late": True}), ("1", {"score_status": "partially graded"}), (None, {}),
    ]  # fmt: skip
    for n, (given, how) in enumerate(kinds):
        other.piece(f"e{n}", "Effort", "4", given, **how)
    beside = other.grade(rules + EFFORT)
    assert (beside.current, beside.final, beside.letter, beside.counts, beside.if_missing) == (
        without.current, without.final, without.letter, without.counts, None,
    )  # fmt: skip
    assert [c.category for c in beside.totals.beside] == ["Effort"]


def test_it_is_printed_apart_by_its_own_words(book: OneClass) -> None:
    explained = book.explained(EFFORT)
    assert [(c["category"], c["percent"], c["counted"]) for c in explained["beside"]] == [
        ("Effort", "62.5", ["e1", "e2"])
    ]
    roles = {item["line_item"]: item["final"] for item in explained["items"]}
    assert roles["e1"] == "left out: counts in no grade, printed beside them"
    assert roles["e3"] == roles["e4"] == "left out: no mark, and counts in no grade"
    assert summarised(book, EFFORT) == [("beside", "Effort", "Effort", None, "62.5", "Good", 2)]
    questions = book.small.rows("SELECT DISTINCT cause_code FROM lake.out_question")
    assert questions == []
    assert book.small.rows("SELECT DISTINCT line_item_id FROM lake.out_work") == []


def test_its_marks_are_dropped_weighed_and_averaged_but_never_lifted(book: OneClass) -> None:
    rules = "[floor]\nmark_percent = 60\n[category.Effort]\nbeside = true\n"
    assert summarised(book, rules)[0][4] == "62.5"
    mean = rules + 'aggregate = "mean"\nitem_weights = { e1 = "3" }\n'
    assert summarised(book, mean)[0][4] == "68.75"
    assert summarised(book, rules + "drop_lowest = 1\n")[0][4:] == ("75", None, 1)


def test_what_a_grade_is_made_of_is_kept_only_where_it_is_asked_for_also_later(book: OneClass) -> None:
    rules = WEIGHTS + EFFORT
    effort = ("beside", "Effort", "Effort", None, "62.5", "Good", 2)
    assert summarised(book, rules) == [effort]
    for _ in range(2):
        assert summarised(book, rules, categories=True) == [
            effort, ("graded", "Homework", "Homework", "40", "50", None, 1),
            ("graded", "Test", "Test", "60", "90", None, 1),
        ]  # fmt: skip
    assert len(summarised(book, rules)) == 3
    assert book.small.rows("SELECT count(*) FROM lake.out_course_summary") == [(1,)]


def test_it_is_of_the_grade_that_the_cycle_prints_and_of_each_weighted_period(book: OneClass) -> None:
    book.piece("h2", "Homework", "20", None, score_status="not submitted")
    assert [row[4] for row in summarised(book, EFFORT, "final", categories=True)] == ["62.5", "25", "65"]
    assert [row[4] for row in summarised(book, EFFORT, "midterm", categories=True)] == ["62.5", "50", "65"]
    for name in ("q1", "q2"):
        book.small.insert("core_academic_session", "x", session_id=name, title=name, session_type="gradingPeriod",
                          parent_id="term", start_date="2021-08-01", end_date="2021-12-31")  # fmt: skip
    book.small.lake.execute(
        "UPDATE lake.core_line_item SET session_id = CASE WHEN line_item_id = 't2' THEN 'q2' ELSE 'q1' END"
    )
    periods = '[period.q1]\nweight = "50"\n[period.q2]\nweight = "50"\n'
    summarised(book, EFFORT + periods, categories=True)
    rows = book.small.rows("SELECT period_id, category, percent, weight_percent FROM lake.out_category_summary"
                           " WHERE policy = ? ORDER BY ALL", policy(EFFORT + periods).content_version)  # fmt: skip
    assert rows == [("q1", "homework", "25", None), ("q1", "test", "90", None), ("q2", "test", "40", None),
                    (None, "Effort", "62.5", None)]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "where", "said"),
    [
        ('[category.Effort]\nbeside = true\nweight = "0"\n', "line 6 [category.Effort] weight", "counts in none"),
        ("[category.Effort]\nbeside = true\nextra_credit = true\n", "line 6 [category.Effort] extra_credit", "nothing"),
        ('[category.Effort]\nscale = { A = "0" }\n', "line 5 [category.Effort] scale", "no scale of its own"),
        ('[category.Effort]\nbeside = true\nscale = { A = "50" }\n', "line 6 [category.Effort.scale] A", "gap"),
        ('[category.Effort]\nweight = "9"\n[class.c.category.Effort]\nbeside = true\n',
         "line 6 [class.c.category.Effort] weight", "counts in none"),
    ],
)  # fmt: skip
def test_what_cannot_stand_beside_the_grades_is_refused_with_its_line(
    book: OneClass, tmp_path: Path, rules: str, where: str, said: str
) -> None:
    error = book.refused(tmp_path, rules)
    assert error.where == f"grading.toml {where}"
    assert said in str(error)
