"""A history small enough to count by hand: made-up students with grades in cycles, written straight into the lake."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.key_store import PersonKeyStore


@dataclass
class MadeHistory:
    """One school `s`; a student is `s-1`, `s-2`, …; an extract is known from its instant on."""

    home: Home
    refs: dict[str, PersonRef] = field(default_factory=dict)

    @property
    def people(self) -> PersonKeyStore:
        return self.home.people

    def ref(self, student: str) -> PersonRef:
        if student not in self.refs:
            self.refs |= self.people.references([student])
        return self.refs[student]

    def key(self, student: str) -> str:
        return self.people.name(self.ref(student), "analyst")

    def extract(self, name: str, at: datetime, students: dict[str, tuple[int, str]]) -> None:
        """Students with year of birth and grade level, and the classes alg (mathematics), geo, art."""
        with open_lake(self.home.lake) as lake:
            for student, (year, level) in students.items():
                ref = self.ref(student)
                said = {"id": student, "number": student, "birth_date": f"{year}-02-03", "grade_level": level}
                sealed = self.people.seal(ref, json.dumps(said).encode())
                lake.execute(
                    "INSERT INTO lake.core_person VALUES (?, ?, ?, 'student', 's', ?)", [name, at, ref, sealed]
                )
            for class_id, subject in (("alg", "Mathematics"), ("geo", "Mathematics"), ("art", "Art")):
                row = [name, at, class_id, f"Class {class_id}", subject]
                lake.execute("INSERT INTO lake.core_class (extract_id, known_at, class_id, school_id, title, subject)"
                             " VALUES (?, ?, ?, 's', ?, ?)", row)  # fmt: skip

    def summaries(
        self, cycle: str, cutoff: date, extract: str, at: datetime, grades: dict[str, dict[str, str]],
        missing: dict[str, int] | None = None,
    ) -> None:  # fmt: skip
        """Student → class → final percentage."""
        key = [cycle, "s", extract, "policy", cutoff, at]
        with open_lake(self.home.lake) as lake:
            for student, courses in grades.items():
                for class_id, percent in courses.items():
                    self._row(lake, "course_summary", [*key, self.ref(student), class_id, percent, percent, "B", "B",
                                                       None, None, "computed", 4, 0, 0, 0, 0, False])  # fmt: skip
                count = (missing or {}).get(student, 0)
                self._row(lake, "student_summary", [*key, self.ref(student), len(courses), len(courses), count, 0])
                self._row(lake, "attendance_summary", [*key, self.ref(student), None, 1, 0, 0, 0, 0, 0])

    def release(self, cycle: str, cutoff: date, extract: str, at: datetime, students: Iterable[str]) -> None:
        with open_lake(self.home.lake) as lake:
            for student in students:
                self._row(lake, "release", [cycle, "s", extract, "policy", cutoff, at, self.ref(student)])

    def results(self, extract: str, at: datetime, rows: Iterable[tuple[str | None, ...]]) -> None:
        """Class, line item, student, due date, status, score, score date."""
        known = set()
        with open_lake(self.home.lake) as lake:
            for class_id, item, student, due, status, score, scored in rows:
                if item not in known:
                    known.add(item)
                    lake.execute("INSERT INTO lake.core_line_item BY NAME SELECT ? AS extract_id, ? AS known_at,"
                                 " ? AS line_item_id,"
                                 " ? AS class_id, 'Item' AS title, ?::DATE AS due_date, 10 AS points_possible",
                                 [extract, at, item, class_id, due])  # fmt: skip
                lake.execute("INSERT INTO lake.core_result VALUES"
                             " (?, ?, ?, ?, ?, ?, ?, ?, false, false, false, false, NULL)",
                             [extract, at, class_id, item, self.ref(student or ''), status, score, scored])  # fmt: skip

    @staticmethod
    def _row(lake: duckdb.DuckDBPyConnection, table: str, values: list[object]) -> None:
        query = "SELECT list(column_name ORDER BY column_index) FROM duckdb_columns() WHERE table_name = ?"
        (columns,) = lake.execute(query, [f"out_{table}"]).fetchall()[0]
        names = columns[: len(values)]  # a column that is added at the end may stay empty
        lake.execute(
            f"INSERT INTO lake.out_{table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", values
        )


def day(month: int, number: int) -> datetime:
    return datetime(2021, month, number, 14, tzinfo=UTC)
