"""The sample district against a second computation: plain Python from the CSV files, sharing no code with termpost."""

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from termpost.schemas.base.refs import Summaries

from tests.tasks.gradebook import GRAND_BEND, Rooms, read_csv

CUTOFF = "2021-12-10"


def fall_sessions() -> set[str]:
    parents = {row["sourcedId"]: row["parentSourcedId"] for row in read_csv(GRAND_BEND / "academicSessions.csv")}
    return {s for s in parents if "2021-fall" in (s, parents[s])}


def percent(earned: Decimal, possible: Decimal) -> Decimal | None:
    with localcontext(prec=50):
        return (earned * 100 / possible).quantize(Decimal("0.01"), ROUND_HALF_UP) if possible else None


def expected() -> dict[tuple[str, str], tuple[Decimal | None, Decimal | None, int, int, int, int]]:
    """(student, class) → current, final, graded, missing, late, ungraded."""
    fall = fall_sessions()
    results = {(r["lineItemSourcedId"], r["studentSourcedId"]): r for r in read_csv(GRAND_BEND / "results.csv")}
    items = defaultdict(list)
    for item in read_csv(GRAND_BEND / "lineItems.csv"):
        if item["gradingPeriodSourcedId"] in fall:
            items[item["classSourcedId"]].append(item)
    answer = {}
    for seat in read_csv(GRAND_BEND / "enrollments.csv"):
        if seat["role"] != "student":
            continue
        earned = possible = all_possible = Decimal(0)
        graded = missing = late = ungraded = 0
        for item in items[seat["classSourcedId"]]:
            worth, result = Decimal(item["resultValueMax"]), results.get((item["sourcedId"], seat["userSourcedId"]))
            if result is None:
                if item["dueDate"] <= CUTOFF:
                    ungraded, all_possible = ungraded + 1, all_possible + worth
            elif result["scoreDate"] <= CUTOFF:
                all_possible += worth
                late += result["comment"] == "Late"
                missing += result["scoreStatus"] == "not submitted"
                assert result["score"]  # of missing work a 0, as the teacher put it
                earned, possible, graded = earned + Decimal(result["score"]), possible + worth, graded + 1
        key = (seat["userSourcedId"], seat["classSourcedId"])
        answer[key] = (percent(earned, possible), percent(earned, all_possible), graded, missing, late, ungraded)
    return answer


def test_all_73_grades_and_counts_are_those_of_the_second_computation(grand_bend: tuple[Rooms, Summaries]) -> None:
    rooms, summaries = grand_bend
    reference = expected()
    query = """SELECT person_ref, class_id, current_percent, final_percent,
      graded_count, missing_count, late_count, ungraded_count
      FROM lake.out_course_summary WHERE policy = ? AND cutoff_date = ?"""
    found = {
        (ref, c): tuple(values) for ref, c, *values in rooms.rows(query, summaries.policy, date.fromisoformat(CUTOFF))
    }
    assert len(reference) == 73
    assert found == {(rooms.home.people.find(student), c): values for (student, c), values in reference.items()}


def test_the_sample_has_what_makes_this_comparison_worth_something() -> None:
    values = list(expected().values())
    assert sum(missing for *_, missing, _, _ in values) > 0
    assert sum(late for *_, late, _ in values) > 0
    assert any(current == 100 or current is None for current, *_ in values) or len({c for c, *_ in values}) > 20
    assert any(current is not None and current % 1 for current, *_ in values)


def test_attendance_days_are_those_of_the_second_computation(grand_bend: tuple[Rooms, Summaries]) -> None:
    rooms, summaries = grand_bend
    days: dict[str, Any] = defaultdict(lambda: defaultdict(set))
    for row in read_csv(GRAND_BEND / "supplement/attendance.csv"):
        if "2021-08-23" <= row["date"] <= CUTOFF:
            days[row["studentSourcedId"]][row["event"]].add(row["date"])
    students = {row["userSourcedId"] for row in read_csv(GRAND_BEND / "enrollments.csv") if row["role"] == "student"}
    reference = {}
    for student in students:
        of = days[student]
        kinds = (of["Excused Absence"], of["Unexcused Absence"], of["Tardy"], of["Partial"])
        assert set(of) <= {"Excused Absence", "Unexcused Absence", "Tardy", "Partial"}
        reference[rooms.home.people.find(student)] = tuple(len(kind) for kind in kinds)
    query = """SELECT person_ref, absent_excused_days, absent_unexcused_days, late_days, part_days
      FROM lake.out_attendance_summary WHERE policy = ? AND cutoff_date = ?"""
    found = {ref: tuple(values) for ref, *values in rooms.rows(query, summaries.policy, date.fromisoformat(CUTOFF))}
    assert found == reference
    assert sum(map(sum, found.values())) > 50


def test_section_and_student_summaries_add_up(grand_bend: tuple[Rooms, Summaries]) -> None:
    rooms, summaries = grand_bend
    reference = expected()
    query = """SELECT class_id, student_count, graded_count, missing_count, late_count
      FROM lake.out_section_summary WHERE policy = ? AND cutoff_date = ? ORDER BY 1"""
    sections = rooms.rows(query, summaries.policy, date.fromisoformat(CUTOFF))
    assert sections == [
        (c, len(rows), sum(r[0] is not None for r in rows), sum(r[3] for r in rows), sum(r[4] for r in rows))
        for c in sorted({c for _, c in reference})
        if (rows := [values for (_, of), values in reference.items() if of == c])
    ]
    query = """SELECT count(*), sum(course_count), sum(missing_count) FROM lake.out_student_summary
      WHERE policy = ? AND cutoff_date = ?"""
    ((students, courses, missing),) = rooms.rows(query, summaries.policy, date.fromisoformat(CUTOFF))
    assert (students, courses, missing) == (49, 73, sum(r[3] for r in reference.values()))
    assert summaries.students == 49
