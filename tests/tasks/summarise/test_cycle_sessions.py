"""Sessions as sources have them: semesters and quarters, flat terms, terms of each school; and who is left over.

One extract for all of it, by what each cycle says.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Cycle, ExtractId
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.open_cycle import open_cycle, schools_of
from termpost.tasks.summarise.summarise import summarise_cycle

from tests.tasks.gradebook import Gradebook, Rooms, new_home, policy

FALL, Q1 = date(2021, 12, 18), date(2021, 10, 15)
SESSIONS = (
    ("2021-2022", "2021-2022", "schoolYear", "2021-08-23", "2022-05-28", ""),
    ("fall", "Fall", "semester", "2021-08-23", "2021-12-18", "2021-2022"),
    ("spring", "Spring", "semester", "2022-01-05", "2022-05-28", "2021-2022"),
    ("q1", "Quarter 1", "gradingPeriod", "2021-08-23", "2021-10-16", "fall"),
    ("q2", "Quarter 2", "gradingPeriod", "2021-10-16", "2021-12-18", "fall"),
    # flat terms of school B, a year among them; a fall of the year before
    ("B_F", "Fall", "term", "2021-08-25", "2021-12-17", ""),
    ("B_S", "Spring", "term", "2022-01-05", "2022-05-28", ""),
    ("B_Y", "Year", "term", "2021-08-25", "2022-05-28", ""),
    ("B_F20", "Fall", "term", "2020-08-24", "2020-12-18", ""),
    # trimesters of school C: the second has four weeks in the fall
    ("C_1", "Trimester 1", "term", "2021-08-23", "2021-11-19", ""),
    ("C_2", "Trimester 2", "term", "2021-11-20", "2022-03-05", ""),
)
# class, school, sessions; pieces: id, session, due date
CLASSES: dict[str, tuple[str, str, tuple[tuple[str, str, str], ...]]] = {
    "a-fall": ("A", "fall", (
        ("a-q1", "q1", "2021-09-08"), ("a-q1-late", "q1", "2021-11-01"), ("a-fall-sep", "fall", "2021-09-20"),
        ("a-fall-nov", "fall", "2021-11-20"), ("a-bare-sep", "", "2021-09-21"), ("a-bare", "", ""),
    )),
    "a-year": ("A", "2021-2022", (
        ("a-year-sep", "2021-2022", "2021-09-08"), ("a-year-mar", "2021-2022", "2022-03-08"), ("a-nowhere", "", ""),
        ("a-spring-in-sep", "spring", "2021-09-09"),
    )),
    "b-fall": ("B", "B_F", (("b-f", "B_F", "2021-09-08"), ("b-f-bare", "", ""))),
    "b-year": ("B", "B_Y", (
        ("b-y-sep", "B_Y", "2021-09-08"), ("b-y-mar", "B_Y", "2022-03-08"), ("b-y-last", "B_Y", "2021-12-17"),
        ("b-y-bare", "B_Y", ""),
    )),
    "b-spring": ("B", "B_S", (("b-s", "B_S", "2022-02-01"),)),
    "c-1": ("C", "C_1", (("c-t1", "C_1", "2021-09-08"),)),
    "c-2": ("C", "C_2", (("c-t2", "C_2", "2021-11-30"),)),
    "d-spring": ("D", "B_S", (("d-s", "B_S", "2022-02-01"),)),
}  # fmt: skip


@dataclass
class District:
    """Five schools of which each has its own way with sessions."""

    rooms: Rooms
    extract: ExtractId

    def open(self, cutoff: date = FALL, **sessions: object) -> dict[str, Cycle]:
        said = {
            "id": "2021-fall-final",
            "kind": "final",
            "cutoff": cutoff,
            "release": cutoff,
            "query_until": cutoff,
            **sessions,
        }
        with self.rooms.lake() as lake:
            schools = schools_of(lake, self.extract)
            found = open_cycle(lake, CycleDates.model_validate(said), self.extract, schools)
        return {cycle.school: cycle for cycle in found}

    def work(self, cycle: Cycle) -> dict[str, set[str]]:
        """Class → pieces that are the cycle's, of the school's own classes."""
        values = {
            "extract_id": self.extract, "session_id": cycle.session, "weighted": [],
            "sessions": [cycle.session, *cycle.more_sessions],
        }  # fmt: skip
        with self.rooms.lake() as lake:
            for name in ("cycle_sessions", "scopes_of_cycle"):
                execute_each(lake, sql("termpost.tasks.summarise", name), values)
            rows = lake.execute("SELECT class_id, line_item_id FROM scope LEFT JOIN scope_line_item USING (class_id)")
            found: dict[str, set[str]] = {}
            for class_id, item in rows.fetchall():
                if CLASSES[class_id][0] == cycle.school:
                    found.setdefault(class_id, set()).update({item} - {None})
        return found


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("sessions")
    book = Gradebook()
    for school in "ABCDE":
        book.school(school)
    for id_, title, kind, begin, end, parent in SESSIONS:
        dates = {"startDate": begin, "endDate": end, "schoolYear": "2022"}
        book.add("academicSessions.csv", sourcedId=id_, title=title, type=kind, parentSourcedId=parent, **dates)
    for class_id, (school, session, items) in CLASSES.items():
        book.course(class_id, school, session)
        book.student(f"s-{class_id}", school)
        book.enroll(f"s-{class_id}", class_id, school)
        for item, tag, due in items:
            book.item(item, class_id, "10", gradingPeriodSourcedId=tag or session, dueDate=due or "2021-09-21")
            book.mark(item, f"s-{class_id}", "9")
    book.student("e-alone", "E")  # no seat anywhere
    book.student("a-left", "A")
    book.enroll("a-left", "a-fall", "A", endDate="2021-10-01")
    book.enroll("s-a-fall", "d-spring", "D", beginDate="2022-01-05")
    mother = {"role": "parent", "givenName": "Ada", "familyName": "Quill", "enabledUser": "true", "orgSourcedIds": "A"}
    book.add("users.csv", sourcedId="m", **mother)
    for student in [row["sourcedId"] for row in book.files["users.csv"] if row["role"] == "student"]:
        reach = {"relation": "Mother", "street": "1 Elm", "city": "Grand Bend", "postalCode": "78834"}
        book.add("supplement/contacts.csv", studentSourcedId=student, contactSourcedId="m", **reach)
    rooms = Rooms(new_home(folder / "home"))
    found = District(rooms, rooms.take_in(book.write(folder / "bundle")))
    pieces = [piece for _, _, items in CLASSES.values() for piece in items]
    with rooms.lake() as lake:  # OneRoster has a session and a day of each piece, other formats may have neither
        for column, lacking in (("session_id", [i for i, tag, _ in pieces if not tag]),
                                ("due_date", [i for i, _, due in pieces if not due])):  # fmt: skip
            lake.execute(f"UPDATE lake.core_line_item SET {column} = NULL WHERE line_item_id IN (SELECT unnest(?))",
                         [lacking])  # fmt: skip
    return found


def named(cycles: dict[str, Cycle]) -> dict[str, str]:
    return {school: cycle.session for school, cycle in cycles.items()}


def test_work_is_of_the_quarter_by_its_session_else_by_its_due_date(district: District) -> None:
    """Case extracts/03: work tagged with the semester, or with the year, or with nothing."""
    cycle = district.open(Q1, session="q1")["A"]
    assert district.work(cycle) == {
        "a-fall": {"a-q1", "a-q1-late", "a-fall-sep", "a-bare-sep"}, "a-year": {"a-year-sep"},
    }  # fmt: skip


def test_a_class_that_is_the_sessions_alone_has_its_undated_work_there(district: District) -> None:
    cycle = district.open(session="fall")["A"]
    assert district.work(cycle) == {
        "a-fall": {item for item, _, _ in CLASSES["a-fall"][2]}, "a-year": {"a-year-sep"},
    }  # fmt: skip


def test_a_year_long_class_of_flat_terms_is_on_the_report_with_its_autumn(district: District) -> None:
    """Case extracts/04: nothing says that one term lies in another but their dates."""
    cycle = district.open(session="B_F")["B"]
    assert district.work(cycle) == {"b-fall": {"b-f", "b-f-bare"}, "b-year": {"b-y-sep", "b-y-last"}}


def test_one_cycle_serves_schools_with_sessions_of_their_own(district: District) -> None:
    """Case extracts/05: by one school's id, the others by the same title or dates; a trimester by its own dates."""
    cycles = district.open(session="fall")
    assert named(cycles) == {"A": "fall", "B": "B_F", "C": "fall", "D": "fall", "E": "fall"}
    assert district.work(cycles["B"]).keys() == {"b-fall", "b-year"}
    assert district.work(cycles["C"]) == {"c-1": {"c-t1"}}, "four weeks of the second trimester make no part of it"
    assert district.work(cycles["D"]) == {}


@pytest.mark.parametrize(
    "chosen",
    [
        {"title": "fall"},
        {"title": " FALL", "starts": "2021-08-23", "ends": "2021-12-18"},
        {"starts": "2021-08-23", "ends": "2021-12-18"},
    ],
)
def test_sessions_by_title_and_dates(district: District, chosen: dict[str, str]) -> None:
    cycles = district.open(session=chosen)
    assert (cycles["A"].session, cycles["B"].session) == ("fall", "B_F"), "and not that of 2020"
    assert district.work(cycles["A"]).keys() == {"a-fall", "a-year"}


def test_sessions_by_school(district: District) -> None:
    cycles = district.open(sessions={"B": ["B_F", "B_Y"], "C": "C_1"})
    assert named(cycles) == {"A": "", "B": "B_F", "C": "C_1", "D": "", "E": ""}
    assert cycles["B"].more_sessions == ("B_Y",)
    assert district.work(cycles["B"])["b-year"] == {item for item, _, _ in CLASSES["b-year"][2]}
    assert district.work(cycles["C"]) == {"c-1": {"c-t1"}}


@pytest.mark.parametrize(
    ("sessions", "where"),
    [
        ({"session": "autumn"}, "session"), ({"session": {"title": "Autumn"}}, "session"),
        ({"sessions": {"B": ["B_F", "B_X"]}}, "sessions B"),
    ],
)  # fmt: skip
def test_a_session_that_is_nowhere_is_refused_with_those_there_are(
    district: District, sessions: Any, where: str
) -> None:
    with pytest.raises(InputError) as caught:
        district.open(**sessions)
    assert caught.value.code == "unknown-session"
    assert caught.value.where == f"calendar.toml [[cycle]] {where}"
    assert "2021-2022, B_F" in caught.value.remedy
    assert "3 more" in caught.value.remedy


def test_a_changed_calendar_makes_new_summaries(district: District) -> None:
    """The same extract, policy and cut-off: what was kept for the other session is not taken for this one's."""
    rules = policy(version="changed")
    grades = {}
    with district.rooms.lake() as lake:
        for session in ("q1", "fall"):
            cycle = district.open(session=session)["A"]
            made = summarise_cycle(lake, cycle, district.extract, rules, district.rooms.home.clock.today())
            grades[session] = made.policy
    assert grades["q1"] != grades["fall"]


def test_everybody_has_a_report_or_a_reason(district: District) -> None:
    """Law 15, school by school."""
    left_over: dict[str, dict[str, int]] = {}
    for school, cycle in district.open(sessions={"A": "fall", "B": "B_F", "D": "fall", "E": "fall"}).items():
        rules = policy(version=f"left over {school}")
        with district.rooms.lake() as lake:
            made = summarise_cycle(lake, cycle, district.extract, rules, district.rooms.home.clock.today())
        found = district.rooms.manifest(made, district.rooms.render(made))
        assert len(found.reports) == made.students
        left_over[school] = dict(Counter(one.reason for one in found.unreported))
    assert left_over == {
        "A": {}, "B": {"no-class": 1}, "C": {"other-session": 2}, "D": {"other-session": 1, "not-begun": 1},
        "E": {"no-seat": 1},
    }  # fmt: skip
