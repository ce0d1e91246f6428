"""Homes of every earlier format, made by the versions of those days (tests/data/homes), come up to the present."""

import hashlib
import itertools
import json
import re
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.prepared import PREPARED_NUMBER
from termpost.schemas.documents.stored_objects import protection_of
from termpost.tasks.analysis.history import open_history
from termpost.tasks.analysis.query import select
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.lake.connection import LAKE_FORMAT, open_lake
from termpost.tasks.log.verify import verify
from termpost.tasks.migrate import migrate as migration
from termpost.tasks.migrate import staging
from termpost.tasks.migrate.lake import columns_of, present_tables
from termpost.tasks.migrate.migrate import migrate
from termpost.tasks.migrate.record import applied_steps
from termpost.tasks.migrate.steps import SettingsStep, lacks, with_line
from termpost.tasks.secrets.object_encryption import read_header
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.store.file.store import FileStore

from tests.command import Command
from tests.school import CYCLE, School, small_extract
from tests.tagged import said as told

HOMES = Path(__file__).parents[2] / "data" / "homes"
NAMES = sorted(path.name.removesuffix(".tar.xz") for path in HOMES.glob("*.tar.xz"))
OLD = [name for name in NAMES if not name.startswith(f"lake-{LAKE_FORMAT}")]
# the oldest, which goes through every step, and the newest
IN_SUITE = ("lake-1-first", "lake-7-clear")
EVERY = [name if name in IN_SUITE else pytest.param(name, marks=pytest.mark.soak) for name in NAMES]
# the oldest, one between, the newest: a cycle takes three runs
GO_ON = ["lake-1-first", *(pytest.param(name, marks=pytest.mark.soak) for name in ("lake-3", "lake-7-clear"))]
OLD_DEFAULTS = [  # of the keys that the grading.toml of the archives does not say
    "scale-by-exact", "record-computed", "merge-sections-never", "drop-window-none", "report-show-final",
    "report-leavers", "report-min-share", "attendance-any-period",
    "codes-by-post",
]  # fmt: skip
STEP = SettingsStep("settings-test", "a test", "grading.toml", "work", "ungraded", 'ungraded = "zero"  # as before')


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


def unpacked(name: str, folder: Path) -> School:
    """A home as it lay in the archive, and its registrar; by the machine's clock."""
    folder.mkdir(mode=0o700)
    with tarfile.open(HOMES / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="tar")
    school = School(folder)
    school.phone.secret = json.loads((folder / "secrets" / "phone-of-the-registrar.json").read_text())["secret"]
    school.phone.now = datetime(2022, 1, 3, 14, tzinfo=UTC)  # later than any code that was used
    settings = folder / "termpost.toml"  # a real home's, in which no place of the sample's may stand
    settings.write_text(re.sub(r"[a-z-]+\.example(\.org)?", "grandbend.k12.tx.us", settings.read_text()))
    return replace(school, as_of=None)


def contents(home: Path) -> dict[str, str]:
    """Path → sha256 of what a migration may not leave half changed."""
    aside = ("backups", "locks", "migrating")
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and (name := path.relative_to(home).as_posix()) and name.split("/")[0] not in aside
        and not name.startswith("vault/lake/") and path.suffix not in (".sqlite-wal", ".sqlite-shm")
    }  # fmt: skip


def log_holds(home: Home) -> bool:
    return verify(home.store, home.keys.log_signers, home.anchor, full=True, objects=object_is_as_logged(home)).ok


def is_present(home: Home) -> bool:
    with open_lake(home.lake) as lake:
        if columns_of(lake) != present_tables()[1]:
            return False
    formats = [told(home.store.get(k))["format"] for k in home.store.list("reports/") if "/prepared" in k]
    return formats == [f"termpost.prepared/{PREPARED_NUMBER}"] and len(prepared_of(home, CYCLE)) == 1


def under(home: Home, key: str) -> str:
    """Whose key an object is encrypted under."""
    header = read_header(key, home.store.raw.get(key))
    return ", ".join(id_.partition(":")[0] for id_ in header.keys)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.mark.parametrize("name", EVERY)
def test_a_home_of_an_earlier_format_goes_on_after_migrate(name: str, tmp_path: Path) -> None:
    school = unpacked(name, tmp_path / "home")
    home = open_home(school.home)
    before = list(home.log.entries())
    if name in OLD:
        with pytest.raises(InputError) as refused, open_history(home):
            pass
        assert (refused.value.code, refused.value.remedy) == ("lake-format", "run `termpost migrate`")
    assert {step for step, _ in migrate(home).steps} > ({f"lake-{LAKE_FORMAT}"} if name in OLD else set())
    assert is_present(home)
    assert migrate(home).steps == ()
    assert {under(home, key) for key in home.store.list("reports/") if "/v1/" in key} == {"person"}
    assert {under(home, key) for key in home.store.list("") if protection_of(key) == "home"} == {"home"}
    with open_history(home) as history:
        assert select(history, "SELECT count(*), count(class_id) FROM core_result")[1] == [(72, 72)]
        assert select(history, "SELECT count(*) FROM out_release")[1][0][0] in (0, 2)  # format 3 began to write it
    after = list(home.log.entries())
    assert after[: len(before)] == before
    assert {entry.kind for entry in after[len(before) :]} <= {"kept", "settings_changed"}
    assert log_holds(home)


@pytest.mark.parametrize("name", GO_ON)
def test_a_cycle_begun_in_an_earlier_format_is_prepared_and_released_after_migrate(name: str, tmp_path: Path) -> None:
    school = unpacked(name, tmp_path / "home")
    migrate(open_home(school.home))
    released = open_home(school.home).state(CYCLE).released_students
    school.prepare(small_extract(tmp_path / "extract"))
    school.release()
    home = open_home(school.home)
    assert len(released) == 2
    assert released < home.state(CYCLE).released_students
    assert len(home.state(CYCLE).released_students) == 3
    done = len(list(home.log.entries()))
    school.prepare(small_extract(tmp_path / "again"))
    assert len(list(open_home(school.home).log.entries())) == done
    assert log_holds(home)


def dies(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Every step that outlasts the process counts; before the one numbered `at` the process dies."""
    count = itertools.count()

    def counted(done: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **kwargs: Any) -> Any:
            if next(count) == at:
                raise Killed
            return done(*args, **kwargs)

        return act

    for module, names in (
        (migration, ("copy_database", "bring_up", "write_durably", "decide")),
        (staging, ("copy_database", "write_durably", "record_applied")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, counted(getattr(module, name)))
    monkeypatch.setattr(FileStore, "put", counted(FileStore.put))


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_anywhere_the_old_home_is_intact_or_the_next_run_makes_the_new_one_whole(
    step: int, tmp_path: Path
) -> None:
    for at in itertools.count(step - 1, step):
        school = unpacked("lake-1", tmp_path / str(at))
        before = contents(school.home)
        with pytest.MonkeyPatch.context() as patched:
            dies(patched, at)
            try:
                migrate(open_home(school.home))
            except Killed:
                pass
            else:
                break
        if (school.home / "migrating" / staging.PLAN).exists():
            with pytest.raises(InputError) as refused:
                open_home(school.home)
            assert refused.value.code == "half-migrated"
            assert migrate(open_home(school.home, half_migrated=True)).finished
        else:
            assert contents(school.home) == before
            assert migrate(open_home(school.home)).steps
        home = open_home(school.home)
        assert is_present(home)
        assert log_holds(home)
        assert not (school.home / "migrating").exists()
    assert at > 8  # it died before each


def test_the_backup_is_what_was_changed_as_it_was(tmp_path: Path) -> None:
    school = unpacked("lake-2", tmp_path / "home")
    home = open_home(school.home)
    (key,) = (key for key in home.store.list("reports/") if key.endswith("prepared.json"))
    before = home.store.raw.get(key)
    backup = migrate(home).backup
    assert backup is not None
    assert (backup / "store" / key).read_bytes() == before
    (school.home / "catalogue" / "lake.sqlite").write_bytes((backup / "lake.sqlite").read_bytes())
    with pytest.raises(InputError, match="format 2"), open_history(open_home(school.home)):
        pass


def test_the_command_lists_does_and_says_when_nothing_is_due(tmp_path: Path, command: Command) -> None:
    school = unpacked("lake-4", tmp_path / "home")
    before = contents(school.home)
    said = command("migrate", "--dry-run", "--json", "--home", school.home)
    steps = ["lake-5", "lake-6", "lake-7", "lake-8", *OLD_DEFAULTS, "tags-1", "encrypted-1", "log-end-1"]
    assert [step["step"] for step in json.loads(said.out)["steps"]] == steps
    assert contents(school.home) == before
    said = command("migrate", "--home", school.home)
    assert (said.code, said.err) == (0, "")
    assert str(school.home / "backups") in said.out
    assert [one.step for one in applied_steps(school.home)] == steps
    assert "drop_window = 0  # as before; new homes: 15 school days" in (school.home / "grading.toml").read_text()
    said = command("migrate", "--home", school.home)
    assert (said.code, said.out) == (0, "Nothing to do: this home is of the present formats.\n")


def test_no_migration_while_a_flow_is_at_work_nor_of_a_newer_home(tmp_path: Path, command: Command) -> None:
    school = unpacked("lake-5", tmp_path / "home")
    home = open_home(school.home)
    with cycle_lock(home, CYCLE):
        assert "another run is at work" in command("migrate", "--home", school.home).complaint
    migrate(home)
    with open_lake(home.lake) as lake:
        lake.execute("UPDATE lake.lake_format SET format = format + 1")
    said = command("migrate", "--home", school.home)
    assert said.code == 1
    assert f"format {LAKE_FORMAT + 1}" in said.complaint


def test_an_old_default_is_written_into_the_settings_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    school = unpacked("lake-5", tmp_path / "home")
    migrate(open_home(school.home))
    monkeypatch.setattr(migration, "SETTINGS_STEPS", (STEP,))
    file = school.home / STEP.file
    text = file.read_text()
    assert [name for name, _ in migrate(open_home(school.home)).steps] == [STEP.name]
    assert STEP.line in file.read_text()
    assert set(text.splitlines()) <= set(file.read_text().splitlines())  # every comment is still there
    file.write_text(text)  # whoever takes the line out again means it
    assert migrate(open_home(school.home)).steps == ()


@pytest.mark.parametrize(
    ("text", "table", "expected"),
    [
        ("# top\n", "", "# top\nk = 1\n"),
        ("a = 1\n[t]\nb = 2\n", "", "a = 1\nk = 1\n[t]\nb = 2\n"),
        ("[t]  # why\nb = 2\n", "t", "[t]  # why\nk = 1\nb = 2\n"),
        ("[u]\n", "t.v", "[u]\n\n[t.v]\nk = 1\n"),
    ],
)
def test_a_line_goes_into_its_table(text: str, table: str, expected: str) -> None:
    step = replace(STEP, table=table, key="k", line="k = 1")
    assert with_line(text, step) == expected
    assert lacks({}, step)


def test_an_object_that_is_not_what_the_log_says_gets_no_tag(tmp_path: Path, command: Command) -> None:
    school = unpacked("lake-5-untagged", tmp_path / "home")
    lies = school.store.raw
    made = next(key for key in lies.list("reports/") if key.endswith("/made.json"))
    before = lies.get(made)
    note = json.loads(before)
    note["renditions"]["report.en.pdf"]["digest"] = "0" * 64
    lies.put(made, json.dumps(note).encode())
    assert made in command("migrate", "--home", school.home).complaint
    assert b'"tag"' not in b"".join(lies.get(key) for key in lies.list("reports/"))
    lies.put(made, before)
    said = json.loads(command("migrate", "--json", "--home", school.home).out)
    assert said["unverified"] == {
        "notes/comments/<cycle>/<import>.json": 1, "reports/<school>/<cycle>/<report>/v<version>/report.json": 3,
        "reports/<school>/<cycle>/prepared.json": 1,
    }  # fmt: skip
    school.store.put(made, before)  # a tag is given once: what loses it later is refused
    assert migrate(open_home(school.home)).steps == ()
    with pytest.raises(InputError, match=made):
        school.prepare(small_extract(tmp_path / "extract"))
