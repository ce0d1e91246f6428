"""Where a grade that was set elsewhere is not the one computed, the lake says so, whichever of the two is printed."""

from typing import Any

import pytest

from tests.tasks.gradebook import Gradebook, Rooms, new_home, policy, write_csv


def build() -> Gradebook:
    """All have 90 of 100; what supplement/grades.csv says differs."""
    book = Gradebook()
    book.school()
    book.course("math")
    book.item("test", "math", "100")
    for person, cells in (
        ("same", {"percent": "90", "grade": "A"}),
        ("higher", {"percent": "95.5", "grade": "A"}),
        ("letter", {"percent": "90", "grade": "F"}),
        ("incomplete", {"grade": "I"}),
        ("near", {"percent": "89.6", "note": "override"}),
        ("none", {}),
    ):
        book.student(person)
        book.enroll(person, "math")
        book.mark("test", person, "90")
        if cells:
            book.add("supplement/grades.csv", studentSourcedId=person, classSourcedId="math",
                     academicSessionSourcedId="2021-fall", **cells)  # fmt: skip
    return book


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, Any]:
    folder = tmp_path_factory.mktemp("difference")
    found = Rooms(new_home(folder / "home"))
    book = build()
    source = book.write(folder / "extract")  # the sample district has no such file, so no header to copy
    header = ["studentSourcedId", "classSourcedId", "academicSessionSourcedId", "grade", "percent", "note"]
    write_csv(source / "supplement" / "grades.csv", header, book.files["supplement/grades.csv"])
    return found, found.take_in(source)


@pytest.mark.parametrize("record", ["computed", "imported"])
def test_differences_are_kept_with_both_grades(rooms: tuple[Rooms, Any], record: str) -> None:
    home, extract_id = rooms
    rules = policy(version=record, grade_of_record=record)
    home.summarise(extract_id, rules)
    rows = home.rows(
        "SELECT person_ref, computed_percent::VARCHAR, computed_letter, imported_percent::VARCHAR, imported_grade"
        " FROM lake.out_grade_difference WHERE policy = ?", rules.content_version,
    )  # fmt: skip
    names = {home.home.people.find(name): name for name in ("same", "higher", "letter", "incomplete", "near", "none")}
    assert {names[ref]: tuple(rest) for ref, *rest in rows} == {
        "higher": ("90.000000", "A", "95.500000", "A"),
        "letter": ("90.000000", "A", "90.000000", "F"),
        "incomplete": ("90.000000", "A", None, "I"),
        "near": ("90.000000", "A", "89.600000", None),
    }


def test_what_is_printed_is_the_grade_of_record(rooms: tuple[Rooms, Any]) -> None:
    home, extract_id = rooms
    for record, percent, letter in (("computed", "90.000000", "A"), ("imported", "95.500000", "A")):
        summaries = home.summarise(extract_id, policy(version=record, grade_of_record=record))
        found = home.course(summaries, "higher", "math")
        assert found is not None
        assert (str(found["final_percent"]), found["letter"]) == (percent, letter)


def test_a_letter_that_came_without_is_that_of_the_percentage_as_it_is_printed(rooms: tuple[Rooms, Any]) -> None:
    home, extract_id = rooms
    whole = policy(version="whole", grade_of_record="imported", rounding={"places": 0}, scale={"A": "90", "B": "0"})
    found = home.course(home.summarise(extract_id, whole), "near", "math")
    assert found is not None
    assert (str(found["final_percent"]), found["letter"]) == (
        "89.600000",
        "B",
    )  # nothing rounds it; a note is no letter
