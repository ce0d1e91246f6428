"""The summaries of a cycle: weights, schools, attendance, and running again."""

from datetime import date
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import SchoolId, SessionId
from termpost.tasks.summarise.open_cycle import schools_of
from termpost.tasks.summarise.summarise import students_of

from tests.tasks.gradebook import SCHOOL, Gradebook, Rooms, new_home, policy

OTHER = SchoolId("255901002")


def attend(book: Gradebook, person: str, org: str, day: str, event: str) -> None:
    book.add("supplement/attendance.csv", studentSourcedId=person, schoolSourcedId=org, date=day, event=event)


def build() -> Gradebook:
    """Zoe goes to both schools, Ann to the first, Bob to the second."""
    book = Gradebook()
    for org, class_id in ((SCHOOL, "north"), (OTHER, "south")):
        book.school(org)
        book.course(class_id, org)
        for kind, possible in (("homework", "10"), ("exam", "40")):
            book.add("categories.csv", sourcedId=f"{kind}-{class_id}", title=kind.title())
            book.item(f"{kind}-{class_id}", class_id, possible, categorySourcedId=f"{kind}-{class_id}")
    for person, org, class_id in (
        ("zoe", SCHOOL, "north"),
        ("zoe", OTHER, "south"),
        ("ann", SCHOOL, "north"),
        ("bob", OTHER, "south"),
    ):
        if (person, class_id) != ("zoe", "south"):
            book.student(person, org=f"{SCHOOL},{OTHER}" if person == "zoe" else org)
        book.enroll(person, class_id, org)
        book.mark(f"homework-{class_id}", person, "9", comment="Late")
        book.mark(f"exam-{class_id}", person, "20")
    for day, event in (
        ("2021-08-22", "Unexcused Absence"),  # before the session
        ("2021-08-23", "Excused Absence"),  # its first day
        ("2021-09-01", "Tardy"), ("2021-09-01", "Tardy"),  # two lessons of one day
        ("2021-09-02", "Tardy"), ("2021-09-03", "In Attendance"), ("2021-09-04", "Field Trip"),
        ("2021-12-10", "Unexcused Absence"),  # the cut-off
        ("2021-12-11", "Unexcused Absence"), ("2022-02-01", "Excused Absence"),
    ):  # fmt: skip
        attend(book, "zoe", SCHOOL, day, event)
    for day in ("2021-10-01", "2021-10-04"):
        attend(book, "zoe", OTHER, day, "Excused Absence")
    attend(book, "bob", "", "2021-10-05", "Excused Absence")  # the school is not said
    return book


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, Any]:
    folder = tmp_path_factory.mktemp("two")
    rooms = Rooms(new_home(folder / "home"))
    return rooms, rooms.take_in(build().write(folder / "x"))


def weighted(homework: str | None, exam: str | None) -> Any:
    rules = {"Homework": homework, "Exam": exam}
    category = {name: {"weight": weight} for name, weight in rules.items() if weight is not None}
    return policy(aggregate="weighted", category=category)


@pytest.mark.parametrize(
    ("weights", "percent"),
    [
        (("40", "60"), "66.00"), (("20", "30"), "66.00"), (("80", "120"), "132.00"), (("0", "60"), "50.00"),
        (("0", "0"), None),
        (("33.3", "66.7"), "63.32"),
    ],
)  # fmt: skip
def test_categories_by_weight(two: tuple[Rooms, Any], weights: tuple[str, str], percent: str | None) -> None:
    """90 per cent of homework, 50 per cent of the exam."""
    rooms, extract_id = two
    found = rooms.course(rooms.summarise(extract_id, weighted(*weights)), "ann", "north")
    assert found is not None
    assert [None if found[k] is None else f"{found[k]:.2f}" for k in ("current_percent", "final_percent")] == [
        percent,
        percent,
    ]


def test_a_category_may_be_named_by_its_id(two: tuple[Rooms, Any]) -> None:
    rooms, extract_id = two
    rules = {
        f"{kind}-{c}": {"weight": w} for kind, w in (("homework", "40"), ("exam", "60")) for c in ("north", "south")
    }
    found = rooms.course(rooms.summarise(extract_id, policy(aggregate="weighted", category=rules)), "ann", "north")
    assert found is not None
    assert found["final_percent"] == 66


def test_a_category_without_a_weight_is_refused_since_its_marks_would_silently_not_count(
    two: tuple[Rooms, Any],
) -> None:
    rooms, extract_id = two
    with pytest.raises(InputError, match="Exam") as caught:
        rooms.summarise(extract_id, weighted("40", None))
    assert caught.value.code == "no-weight"


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({"omit": {"line_items": ["exam-north", "exam-west"]}}, 'line item "exam-west"'),
        ({"period": {"six-weeks-9": {"weight": "50"}}}, 'session "six-weeks-9"'),
        ({"class": {"west": {"max_percent": "150"}}}, 'class "west"'),
        ({"class": {"north": {"category": {"Exams": {"weight": "1"}}}}}, 'category "Exams"'),
        ({"category": {"Exams": {"weight": "60"}}}, 'category "Exams"'),
        ({"category": {"Exam": {"never_drop": ["x"]}}}, 'line item "x"'),
        ({"category": {"Exam": {"extra_credit": ["x"]}}}, 'line item "x"'),
    ],
)  # fmt: skip
def test_a_rule_for_what_the_extract_does_not_have_is_refused(
    two: tuple[Rooms, Any], rules: dict[str, Any], named: str
) -> None:
    rooms, extract_id = two
    before = rooms.counts()
    with pytest.raises(InputError) as caught:
        rooms.summarise(extract_id, policy(**rules))
    assert caught.value.code == "unknown-in-policy"
    assert caught.value.what == f"the extract has no {named}"
    assert rooms.counts() == before


def test_a_session_that_is_not_in_the_extract_is_refused(two: tuple[Rooms, Any]) -> None:
    rooms, extract_id = two
    with pytest.raises(InputError) as caught:
        rooms.summarise(extract_id, policy(version="session"), session=SessionId("2019-fall"))
    assert caught.value.code == "unknown-session"


def attendance(rooms: Rooms, summaries: Any, person: str) -> list[tuple[Any, ...]]:
    query = """SELECT present_days, absent_excused_days, absent_unexcused_days, late_days, unknown_count
      FROM lake.out_attendance_summary WHERE policy = ? AND school_id = ? AND person_ref = ? AND cutoff_date = ?"""
    cycle = summaries.cycle
    return rooms.rows(query, summaries.policy, cycle.school, rooms.home.people.find(person), cycle.cutoff)


def test_attendance_is_days_of_this_school_within_the_session_and_the_cut_off(two: tuple[Rooms, Any]) -> None:
    rooms, extract_id = two
    north = rooms.summarise(extract_id, policy())
    assert attendance(rooms, north, "zoe") == [(3, 1, 1, 2, 1)]  # late days are days of presence
    assert attendance(rooms, north, "ann") == [(None, 0, 0, 0, 0)]  # nothing is known of her days
    south = rooms.summarise(extract_id, policy(), school=OTHER)
    assert attendance(rooms, south, "zoe") == [(None, 2, 0, 0, 0)]  # a school that records absences only
    assert attendance(rooms, south, "bob") == [(None, 1, 0, 0, 0)]
    midterm = rooms.summarise(extract_id, policy(), cutoff=date(2021, 9, 1))
    assert attendance(rooms, midterm, "zoe") == [(1, 1, 0, 1, 0)]


def test_two_schools_are_kept_apart(two: tuple[Rooms, Any]) -> None:
    rooms, extract_id = two
    people = rooms.home.people
    with rooms.lake() as lake:
        assert schools_of(lake, extract_id) == [SCHOOL, OTHER]
    for school, classes, names in ((SCHOOL, {"north"}, {"zoe", "ann"}), (OTHER, {"south"}, {"zoe", "bob"})):
        summaries = rooms.summarise(extract_id, policy(), school=school)
        with rooms.lake() as lake:
            assert set(students_of(lake, summaries)) == {people.find(name) for name in names}
        assert summaries.students == 2
        for table in ("out_course_summary", "out_section_summary", "out_work"):
            query = f"SELECT DISTINCT class_id FROM lake.{table} WHERE school_id = ? AND policy = ?"
            assert {c for (c,) in rooms.rows(query, school, summaries.policy)} == classes


def test_running_again_inserts_nothing_and_gives_the_same_answer(two: tuple[Rooms, Any]) -> None:
    rooms, extract_id = two
    first = rooms.summarise(extract_id, policy(version="again"))
    before = rooms.counts()
    assert rooms.summarise(extract_id, policy(version="again")) == first
    assert rooms.counts() == before


def test_another_policy_gets_its_own_summaries_beside_the_old(two: tuple[Rooms, Any]) -> None:
    rooms, extract_id = two
    first = rooms.summarise(extract_id, policy(version="old", rounding={"places": 0}))
    second = rooms.summarise(extract_id, policy(version="old", rounding={"places": 1}))
    assert first.policy != second.policy
    found = [rooms.course(s, "ann", "north") for s in (first, second)]
    assert [str(f["final_percent"]) for f in found if f] == ["58.000000", "58.000000"]


def test_a_fault_between_inserts_leaves_no_summary(two: tuple[Rooms, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from termpost.tasks.summarise import summarise as module

    rooms, extract_id = two
    before = rooms.counts()
    monkeypatch.setattr(module, "SUMMARIES", (*module.SUMMARIES[:3], "no_such_file"))
    with pytest.raises(FileNotFoundError):
        rooms.summarise(extract_id, policy(version="fault"))
    monkeypatch.undo()
    assert rooms.counts() == before
    assert rooms.summarise(extract_id, policy(version="fault")).students == 2


def test_a_school_without_students_in_the_session_has_no_reports_due(two: tuple[Rooms, Any]) -> None:
    rooms, extract_id = two
    summaries = rooms.summarise(extract_id, policy(), school=SchoolId("255901003"))
    assert summaries.students == 0
