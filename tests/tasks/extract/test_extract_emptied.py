"""Landing is emptied after the days that settings give, the log knows, and nothing that comes later misses it."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost as command
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.log.entry import Entry
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.landing_retention import empty_landing
from termpost.tasks.extract.oneroster.page_cache import Kept, ServicePage
from termpost.tasks.extract.source import open_source
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import ObjectHead

from tests.school import CYCLE, LISA, School, new_school, small_extract
from tests.tagged import TAGS, said

DAY_0 = datetime(2021, 12, 1, 8, tzinfo=UTC)


def day(number: float) -> FixedClock:
    return FixedClock(DAY_0 + timedelta(days=number))


class Emptied:
    """What was logged, as the log would hand it back."""

    def __init__(self, store: FileStore) -> None:
        self.store, self.entries = store, list[Entry]()

    def on(self, number: float, days: int = 30) -> int:
        times = Counter(entry.object for entry in self.entries if entry.object)
        return empty_landing(self.store, day(number), days, self.entries.extend, times)

    @property
    def said(self) -> list[tuple[str, str | None, int | None]]:
        return [(entry.kind, entry.object, entry.count) for entry in self.entries]


@pytest.fixture
def emptied(store: FileStore) -> Emptied:
    return Emptied(store)


def landed(store: FileStore, folder: Path, number: float) -> str:
    files = open_source(str(folder))
    return land(store, TAGS, files, fingerprint(files), (), day(number), 30).uri


def test_a_copy_goes_when_it_is_older_than_settings_say_and_no_sooner(
    store: FileStore, emptied: Emptied, folder: Path
) -> None:
    uri = landed(store, folder, 0)
    before = list(store.list(""))
    assert emptied.on(30) == 0
    assert list(store.list("")) == before
    assert emptied.on(30.01) == 1
    assert list(store.list("")) == []
    assert emptied.said == [("retained", uri, 1)]
    assert emptied.on(99) == 0


def test_only_the_old_one_goes(store: FileStore, emptied: Emptied, folder: Path) -> None:
    old = landed(store, folder, 0)
    (folder / "users.csv").write_bytes((folder / "users.csv").read_bytes() + b"\r\n")
    young = landed(store, folder, 20)
    assert emptied.on(31) == 1
    assert old != young
    assert {"/".join(key.split("/")[:2]) for key in store.list("")} == {young}


def test_the_instant_is_no_part_of_the_id_and_a_rerun_does_not_make_a_copy_younger(
    store: FileStore, emptied: Emptied, folder: Path
) -> None:
    assert landed(store, folder, 0) == landed(store, folder, 29)
    assert emptied.on(31) == 1


def test_a_copy_too_old_is_made_anew_so_that_another_run_cannot_take_it_away_meanwhile(
    store: FileStore, emptied: Emptied, folder: Path
) -> None:
    uri = landed(store, folder, 0)
    assert landed(store, folder, 31) == uri
    assert emptied.on(32) == 0
    assert store.get(f"{uri}/results.csv") == (folder / "results.csv").read_bytes()


def test_what_lands_and_goes_again_is_logged_again(store: FileStore, emptied: Emptied, folder: Path) -> None:
    uri = landed(store, folder, 0)
    emptied.on(31)
    assert landed(store, folder, 40) == uri
    emptied.on(71)
    assert emptied.said == [("retained", uri, 1), ("retained", uri, 2)]


def test_a_copy_of_an_older_termpost_counts_from_the_first_look(
    store: FileStore, emptied: Emptied, folder: Path
) -> None:
    uri = landed(store, folder, 0)
    note = said(store.get(f"{uri}/landing.json"))
    del note["landed_at"]
    store.put(f"{uri}/landing.json", json.dumps(note, sort_keys=True).encode())
    assert emptied.on(100) == 0
    assert emptied.on(130) == 0
    assert emptied.on(131) == 1
    assert list(store.list("")) == []


def test_what_a_killed_run_left_grows_old_too(store: FileStore, emptied: Emptied, folder: Path) -> None:
    class KilledError(Exception):
        pass

    class Dying(FileStore):
        def put(self, key: str, data: bytes, *, once: bool = False) -> ObjectHead:
            if key.endswith("results.csv"):
                raise KilledError
            return super().put(key, data, once=once)

    with pytest.raises(KilledError):
        landed(Dying(store.root), folder, 0)
    assert emptied.on(30) == 0
    assert emptied.on(31) == 1
    assert list(store.list("")) == []


def test_a_run_killed_while_it_empties_is_finished_and_logged_by_the_next(
    store: FileStore, emptied: Emptied, folder: Path
) -> None:
    uri = landed(store, folder, 0)
    left = [4]

    class Dying(FileStore):
        def delete(self, key: str) -> None:
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
            super().delete(key)

    with pytest.raises(KeyboardInterrupt):
        empty_landing(Dying(store.root), day(31), 30, emptied.entries.extend, {})
    assert emptied.said == []
    assert emptied.on(31) == 1
    assert emptied.said == [("retained", uri, 1)]
    assert list(store.list("")) == []


def test_pages_of_a_read_that_was_never_finished_go_too(store: FileStore, emptied: Emptied) -> None:
    Kept(store, TAGS, {"url": "https://sis.example.org"}, day(0)).keep("users", 1, ServicePage([], None, None))
    assert emptied.on(30) == 0
    assert emptied.on(31) == 1
    assert list(store.list("")) == []
    assert str(emptied.said[0][1]).startswith("landing/incoming/")


@pytest.fixture
def school(tmp_path: Path) -> School:
    return new_school(tmp_path / "school")


def termpost(*arguments: object) -> str:
    said = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert said.exit_code == 0, said.output
    return said.stdout


def test_what_comes_after_does_not_miss_a_copy_that_is_gone(school: School, tmp_path: Path) -> None:
    """Prepared, and weeks later another extract: status, holds, recipients and release of the first go on."""
    first, second = small_extract(tmp_path / "first"), small_extract(tmp_path / "second")
    for extract in (first, second):
        extract.change("supplement/contacts.csv", {"studentSourcedId": LISA}, contactRestrictions="no-recrods")
    courses = second.folder / "courses.csv"
    courses.write_bytes(courses.read_bytes() + b"\r\n")  # another extract that says the same
    settings = school.home / "termpost.toml"
    settings.write_text(settings.read_text() + "\n[privacy]\nlanding_days = 20\n")
    school.prepare(first)
    assert _copies(school) == 1
    where = ["--cycle", CYCLE, "--home", school.home, "--as-of", "2021-12-17", "--json"]
    before = {name: termpost(name, *where) for name in ("status", "holds", "recipients")}

    school.later(timedelta(days=21))
    school.prepare(second)
    gone = school.entries("retained")
    assert [(entry.reason, entry.count) for entry in gone] == [("landing-days", 1)]
    assert _copies(school) == 1
    assert not list(school.store.list(f"{gone[0].object}/"))

    assert {name: termpost(name, *where) for name in before} == before
    assert school.release()
    assert json.loads(termpost("log", "verify", "--full", "--home", school.home, "--json"))["ok"]


def _copies(school: School) -> int:
    return len({key.split("/")[1] for key in school.store.list("landing/")})
