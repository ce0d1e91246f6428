"""Where a student stands: off unless asked for, in a group large enough, among those whose grades are all in."""

from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.refs import Summaries
from termpost.tasks.summarise.standing.ranks import Rank, keep_ranks, ranks_of

from tests.tasks.gradebook import NOW, Gradebook, Rooms, new_home, policy, write_csv

POINTS = {"A": "4", "B": "3", "F": "0"}
SCALE = {"A": "90", "B": "80", "F": "0"}
OWN = "supplement/students.csv"
ON = {"TERMPOST_REPORT__RANK": "grade_level", "TERMPOST_PRIVACY__SMALL_CELL": "4"}


def book(**marks: str) -> Gradebook:
    """A class of two pieces of work; who waits lacks a mark on one; whose name ends in 10 is in grade 10."""
    found = Gradebook()
    found.school()
    found.course("alg")
    found.item("quiz", "alg", "10")
    found.item("essay", "alg", "10")
    for name, score in marks.items():
        found.student(f"s-{name}", grades="10" if name.endswith("10") else "09")
        found.enroll(f"s-{name}", "alg")
        if score:
            for item in ("quiz",) if name == "wait" else ("quiz", "essay"):
                found.mark(item, f"s-{name}", score)
    return found


EVERYBODY = {
    "ann": "10",
    "bo": "9",
    "cy": "9.0",
    "dee": "8",
    "blank": "",
    "wait": "9.5",
    "own": "10",
    "held": "7",
    "jo10": "9.5",
}


@pytest.fixture
def ranked(tmp_path: Path) -> Any:
    """Takes a gradebook in under some settings, and gives who stands where."""

    def take(
        gradebook: Gradebook, settings: dict[str, Any] = ON, **rules: Any
    ) -> tuple[dict[str, Rank], Rooms, Summaries]:
        rooms = Rooms(new_home(tmp_path / "home", NOW, **settings))
        folder = gradebook.write(tmp_path / "x")
        write_csv(folder / OWN, ["studentSourcedId", "verdict"], gradebook.files.get(OWN, []))
        summaries = rooms.summarise(rooms.take_in(folder), policy(scale=SCALE, **rules))
        home, report = rooms.home, rooms.home.settings.report
        with rooms.lake() as lake:
            for _ in range(2):  # the second time nothing is new
                keep_ranks(
                    lake, home.people, summaries, policy(scale=SCALE, **rules), home.settings, home.clock.today()
                )
            found = ranks_of(lake, summaries, report.rank, home.settings.privacy.small_cell)
            assert lake.execute("SELECT count(*) FROM lake.out_rank").fetchall() == [(len(found),)]
        names = {home.people.find(f"s-{name}"): name for name in (*EVERYBODY, *"abcdef")}
        return {names[ref]: rank for ref, rank in found.items()}, rooms, summaries

    return take


def everybody() -> Gradebook:
    found = book(**EVERYBODY)
    found.add(OWN, studentSourcedId="s-own", verdict="false")
    found.mark("quiz", "s-held", "6", sourcedId="r-again")  # two results for one piece of work hold the course
    return found


def test_places_are_of_the_year_group_shared_and_of_those_whose_grades_are_all_in(ranked: Any) -> None:
    found, _, _ = ranked(everybody())
    assert found == {
        "ann": Rank(1, 4, False), "bo": Rank(2, 4, True), "cy": Rank(2, 4, True), "dee": Rank(4, 4, False),
    }  # fmt: skip


def test_the_school_as_a_whole_may_be_the_group(ranked: Any) -> None:
    found, _, _ = ranked(everybody(), {**ON, "TERMPOST_REPORT__RANK": "school"})
    assert {name: rank.place for name, rank in found.items()} == {"ann": 1, "jo10": 2, "bo": 3, "cy": 3, "dee": 5}
    assert {rank.of for rank in found.values()} == {5}


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"TERMPOST_REPORT__RANK": "none"}, {**ON, "TERMPOST_PRIVACY__SMALL_CELL": "5"},
        {"TERMPOST_REPORT__RANK": "grade_level"},
    ],
)  # fmt: skip
def test_it_is_off_and_a_small_group_has_none(settings: dict[str, str], ranked: Any) -> None:
    assert ranked(everybody(), settings)[0] == {}


def test_where_all_have_one_average_nobody_is_told_what_everybody_has(ranked: Any) -> None:
    assert ranked(book(a="9", b="9", c="9", d="9"))[0] == {}


def test_it_goes_by_letters_where_the_honour_roll_does(ranked: Any) -> None:
    found, _, _ = ranked(book(a="10", b="9", c="8.5", d="8"), gpa={"points": POINTS})
    assert {name: (rank.place, rank.is_shared) for name, rank in found.items()} == {
        "a": (1, True), "b": (1, True), "c": (3, True), "d": (3, True),
    }  # fmt: skip


def test_the_honour_roll_by_percentages_makes_the_place_one_of_percentages_too(ranked: Any) -> None:
    roll = {"gpa": {"points": POINTS}, "honour_roll": {"percent": "90"}}
    found, rooms, summaries = ranked(book(a="10", b="9", c="8.5", d="8"), **roll)
    assert {name: rank.place for name, rank in found.items()} == {"a": 1, "b": 2, "c": 3, "d": 4}
    reports = rooms.reports(summaries)
    assert {report.rank.place for report in reports.values() if report.rank} == {1, 2, 3, 4}
    with rooms.lake() as lake:  # kept is the place, and no average
        columns = [row[0] for row in lake.execute("DESCRIBE lake.out_rank").fetchall()]
    assert columns[6:] == ["person_ref", "group_code", "small_cell", "place", "ranked_count", "is_shared"]
