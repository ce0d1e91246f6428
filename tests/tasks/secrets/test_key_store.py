"""Who is who: one random reference and key a person, in a file that alone names nobody."""

import hashlib
import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.secrets.key_store import PEOPLE_FORMAT, PersonKeyStore
from termpost.tasks.secrets.keys import Keys

KEYS, OTHER = Keys(b"m" * 32, b"l" * 32), Keys(b"M" * 32, b"l" * 32)
IDS = [f"student-{n}" for n in range(50)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "people.sqlite"


@pytest.fixture
def people(path: Path) -> PersonKeyStore:
    return PersonKeyStore(path, KEYS)


def test_references_are_random_distinct_and_stay(people: PersonKeyStore, path: Path) -> None:
    refs = people.references(IDS)
    assert len(set(refs.values())) == 50
    assert all(len(ref) == 21 and ref[0] == "p" for ref in refs.values())
    again = PersonKeyStore(path, KEYS).references([*reversed(IDS), "one more"])
    assert {person: again[person] for person in IDS} == refs
    assert len(set(again.values())) == 51


def test_a_key_store_of_another_format_is_refused_and_stays(people: PersonKeyStore, path: Path) -> None:
    people.references(["student-1"])
    with sqlite3.connect(path) as store:
        store.execute(f"PRAGMA user_version = {PEOPLE_FORMAT + 1}")
    with pytest.raises(InputError) as refused:
        PersonKeyStore(path, KEYS).find("student-1")
    assert refused.value.code == "people-format"
    with sqlite3.connect(path) as store:
        assert store.execute("PRAGMA user_version").fetchone() == (PEOPLE_FORMAT + 1,)


def test_finding_makes_nobody(people: PersonKeyStore, path: Path) -> None:
    assert people.find("student-1") is None
    refs = people.references(["student-1"])
    assert people.find("student-1") == refs["student-1"]
    assert people.find("student-2") is None
    with sqlite3.connect(path) as store:
        assert store.execute("SELECT count(*) FROM person").fetchone() == (1,)


def test_the_file_alone_names_nobody_and_confirms_no_guess(people: PersonKeyStore, path: Path) -> None:
    people.references(IDS)
    data = path.read_bytes()
    for person in IDS:
        assert person.encode() not in data
        assert hashlib.sha256(person.encode()).digest() not in data
    assert PersonKeyStore(path, OTHER).find("student-1") is None  # another secret knows nobody


def test_the_file_is_the_owners_alone_whatever_the_umask(people: PersonKeyStore, path: Path) -> None:
    before = os.umask(0)
    try:
        people.references(IDS)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(p.stat().st_mode) for p in (path.parent, path)] == [0o700, 0o600]


def test_a_value_opens_with_its_own_persons_key_only(people: PersonKeyStore, path: Path) -> None:
    one, two = people.references(["student-1", "student-2"]).values()
    sealed = people.seal(one, b"a name")
    assert people.open(one, sealed) == PersonKeyStore(path, KEYS).open(one, sealed) == b"a name"
    assert people.seal(one, b"a name") != sealed
    with pytest.raises(ValueError, match="does not open"):
        people.open(two, sealed)
    with pytest.raises(ValueError, match="does not open"):
        PersonKeyStore(path, OTHER).key(one)


def test_a_key_moved_to_another_person_does_not_open(people: PersonKeyStore, path: Path) -> None:
    one, two = people.references(["student-1", "student-2"]).values()
    with sqlite3.connect(path) as store:
        (sealed,) = store.execute("SELECT sealed_key FROM person WHERE person_ref = ?", [one]).fetchone()
        store.execute("UPDATE person SET sealed_key = ? WHERE person_ref = ?", [sealed, two])
    fresh = PersonKeyStore(path, KEYS)
    assert fresh.key(one)
    with pytest.raises(ValueError, match="does not open"):
        fresh.key(two)


def test_keys_learnt_at_once_are_those_read_one_by_one(people: PersonKeyStore, path: Path) -> None:
    refs = list(people.references(IDS).values())
    keys = [people.key(ref) for ref in refs]
    assert len(set(keys)) == 50
    fresh = PersonKeyStore(path, KEYS)
    fresh.preload([*refs, PersonRef("p-unknown")])
    path.rename(path.with_suffix(".away"))  # what was learnt needs no file
    assert [fresh.key(ref) for ref in refs] == keys


def test_names_and_digests_differ_by_person_part_and_content(people: PersonKeyStore) -> None:
    one, two = people.references(["student-1", "student-2"]).values()
    names = [
        people.name(one, "a", "b"),
        people.name(one, "ab"),
        people.name(one, "a", "c"),
        people.name(two, "a", "b"),
        people.name(one),
    ]
    assert len(set(names)) == 5
    assert people.name(one, "a", "b") == names[0]
    assert (
        len(
            {
                people.digest(one, b"x"),
                people.digest(one, b"y"),
                people.digest(two, b"x"),
                hashlib.sha256(b"x").hexdigest(),
            }
        )
        == 4
    )


def test_who_is_not_there_has_no_key(people: PersonKeyStore) -> None:
    for ask in (
        people.key,
        lambda ref: people.digest(ref, b""),
        lambda ref: people.seal(ref, b""),
        people.name,
    ):
        with pytest.raises(KeyError):
            ask(PersonRef("p0"))


def test_two_at_once_agree_on_everyone(path: Path) -> None:
    found: list[dict[str, PersonRef]] = []
    threads = [
        threading.Thread(target=lambda: found.append(PersonKeyStore(path, KEYS).references(IDS))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(one == found[0] for one in found)


def test_a_deleted_row_is_overwritten(people: PersonKeyStore, path: Path) -> None:
    """What `records erase` rests on: every connection of the key store overwrites what it deletes."""
    ref = people.references(["student-1"])["student-1"]
    with people._open() as store:
        (sealed,) = store.execute("SELECT sealed_key FROM person").fetchone()
        assert sealed in path.read_bytes()
        store.execute("DELETE FROM person WHERE person_ref = ?", [ref])
    assert sealed not in path.read_bytes()
    assert [p.name for p in path.parent.iterdir()] == [path.name]  # no journal holds it either
