"""Nothing personal lies readable in the lake, its catalogue or the key store (design: Storage)."""

import re
import sqlite3
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity, TeacherIdentity
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.store.file.store import FileStore

from tests.tasks.gradebook import Gradebook, Rooms, read_csv

MARK = "Qzxwvk"

Marked = tuple[Rooms, ExtractId]


def files_under(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_no_row_of_the_lake_holds_a_name_id_address_birth_date_or_comment(marked_rooms: Marked) -> None:
    rooms, _ = marked_rooms
    cells = 0
    with rooms.lake() as lake:
        for table in rooms.tables():
            for row in lake.execute(f"SELECT * FROM lake.{table}").fetchall():
                cells += len(row)
                assert MARK not in str(row)
                assert date(2001, 2, 3) not in row
    assert cells > 10_000


def test_neither_catalogue_nor_parquet_nor_key_store_holds_one_in_clear(marked_rooms: Marked) -> None:
    home = marked_rooms[0].home
    assert isinstance(home.store.raw, FileStore)
    found = files_under(home.path / "catalogue", home.store.raw.root / "lake", home.path / "secrets")
    assert {path.suffix for path in found} >= {".sqlite", ".parquet", ".key"}
    for path, data in found.items():
        assert MARK.encode() not in data, path
        assert b"2001-02-03" not in data, path
        if path.suffix == ".parquet":
            assert data[:4] == b"PARE", path  # encrypted, footer too


def test_the_catalogues_minima_and_maxima_are_of_no_person(marked_rooms: Marked) -> None:
    home = marked_rooms[0].home
    with sqlite3.connect(home.path / "catalogue" / "lake.sqlite") as catalogue:
        rows = catalogue.execute("SELECT min_value, max_value FROM ducklake_file_column_stats").fetchall()
        inlined = catalogue.execute("SELECT count(*) FROM ducklake_inlined_data_tables").fetchone()
    assert len(rows) > 50
    assert inlined == (0,)  # a small insert would be plain rows in the catalogue
    assert not [row for row in rows if MARK in str(row) or "2001-02-03" in str(row)]


def test_people_stand_in_the_lake_by_a_random_reference(marked_rooms: Marked) -> None:
    rooms, _ = marked_rooms
    with rooms.lake() as lake:
        for table in ("core_person", "core_enrollment", "core_result", "core_attendance"):
            refs = {ref for (ref,) in lake.execute(f"SELECT DISTINCT person_ref FROM lake.{table}").fetchall()}
            assert refs
            assert all(re.fullmatch(r"p[0-9a-f]{20}", ref) for ref in refs)


def test_with_the_keys_everything_sealed_is_there(marked_rooms: Marked, marked_source: Path) -> None:
    rooms, extract_id = marked_rooms
    users = {row["sourcedId"]: row for row in read_csv(marked_source / "users.csv")}
    people = rooms.home.people
    with rooms.lake() as lake:
        students = open_identities(lake, people, extract_id, StudentIdentity)
        contacts = open_identities(lake, people, extract_id, ContactIdentity)
        teachers = open_identities(lake, people, extract_id, TeacherIdentity)
    assert len(students) == 49
    assert {s.birth_date for s in students.values()} == {date(2001, 2, 3)}
    assert all(s.email == users[s.id]["email"] and s.contacts for s in students.values())
    comments = [(s.id, c.text) for s in students.values() for c in s.comments]
    of_file = read_csv(marked_source / "supplement/comments.csv")
    assert sorted(comments) == sorted((row["studentSourcedId"], row["comment"]) for row in of_file)
    assert len(comments) == 16
    assert all(MARK in text for _, text in comments)
    everybody: list[tuple[Mapping[PersonRef, StudentIdentity | ContactIdentity | TeacherIdentity], set[str]]] = [
        (students, {"student"}), (contacts, {"parent", "guardian"}), (teachers, {"teacher"}),
    ]  # fmt: skip
    for found, roles in everybody:
        for ref, identity in found.items():
            row = users[identity.id]
            assert row["role"] in roles
            assert (identity.given, identity.family) == (row["givenName"], row["familyName"])
            assert people.find(identity.id) == ref


def test_passwords_comments_on_results_and_reasons_are_not_even_sealed(marked_rooms: Marked) -> None:
    rooms, _extract_id = marked_rooms
    with rooms.lake() as lake:
        sealed = lake.execute("SELECT person_ref, identity FROM lake.core_person").fetchall()
    plain = b"".join(rooms.home.people.open(PersonRef(ref), identity) for ref, identity in sealed)
    assert f"secret{MARK}".encode() not in plain
    assert b"a remark" not in plain
    assert b"Absent excused" not in plain


def test_erasing_a_row_of_the_key_store_blinds_that_person_and_nobody_else(
    gradebook: Gradebook, rooms: Rooms, tmp_path: Path
) -> None:
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    refs = rooms.home.people.find_all(["s-anna", "s-bela"])
    anna, bela = refs["s-anna"], refs["s-bela"]
    path = rooms.home.path / "secrets" / "people.sqlite"
    before = path.read_bytes()
    with sqlite3.connect(path) as store:
        (wrapped,) = store.execute("SELECT sealed_key FROM person WHERE person_ref = ?", [anna]).fetchone()
    store.close()
    assert wrapped in before

    store = sqlite3.connect(path)
    store.execute("PRAGMA secure_delete = ON")
    store.execute("DELETE FROM person WHERE person_ref = ?", [anna])
    store.commit()
    store.close()

    assert wrapped not in path.read_bytes()
    people = PersonKeyStore(path, rooms.home.keys)
    with rooms.lake() as lake:
        students = open_identities(lake, people, extract_id, StudentIdentity)
        sealed = dict(lake.execute("SELECT person_ref, identity FROM lake.core_person").fetchall())
    assert set(students) == {bela}
    assert people.find("s-anna") is None
    with pytest.raises(KeyError):
        people.open(anna, sealed[anna])
    with pytest.raises(KeyError):
        people.digest(anna, b"")
    assert rooms.rows("SELECT count(*) FROM lake.core_result WHERE person_ref = ?", anna) == [(1,)]  # history stays
