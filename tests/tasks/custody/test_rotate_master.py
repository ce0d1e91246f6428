"""A new master secret: killed anywhere, the home opens with the old one or the new one, and nobody is lost."""

import base64
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.custody import rotate_master as module
from termpost.tasks.custody.inventory import fingerprints
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.runtime.atomic_files import commit, stage
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.secrets.keys import load_keys

from tests.tasks.gradebook import new_home

IDS = ["s-anna", "s-bela", "m-carol"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def again(home: Home) -> Home:
    return Home(home.path, home.clock, home.environ)


def known(home: Home) -> dict[str, tuple[PersonRef | None, bytes, str]]:
    """Of each person the reference, the key and the access code, as a fresh process finds them."""
    people, found = again(home).people, again(home)
    refs = {person: people.find(person) for person in IDS}
    return {person: (ref, people.key(ref), code_of(found, ref)) for person, ref in refs.items() if ref}


def test_everybody_keeps_reference_key_and_code_and_the_old_secret_opens_nothing(home: Home) -> None:
    refs = home.people.references(IDS)
    before, old = known(home), home.keys
    sealed = home.people.seal(refs["s-anna"], b"a name")
    for _ in range(2):  # what was carried is carried on
        rotate_master(again(home))
        assert known(home) == before
    assert again(home).keys.master != old.master
    assert again(home).people.open(refs["s-anna"], sealed) == b"a name"
    with pytest.raises(ValueError, match="does not open"):
        PersonKeyStore(home.people.path, old).key(refs["s-anna"])
    assert not PersonKeyStore(home.people.path, old).matches_master()
    assert again(home).people.references([*IDS, "s-new"]).items() >= refs.items()
    assert fingerprints(again(home).keys)[0] != fingerprints(old)[0]
    assert (home.path / "secrets" / "master.key").stat().st_mode & 0o777 == 0o600


def test_new_codes_change_every_code_and_nothing_else(home: Home) -> None:
    home.people.references(IDS)
    before = known(home)
    rotate_master(again(home), new_codes=True)
    after = known(home)
    assert {person: found[:2] for person, found in after.items()} == {p: found[:2] for p, found in before.items()}
    assert not {found[2] for found in after.values()} & {found[2] for found in before.values()}
    assert "codes" not in again(home).keys.retained_keys


class Killed(Exception):  # noqa: N818 - it is no error of anyone's
    """Stands for a process that ends here: nothing after it runs but what the kernel and SQLite do."""


def killing(real: Callable[..., Any], at: int, steps: list[str], name: str) -> Callable[..., Any]:
    """Before the `at`th of all steps, or right after it where `at` is odd."""

    def step(*args: Any, **kwargs: Any) -> Any:
        steps.append(name)
        if 2 * (len(steps) - 1) == at:
            raise Killed
        answer = real(*args, **kwargs)
        if 2 * (len(steps) - 1) + 1 == at:
            raise Killed
        return answer

    return step


class Striking:
    """A connection that counts what changes the file as steps."""

    def __init__(self, real: sqlite3.Connection, at: int, steps: list[str]) -> None:
        self.real, self.at, self.steps = real, at, steps

    def execute(self, statement: str, *values: Any) -> Any:
        word = statement.split(maxsplit=1)[0]
        if word in ("SELECT", "PRAGMA") or "IF NOT EXISTS" in statement:
            return self.real.execute(statement, *values)
        return killing(self.real.execute, self.at, self.steps, word)(statement, *values)

    def executemany(self, statement: str, values: Any) -> Any:
        return killing(self.real.executemany, self.at, self.steps, "INSERT")(statement, values)

    def close(self) -> None:
        self.real.close()


def kill(home: Home, at: int) -> tuple[bool, list[str]]:
    steps: list[str] = []
    connect = sqlite3.connect
    with (
        patch.object(module, "stage", killing(stage, at, steps, "lay")),
        patch.object(module, "commit", killing(commit, at, steps, "commit")),
        patch.object(sqlite3, "connect", lambda *a, **k: Striking(connect(*a, **k), at, steps)),
    ):
        try:
            rotate_master(again(home))
        except Killed:
            return True, steps
    return False, steps


def test_killed_at_every_step_the_home_opens_with_one_secret_or_the_other(home: Home) -> None:
    home.people.references(IDS)
    before, kills, outcomes = known(home), 0, set()
    while True:
        old = again(home).keys.master
        killed, steps = kill(home, kills)
        assert known(home) == before, (kills, steps)
        is_new = again(home).keys.master != old
        assert is_new == ("commit" in steps[:-1] or (steps[-1] == "commit" and kills % 2 == 1)), (kills, steps)
        outcomes.add(is_new)
        with sqlite3.connect(home.people.path) as store:
            staged = store.execute("SELECT 1 FROM sqlite_master WHERE name = 'rewrapped'").fetchone()
        assert not (is_new and staged)  # the old wrapping is gone as soon as somebody opened the people
        if not killed:
            break
        kills += 1
    assert outcomes == {True, False}
    assert steps == [
        "lay",
        "BEGIN",
        "DROP",
        "CREATE",
        "INSERT",
        "COMMIT",
        "BEGIN",
        "commit",
        "UPDATE",
        "DROP",
        "COMMIT",
    ]


def test_whoever_is_erased_after_a_rotation_that_never_came_to_be_is_in_no_table(home: Home) -> None:
    refs = home.people.references(IDS)
    assert kill(home, 13)[0]  # everything is staged
    again(home).people.delete(refs["s-anna"])
    assert refs["s-anna"].encode() not in home.people.path.read_bytes()
    rotate_master(again(home))
    assert again(home).people.find("s-anna") is None


def test_a_process_that_still_has_the_old_secret_adds_nobody(home: Home) -> None:
    refs = home.people.references(IDS)
    old = again(home)
    assert old.people.find("s-anna")
    rotate_master(again(home))
    with pytest.raises(InputError) as caught:
        old.people.references(["s-new"])
    assert caught.value.code == "other-master"
    assert again(home).people.find("s-new") is None
    assert again(home).people.references(IDS) == refs


def test_a_person_added_meanwhile_stops_it_before_the_secret_changes(home: Home) -> None:
    home.people.references(IDS)
    other = again(home)
    other.people.find("s-anna")
    real = sqlite3.connect

    class Busy(Striking):
        def execute(self, statement: str, *values: Any) -> Any:
            if statement == "BEGIN EXCLUSIVE":
                with patch.object(sqlite3, "connect", real):
                    other.people.references(["s-new"])
            return self.real.execute(statement, *values)

    old = again(home).keys.master
    with (
        patch.object(sqlite3, "connect", lambda *a, **k: Busy(real(*a, **k), -1, [])),
        pytest.raises(RetryableError),
    ):
        rotate_master(again(home))
    assert again(home).keys.master == old
    assert again(home).people.key(again(home).people.references(["s-new"])["s-new"])


def test_a_secret_of_the_environment_is_not_rotated(home: Home) -> None:
    text = (home.path / "secrets" / "master.key").read_text()
    given = Home(home.path, home.clock, {"TERMPOST_SECRET_MASTER": text})
    with pytest.raises(InputError) as caught:
        rotate_master(given)
    assert caught.value.code == "secret-elsewhere"
    assert (home.path / "secrets" / "master.key").read_text() == text


def test_the_new_text_works_from_the_environment_too_on_one_line(home: Home) -> None:
    home.people.references(IDS)
    keys = rotate_master(home)
    text = " ".join((home.path / "secrets" / "master.key").read_text().split())
    found = load_keys(home.path / "secrets", {"TERMPOST_SECRET_MASTER": text})
    assert found == keys
    names = {name.partition("/")[0] for name in found.retained_keys}
    assert names == {"people", "receipts", "messages", "codes", "objects", "verification", "store"}


@pytest.mark.parametrize("line", ["codes:", "codes:AAAA", f"codes:{base64.b64encode(b'x' * 31).decode()}"])
def test_a_broken_carried_key_is_refused_without_showing_it(home: Home, line: str) -> None:
    path = home.path / "secrets" / "master.key"
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(InputError) as caught:
        _ = home.keys
    assert caught.value.code == "bad-secret"
    assert line.partition(":")[2] in ("", "AAAA") or line.partition(":")[2] not in str(caught.value)
