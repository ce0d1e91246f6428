"""A lake in memory with made-up marks, for comparing two computations of the same grades."""

import random
from datetime import date
from typing import Any

import duckdb
from termpost.schemas.base.refs import ExtractId
from termpost.tasks.lake.connection import memory_connection, table_files

EXTRACT = ExtractId("made")
CUTOFF = date(2021, 12, 10)
CATEGORIES = ("homework", "quiz", "exam")
POINTS = ("0", "1", "3", "7", "10", "10", "24", "40", "91", "100", "12.5")


def made_lake(seed: int, students: int, classes: int) -> duckdb.DuckDBPyConnection:
    """Every state of a mark, points of every kind, marks that are missing altogether."""
    chance = random.Random(seed)  # noqa: S311 - made-up marks, the same in every run
    lake = memory_connection()
    lake.execute("ATTACH ':memory:' AS lake")
    for statement in table_files():
        lake.execute(statement)
    lake.execute("INSERT INTO lake.core_academic_session VALUES ('made', now(), 'fall', 'Fall', 'term',"
                 " DATE '2021-08-23', DATE '2021-12-18', NULL)")  # fmt: skip
    for name in CATEGORIES:
        lake.execute("INSERT INTO lake.core_category VALUES ('made', now(), ?, ?, NULL)", [name, name.title()])
    rows: dict[str, list[list[Any]]] = {"class": [], "seat": [], "item": [], "mark": []}
    for class_no in range(classes):
        class_id = f"c{class_no}"
        rows["class"].append([class_id])
        seats = chance.sample(range(students), chance.randint(0, students))
        rows["seat"] += [[class_id, f"s{s}"] for s in seats]
        for number in range(chance.randint(0, 9)):
            worth = chance.choice(POINTS)
            item = f"{class_id}-{number}"
            rows["item"].append([item, class_id, chance.choice(CATEGORIES), chance.choice(("2021-10-01", "2021-12-11")),
                                 worth])  # fmt: skip
            for seat in seats:
                if chance.random() < 0.85:
                    rows["mark"].append([class_id, item, f"s{seat}", *_mark(chance, float(worth))])
    for query, found in (
        ("class VALUES ('made', now(), ?, 'school', 'Class', NULL, ['fall'], NULL, 'scheduled')", rows["class"]),
        ("enrollment VALUES ('made', now(), ?, 'school', ?, 'student', NULL, NULL)", rows["seat"]),
        ("line_item VALUES ('made', now(), ?, ?, ?, 'fall', 'Item', ?, ?)", rows["item"]),
        ("result VALUES ('made', now(), ?, ?, ?, ?, ?, ?, ?, false, false, ?, NULL)", rows["mark"]),
    ):
        if found:
            lake.executemany(f"INSERT INTO lake.core_{query}", found)
    return lake


def _mark(chance: random.Random, worth: float) -> list[Any]:
    """Status, score, date, is_late, is_incomplete."""
    status = chance.choice(("fully graded",) * 8 + ("exempt", "not submitted", "partially graded", "submitted"))
    score = None if status in {"exempt", "submitted"} else str(chance.randint(0, int(worth * 2) + 8) / 2)
    if status == "not submitted" and chance.random() < 0.5:
        score = None
    day = chance.choice(("2021-10-02", "2021-10-02", "2021-10-02", "2021-12-11"))
    return [status, score, day, chance.random() < 0.1, chance.random() < 0.02]
