"""Proof of erasure: what everybody else asks gets the same answer, and nothing of the person is found as bytes."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.analysis.history import open_history
from termpost.tasks.analysis.publish import publish_views, read_current
from termpost.tasks.analysis.query import ask, select
from termpost.tasks.records.erase import HIGHEST, LOWEST, erase_person
from termpost.tasks.secrets.identities import open_identities

from tests.tasks.gradebook import Gradebook, Rooms, copy_of_grand_bend, new_home, read_csv, write_csv

FIRST, SECOND = datetime(2021, 10, 15, 14, tzinfo=UTC), datetime(2021, 12, 17, 14, tzinfo=UTC)
INSTANTS = (datetime(2021, 10, 1, tzinfo=UTC), FIRST, datetime(2021, 11, 1, tzinfo=UTC), SECOND)
OF_STUDENTS = ("course_grade", "student_cycle", "attendance", "student")
WITHOUT_PEOPLE = (
    "FROM section_cycle ORDER BY ALL", "FROM school_cycle ORDER BY ALL",
    "SELECT cycle_id, class_id, count(*), sum(final_percent) FROM course_grade GROUP BY ALL ORDER BY ALL",
    "SELECT line_item_id, count(*), sum(score) FROM core_result GROUP BY ALL ORDER BY ALL",
    "SELECT event, count(*) FROM core_attendance GROUP BY ALL ORDER BY ALL",
    "SELECT cycle_id, count(*), sum(missing_count) FROM out_student_summary GROUP BY ALL ORDER BY ALL",
)  # fmt: skip
STUDENT = "604822"


@pytest.fixture
def two_loads(tmp_path: Path) -> Rooms:
    """The sample district twice: in the second extract a mark is another."""
    home = new_home(tmp_path / "home", FIRST)
    for at, cycle in ((FIRST, "2021-fall-midterm"), (SECOND, "2021-fall-final")):
        source = copy_of_grand_bend(tmp_path / cycle)
        if at == SECOND:
            rows = read_csv(source / "results.csv")
            rows[0]["score"] = "1"
            write_csv(source / "results.csv", list(rows[0]), rows)
        rooms = Rooms(replace(home, clock=FixedClock(at)))
        rooms.summarise(rooms.take_in(source), id=cycle)
        publish_views(rooms.home)
    return rooms


def answers(rooms: Rooms, key: str) -> bytes:
    """As bytes: every answer at every instant, without the rows of one student."""
    found: list[object] = []
    for at in INSTANTS:
        with open_history(rooms.home, at) as history:
            found += [select(history, query) for query in WITHOUT_PEOPLE]
            found += [select(history, f"FROM {view} WHERE student_key <> '{key}' ORDER BY ALL") for view in OF_STUDENTS]
            found += [ask(history, name) for name in ("classes_that_mark_late", "students_recovered")]
    return json.dumps(found, default=str).encode()


def everything_kept(rooms: Rooms) -> dict[str, bytes]:
    """Lake, catalogue, key store and publications; of each Parquet file that is not encrypted also its values."""
    home = rooms.home
    places = [
        Path(home.lake.data),
        home.lake.catalogue.parent,
        home.people.path.parent,
        Path(home.store.url("analyst")),
    ]
    kept = {str(path): path.read_bytes() for place in places for path in place.rglob("*") if path.is_file()}
    for name in [name for name in kept if "/analyst/" in name and name.endswith(".parquet")]:
        kept[f"{name} read"] = str(duckdb.sql(f"FROM read_parquet('{name}')").fetchall()).encode()
    return kept


def traces(rooms: Rooms, ref: PersonRef) -> set[str]:
    """What stands for the person anywhere: ids, names, address, birth date, references."""
    with rooms.lake() as lake:
        ids = [i for (i,) in lake.execute("SELECT DISTINCT extract_id FROM lake.core_extract").fetchall()]
        people = [open_identities(lake, rooms.home.people, i, StudentIdentity, [ref])[ref] for i in ids]
    found = {ref, rooms.home.people.name(ref, "analyst")}
    for person in people:
        said = (person.id, person.number, person.given, person.family, person.email, str(person.birth_date))
        found |= {value for value in said if value}
    assert len(found) >= 6
    return found


def test_an_erased_person_is_found_nowhere_and_every_other_answer_is_the_same(two_loads: Rooms) -> None:
    rooms = two_loads
    home = rooms.home
    ref = home.people.find(STUDENT)
    assert ref
    key = home.people.name(ref, "analyst")
    marks, before = traces(rooms, ref), answers(rooms, key)
    old = read_current(home)
    assert old
    assert old.previous  # two publications have the person in them
    assert any(key.encode() in content for content in everything_kept(rooms).values())

    erase_person(home, ref)

    assert answers(rooms, key) == before
    for mark in marks:
        assert [name for name, content in everything_kept(rooms).items() if mark.encode() in content] == [], mark
    new = read_current(home)
    assert new
    assert (new.previous, new.publication != old.publication) == (None, True)
    assert {key.split("/")[1] for key in home.store.list("analyst/")} == {new.publication, "current.json"}


def test_the_rows_of_an_erased_person_stay_and_belong_to_nobody(two_loads: Rooms) -> None:
    home = two_loads.home
    ref = home.people.find(STUDENT)
    assert ref
    with open_history(home) as history:
        (rows,) = select(history, "SELECT count(*) FROM student_cycle")[1]
    erase_person(home, ref)
    with open_history(home) as history:
        assert select(history, "SELECT count(*) FROM student_cycle")[1] == [rows]
        assert select(history, "SELECT count(*) FROM student_cycle WHERE student_key IS NULL")[1] == [(2,)]
        assert select(history, "SELECT DISTINCT birth_year FROM student WHERE student_key IS NULL")[1] == [(None,)]
        assert select(history, "SELECT count(*) FROM core_person WHERE person_ref IS NULL")[1] == [(2,)]
    erase_person(home, ref)  # again: nothing more


def test_the_person_whose_reference_is_the_least_or_greatest_leaves_the_catalogue_too(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    rooms.summarise(rooms.take_in(gradebook.write(tmp_path / "x")))
    refs = sorted(r for (r,) in rooms.rows("SELECT DISTINCT person_ref FROM lake.core_result"))
    with sqlite3.connect(rooms.home.lake.catalogue) as catalogue:
        stated = {
            v for row in catalogue.execute("SELECT min_value, max_value FROM ducklake_file_column_stats") for v in row
        }
    assert set(refs) <= stated  # so there is something to remove
    for ref in refs:
        assert LOWEST <= ref <= HIGHEST
        erase_person(rooms.home, PersonRef(ref))
        kept = b"".join(p.read_bytes() for p in rooms.home.lake.catalogue.parent.iterdir())
        assert ref.encode() not in kept
    # the looser bounds are true: a reader still finds the rows, also after another load
    for ref in refs:
        assert rooms.rows("SELECT count(*) FROM lake.core_result WHERE person_ref = ?", ref) == [(1,)]
    gradebook.mark("quiz", "s-anna", "3")
    rooms.take_in(gradebook.write(tmp_path / "y"))
    for ref in refs:
        assert rooms.rows("SELECT count(*) FROM lake.core_result WHERE person_ref = ?", ref) == [(1,)]
