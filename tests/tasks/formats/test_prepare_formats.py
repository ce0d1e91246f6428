"""The whole prepare flow on the formats that have no contacts: reports are made, everyone is held, and why."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake

from tests.school import FANNIE, KYLE, LISA, Extract, School, new_school
from tests.tagged import manifest_in
from tests.tasks.formats.canvas_book import from_one_roster
from tests.tasks.formats.lms_book import Folders
from tests.tasks.gradebook import GRAND_BEND

ALGEBRA, ENGLISH = "123456780", "123456789"
PEOPLE = (LISA, FANNIE, KYLE)
COURSES = "SELECT class_id, final_percent, late_count, missing_count FROM lake.out_course_summary WHERE person_ref = ?"
Grades = set[tuple[Any, ...]]


def prepared(folder: Path, source: Path, session: str, category: str = "Assignment") -> tuple[School, PreparedSchool]:
    school = new_school(folder)
    for name, old, new in (
        ("calendar.toml", 'session = "2021-fall"', f'session = "{session}"'),
        ("grading.toml", "[category.Assignment]", f"[category.{category}]"),
    ):
        text = (school.home / name).read_text(encoding="utf-8")
        assert old in text
        (school.home / name).write_text(text.replace(old, new), encoding="utf-8")
    (found,) = school.prepare(Extract(source))
    return school, manifest_in(school.open(), found.school, found.cycle_id)


def grades(home: Home) -> Grades:
    """Student, class, final per cent, late and missing pieces of work."""
    with open_lake(home.lake) as lake:
        return {(p, *row) for p in PEOPLE for row in lake.execute(COURSES, [home.people.find(p)]).fetchall()}


def everyone_waits_for_contacts(school: School, made: PreparedSchool) -> None:
    assert len(made.reports) == len(PEOPLE)
    assert Counter(entry.reason for entry in school.entries("held")) == {"no-contact-known": len(PEOPLE)}


def lms_folders(folder: Path) -> Path:
    """The sample with three of its students."""
    book = Folders.sample()
    ids = {r["SourceSystemIdentifier"] for r in book.records("users") if r["SISUserIdentifier"] in PEOPLE}
    for name, rows in book.files.items():
        if name.split("/")[-2] in {"users", "section-associations", "submissions"}:
            column = "SourceSystemIdentifier" if name.startswith("users/") else "LMSUserSourceSystemIdentifier"
            place = rows[0].index(column)
            book.files[name] = [rows[0], *(row for row in rows[1:] if row[place] in ids)]
    book.write(folder)
    return folder


def test_lms_folders_give_the_grades_of_the_same_gradebook_in_oneroster(grand_bend: Any, tmp_path: Path) -> None:
    school, made = prepared(tmp_path / "home", lms_folders(tmp_path / "extract"), "255901001_2021-2022_Fall")
    everyone_waits_for_contacts(school, made)
    found = grades(school.open())
    assert {row[1] for row in found} == {ALGEBRA, ENGLISH}
    assert found == grades(grand_bend[0].home)


def test_a_canvas_gradebook_has_no_sessions_and_is_all_of_the_cycles(grand_bend: Any, tmp_path: Path) -> None:
    course = from_one_roster(GRAND_BEND, ALGEBRA, "2021-11-24T1200_Grades-ALG-1.csv")
    course.students = [student for student in course.students if student.sis in PEOPLE]
    folder = course.write(tmp_path / "extract")
    (folder / "supplement").mkdir()
    (folder / "supplement" / "attendance.csv").write_text(
        f"studentSourcedId,schoolSourcedId,date,event,reason\n{LISA},,2020-01-15,Tardy,\n", encoding="utf-8"
    )
    school, made = prepared(tmp_path / "home", folder, "whatever", "Assignments")
    everyone_waits_for_contacts(school, made)
    # the format says neither late nor missing, so what is blank is no zero; the marks that there are are the same
    bundle = {row[0]: row for row in grades(grand_bend[0].home) if row[1] == ALGEBRA}
    found = grades(school.open())
    assert {row[0] for row in found} == set(bundle)
    assert all(row[2] >= bundle[row[0]][2] for row in found)
    assert {row[1] for row in found} == {"ALG-1"}
    with open_lake(
        school.open().lake
    ) as lake:  # without dates nobody can say which days of attendance are this cycle's
        assert lake.execute("SELECT count(*) FROM lake.out_attendance_summary").fetchone() == (0,)


def test_a_session_that_an_extract_with_sessions_does_not_have_is_still_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        prepared(tmp_path / "home", lms_folders(tmp_path / "extract"), "2021-fall-of-nowhere")
    assert caught.value.code == "unknown-session"
