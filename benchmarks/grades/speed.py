"""How fast a cycle's grades and summaries are computed, drops included.

`TERMPOST_BENCH_STUDENTS` sets the size (100,000 students have 10 million results); each has about 100 results.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import duckdb

from benchmarks import Measured
from benchmarks.grades.made import CYCLE, EXTRACT, made_lake
from schemas.grading import GradingPolicy
from tasks.summarise.summarise import summarise_cycle

STUDENTS = int(os.environ.get("TERMPOST_BENCH_STUDENTS", "10000"))
POLICY = GradingPolicy.model_validate({
    "version": "bench", "aggregate": "weighted", "scale": {"A": "90", "B": "80", "C": "70", "D": "60", "F": "0"},
    "category": {"Homework": {"weight": "30", "drop_lowest": 1}, "Quiz": {"weight": "30"}, "Exam": {"weight": "40"}},
})  # fmt: skip
# the grain of a grade: student, course and category, with the points of each line item
GROUP = """CREATE OR REPLACE TEMP TABLE grouped AS
  SELECT r.person_ref, r.class_id, i.category_id, count(*) AS n, sum(r.score) AS e, sum(i.points_possible) AS p
  FROM lake.core_result r JOIN lake.core_line_item i USING (line_item_id) GROUP BY ALL"""
ROUNDS = 3  # the fastest counts: anything slower was the machine's other work


def _seconds_of_summaries(lake: duckdb.DuckDBPyConnection, turn: int) -> float:
    policy = POLICY.model_copy(update={"version": f"bench {turn}"})  # another version, so that it is computed again
    start = perf_counter()
    summaries = summarise_cycle(lake, CYCLE, EXTRACT, policy, datetime(2021, 12, 17, tzinfo=UTC))
    seconds = perf_counter() - start
    if not summaries.students:
        raise RuntimeError("nothing was summarised")
    return seconds


def _seconds(lake: duckdb.DuckDBPyConnection, query: str) -> float:
    start = perf_counter()
    lake.execute(query)
    return perf_counter() - start


def _results(lake: duckdb.DuckDBPyConnection) -> int:
    row = lake.execute("SELECT count(*) FROM lake.core_result").fetchone()
    return int(row[0]) if row else 0


def against_one_group(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Results to all summaries against one scan and group of the same table by student, course and category."""
    lake = made_lake(STUDENTS)
    grouped = min(_seconds(lake, GROUP) for _ in range(ROUNDS))
    summarised = min(_seconds_of_summaries(lake, turn) for turn in range(ROUNDS))
    return Measured(
        f"{_results(lake):,} results to all summaries, with drops",
        f"{summarised:.2f} s",
        f"{grouped:.2f} s for one scan and group in DuckDB",
        summarised / grouped,
        limit=3,
    )


def against_pandas(scratch: Path) -> Measured:  # noqa: ARG001
    """The same against pandas, which loads the table and groups it once, in binary floats and without drops."""
    lake = made_lake(STUDENTS)
    start = perf_counter()
    frame = lake.execute(
        "SELECT r.person_ref, r.class_id, i.category_id, r.score::DOUBLE AS score,"
        " i.points_possible::DOUBLE AS possible FROM lake.core_result r JOIN lake.core_line_item i USING (line_item_id)"
    ).fetch_df()
    frame.groupby(["person_ref", "class_id", "category_id"])[["score", "possible"]].sum()
    pandas = perf_counter() - start
    summarised = min(_seconds_of_summaries(lake, turn) for turn in range(ROUNDS))
    return Measured(
        f"{_results(lake):,} results to all summaries, with drops",
        f"{summarised:.2f} s",
        f"{pandas:.2f} s for pandas groupby alone",
        summarised / pandas,
        limit=5,
    )


def linearity(scratch: Path) -> Measured:  # noqa: ARG001
    """Twice the data."""
    seconds = []
    for students in (STUDENTS, 2 * STUDENTS):
        lake = made_lake(students)
        seconds.append(min(_seconds_of_summaries(lake, turn) for turn in range(ROUNDS)))
        lake.close()
    once, twice = seconds
    return Measured(
        f"summaries of {2 * STUDENTS:,} students", f"{twice:.2f} s", f"{once:.2f} s for half of them", twice / once, 2.2
    )
