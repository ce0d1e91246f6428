"""Whose work it is: seats that begin late, end, have gaps, or go on in another section of the course."""

from datetime import date
from typing import Any

import pytest
from termpost.schemas.log.settlements import Question, Settlements

from tests.tasks.summarise.small_lake import SmallLake

FIRST, LAST = "2021-08-30", "2021-12-17"  # a Monday, a Friday
COURSES = """SELECT person_ref, class_id, current_percent, final_percent, letter, left_date, moved_from
  FROM lake.out_course_summary WHERE policy = ? ORDER BY ALL"""
WORK = "SELECT person_ref, line_item_id, work_state FROM lake.out_work WHERE policy = ? ORDER BY ALL"


@pytest.fixture
def small() -> SmallLake:
    small = SmallLake(session=(FIRST, LAST))
    small.extract("x")
    return small


def course(small: SmallLake, class_id: str, days: dict[str, str], people: tuple[str, ...] = (), **columns: Any) -> None:
    """A class with pieces of 100 points (name → due date); `people` sit in it throughout with 80 for each."""
    small.course("x", class_id, **columns)
    for item, day in days.items():
        small.item("x", f"{class_id}-{item}", class_id, due_date=day, title=item)
    for person in people:
        small.seat("x", person, class_id, begin_date=FIRST)
        for item, day in days.items():
            small.mark("x", f"{class_id}-{item}", person, "80", score_date=day)


def courses(small: SmallLake, **how: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    summaries = small.summarise("x", **how)
    return {(row[0], row[1]): row[2:] for row in small.rows(COURSES, summaries.policy)}


def work(small: SmallLake, **how: Any) -> set[tuple[Any, ...]]:
    return set(small.rows(WORK, small.summarise("x", **how).policy))


def test_blanks_of_the_first_five_school_days_are_left_out_and_named(small: SmallLake) -> None:
    """Came on Wednesday 3 November: five school days later it is the 10th, whichever days of teaching lie between."""
    course(small, "m", {"before": "2021-11-02", "fifth": "2021-11-10", "sixth": "2021-11-11"}, ("ann", "bob"))
    small.seat("x", "cleo", "m", begin_date="2021-11-03")
    assert courses(small)["cleo", "m"] == (None, None, None, None, None)
    assert work(small) == {("cleo", "m-fifth", "just_joined"), ("cleo", "m-sixth", "to_mark")}


def test_what_was_handed_in_counts_whenever_it_was_due_and_a_bare_0_does_not(small: SmallLake) -> None:
    course(small, "m", {"a": "2021-09-01", "b": "2021-09-02", "c": "2021-09-03", "d": "2021-12-01"}, ("ann", "bob"))
    small.seat("x", "cleo", "m", begin_date="2021-11-03")
    small.mark("x", "m-a", "cleo", "60")
    small.mark("x", "m-b", "cleo", "0")
    small.mark("x", "m-c", "cleo", "40", score_status="not submitted")
    small.mark("x", "m-d", "cleo", "0")
    assert courses(small)["cleo", "m"][:3] == ("30", "30", "F")


def test_a_day_on_which_half_the_class_came_is_its_beginning(small: SmallLake) -> None:
    course(small, "m", {"first": "2021-09-08", "second": "2021-10-08"})
    for person in ("ann", "bob"):
        small.seat("x", person, "m", begin_date="2021-09-07")
        small.mark("x", "m-second", person, "80")
    assert work(small) == {("ann", "m-first", "to_mark"), ("bob", "m-first", "to_mark")}


def test_a_gap_is_nobody_s_time(small: SmallLake) -> None:
    course(small, "m", {"a": "2021-09-08", "b": "2021-10-08", "c": "2021-12-08"}, ("ann",))
    small.seat("x", "cleo", "m", begin_date=FIRST, end_date="2021-10-08")
    small.seat("x", "cleo", "m", begin_date="2021-10-11")
    for item in ("a", "c"):
        small.mark("x", f"m-{item}", "cleo", "90")
    assert courses(small)["cleo", "m"] == ("90", "90", "A", None, None)
    assert work(small) == set()


@pytest.mark.parametrize(
    ("end", "left"),
    [("2021-10-08", "2021-10-07"), ("2021-12-11", None), ("2021-12-12", None), ("2021-12-10", "2021-12-09")],
)
def test_an_end_near_that_of_the_session_or_after_the_cut_off_is_no_leaving(
    small: SmallLake, end: str, left: str | None
) -> None:
    course(small, "m", {"a": "2021-09-08"}, ("ann",))
    small.seat("x", "cleo", "m", begin_date=FIRST, end_date=end)
    small.mark("x", "m-a", "cleo", "90")
    found = courses(small)["cleo", "m"]
    assert found[2:4] == (("A", None) if left is None else (None, date.fromisoformat(left)))


def test_an_end_that_the_whole_class_shares_is_the_class_ending(small: SmallLake) -> None:
    course(small, "m", {"a": "2021-09-08"})
    for person, end in (("ann", "2021-10-29"), ("bob", "2021-10-29"), ("cleo", "2021-10-20")):
        small.seat("x", person, "m", begin_date=FIRST, end_date=end)
        small.mark("x", "m-a", person, "90")
    found = courses(small)
    assert [found[who, "m"][2] for who in ("ann", "bob", "cleo")] == ["A", "A", None]


def test_who_left_within_the_drop_window_has_nothing_printed_but_a_w(small: SmallLake) -> None:
    """15 school days after Monday 30 August, with Monday to Friday taught, it is Monday 20 September."""
    course(small, "m", {"a": "2021-09-08"}, ("ann",))
    for person, end in (("cleo", "2021-09-20"), ("dan", "2021-09-21"), ("eve", "2021-09-20")):
        small.seat("x", person, "m", begin_date=FIRST, end_date=end)
    small.insert("core_imported_grade", "x", person_ref="eve", class_id="m", session_id="term", grade="W")
    found = courses(small)
    assert ("cleo", "m") not in found
    assert found["dan", "m"][3] == date(2021, 9, 20)
    assert found["eve", "m"][2] == "W"
    assert ("cleo", "m") in courses(small, drop_window=0)


def moved(small: SmallLake, came: str = "2021-11-03", course_id: str | None = "algebra") -> None:
    """Cleo sits in `one` until 3 November, with 90 for three pieces of hers, then in `two`, with 60 for one."""
    days = {"a": "2021-09-08", "b": "2021-10-06", "c": "2021-11-02", "d": "2021-12-01"}
    course(small, "one", days, ("ann",), course_id="algebra")
    course(small, "two", days, ("bob",), course_id=course_id)
    small.seat("x", "cleo", "one", begin_date=FIRST, end_date="2021-11-03")
    small.seat("x", "cleo", "two", begin_date=came)
    for item in "abc":
        small.mark("x", f"one-{item}", "cleo", "90", score_date=days[item])
    small.mark("x", "two-d", "cleo", "60", score_date=days["d"])


def test_a_move_is_one_line_of_what_was_due_in_each_section(small: SmallLake) -> None:
    moved(small)
    found = courses(small)
    assert {key for key in found if key[0] == "cleo"} == {("cleo", "two")}
    assert found["cleo", "two"] == ("82.5", "82.5", "F", None, "one")
    assert work(small) == set()


@pytest.mark.parametrize(("came", "is_move"), [("2021-10-27", True), ("2021-10-26", False), ("2021-11-24", True)])
def test_sections_of_a_move_overlap_by_five_school_days_at_most(small: SmallLake, came: str, is_move: bool) -> None:
    moved(small, came)
    assert (("cleo", "one") not in courses(small)) == is_move


@pytest.mark.parametrize(
    ("course_id", "rules", "is_move"),
    [
        ("algebra", {"merge_sections": "never"}, False), ("geometry", {}, False), (None, {}, False),
        ("geometry", {"course_moves": [["algebra", "geometry"]]}, True),
    ],
)  # fmt: skip
def test_only_sections_of_one_course_are_one_line(
    small: SmallLake, course_id: str | None, rules: dict[str, Any], is_move: bool
) -> None:
    moved(small, course_id=course_id)
    found = courses(small, **rules)
    assert (("cleo", "one") not in found) == is_move
    if not is_move:
        assert found["cleo", "one"] == ("90", "90", None, date(2021, 11, 2), None)


def test_a_piece_of_both_sections_counts_once_by_the_later_mark(small: SmallLake) -> None:
    moved(small)
    small.mark("x", "two-a", "cleo", "50", score_date="2021-11-05")
    assert courses(small)["cleo", "two"][0] == "72.5"  # 50, 90, 90, 60


def test_a_chain_of_moves_ends_in_the_last_section(small: SmallLake) -> None:
    course(small, "one", {"a": "2021-09-08"}, ("ann",), course_id="algebra")
    course(small, "two", {"b": "2021-10-08"}, ("ann",), course_id="algebra")
    course(small, "three", {"c": "2021-11-08"}, ("ann",), course_id="algebra")
    for class_id, begin, end in (("one", FIRST, "2021-10-01"), ("two", "2021-10-01", "2021-11-01"),
                                 ("three", "2021-11-01", None)):  # fmt: skip
        small.seat("x", "cleo", class_id, begin_date=begin, end_date=end)
    for item, score in (("one-a", "90"), ("two-b", "60"), ("three-c", "30")):
        small.mark("x", item, "cleo", score, score_date="2021-11-20")
    assert courses(small)["cleo", "three"] == ("60", "60", "F", None, "two")


def test_sections_that_grade_otherwise_are_asked_about_once_a_move(small: SmallLake) -> None:
    moved(small)
    rules: dict[str, Any] = {"class": {"one": {"scale": {"P": "50", "N": "0"}}}}
    summaries = small.summarise("x", **rules)
    query = "SELECT cause_code, class_id, person_ref, part_id FROM lake.out_question WHERE policy = ?"
    assert small.rows(query, summaries.policy) == [("move-differs", "two", "cleo", "one")]
    accepted = Settlements(accepted=frozenset({Question("move-differs", "two", person_ref="cleo", part_id="one")}))
    assert small.rows(query, small.summarise("x", settlements=accepted, **rules).policy) == []


def test_a_move_out_of_a_class_that_is_weighed_otherwise_asks_about_that_student_alone(small: SmallLake) -> None:
    """The new section has no weight for the old one's category: it counts nowhere there, and no other grade waits."""
    moved(small)
    small.insert("core_category", "x", category_id="lab", title="Lab")
    small.insert("core_category", "x", category_id="test", title="Test")
    small.lake.execute("UPDATE lake.core_line_item SET category_id = if(class_id = 'one', 'lab', 'test')")
    rules: dict[str, Any] = {"class": {
        "one": {"aggregate": "points"},
        "two": {"aggregate": "weighted", "category": {"Test": {"weight": "100"}}},
    }}  # fmt: skip
    summaries = small.summarise("x", **rules)
    query = "SELECT cause_code, class_id, person_ref, part_id FROM lake.out_question WHERE policy = ?"
    assert small.rows(query, summaries.policy) == [("move-differs", "two", "cleo", "one")]


def test_a_day_of_the_student_s_own_goes_before_the_class_s(small: SmallLake) -> None:
    """Due for the class on 8 October, for cleo on 13 December, after the cut-off; she came late to nothing."""
    course(small, "m", {"a": "2021-09-08", "b": "2021-10-08"}, ("ann",))
    small.seat("x", "cleo", "m", begin_date=FIRST)
    small.mark("x", "m-a", "cleo", "90")
    small.insert("core_due_date", "x", line_item_id="m-b", person_ref="cleo", due_date="2021-12-13",
                 due_at="2021-12-14 05:59:59")  # fmt: skip
    assert courses(small)["cleo", "m"][:3] == ("90", "90", "A")
    assert work(small) == set()


def test_a_homeroom_with_work_is_a_course(small: SmallLake) -> None:
    course(small, "home", {"a": "2021-09-08"}, ("ann",), class_type="homeroom")
    course(small, "m", {"a": "2021-09-08"}, ("ann",))
    assert set(courses(small)) == {("ann", "home"), ("ann", "m")}


def test_a_homeroom_is_no_course_unless_something_is_marked_in_it(small: SmallLake) -> None:
    for person in ("ann", "bob", "cleo"):
        small.seat("x", person, "home", begin_date=FIRST)
    small.course("x", "home", class_type="homeroom")
    course(small, "m", {"a": "2021-09-08"}, ("ann", "bob"))
    assert set(courses(small)) == {("ann", "m"), ("bob", "m"), ("cleo", "home")}  # cleo's report is due all the same
    small.insert("core_imported_grade", "x", person_ref="ann", class_id="home", session_id="term", grade="P")
    assert courses(small, drop_window=0)["ann", "home"][2] == "P"
