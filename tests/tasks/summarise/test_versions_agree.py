"""OneRoster 1.1 and 1.2 say the same of the same school."""

from pathlib import Path
from typing import Any

from termpost.schemas.base.refs import Summaries

from benchmarks.district import District, write_district
from tests.oneroster_1_2 import to_1_2
from tests.tasks.gradebook import Rooms, copy_of_grand_bend, new_home, read_csv

PERCENTS = """
SELECT person_ref, class_id, current_percent, final_percent, letter FROM lake.out_course_summary
WHERE extract_id = ? AND policy = ?
"""
MARKS = "SELECT person_ref, line_item_id, score_status, score, score_date FROM lake.core_result WHERE extract_id = ?"
STUDENTS = "SELECT person_ref, school_id FROM lake.core_person WHERE role_code = 'student' AND extract_id = ?"


def by_student(rooms: Rooms, source: Path, query: str, *values: object) -> list[Any]:
    """Rows with the id of the source for the reference, which is random."""
    ids = [row["sourcedId"] for row in read_csv(source / "users.csv")]
    names = {ref: source_id for source_id, ref in rooms.home.people.find_all(ids).items()}
    return sorted((names[row[0]], *map(str, row[1:])) for row in rooms.rows(query, *values))


def test_the_sample_district_has_the_same_grades_in_1_2(grand_bend: tuple[Rooms, Summaries], tmp_path: Path) -> None:
    older, of_older = grand_bend
    source = copy_of_grand_bend(tmp_path / "extract")
    to_1_2(source)
    newer = Rooms(new_home(tmp_path / "home"))
    of_newer = newer.summarise(newer.take_in(source))
    assert newer.rows("SELECT format, format_version FROM lake.core_extract") == [("oneroster-csv", "1.2")]
    expected = by_student(older, source, PERCENTS, of_older.extract_id, of_older.policy)
    assert len(expected) == 73
    assert by_student(newer, source, PERCENTS, of_newer.extract_id, of_newer.policy) == expected


def test_a_made_up_district_has_the_same_students_and_marks_in_both(tmp_path: Path) -> None:
    found = []
    for version in ("1.1", "1.2"):
        source = write_district(District(students=60, seed=7, version=version), tmp_path / version).path
        rooms = Rooms(new_home(tmp_path / f"home-{version}"))
        extract_id = rooms.take_in(source)
        found.append([by_student(rooms, source, query, extract_id) for query in (STUDENTS, MARKS)])
    one, two = found
    assert (len(one[0]), len(one[1]) > 1000) == (60, True)
    assert one == two
