"""A school's cycle in one row, and the cycle itself."""

from datetime import date

from tests.tasks.summarise.small_lake import AUTUMN, SmallLake, known

COUNTS = """SELECT student_count, course_count, graded_courses, incomplete_courses, missing_count, late_count,
  absent_days, late_days, concern_count FROM lake.out_school_summary WHERE school_id = ? ORDER BY known_at"""


def school() -> SmallLake:
    """Ann has two courses, Bob one, where a paper is incomplete; Cleo goes to another school."""
    small = SmallLake(session=("2021-08-23", "2021-12-18"))
    small.extract("x")
    small.graded("x", "maths", {"ann": "80", "bob": "50"})
    small.graded("x", "art", {"ann": None})
    small.item("x", "paper", "maths")
    small.mark("x", "paper", "ann", "70", is_late=True)
    small.mark("x", "paper", "bob", None, is_incomplete=True)
    small.item("x", "essay", "maths")
    for person in ("ann", "bob"):
        small.mark("x", "essay", person, None, score_status="not submitted")
    small.graded("x", "south-maths", {}, school_id="south")
    small.seat("x", "cleo", "south-maths", "south")
    return small


def attend(small: SmallLake, person: str, day: str, event: str, school_id: str | None = "north") -> None:
    small.insert("core_attendance", "x", person_ref=person, school_id=school_id, event_date=day, event=event,
                 is_half=False)  # fmt: skip


def test_one_row_counts_students_courses_and_work() -> None:
    small = school()
    small.summarise("x")
    assert small.rows(COUNTS, "north") == [(2, 3, 2, 1, 2, 1, None, None, 0)]
    small.summarise("x", school="south")
    assert small.rows(COUNTS, "south") == [(1, 1, 0, 0, 0, 0, None, None, 0)]


def test_days_outside_the_cycle_and_of_another_school_never_count() -> None:
    small = school()
    for day, event in (
        ("2021-08-22", "Unexcused Absence"), ("2021-08-22", "Tardy"),  # before the session
        ("2021-08-23", "Excused Absence"), ("2021-12-10", "Unexcused Absence"),  # its first day, the cut-off
        ("2021-12-11", "Excused Absence"), ("2021-12-11", "Tardy"),  # after it
        ("2021-10-04", "Tardy"), ("2021-10-04", "Tardy"), ("2021-10-05", "In Attendance"),
    ):  # fmt: skip
        attend(small, "ann", day, event)
    attend(small, "ann", "2021-10-06", "Excused Absence", "south")
    attend(small, "ann", "2021-10-07", "Tardy", "south")
    attend(small, "cleo", "2021-10-08", "Excused Absence")  # no student of this school
    attend(small, "bob", "2021-10-11", "Excused Absence", None)  # the school is not said
    small.summarise("x")
    days = """SELECT person_ref, absent_excused_days, absent_unexcused_days, late_days, unknown_count
      FROM lake.out_attendance_summary ORDER BY ALL"""
    assert small.rows(days) == [("ann", "1", "1", 1, 0), ("bob", "1", "0", 0, 0)]
    assert small.rows(COUNTS, "north")[0][6:8] == ("3", 1)


def test_another_summary_of_the_same_cycle_counts_by_itself() -> None:
    small = school()
    small.summarise("x")
    small.summarise("x")  # kept already
    small.summarise("x", version="2")
    small.summarise("x", cutoff=date(2021, 9, 1))
    found = small.rows(COUNTS, "north")
    assert found == [(2, 3, 0, 0, 0, 0, None, None, 0)] + [(2, 3, 2, 1, 2, 1, None, None, 0)] * 2


def test_a_cycle_is_kept_with_its_kind_once_for_each_summary() -> None:
    small = school()
    small.summarise("x", kind="midterm")
    small.summarise("x", kind="midterm")
    small.summarise("x", cycle="none", school="west")  # nobody goes there
    assert small.rows("SELECT cycle_id, school_id, session_id, kind, cutoff_date, known_at FROM lake.out_cycle") == [
        ("autumn", "north", "term", "midterm", AUTUMN, known(AUTUMN))
    ]
    assert small.rows("SELECT school_id FROM lake.out_school_summary") == [("north",)]
