"""A lake in memory with made-up marks, for comparing two computations of the same grades."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pandas as pd
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.log.settlements import Question, Settlements
from termpost.tasks.lake.connection import memory_connection
from termpost.tasks.lake.new_tables import table_files

EXTRACT = ExtractId("made")
CUTOFF = date(2021, 12, 10)
START, END = "2021-08-23", "2021-12-18"
CATEGORIES = ("homework", "quiz", "exam")
POINTS = ("1", "3", "7", "10", "10", "24", "40", "91", "100", "12.5")
DUE = ("2021-08-27", "2021-09-15", "2021-10-01", "2021-11-01", "2021-12-11")
STATUS = ("fully graded",) * 8 + ("exempt", "not submitted", "partially graded", "submitted")


@dataclass
class MadeLake:
    """Rows by table, and what the school decided."""

    chance: random.Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    signed_off: set[str] = field(default_factory=set)
    accepted: set[Question] = field(default_factory=set)

    def add(self, table: str, **columns: Any) -> None:
        """One row; a column that is not given is null."""
        self.rows.setdefault(table, []).append(columns)

    def maybe(self, probability: float) -> bool:
        """Whether something happens."""
        return self.chance.random() < probability

    @property
    def settlements(self) -> Settlements:
        """As the log would give them."""
        return Settlements(frozenset(self.signed_off), frozenset(self.accepted))

    @property
    def line_items(self) -> list[str]:
        """Their ids."""
        return [row["line_item_id"] for row in self.rows.get("core_line_item", [])]

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A lake with these rows."""
        lake = memory_connection()
        lake.execute("ATTACH ':memory:' AS lake")
        for statement in table_files():
            lake.execute(statement)
        for table, rows in self.rows.items():
            lake.register(
                "made_rows", pd.DataFrame([{"extract_id": EXTRACT, "known_at": "2021-12-11"} | row for row in rows])
            )
            lake.execute(f"INSERT INTO lake.{table} BY NAME SELECT * FROM made_rows")
            lake.unregister("made_rows")
        return lake


def made_lake(seed: int, students: int = 12, classes: int = 25) -> MadeLake:
    """Every state of a mark, points of every kind, marks that are missing altogether; people who come, go and move."""
    made = MadeLake(random.Random(seed))  # noqa: S311 - made-up marks, the same in every run
    made.add("core_academic_session", session_id="year", title="Year", session_type="schoolYear", start_date=START,
             end_date="2022-06-10")  # fmt: skip
    made.add("core_academic_session", session_id="fall", title="Fall", session_type="term", start_date=START,
             end_date=END, parent_id="year")  # fmt: skip
    for name in (*CATEGORIES, "more quizzes", "project"):  # two of one title, and one that no class uses
        made.add("core_category", category_id=name, title="Quiz" if "quiz" in name else name.title())
    for number in range(classes):
        _class(made, f"c{number}", f"course{number // 4}", [f"s{n}" for n in range(students) if made.maybe(0.5)])
    for person in (f"s{n}" for n in range(students) if made.maybe(0.3)):
        _move(made, person, made.chance.randrange(classes // 4) * 4)
    return made


def _class(made: MadeLake, class_id: str, course: str, seats: list[str]) -> None:
    session = made.chance.choice(("fall", "year"))
    made.add("core_class", class_id=class_id, school_id="school", title="Class", session_ids=[session],
             course_id=course, class_type="scheduled")  # fmt: skip
    if made.maybe(0.2):
        made.signed_off.add(class_id)
    plain = made.maybe(0.7)  # nothing of the class is out of the way
    for person in seats:
        for begin, end in _spans(made, plain):
            _seat(made, class_id, person, begin, end)
        if made.maybe(0.02):
            made.add("core_imported_grade", person_ref=person, class_id=class_id, session_id="fall",
                     grade=made.chance.choice(("A", "W", None)),
                     percent=made.chance.choice(("88.5", None)))  # fmt: skip
    for number in range(made.chance.randint(0, 9)):
        _item(made, class_id, f"{class_id}-{number}", seats, plain)


def _seat(made: MadeLake, class_id: str, person: str, begin: str | None, end: str | None) -> None:
    made.add("core_enrollment", class_id=class_id, school_id="school", person_ref=person, role_code="student",
             begin_date=begin, end_date=end)  # fmt: skip


def _spans(made: MadeLake, plain: bool) -> Iterable[tuple[str | None, str | None]]:
    if plain or made.maybe(0.6):
        return [made.chance.choice(((None, None), (START, END), (START, None)))]
    return made.chance.choice((
        [("2021-09-20", END)], [(START, "2021-11-15")], [(START, "2021-09-01")], [(None, "2021-12-10")],
        [("2021-08-25", None)], [(START, "2021-10-01"), ("2021-11-01", END)], [(START, END), (START, END)],
    ))  # fmt: skip


def _item(made: MadeLake, class_id: str, item: str, seats: list[str], plain: bool) -> None:
    worth = None if made.maybe(0.05) else "0" if made.maybe(0.08) else made.chance.choice(POINTS)
    odd = not plain and made.maybe(0.1)
    lowest = 1 if odd and made.maybe(0.5) else 0
    made.add("core_line_item", line_item_id=item, class_id=class_id, points_possible=worth, points_min=lowest or None,
             category_id=made.chance.choice((*CATEGORIES, "more quizzes")),
             session_id=made.chance.choice(("fall", "fall", None)), title=made.chance.choice(("Item", item)),
             due_date=None if made.maybe(0.05) else made.chance.choice(DUE))  # fmt: skip
    if odd:
        made.accepted.add(Question("unmarked-piece", class_id, item))
    few = made.maybe(0.1)  # nobody much has a mark
    for person in seats:
        if odd and made.maybe(0.3):
            day = made.chance.choice(DUE)
            made.add("core_due_date", line_item_id=item, person_ref=person, due_date=day, due_at=f"{day} 23:00:00")
        if made.maybe(0.1 if few else 0.85):
            mark = _mark(made, lowest, float(worth or 0))
            made.add("core_result", class_id=class_id, line_item_id=item, person_ref=person, **mark)


def _mark(made: MadeLake, lowest: int, worth: float) -> dict[str, Any]:
    status = made.chance.choice(STATUS)
    score = str(made.chance.randint(2 * lowest, int(worth * 2) + 8) / 2)
    has_score = status not in {"exempt", "submitted"} and not (status == "not submitted" and made.maybe(0.5))
    return {
        "score_status": status, "score": score if has_score else None,
        "score_date": None if made.maybe(0.1) else made.chance.choice(("2021-10-02",) * 3 + ("2021-12-11",)),
        "is_late": made.maybe(0.1), "has_late_flag": made.maybe(0.5), "is_missing": made.maybe(0.03),
        "is_incomplete": made.maybe(0.02), "submitted_at": "2021-10-01 08:00:00" if made.maybe(0.2) else None,
    }  # fmt: skip


def _move(made: MadeLake, person: str, first: int) -> None:
    """From one class of a course to another, and all that the person had there before is not."""
    pair = (f"c{first}", f"c{first + 1}")
    made.rows["core_enrollment"] = [
        row for row in made.rows["core_enrollment"] if row["person_ref"] != person or row["class_id"] not in pair
    ]
    _seat(made, pair[0], person, START, "2021-10-04")
    _seat(made, pair[1], person, "2021-10-04", END)
