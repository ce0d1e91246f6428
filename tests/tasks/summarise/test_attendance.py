"""How the events of a day become one day, and words an event (docs/attendance.md)."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SchoolId, SessionId
from termpost.schemas.documents.findings import Findings
from termpost.schemas.settings.attendance import AttendanceSettings, common_words, event_word
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.load.into_memory import load_into_memory
from termpost.tasks.summarise.summarise import summarise_cycle

from tests.tasks.summarise.small_lake import POINTS, SmallLake

DAYS = """SELECT person_ref, present_days, absent_excused_days, absent_unexcused_days, absent_unstated_days, part_days,
  late_days, unknown_count FROM lake.out_attendance_summary WHERE policy = ? AND school_id = ? ORDER BY ALL"""
P, E, U, A, L = "In Attendance", "Excused Absence", "Unexcused Absence", "Absent", "Tardy"
H, HE, HU, PART = "Half Day", "Half Day Excused", "Half Day Unexcused", "Early Departure"
# events of one day → present, excused, unexcused, not said, part, late, unknown
ONE_DAY: dict[tuple[str, ...], tuple[str, ...]] = {
    (P,): ("1", "0", "0", "0", "0", "0", "0"),
    (P, P, P): ("1", "0", "0", "0", "0", "0", "0"),
    (E,): ("0", "1", "0", "0", "0", "0", "0"),
    (E, E, E): ("0", "1", "0", "0", "0", "0", "0"),
    (E, U): ("0", "0", "1", "0", "0", "0", "0"),
    (E, A): ("0", "0", "0", "1", "0", "0", "0"),
    (A,): ("0", "0", "0", "1", "0", "0", "0"),
    (P, U): ("0", "0", "0", "0", "1", "0", "0"),
    (L, E, P): ("0", "0", "0", "0", "1", "0", "0"),
    (L,): ("1", "0", "0", "0", "0", "1", "0"),
    (L, L, P): ("1", "0", "0", "0", "0", "1", "0"),
    (PART,): ("0", "0", "0", "0", "1", "0", "0"),
    (H,): ("0.5", "0", "0", "0.5", "0", "0", "0"),
    (HE, P): ("0.5", "0.5", "0", "0", "0", "0", "0"),
    (HE, HU): ("0", "0.5", "0.5", "0", "0", "0", "0"),
    (HE, HE): ("0", "1", "0", "0", "0", "0", "0"),
    (HE, HE, HU): ("0", "0", "1", "0", "0", "0", "0"),
    ("Holiday",): ("0", "0", "0", "0", "0", "0", "0"),
    ("Field Trip", "XYZ"): ("0", "0", "0", "0", "0", "0", "2"),
    ("Field Trip", P): ("1", "0", "0", "0", "0", "0", "1"),
}


def school(*events: tuple[str, str, str, bool]) -> SmallLake:
    """One class of all who have an event: (person, day, word, whether the reason speaks of half a day)."""
    small = SmallLake(session=("2021-08-23", "2021-12-18"))
    small.extract("x")
    small.graded("x", "m", dict.fromkeys({person for person, *_ in events}, "90"))
    for person, day, word, is_half in events:
        small.insert("core_attendance", "x", person_ref=person, school_id="north", event_date=day, event=word,
                     is_half=is_half)  # fmt: skip
    return small


def counted(small: SmallLake, school_id: str = "north", **rules: Any) -> dict[str, tuple[Any, ...]]:
    summaries = small.summarise("x", school=school_id, attendance=AttendanceSettings.model_validate(rules))
    return {row[0]: tuple(None if n is None else str(n) for n in row[1:])
            for row in small.rows(DAYS, summaries.policy, school_id)}  # fmt: skip


def test_a_day_is_one_day_whatever_number_of_events_it_has() -> None:
    """A student for each kind of day; one more day of presence says that the school records it."""
    people = {f"s{number:02}": events for number, events in enumerate(ONE_DAY)}
    rows = [(who, "2021-10-01", word, False) for who, events in people.items() for word in events]
    found = counted(school(*rows, *((who, "2021-10-04", P, False) for who in people)))
    one_more = {who: (str(Decimal(days[0]) + 1).removesuffix(".0"), *days[1:]) for who, days in
                ((who, ONE_DAY[events]) for who, events in people.items())}  # fmt: skip
    assert {people[who]: days for who, days in found.items()} == {people[who]: days for who, days in one_more.items()}


def test_where_any_period_counts_a_day_with_an_absence_is_absent() -> None:
    found = counted(school(("ann", "2021-10-01", P, False), ("ann", "2021-10-01", U, False)), by_period="any")
    assert found == {"ann": ("0", "0", "1", "0", "0", "0", "0")}


def test_where_periods_of_absence_alone_are_recorded_the_school_says_how_many_make_a_day() -> None:
    small = school(*(("ann", "2021-10-01", U, False) for _ in range(6)), ("bob", "2021-10-01", U, False))
    assert counted(small) == {"ann": (None, "0", "1", "0", "0", "0", "0"), "bob": (None, "0", "1", "0", "0", "0", "0")}
    found = counted(small, periods=6)
    assert found == {"ann": (None, "0", "1", "0", "0", "0", "0"), "bob": (None, "0", "0", "0", "1", "0", "0")}


def test_a_reason_that_speaks_of_half_a_day_makes_half_a_day() -> None:
    found = counted(school(("ann", "2021-10-01", E, True), ("ann", "2021-10-04", P, True)))
    assert found == {"ann": ("1.5", "0.5", "0", "0", "0", "0", "0")}


def test_presence_is_judged_school_by_school() -> None:
    """Case 25: one entry of presence in another school of the extract made zero days of presence here."""
    small = school(("ann", "2021-10-01", P, False))
    small.graded("x", "s", {"bob": "90"}, school_id="south")
    small.graded("x", "w", {"cleo": "90"}, school_id="west")
    small.lake.execute("UPDATE lake.core_enrollment e SET school_id = c.school_id FROM lake.core_class c"
                       " WHERE c.class_id = e.class_id")  # fmt: skip
    small.insert("core_attendance", "x", person_ref="bob", school_id="south", event_date="2021-10-01", event=E,
                 is_half=False)  # fmt: skip
    assert counted(small)["ann"][0] == "1"
    assert counted(small, "south") == {"bob": (None, "1", "0", "0", "0", "0", "0")}
    assert counted(small, "west") == {}  # no record, so no zeros


def test_the_schools_own_words_go_before_the_common_ones_and_change_the_version_of_the_summary() -> None:
    words = {"field trip": "present", "ISS": "not-counted", "Late": "absent-unexcused"}
    rows = (
        ("ann", "2021-10-01", "Field – TRIP", False),
        ("ann", "2021-10-04", "iss", False),
        ("ann", "2021-10-05", "late", False),
    )
    small = school(*rows)
    assert counted(small)["ann"] == (None, "0", "0", "0", "0", "1", "2")
    assert counted(small, words=words)["ann"] == ("1", "0", "1", "0", "0", "0", "0")
    assert AttendanceSettings().version == ""
    assert len(small.rows("SELECT DISTINCT policy FROM lake.out_attendance_summary")) == 2


@pytest.mark.parametrize("by_period", ["all", "any"])
def test_days_add_up(by_period: str) -> None:
    """A hundred students, each with any events on any days."""
    dice = Random(18)  # noqa: S311 - no key
    words = [P, E, U, A, L, H, HE, HU, PART, "Holiday", "odd"]
    rows = [(f"s{who}", f"2021-10-{dice.randint(1, 9):02}", dice.choice(words), False) for who in range(100)
            for _ in range(dice.randint(1, 12))]  # fmt: skip
    found = counted(school(*rows), by_period=by_period)
    assert len(found) == 100
    for who, days in found.items():
        own = [(day, word) for student, day, word, _ in rows if student == who]
        present, *absent, part, late, unknown = (Decimal(n or 0) for n in days)
        known = {day for day, word in own if word not in ("Holiday", "odd")}
        assert present + sum(absent) + part == len(known)
        assert late <= present
        assert unknown == sum(word == "odd" for _, word in own)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("excused absence", "absent-excused"), ("Absence Excused", "absent-excused"), ("ABS/EXC", "absent-excused"),
        ("Unexcused", "absent-unexcused"), ("Absent – not excused", "absent-unexcused"), ("Absent", "absent"),
        ("Present", "present"), ("in\u00a0attendance", "present"), ("tardy", "late"), ("Tardy: unexcused", "late"),
        ("Partial", "part-day"), ("Early Departure", "part-day"), ("Half-day (AM) – excused", "half-day-excused"),
        ("Half Day Absence", "half-day"), ("A", None), ("Field Trip", None), ("T", None), ("", None),
    ],
)  # fmt: skip
def test_common_words_are_known_in_any_case_and_with_any_signs(text: str, event: str | None) -> None:
    assert common_words().get(event_word(text)) == event


def test_the_lake_compares_words_as_the_settings_do() -> None:
    query = r"SELECT lower(trim(regexp_replace(nfc_normalize(?), '[\s\p{Z}\p{P}\p{S}]+', ' ', 'g')))"
    with duckdb.connect() as con:
        for text in ("Absent – Excused", "  In\u00a0Attendance ", "half_day", "ABS/EXC", "a\tb", "E\u0301te\u0301",
                     "हिंदी शब्द", "x+y=z", "…", "Ａbsent", "缺席（已准假）", "غياب بعذر", "Пропуски"):  # fmt: skip
            assert con.execute(query, [text]).fetchall() == [(event_word(text),)]


def of_case(case: str) -> tuple[Findings, duckdb.DuckDBPyConnection]:
    """A case as the check, the load and the summaries have it, of both of its schools."""
    from termpost.tasks.check.against_contracts import hold_against_contracts

    folder = Path(__file__).parents[2] / "data" / "cases" / "grades" / case / "extract"
    sources = {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*.csv")}
    lake, at = duckdb.connect(), datetime(2025, 12, 19, tzinfo=UTC)
    findings = hold_against_contracts(lake, sources, "e", CheckParameters(better={}))
    load_into_memory(lake, sources, findings, at)
    for school_id in ("sch", "sch2"):
        cycle = Cycle(CycleId("c"), SchoolId(school_id), SessionId("fall"), "final", at.date())
        summarise_cycle(lake, cycle, ExtractId("e"), GradingPolicy.model_validate(POINTS), at)
    return findings, lake


def test_case_13_every_day_once_every_word_known_or_named_and_no_homeroom() -> None:
    findings, lake = of_case("13-attendance-and-scales")
    named = [(p.row, p.message.rpartition(" ")[2]) for p in findings.problems if p.rule == "unknown-event"]
    assert named == [(19, '("A")'), (25, 'Trip")')]
    days = {
        row[0]: tuple(map(str, row[1:]))
        for row in lake.execute(DAYS.replace("policy = ? AND ", ""), ["sch"]).fetchall()
    }
    assert days["s1"] == ("1.0", "0.0", "0.0", "0.0", "2", "0", "0")  # 3 days, none both present and absent
    assert days["s2"] == ("2.0", "0.5", "0.0", "0.5", "0", "0", "0")  # halves: one by its word, one by its reason
    assert days["s3"] == ("4.0", "2.0", "2.0", "1.0", "1", "2", "2")
    classes = lake.execute(
        "SELECT DISTINCT c.class_type FROM lake.out_course_summary JOIN lake.core_class c USING (class_id)"
    )
    assert classes.fetchall() == [("scheduled",)]


def test_case_25_a_school_that_records_absences_only_has_no_days_of_presence() -> None:
    findings, lake = of_case("25-heavy-and-mixed")
    assert "unknown-event" not in {p.rule for p in findings.problems}
    days = lake.execute(
        "SELECT school_id, person_ref, present_days FROM lake.out_attendance_summary ORDER BY ALL"
    ).fetchall()
    assert {(school_id, present) for school_id, person, present in days if person in ("h1", "s1")} == {
        ("sch", Decimal(2)), ("sch2", None),
    }  # fmt: skip
