"""`python -m benchmarks.grades.measure WHAT STUDENTS`: one measurement in a process of its own, as JSON."""

import json
import resource
import sys
from datetime import UTC, datetime
from time import perf_counter

import duckdb
from termpost.schemas.log.settlements import Settlements
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.summarise import summarise_cycle

from benchmarks.grades.made import CYCLE, EXTRACT, made_lake

POLICY = GradingPolicy.model_validate({
    "version": "bench", "aggregate": "weighted", "scale": {"A": "90", "B": "80", "C": "70", "D": "60", "F": "0"},
    "category": {"Homework": {"weight": "30", "drop_lowest": 1}, "Quiz": {"weight": "30"}, "Exam": {"weight": "40"}},
})  # fmt: skip
# the grain of a grade (student, course, category) with the least that any grade needs: points earned and possible, now
# and in the end
GROUP = """CREATE OR REPLACE TEMP TABLE grouped AS
  SELECT r.person_ref, r.class_id, i.category_id, count(*) AS n,
    sum(r.score) FILTER (r.score_status = 'fully graded') AS earned_now,
    sum(i.points_possible) FILTER (r.score_status = 'fully graded') AS possible_now,
    sum(r.score) AS earned, sum(i.points_possible) FILTER (r.score_status <> 'exempt') AS possible
  FROM lake.core_result r JOIN lake.core_line_item i USING (line_item_id) GROUP BY ALL"""
FRAME = """SELECT r.person_ref, r.class_id, i.category_id, r.score::DOUBLE AS score,
    i.points_possible::DOUBLE AS possible
  FROM lake.core_result r JOIN lake.core_line_item i USING (line_item_id)"""


def _group(lake: duckdb.DuckDBPyConnection) -> float:
    start = perf_counter()
    lake.execute(GROUP)
    return perf_counter() - start


def _summarise(lake: duckdb.DuckDBPyConnection) -> float:
    # as before final grades: else blanks would be asked about, for half of all courses
    classes = lake.execute("SELECT class_id FROM lake.core_class").fetchall()
    settlements = Settlements(signed_off=frozenset(class_id for (class_id,) in classes))
    start = perf_counter()
    summaries = summarise_cycle(
        lake, CYCLE, EXTRACT, POLICY, datetime(2021, 12, 17, tzinfo=UTC), settlements=settlements
    )
    seconds = perf_counter() - start
    if not summaries.students:
        raise RuntimeError("nothing was summarised")
    return seconds


def _pandas(lake: duckdb.DuckDBPyConnection) -> float:
    start = perf_counter()
    frame = lake.execute(FRAME).fetch_df()
    frame.groupby(["person_ref", "class_id", "category_id"])[["score", "possible"]].sum()
    return perf_counter() - start


OPERATIONS = {"group": _group, "ours": _summarise, "pandas": _pandas}


def main(what: str, students: int) -> None:
    """Prints the seconds of one operation, the results it had and the peak memory."""
    lake = made_lake(students)
    row = lake.execute("SELECT count(*) FROM lake.core_result").fetchone()
    seconds = OPERATIONS[what](lake)
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # Linux counts in KiB
    print(json.dumps({"results": row[0] if row else 0, "seconds": seconds, "gigabytes": gigabytes}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
