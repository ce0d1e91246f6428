"""A made-up term as a cycle keeps it: summaries by `summarise_cycle`, in the oracle's words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import duckdb
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SchoolId, SessionId
from termpost.schemas.log.settlements import Question, Settlements
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.summarise import summarise_cycle

from tests.grades.world import World, WorldQuestion

Key = tuple[str, str]  # class, student
COURSES = """SELECT class_id, person_ref, current_percent, final_percent, if_missing_percent, weighed_percent, letter,
  current_letter, grade_source, missing_count, to_mark_count, is_open, left_date, moved_from
  FROM lake.out_course_summary"""
LEFT_OUT = "SELECT class_id, person_ref, part_kind, part_id FROM lake.out_left_out ORDER BY ALL"
QUESTIONS = """SELECT cause_code, class_id, coalesce(line_item_id, ''), coalesce(person_ref, ''), coalesce(part_id, ''),
  student_count FROM lake.out_question"""


@dataclass(frozen=True)
class KeptCycle:
    """What the lake has of one cycle."""

    courses: dict[Key, dict[str, Any]]
    questions: dict[WorldQuestion, int]


def cycle_of(world: World, kind: str, lake: duckdb.DuckDBPyConnection, policy: GradingPolicy) -> KeptCycle:
    """Summarises the term's cycle in a lake that has the world's extract."""
    ((extract_id,),) = lake.execute("SELECT DISTINCT extract_id FROM lake.core_class").fetchall()
    cycle = Cycle(CycleId("cycle"), SchoolId("school"), SessionId("term"), kind, world.cutoff)
    summarise_cycle(
        lake, cycle, ExtractId(extract_id), policy, datetime(2022, 1, 1, tzinfo=UTC), settlements=settlements(world)
    )
    left_out: dict[tuple[str, str, str], list[str]] = {}
    for klass, student, part_kind, part in lake.execute(LEFT_OUT).fetchall():
        left_out.setdefault((klass, student, part_kind), []).append(title_of(world, part))
    courses = {
        (row[0], row[1]): _course(row) | {
            "left_out": tuple(sorted(set(left_out.get((row[0], row[1], "category"), ())))),
            "empty": tuple(sorted(left_out.get((row[0], row[1], "period"), ()))),
        }
        for row in lake.execute(COURSES).fetchall()
    }  # fmt: skip
    questions = {
        WorldQuestion(cause, klass, piece, student, title_of(world, part)): count
        for cause, klass, piece, student, part, count in lake.execute(QUESTIONS).fetchall()
    }
    return KeptCycle(courses, questions)


def _course(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("current", "final", "if_missing", "weighed")
    percents = (None if value is None else Fraction(value) for value in row[2:6])
    left: date | None = row[12]
    return dict(zip(names, percents, strict=True)) | {
        "letter": row[6], "current_letter": row[7], "source": row[8], "missing": row[9], "to_mark": row[10],
        "is_open": row[11], "left": left and left.isoformat(), "moved_from": row[13],
    }  # fmt: skip


def title_of(world: World, part: str) -> str:
    """A category's title, whether it is known by that or by its id; a period or class as it is."""
    category = world.categories.get(part)
    return category.title if category else part


def settlements(world: World) -> Settlements:
    """What the school decided, as the log would give it; a category by every name it may have."""
    accepted = set[Question]()
    for one in world.accepted:
        parts = [one.part, *(name for name, of in world.categories.items() if one.part and of.title == one.part)]
        accepted |= {Question(one.cause, one.klass, one.piece, one.student, part) for part in parts}
    return Settlements(world.signed_off, frozenset(accepted))
