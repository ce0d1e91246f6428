"""Plain seats all at once give what each course by itself gives with fractions, row by row."""

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from termpost.schemas.base.refs import Cycle, CycleId, SchoolId, SessionId
from termpost.tasks.summarise import grades
from termpost.tasks.summarise.summarise import summarise_cycle
from termpost.tasks.summarise.vectorised import cells, kept_points, percentages

from tests.tasks.gradebook import policy
from tests.tasks.summarise.made_lake import CUTOFF, EXTRACT, MadeLake, made_lake
from tests.tasks.summarise.made_policy import made_policy

TABLES = (
    "out_course_summary", "out_left_out", "out_work", "out_question", "out_concern", "out_student_summary",
    "out_section_summary", "out_grade_difference", "out_category_summary",
)  # fmt: skip
PLAIN = "SELECT count(*) FROM enrolled e JOIN line_rule c USING (line_id, session_id) WHERE e.is_plain AND c.is_plain"
SEEDS = [*range(12), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(12, 400))]
WEIGHTED: dict[str, Any] = {"aggregate": "weighted", "category": {
    "Homework": {"weight": "30", "drop_lowest": 1}, "Quiz": {"weight": "30", "drop_lowest": 2},
    "Exam": {"weight": "40"},
}}  # fmt: skip

Found = dict[str, list[tuple[Any, ...]]]


def summaries(lake: duckdb.DuckDBPyConnection, made: MadeLake, kind: str, version: str, rules: dict[str, Any]) -> Found:
    """What is kept of a cycle, table by table."""
    kept = summarise_cycle(
        lake, Cycle(CycleId("cycle"), SchoolId("school"), SessionId("fall"), kind, CUTOFF), EXTRACT,
        policy(version=version, **rules), datetime(2021, 12, 17, tzinfo=UTC), settlements=made.settlements,
        categories=True,
    )  # fmt: skip
    query = "SELECT * EXCLUDE (policy, known_at) FROM lake.{} WHERE policy = ? ORDER BY ALL"
    return {table: lake.execute(query.format(table), [kept.policy]).fetchall() for table in TABLES}


def both(monkeypatch: pytest.MonkeyPatch, made: MadeLake, kind: str, rules: dict[str, Any]) -> tuple[Found, Found, int]:
    """All at once, one by one, and how many seats were plain."""
    lake, found = made.connect(), []
    for many in (10**9, 0):
        monkeypatch.setattr(grades, "MANY_SEATS", many)
        found.append(summaries(lake, made, kind, f"from {many} seats on", rules))
    row = lake.execute(PLAIN).fetchone()
    assert row is not None
    return found[1], found[0], row[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_at_once_is_one_by_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_lake(seed, students=10, classes=12)
    rules = made_policy(seed, made.line_items)
    at_once, one_by_one, _ = both(monkeypatch, made, "midterm" if seed % 3 == 0 else "final", rules)
    assert at_once == one_by_one
    assert len(at_once["out_course_summary"]) > 30


@pytest.mark.parametrize("kind", ["midterm", "final"])
def test_most_seats_are_plain_and_all_tables_have_rows(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the tests above compare what they say."""
    rules = WEIGHTED | {"scale": {"A": "90", "F": "0"}, "concern": {"below_percent": "60"}}
    at_once, one_by_one, plain = both(monkeypatch, made_lake(5), kind, rules)
    assert at_once == one_by_one
    assert plain > 50
    empty = {"out_question"} if kind == "midterm" else set()
    assert {table for table, rows in at_once.items() if not rows} == empty


def test_a_few_lines_at_a_time_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "CELLS", 7)
    monkeypatch.setattr(cells, "ROWS", 10)
    at_once, one_by_one, plain = both(monkeypatch, made_lake(8), "final", WEIGHTED)
    assert plain > 50
    assert at_once == one_by_one


@pytest.mark.parametrize("rules", [WEIGHTED, {"aggregate": "points"}], ids=["weights", "points"])
def test_what_does_not_fit_into_64_bits_comes_to_the_same(
    rules: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (kept_points, percentages):
        monkeypatch.setattr(module, "LARGEST", 1000)
    at_once, one_by_one, plain = both(monkeypatch, made_lake(9), "final", rules)
    assert plain > 50
    assert at_once == one_by_one


def test_scores_finer_than_hundredths_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_lake(10)
    for row in made.rows["core_result"][::7]:
        row["score"] = row["score"] and str(float(row["score"]) + 0.333333)
    at_once, one_by_one, plain = both(monkeypatch, made, "final", WEIGHTED)
    assert plain > 50
    assert at_once == one_by_one


def test_a_score_beyond_all_others_makes_no_seat_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_lake(11)
    next(row for row in made.rows["core_result"] if row["score"])["score"] = "2000000"
    at_once, one_by_one, plain = both(monkeypatch, made, "final", WEIGHTED)
    assert plain == 0
    assert at_once == one_by_one


def test_few_seats_are_graded_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_lake(12, students=4, classes=8)
    lake = made.connect()
    summaries(lake, made, "final", "few", WEIGHTED)
    assert lake.execute(PLAIN).fetchone() == (0,)
