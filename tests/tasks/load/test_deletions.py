"""An extract that would take many students away stops, by the school and by the number somebody confirms."""

from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.load.deletions import DeletionGuard

from tests.tasks.gradebook import Gradebook, Rooms

OTHER_SCHOOL = "255901107"


def district(one: int, other: int = 5) -> Gradebook:
    """So many students in each of two schools."""
    book = Gradebook()
    for org, count in (("255901001", one), (OTHER_SCHOOL, other)):
        book.school(org)
        book.course(f"c-{org}", org)
        book.item(f"i-{org}", f"c-{org}", "10")
        for number in range(count):
            book.student(f"s-{org}-{number}", org)
            book.enroll(f"s-{org}-{number}", f"c-{org}", org)
            book.mark(f"i-{org}", f"s-{org}-{number}", "9")
    return book


@pytest.fixture
def loaded(rooms: Rooms, tmp_path: Path) -> Rooms:
    rooms.load(rooms.check(district(10).write(tmp_path / "extract")), DeletionGuard(20))
    return rooms


def again(
    rooms: Rooms, book: Gradebook, folder: Path, percent: int = 20, confirmed: int | None = None
) -> InputError | None:
    """What loading says of the newer extract; None where it was loaded."""
    extract, before = rooms.check(book.write(folder / "again")), rooms.counts()
    try:
        rooms.load(extract, DeletionGuard(percent, confirmed))
    except InputError as error:
        assert rooms.counts() == before
        return error
    return None


def test_no_more_than_the_share_goes_without_a_word_and_one_more_stops(loaded: Rooms, tmp_path: Path) -> None:
    stopped = again(loaded, district(7), tmp_path)
    assert stopped is not None
    assert (stopped.code, "3 of 15" in stopped.what, "30 per cent" in stopped.what) == ("many-deletions", True, True)
    assert stopped.remedy.endswith("--confirm-deletions 3")
    assert again(loaded, district(8), tmp_path) is None


def test_one_small_school_stops_even_where_few_of_all_would_go(loaded: Rooms, tmp_path: Path) -> None:
    stopped = again(loaded, district(10, 3), tmp_path)  # 2 of 15, 2 of 5
    assert stopped is not None
    assert "40 per cent" in stopped.what


@pytest.mark.parametrize(("confirmed", "passes"), [(3, True), (2, False), (4, False), (None, False)])
def test_only_the_very_number_confirms(confirmed: int | None, passes: bool, loaded: Rooms, tmp_path: Path) -> None:
    assert (again(loaded, district(7), tmp_path, confirmed=confirmed) is None) is passes


def test_who_moves_within_the_district_has_not_left(loaded: Rooms, tmp_path: Path) -> None:
    book = district(10)
    for row in book.files["users.csv"]:
        row["orgSourcedIds"] = OTHER_SCHOOL
    for row in book.files["enrollments.csv"]:
        row |= {"classSourcedId": f"c-{OTHER_SCHOOL}", "schoolSourcedId": OTHER_SCHOOL}
    assert again(loaded, book, tmp_path, percent=0) is None


def test_who_is_in_quarantine_has_not_left_and_whose_row_is_to_be_deleted_has(loaded: Rooms, tmp_path: Path) -> None:
    book = district(10)
    for row in book.files["users.csv"][:5]:
        row["status"] = "tobedeleted"
    stopped = again(loaded, book, tmp_path)
    assert stopped is not None
    assert "5 of 15" in stopped.what
    book = district(10)
    for row in book.files["users.csv"][:5]:
        row["role"] = "studnet"
    assert again(loaded, book, tmp_path) is None


def test_who_was_erased_is_no_deletion(loaded: Rooms, tmp_path: Path) -> None:
    people = loaded.home.people
    refs = people.find_all([f"s-255901001-{number}" for number in range(7, 12)])
    assert set(refs) == {f"s-255901001-{number}" for number in (7, 8, 9)}
    with people._open() as connection:  # as erasing does
        connection.executemany("DELETE FROM person WHERE person_ref = ?", [(ref,) for ref in refs.values()])
    assert people.existing(refs.values()) == set()
    assert again(loaded, district(7), tmp_path) is None


def test_comparing_makes_no_references(loaded: Rooms, tmp_path: Path) -> None:
    assert again(loaded, district(5, 9), tmp_path) is not None
    assert loaded.home.people.find(f"s-{OTHER_SCHOOL}-8") is None
