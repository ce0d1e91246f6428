"""From accepted rows to the lake: all of an extract or nothing, every row once, everyone by one reference."""

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.tasks.lake.sql import sql
from termpost.tasks.load import load as load_module
from termpost.tasks.load.load import load_extract, loaded_at
from termpost.tasks.secrets.identities import open_identities

from tests.tasks.gradebook import GRAND_BEND, Gradebook, Rooms, new_home, read_csv

FILES = {
    "core_org": "orgs.csv", "core_academic_session": "academicSessions.csv", "core_class": "classes.csv",
    "core_enrollment": "enrollments.csv", "core_category": "categories.csv", "core_line_item": "lineItems.csv",
    "core_result": "results.csv", "core_attendance": "supplement/attendance.csv",
}  # fmt: skip


def test_every_row_of_the_sample_district_is_there_once(grand_bend: tuple[Rooms, Any]) -> None:
    rooms, summaries = grand_bend
    counts = rooms.counts()
    expected = {}
    for table, name in FILES.items():
        with (GRAND_BEND / name).open(newline="", encoding="utf-8-sig") as source:
            expected[table] = sum(1 for _ in csv.DictReader(source))
    assert expected["core_result"] == 901
    assert {table: counts[table] for table in FILES} == expected
    people = read_csv(GRAND_BEND / "users.csv")
    contacts = {row["contactSourcedId"] for row in read_csv(GRAND_BEND / "supplement/contacts.csv")}
    teachers = {row["userSourcedId"] for row in read_csv(GRAND_BEND / "enrollments.csv") if row["role"] == "teacher"}
    students = {row["sourcedId"] for row in people if row["role"] == "student"}
    found = dict(rooms.rows("SELECT role_code, count(*) FROM lake.core_person GROUP BY ALL"))
    assert found.pop("teacher", 0) == len(teachers)
    assert found == {"student": len(students), "contact": len(contacts)}
    assert counts["core_extract"] == 1
    assert rooms.rows("SELECT DISTINCT extract_id FROM lake.core_result") == [(summaries.extract_id,)]


def test_the_marks_are_those_of_the_file(grand_bend: tuple[Rooms, Any]) -> None:
    rooms, _ = grand_bend
    people = rooms.home.people
    expected = sorted(
        (row["lineItemSourcedId"], people.find(row["studentSourcedId"]), row["scoreStatus"], row["score"] or None,
         row["scoreDate"], row["comment"] == "Late")
        for row in read_csv(GRAND_BEND / "results.csv")
    )  # fmt: skip
    query = "SELECT line_item_id, person_ref, score_status, score, score_date::VARCHAR, is_late FROM lake.core_result"
    found = [(*row[:3], None if row[3] is None else f"{row[3].normalize():f}", *row[4:]) for row in rooms.rows(query)]
    assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("fault", ["insert into core_result", "second chunk of people", "before the extract is noted"])
def test_a_fault_between_inserts_leaves_nothing_and_a_rerun_loads_all(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    extract = rooms.check(gradebook.write(tmp_path / "x"))
    real_sql, real_seal = sql, rooms.home.people.seal
    with monkeypatch.context() as broken:
        if fault == "insert into core_result":
            last = "INSERT INTO lake.core_attendance"
            broken.setattr(
                load_module, "sql", lambda *name: real_sql(*name).replace(last, f"SELECT error('no'); {last}")
            )
        elif fault == "second chunk of people":
            broken.setattr(load_module, "CHUNK", 1)
            sealed: list[str] = []

            def seal(ref: Any, plain: bytes) -> bytes:
                if len(sealed) == 2:
                    raise KeyboardInterrupt  # as a person at the keyboard would
                sealed.append(ref)
                return real_seal(ref, plain)

            broken.setattr(rooms.home.people, "seal", seal)
        else:
            broken.setattr(type(rooms.home.people), "preload", lambda _self, _refs: None)
            broken.setattr(load_module, "IDENTITIES", ("student_identities", "no_such_file"))
        with pytest.raises((duckdb.Error, KeyboardInterrupt, FileNotFoundError)):
            rooms.load(extract)
    assert set(rooms.counts().values()) == {0}
    with rooms.lake() as lake:
        assert loaded_at(lake, extract.id) is None

    rooms.load(extract)
    counts = rooms.counts()
    assert (counts["core_result"], counts["core_person"], counts["core_enrollment"], counts["core_extract"]) == (
        2,
        4,
        2,
        1,
    )
    with rooms.lake() as lake:
        assert loaded_at(lake, extract.id) == rooms.home.clock.today()


def test_the_same_person_has_the_same_reference_over_two_extracts(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path
) -> None:
    first = rooms.take_in(gradebook.write(tmp_path / "x"))
    refs = rooms.rows("SELECT DISTINCT person_ref FROM lake.core_person")
    gradebook.item("essay", "alg", "20")
    gradebook.mark("essay", "s-anna", "15")
    second = rooms.take_in(gradebook.write(tmp_path / "y"))
    assert first != second
    query = "SELECT person_ref FROM lake.core_person WHERE extract_id = ? ORDER BY 1"
    assert rooms.rows(query, first) == rooms.rows(query, second) == sorted(refs)
    with rooms.lake() as lake:
        students = open_identities(lake, rooms.home.people, second, StudentIdentity)
        mothers = open_identities(lake, rooms.home.people, second, ContactIdentity)
    for student in students.values():
        (right,) = student.contacts
        assert mothers[PersonRef(right.ref)].id == f"m-{student.id}"


def test_two_homes_have_nothing_in_common(gradebook: Gradebook, tmp_path: Path) -> None:
    folder = gradebook.write(tmp_path / "x")
    refs = []
    for name in ("a", "b"):
        rooms = Rooms(new_home(tmp_path / name / "home"))
        rooms.take_in(folder)
        refs.append({ref for (ref,) in rooms.rows("SELECT person_ref FROM lake.core_person")})
    assert len(refs[0]) == len(refs[1]) == 4
    assert not refs[0] & refs[1]


@pytest.mark.parametrize("order", ["user", "enrollment", "class", "line item", "result", "contact"])
def test_what_the_source_marks_for_deletion_is_not_loaded(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path, order: str
) -> None:
    name, key, loaded = {
        "user": ("users.csv", {"sourcedId": "s-anna"}, (1, 1, 1, 1)),
        "enrollment": ("enrollments.csv", {"userSourcedId": "s-anna"}, (2, 1, 1, 2)),
        "class": ("classes.csv", {"sourcedId": "alg"}, (2, 0, 0, 0)),
        "line item": ("lineItems.csv", {"sourcedId": "quiz"}, (2, 2, 0, 0)),
        "result": ("results.csv", {"studentSourcedId": "s-anna"}, (2, 2, 1, 1)),
        "contact": ("users.csv", {"sourcedId": "m-s-anna"}, (2, 2, 1, 2)),
    }[order]
    for row in gradebook.files[name]:
        if key.items() <= row.items():
            row["status"] = "tobedeleted"
        else:
            row["status"] = "active"
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    with rooms.lake() as lake:
        students = open_identities(lake, rooms.home.people, extract_id, StudentIdentity)
        contacts = open_identities(lake, rooms.home.people, extract_id, ContactIdentity)
    counts = rooms.counts()
    assert (len(students), counts["core_enrollment"], counts["core_line_item"], counts["core_result"]) == loaded
    if order == "contact":
        assert {c.id for c in contacts.values()} == {"m-s-bela"}
        assert sorted(len(s.contacts) for s in students.values()) == [0, 1]
    if order != "class":
        rooms.render(rooms.summarise(extract_id))  # nothing dangles


def test_rights_may_come_from_the_bundle(gradebook: Gradebook, tmp_path: Path) -> None:
    del gradebook.files["supplement/contacts.csv"]
    anna = next(row for row in gradebook.files["users.csv"] if row["sourcedId"] == "s-anna")
    anna["agentSourcedIds"] = "m-s-anna,g-1,t-1"
    for person, role in (("g-1", "guardian"), ("t-1", "relative")):
        gradebook.student(person, role=role, email=f"{person}@example.org")
    rooms = Rooms(new_home(tmp_path / "home", file='[rights]\nsource = "bundle"\n'))
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    with rooms.lake() as lake:
        students = open_identities(lake, rooms.home.people, extract_id, StudentIdentity).values()
        contacts = open_identities(lake, rooms.home.people, extract_id, ContactIdentity)
    rights = {
        s.id: {(contacts[PersonRef(r.ref)].id, r.relation, r.legal_guardian) for r in s.contacts} for s in students
    }
    assert rights == {"s-anna": {("m-s-anna", "Parent", None), ("g-1", "Guardian", True)}, "s-bela": set()}
    (guardian,) = (c for c in contacts.values() if c.id == "g-1")
    assert [reach.email for reach in guardian.reach] == ["g-1@example.org"]


def test_a_byte_order_mark_changes_nothing(gradebook: Gradebook, rooms: Rooms, tmp_path: Path) -> None:
    folder = gradebook.write(tmp_path / "x")
    for path in folder.rglob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    rooms.take_in(folder)
    counts = rooms.counts()
    assert (counts["core_result"], counts["core_person"]) == (2, 4)


def test_a_lateness_remark_is_read_and_any_other_is_not_kept(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path
) -> None:
    for row, comment in zip(gradebook.files["results.csv"], (" LATE ", "came late"), strict=True):
        row["comment"] = comment
    rooms.take_in(gradebook.write(tmp_path / "x"))
    late = dict(rooms.rows("SELECT person_ref, is_late FROM lake.core_result"))
    assert late == {rooms.home.people.find("s-anna"): True, rooms.home.people.find("s-bela"): False}


def test_modified_standards_are_kept_with_the_student_and_one_row_that_says_so_is_enough(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path
) -> None:
    folder = gradebook.write(tmp_path / "x")
    rows = ["s-anna,true", "s-anna,false", "s-bela,"]
    (folder / "supplement/students.csv").write_text("\n".join(["studentSourcedId,verdict", *rows, ""]))
    extract_id = rooms.take_in(folder)
    with rooms.lake() as lake:
        students = open_identities(lake, rooms.home.people, extract_id, StudentIdentity)
    assert {student.id: student.verdict for student in students.values()} == {"s-anna": False, "s-bela": None}


def test_a_comment_in_a_homeroom_without_marks_is_no_comment_on_a_course(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path
) -> None:
    gradebook.course("home", classType="homeroom")
    gradebook.enroll("s-anna", "home")
    for class_id in ("home", "alg", ""):
        gradebook.add("supplement/comments.csv", studentSourcedId="s-anna", classSourcedId=class_id, cycle="c",
                      comment=f"Of {class_id}")  # fmt: skip
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    with rooms.lake() as lake:
        students = open_identities(lake, rooms.home.people, extract_id, StudentIdentity)
    (anna,) = (student for student in students.values() if student.id == "s-anna")
    assert [(one.class_id, one.text) for one in anna.comments] == [(None, "Of home"), ("alg", "Of alg"), (None, "Of")]


def test_quarantined_rows_stay_out_and_whom_they_touch_is_held(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path
) -> None:
    gradebook.files["results.csv"][0]["score"] = "nine"
    rooms.take_in(gradebook.write(tmp_path / "x"))
    assert rooms.counts()["core_result"] == 1
    anna = rooms.home.people.find("s-anna")
    assert rooms.rows("SELECT person_ref, class_id, reason FROM lake.core_hold") == [(anna, "alg", "type-decimal")]


def test_a_rejected_extract_is_not_loaded_even_when_asked_to(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path
) -> None:
    from termpost.schemas.base.errors import InputError
    from termpost.tasks.check.landing import landed_sources

    for row in gradebook.files["users.csv"]:
        row.pop("role")
    folder = gradebook.write(tmp_path / "x")
    header, *rest = (folder / "users.csv").read_text().splitlines()
    (folder / "users.csv").write_text("\n".join([header.replace("role", "rolle"), *rest]) + "\n")
    extract = rooms.check(folder)
    findings = rooms.findings(extract)
    assert findings.outcome == "rejected"
    with rooms.lake() as lake, pytest.raises(InputError, match="rejected"):
        load_extract(
            lake,
            rooms.home.people,
            landed_sources(rooms.home, extract, lake),
            findings,
            rooms.home.clock.today(),
            "contacts",
        )
    assert rooms.counts()["core_result"] == 0
