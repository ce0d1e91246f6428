"""A student's own due date (supplement/dueDates.csv) goes before that of the class."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.load.into_memory import load_into_memory

from tests.grades.bundle import Answer, Bundle, ask

Ask = Callable[..., Answer]
DUE_DATES = "supplement/dueDates.csv"


@pytest.fixture
def grades(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return lambda *arguments: ask(capsys, monkeypatch, *arguments, "--json")


def school() -> Bundle:
    """Two students, of whom s1 may hand in the essay a month later."""
    book = Bundle()
    book.category("work", "Work")
    book.student("s2")
    book.klass("c", "s1", "s2")
    for item in ("quiz", "essay"):
        book.item(item, "c", "work", "100")
    for person in ("s1", "s2"):
        book.mark("quiz", "80", person)
        book.mark("essay", None, person, scoreStatus="not submitted")
    book.add(DUE_DATES, studentSourcedId="s1", lineItemSourcedId="essay", dueDate="2021-10-08")
    return book


def test_work_that_is_due_later_for_one_student_is_missing_later_for_them_alone(tmp_path: Path, grades: Ask) -> None:
    folder = school().write(tmp_path)
    before, on_the_day = grades(folder, "--as-of", "2021-10-07"), grades(folder, "--as-of", "2021-10-08")
    assert (before.course("c", "s1")["final"], before.course("c", "s1")["missing"]) == ("80", 0)
    assert (before.course("c", "s2")["final"], before.course("c", "s2")["missing"]) == ("40", 1)
    assert (on_the_day.course("c", "s1")["final"], on_the_day.course("c", "s1")["missing"]) == ("40", 1)


@pytest.mark.parametrize(
    ("row", "rule", "held"),
    [
        ({}, "", set()),
        ({"dueDate": "8.10.2021"}, "type-date", {("s1", "c")}),
        ({"dueDate": ""}, "required", {("s1", "c")}),
        ({"lineItemSourcedId": "none"}, "reference", {("s1", None)}),
        ({"studentSourcedId": "nobody"}, "reference", set()),
    ],
)
def test_a_wrong_row_holds_the_course_it_is_about(
    row: dict[str, str], rule: str, held: set[tuple[str, str | None]], tmp_path: Path
) -> None:
    from termpost.tasks.check.against_contracts import hold_against_contracts

    book = school()
    book.rows[DUE_DATES][0].update(row)
    folder = book.write(tmp_path)
    sources = {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*.csv")}
    with duckdb.connect() as con:
        found = hold_against_contracts(con, sources, "e", CheckParameters(better={}))
    assert {r.rule for r in found.rejected} == ({rule} if rule else set())
    assert {(hold.student, hold.class_id) for hold in found.holds} == held


def test_the_day_ends_in_the_schools_zone(tmp_path: Path) -> None:
    from termpost.tasks.check.against_contracts import hold_against_contracts

    folder = school().write(tmp_path)
    sources = {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*.csv")}
    ends = {"America/Chicago": "2021-10-09 04:59:59", "Asia/Tokyo": "2021-10-08 14:59:59", "UTC": "2021-10-08 23:59:59"}
    for zone, end in ends.items():
        with duckdb.connect() as con:
            findings = hold_against_contracts(con, sources, "e", CheckParameters(better={}, timezone=zone))
            load_into_memory(con, sources, findings, datetime(2021, 10, 24, tzinfo=UTC))
            kept = con.execute("SELECT due_date::VARCHAR, due_at::VARCHAR FROM lake.core_due_date").fetchall()
        assert kept == [("2021-10-08", end)]
