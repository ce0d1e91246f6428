"""A lake in memory that is filled row by row, so that every number of a summary can be derived by hand."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SchoolId, SessionId, Summaries
from termpost.schemas.log.settlements import NOTHING_SETTLED, Settlements
from termpost.schemas.settings.attendance import AttendanceSettings
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.lake.connection import memory_connection
from termpost.tasks.lake.new_tables import table_files
from termpost.tasks.summarise.summarise import AS_SHIPPED, summarise_cycle

AUTUMN = date(2021, 12, 10)
POINTS = {"version": "t", "aggregate": "points", "scale": {"A": "90", "F": "0"}}


def known(day: date) -> datetime:
    """Noon of a day."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@dataclass
class SmallLake:
    """Facts by extract; a session `term` of the whole of time unless another is given."""

    lake: duckdb.DuckDBPyConnection = field(default_factory=memory_connection)
    session: tuple[str, str] = ("2000-01-01", "2100-01-01")

    def __post_init__(self) -> None:
        self.lake.execute("ATTACH ':memory:' AS lake")
        for statement in table_files():
            self.lake.execute(statement)

    def insert(self, table: str, extract: str, **columns: Any) -> None:
        """One row; a column that is not given is null."""
        given = {"extract_id": extract, "known_at": known(date(2020, 1, 1)), **columns}
        names = ", ".join(given)
        marks = ", ".join("?" * len(given))
        self.lake.execute(f"INSERT INTO lake.{table} ({names}) VALUES ({marks})", list(given.values()))

    def extract(self, extract: str) -> None:
        """An extract with its session."""
        self.insert("core_extract", extract, format="oneroster-csv", format_version="1.2")
        self.insert("core_academic_session", extract, session_id="term", title="Term", session_type="term",
                    start_date=self.session[0], end_date=self.session[1])  # fmt: skip

    def course(self, extract: str, class_id: str, **columns: Any) -> None:
        """A class of school `north`."""
        given = {"school_id": "north", "title": class_id, "session_ids": ["term"], **columns}
        self.insert("core_class", extract, class_id=class_id, **given)

    def seat(self, extract: str, person: str, class_id: str, school: str = "north", **columns: Any) -> None:
        """A student in a class."""
        self.insert("core_enrollment", extract, class_id=class_id, school_id=school, person_ref=person,
                    role_code="student", **columns)  # fmt: skip

    def item(self, extract: str, item: str, class_id: str, possible: str = "100", **columns: Any) -> None:
        """A line item that was due on 1 September 2021."""
        given = {"title": item, "due_date": "2021-09-01", "session_id": "term", **columns}
        self.insert("core_line_item", extract, line_item_id=item, class_id=class_id, points_possible=possible, **given)

    def mark(self, extract: str, item: str, person: str, score: str | None, **columns: Any) -> None:
        """A result that is graded in full, on 2 September 2021."""
        row = self.lake.execute(
            "SELECT class_id FROM lake.core_line_item WHERE extract_id = ? AND line_item_id = ?", [extract, item]
        ).fetchone()
        assert row is not None
        given = {"score_status": "fully graded", "score_date": "2021-09-02", "is_late": False, "has_late_flag": True,
                 "is_missing": False, "is_incomplete": False, **columns}  # fmt: skip
        self.insert("core_result", extract, class_id=row[0], line_item_id=item, person_ref=person, score=score, **given)

    def graded(self, extract: str, class_id: str, scores: dict[str, str | None], **columns: Any) -> None:
        """A class with one test of 100 points: student → score; None has no mark at all."""
        self.course(extract, class_id, **columns)
        self.item(extract, f"test-{class_id}", class_id)
        for person, score in scores.items():
            self.seat(extract, person, class_id)
            if score is not None:
                self.mark(extract, f"test-{class_id}", person, score)

    def summarise(
        self, extract: str, cycle: str = "autumn", cutoff: date = AUTUMN, kind: str = "final",
        school: str = "north", at: date | None = None, settlements: Settlements = NOTHING_SETTLED,
        attendance: AttendanceSettings = AS_SHIPPED, **rules: Any,
    ) -> Summaries:  # fmt: skip
        """The summaries of a cycle, known at noon of the cut-off unless another day is given."""
        return summarise_cycle(
            self.lake, Cycle(CycleId(cycle), SchoolId(school), SessionId("term"), kind, cutoff), ExtractId(extract),
            GradingPolicy.model_validate(POINTS | rules), known(at or cutoff), settlements=settlements,
            attendance=attendance,
        )  # fmt: skip

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds; decimals as they are printed, without trailing zeros."""
        found = self.lake.execute(query, list(values)).fetchall()
        return [tuple(f"{v.normalize():f}" if isinstance(v, Decimal) else v for v in row) for row in found]
