"""Plain classes all at once give what the single course gives with fractions, to the last digit and letter."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
import pytest
from termpost.schemas.base.refs import Cycle, CycleId, SchoolId, SessionId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise import summarise
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.drops import CountedMark, DropGroup, choose
from termpost.tasks.summarise.grades import grade_all, prepare_marks
from termpost.tasks.summarise.summarise import summarise_cycle
from termpost.tasks.summarise.vectorised import percentages as plain_percent
from termpost.tasks.summarise.vectorised import vectorised_grades as plain
from termpost.tasks.summarise.vectorised.layout import CellLayout, Kinds

from tests.tasks.gradebook import policy
from tests.tasks.summarise.made_lake import CUTOFF, EXTRACT, made_lake

SCHOOL = SchoolId("school")
CYCLE = Cycle(CycleId("cycle"), SCHOOL, SessionId("fall"), "final", CUTOFF)
SCALE = {"A": "90", "B": "80", "C": "66.6666667", "D": "50", "F": "0"}


def weighted(*weights: str, **rules: Any) -> dict[str, Any]:
    category = {n: {"weight": w} for n, w in zip(("Homework", "Quiz", "Exam"), weights, strict=True)}
    for name, rule in rules.items():
        category[name] |= rule
    return {"aggregate": "weighted", "category": category, "scale": SCALE}


POLICIES: dict[str, dict[str, Any]] = {
    "points": {"scale": SCALE},
    "points, five places": {"scale": SCALE, "rounding": {"places": 5}},
    "weights": weighted("30", "30", "40"),
    "weights below 100": weighted("1", "1", "1"),
    "weights above 100": weighted("80.5", "70.25", "60"),
    "no weights": weighted("0", "0", "0"),
    "drop lowest": weighted("40", "30", "30", Homework={"drop_lowest": 1}, Quiz={"drop_lowest": 2}),
    "drop highest": weighted("40", "30", "30", Homework={"drop_highest": 1}, Exam={"drop_highest": 2}),
    "keep highest": weighted("40", "30", "30", Homework={"keep_highest": 2}),
    "too many drops": weighted("40", "30", "30", Homework={"drop_lowest": 9, "drop_all": "keep-none"},
                               Quiz={"drop_lowest": 9}, Exam={"drop_highest": 9, "drop_all": "keep-none"}),
    "half-even": weighted("25", "25", "50") | {"rounding": {"places": 1, "mode": "half-even"}},
    "cut off": weighted("25", "25", "50") | {"rounding": {"places": 0, "mode": "down"}},
    "omitted": weighted("25", "25", "50") | {"omit": {"line_items": ["c0-0", "c1-0", "c2-0"]}},
    "one class otherwise": weighted("25", "25", "50") | {
        "class": {"c1": {"scale": {"P": "50", "N": "0"}, "rounding": {"places": 0}}, "c2": {"aggregate": "points"}},
    },
    "one class not plain": weighted("25", "25", "50") | {"class": {"c1": {"missing": {"deduct_percent": "50"}}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def lake() -> duckdb.DuckDBPyConnection:
    return made_lake(seed=4, students=12, classes=25)


def one_by_one(lake: duckdb.DuckDBPyConnection, rules: GradingPolicy) -> set[tuple[Any, ...]]:
    values = {"extract_id": EXTRACT, "session_id": "fall"}
    execute_each(lake, sql("termpost.tasks.summarise", "cycle_sessions"), values)
    execute_each(lake, sql("termpost.tasks.summarise", "scopes_of_cycle"), values)
    resolved = prepare_marks(lake, EXTRACT, rules, CUTOFF, SCHOOL, also_ended=False, many=False)
    return {(g.person_ref, g.class_id, g.current, g.final, g.letter, *g.counts) for g in grade_all(lake, resolved)}


def all_at_once(lake: duckdb.DuckDBPyConnection, rules: GradingPolicy) -> set[tuple[Any, ...]]:
    from datetime import UTC, datetime

    summarise_cycle(lake, CYCLE, EXTRACT, rules, datetime(2021, 12, 17, tzinfo=UTC))
    return set(
        lake.execute(
            "SELECT person_ref, class_id, current_percent, final_percent, letter, graded_count, missing_count,"
            " late_count, ungraded_count FROM lake.out_course_summary WHERE policy = ?",
            [rules.content_version],
        ).fetchall()
    )


@pytest.mark.parametrize("name", POLICIES)
def test_all_at_once_is_one_by_one(lake: duckdb.DuckDBPyConnection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = policy(version=name, **POLICIES[name])
    found = all_at_once(lake, rules)
    plain_classes = lake.execute("SELECT count(DISTINCT class_id) FROM plain_seat").fetchone()
    assert plain_classes is not None
    assert plain_classes[0] > 20  # not all of it went the other way
    assert len(found) > 100
    assert found == one_by_one(lake, rules)


def test_marks_of_those_who_left_and_courses_without_marks_do_not_shift_anybody_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A few courses at a time, with rows of marks that have no seat and seats that have no marks."""
    lake = made_lake(seed=5, students=12, classes=25)
    lake.execute("DELETE FROM lake.core_enrollment WHERE hash(person_ref, class_id) % 5 = 0")
    lake.execute("DELETE FROM lake.core_result WHERE hash(class_id, person_ref) % 5 = 1")
    monkeypatch.setattr(plain, "CHUNK", 7)
    rules = policy(version="few at a time", **POLICIES["drop lowest"])
    found = all_at_once(lake, rules)
    places = lake.execute("SELECT count(*) FILTER (place < 0), count(*), (SELECT count(*) FROM plain_taken)"
                          " FROM plain_seat").fetchone()  # fmt: skip
    assert places is not None
    assert places[0] > 10
    assert places[1] - places[0] < places[2] - 10
    assert found == one_by_one(lake, rules)


@pytest.mark.parametrize("name", ["points", "weights", "drop lowest", "drop highest"])
def test_what_does_not_fit_into_64_bits_is_computed_with_fractions(
    lake: duckdb.DuckDBPyConnection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = policy(version=f"{name}, narrow", **POLICIES[name])
    for module in (plain, plain_percent):
        monkeypatch.setattr(module, "LARGEST", 1000)
    assert all_at_once(lake, rules) == one_by_one(lake, rules)


def test_a_digit_that_the_bounds_do_not_settle_is_computed_with_fractions() -> None:
    """A third and two thirds by halves are 50 exactly; the shares cut off give a little less."""
    rules = CourseRules(
        policy(scale={"P": "50", "F": "0"}), True, {"a": CategoryRule(), "b": CategoryRule()},
        {"a": Decimal(50), "b": Decimal(50)},
    )  # fmt: skip
    kinds = Kinds([rules], np.array([0, 2]), [(rules, "a"), (rules, "b")])
    layout = CellLayout(kinds, np.array([0]), np.array([0, 2]), np.array([0, 1]), np.array([0, 1, 2]))
    earned, possible = np.array([1, 2], dtype=np.int64), np.array([3, 3], dtype=np.int64)
    low, high, _ = plain_percent._weighed(layout, earned, possible, np.array([5000, 5000]))
    assert (list(low), list(high)) == ([499_999_999], [500_000_000])  # F and P
    rounded, letters = plain_percent.percents_of(layout, earned, possible)
    assert (list(rounded.millionths), list(letters)) == ([50_000_000], [kinds.letter_codes["P"]])


def _choice_of(earned: list[int], possible: list[int]) -> Fraction | None:
    items = [CountedMark(f"{at:09}", e, p) for at, (e, p) in enumerate(zip(earned, possible, strict=True))]
    (kept,) = choose([DropGroup(tuple(items), min(1, len(items) - 1), 0)])
    worth = sum(i.possible for i in kept)
    return Fraction(sum(i.earned for i in kept), worth) if worth else None


@pytest.mark.parametrize("largest", [3, 1000, 2**28])
def test_the_mark_left_out_is_the_one_that_fractions_leave_out(largest: int) -> None:
    chance = np.random.default_rng(7)
    earned, possible = chance.integers(-largest, largest, (400, 6)), chance.integers(0, largest, (400, 6))
    counts = chance.random((400, 6)) < 0.8
    top, bottom = plain._after_drops(earned, possible, counts, 1, 0, True)
    for row in range(400):
        mine = counts[row]
        expected = _choice_of(earned[row][mine].tolist(), possible[row][mine].tolist()) if mine.any() else None
        assert (Fraction(int(top[row]), int(bottom[row])) if bottom[row] else None) == expected


def test_two_shares_that_are_the_same_as_binary_fractions_are_told_apart() -> None:
    large = 2**28
    earned, possible = np.array([[large - 1, large - 2]]), np.array([[large, large - 1]])
    assert earned[0, 0] / possible[0, 0] == earned[0, 1] / possible[0, 1]
    top, bottom = plain._after_drops(earned, possible, np.array([[True, True]]), 1, 0, True)
    assert (list(top), list(bottom)) == ([large - 1], [large])


def test_a_common_denominator_beyond_64_bits_is_none() -> None:
    """The least common multiple of the two wraps around to 4."""
    rules = CourseRules(policy(scale=SCALE), True, {"a": CategoryRule(), "b": CategoryRule()},
                        {"a": Decimal(50), "b": Decimal(50)})  # fmt: skip
    layout = CellLayout(Kinds([rules], np.array([0, 2]), [(rules, "a"), (rules, "b")]), np.array([0]), np.array([0, 2]),
                    np.array([0, 1]), np.array([0, 1, 2]))  # fmt: skip
    possible = np.array([5, (2**64 + 4) // 5])
    assert np.lcm.reduce(possible) == 4
    assert plain_percent._floors(layout, np.array([0]), np.array([1, 1]), possible)[1] == plain_percent.UNKNOWN


@pytest.mark.parametrize("largest", [12, 5000, 2**31])
def test_percentages_over_one_denominator_are_cut_exactly_or_not_at_all(largest: int) -> None:
    weights = {"a": Decimal(30), "b": Decimal("12.5"), "c": Decimal(0), "d": Decimal(41)}
    rules = CourseRules(policy(scale=SCALE), True, {name: CategoryRule() for name in weights}, {**weights})
    kinds = Kinds([rules], np.array([0, 4]), [(rules, name) for name in weights])
    many = 300
    layout = CellLayout(kinds, np.zeros(many, dtype=np.int64), np.arange(many + 1) * 4, np.tile(np.arange(4), many),
                    np.arange(4 * many + 1))  # fmt: skip
    chance = np.random.default_rng(8)
    earned, possible = chance.integers(0, largest, 4 * many), chance.integers(0, largest, 4 * many)
    courses = np.arange(0, many, 2)
    low, high = plain_percent._floors(layout, courses, earned, possible)
    known = low == high
    assert known.any() == (largest < 2**31)
    for place, course in enumerate(courses):
        parts = [
            (weight, Fraction(int(earned[at]), int(possible[at])))
            for at, weight in zip(range(4 * course, 4 * course + 4), weights.values(), strict=True)
            if possible[at] and weight
        ]
        if known[place]:
            share = sum(Fraction(weight) * value for weight, value in parts) / Fraction(sum(w for w, _ in parts))
            assert low[place] == share * 100 * 10**7 // 1
        else:
            assert high[place] == plain_percent.UNKNOWN


def test_summaries_of_plain_classes_list_missing_and_late_work(lake: duckdb.DuckDBPyConnection) -> None:
    queries = []
    for version, rules in (("work", POLICIES["weights"]), ("work, not plain", POLICIES["weights"] | {
        "missing": {"deduct_percent": "50"}})):  # fmt: skip
        chosen = policy(version=version, **rules)
        all_at_once(lake, chosen)
        queries.append(lake.execute(
            "SELECT person_ref, class_id, line_item_id, work_state, score FROM lake.out_work WHERE policy = ?"
            " ORDER BY ALL", [chosen.content_version],
        ).fetchall())  # fmt: skip
    assert queries[0] == queries[1]
    assert len(queries[0]) > 50
    assert summarise.INSERTS
