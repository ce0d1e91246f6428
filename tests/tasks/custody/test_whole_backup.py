"""The drill of docs/restore.md: a home is lost, and comes back at another place from store, log and backup."""

import json
import shlex
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.tasks.custody import restore as module
from termpost.tasks.custody.container import open_backup
from termpost.tasks.custody.contents import home_files
from termpost.tasks.custody.inventory import backup_wanted, last_backup
from termpost.tasks.custody.recovery_key import read_recovery_key
from termpost.tasks.home.tombstones import erased_ids
from termpost.tasks.records.erase import erase_person
from termpost.tasks.runtime.atomic_files import commit, stage

from tests.flows.personal import people_of
from tests.full_disk import Full
from tests.laws.on_stores import move_to_s3
from tests.laws.test_law_16_the_store_alone import told
from tests.school import CYCLE, KYLE, LISA, Extract, Prepared, new_home
from tests.services.gateway import Gateway
from tests.snapshots import copy_of, small_school, snapshot

OWN = {"letters/house.txt": b"ours", "logo.svg": b"<svg/>", "unknown.toml": b"a = 1\n"}
GRADES = "SELECT class_id, student_key, current_percent, letter, known_at FROM course_grade ORDER BY ALL"
LOADED = "SELECT DISTINCT extract_id FROM extract_check ORDER BY ALL"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(termpost, [str(one) for one in arguments], standalone_mode=False)


def said(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json")
    if done.exception:
        raise done.exception
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def refusal(*arguments: object) -> str:
    """The one line."""
    error = run(*arguments).exception
    assert isinstance(error, InputError), error
    assert "\n" not in str(error)
    return f"{error.code}: {error}"


def _backed_up(folder: Path) -> Prepared:
    """A cycle was prepared, a backup made, and then another extract came."""
    school = small_school(folder)
    for name, data in OWN.items():
        (school.home / name).parent.mkdir(exist_ok=True)
        (school.home / name).write_bytes(data)
    key = said("backup", folder / "first.backup", "--home", school.home)["recovery_key"]
    (folder / "slip.txt").write_text(str(key))
    shutil.copytree(school.home, folder / "then")
    school.extract.change("users.csv", {"sourcedId": KYLE}, givenName="Kyler")
    school.prepare(school.extract)
    return school


class Lost:
    """A school with a backup on a stick, and what its home said."""

    def __init__(self, kept: Path, folder: Path) -> None:
        self.school, self.folder, self.new = copy_of(kept, folder), folder, folder / "elsewhere" / "new"
        self.then = kept / "then"
        self.file = Path(shutil.copy(kept / "first.backup", folder))
        self.slip = Path(shutil.copy(kept / "slip.txt", folder))

    @property
    def key(self) -> str:
        return read_recovery_key(self.slip.read_text())

    def back_up(self) -> None:
        self.file = self.folder / "newest.backup"
        said("backup", self.file, "--key-file", self.slip, "--home", self.school.home)

    def lose_home(self) -> None:
        """Only the store is left, and lies where the new home will look for it."""
        self.new.mkdir(parents=True, mode=0o700)
        self.school.home.joinpath("vault").rename(self.new / "vault")
        shutil.rmtree(self.school.home)

    @property
    def restoring(self) -> tuple[object, ...]:
        return ("restore", self.file, "--key-file", self.slip, "--home", self.new)


@pytest.fixture
def lost(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Lost:
    return Lost(snapshot(tmp_path_factory, "backed-up", _backed_up), tmp_path)


def answers(home: Path) -> list[str]:
    """What a home says of itself."""
    asked = (("status", "--json"), ("sql", GRADES, "--json"), ("sql", LOADED, "--json"))
    return [json.dumps(json.loads(run(*one, "--home", home).stdout)) for one in asked]


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_file_of_a_home_is_in_a_backup_or_named_as_left_out(tmp_path: Path) -> None:
    root = new_home(tmp_path / "home")
    school = Prepared(root)
    planted = ("spill/1/x", ".prefect/a.db", "locks/c.lock", "migrating/p", "backups/b/termpost.toml", ".new-1", "odd",
               "templates/a.typ", "languages/es.po", "a/b/c", "a/spill/x", "law/US.toml", "catalogue/odd")  # fmt: skip
    for name in (*planted, "catalogue/lake.sqlite", "catalogue/lake.sqlite-wal"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    (root / "link").symlink_to(tmp_path)

    found = home_files(school.open())

    named = {
        "odd", "templates/a.typ", "languages/es.po", "a/b/c", "a/spill/x", "law/US.toml", "catalogue/odd",
        "termpost.toml", "calendar.toml", "grading.toml",
    }  # fmt: skip
    assert found.kept.keys() == named
    assert set(found.left_out) == {
        "vault", "spill", ".prefect", "locks", "migrating", "backups", ".new-1", "link", "secrets/last-backup.json"
    }  # fmt: skip
    assert all(found.left_out.values())


def test_a_home_comes_back_elsewhere_as_it_was(lost: Lost) -> None:
    lost.back_up()
    before = answers(lost.school.home)
    lost.lose_home()

    done = said(*lost.restoring)

    assert (done["loaded_since"], done["erased_again"]) == ([], 0)
    assert answers(lost.new) == before
    assert {name: (lost.new / name).read_bytes() for name in OWN} == OWN
    assert run("log", "verify", "--full", "--home", lost.new).return_value in (0, None)
    made, back = Prepared(lost.new).entries("backed_up", "restored")[-2:]
    digest = sha256(lost.file.read_bytes()).hexdigest()
    assert (made.kind, made.reason, made.digest) == ("backed_up", "home", digest)
    assert (back.kind, back.reason, back.digest) == ("restored", "home", digest)
    assert back.since
    assert made.count


@pytest.mark.parametrize("source", ["the school", "landing"])
def test_what_was_loaded_since_is_named_and_comes_back_by_the_command_that_is_said(lost: Lost, source: str) -> None:
    before = answers(lost.school.home)
    lost.lose_home()
    landed = ("--extracts", lost.folder / "landed") if source == "landing" else ()
    done = said(*lost.restoring, *landed)
    (missing,) = done["loaded_since"]
    words = shlex.split(missing["command"])
    extract = words[words.index("--extract") + 1]
    assert missing["landed"]
    assert [missing["extract"] in one[2] for one in (before, answers(lost.new))] == [True, False]
    assert words[:4] == ["termpost", "prepare", "--cycle", CYCLE]
    assert words[-2:] == ["--home", str(lost.new)]
    assert [len(json.loads(one[2])) for one in (before, answers(lost.new))] == [2, 1]
    assert Path(extract).is_dir() == (source == "landing")

    Prepared(lost.new).prepare(Extract(Path(extract)) if landed else lost.school.extract)

    # a landed copy lacks the columns that nobody may keep, and is another extract for it
    compared = slice(2) if landed else slice(3)
    assert answers(lost.new)[compared] == before[compared]


def test_who_was_erased_since_stays_erased(lost: Lost) -> None:
    home, erased = lost.school.open(), PersonRef(lost.school.ref(LISA))
    erase_person(home, erased)
    left = Entry(kind="staff_changed", subject="mlopez", reason="removed")
    home.log.append("erase", [Entry(kind="erased", student=erased, reason="asked"), left])
    lost.lose_home()
    done = said(*lost.restoring)
    assert (done["erased_again"], done["staff_changed_since"]) == (1, ["mlopez"])  # the backup still has her
    assert Prepared(lost.new).open().people.find(LISA) is None


@pytest.mark.parametrize("way", ["home", "keys"])
def test_who_was_erased_by_command_is_kept_out_by_every_restore(lost: Lost, way: str) -> None:
    school, at = lost.school, ("--home", lost.school.home, "--as-of", "2021-12-17")
    with school.phone.is_the_time():
        said("records", "erase", KYLE, "--duty", "court-order", "--reason", "duty", "--by", "mlopez", "--otp",
             school.phone.code(), *at)  # fmt: skip
    if way == "home":
        lost.lose_home()
        said(*lost.restoring)
    else:
        for name in ("secrets", "catalogue"):
            shutil.rmtree(school.home / name)
        lost.new = school.home
        assert run("keys", "restore", lost.file, "--key-file", lost.slip, "--home", lost.new).exception is None
    home = Prepared(lost.new).open()
    assert home.people.find(KYLE) is None
    assert erased_ids(home, [KYLE, LISA]) == {KYLE}  # nor does the source bring him back


def test_despite_a_log_that_does_not_hold_it_restores_where_somebody_says_so(lost: Lost) -> None:
    lost.lose_home()
    *_, last = sorted((lost.new / "vault" / "log").glob("*.ndjson"))
    last.write_bytes(last.read_bytes().replace(b'"kind":"', b'"kind" :"', 1))
    assert refusal(*lost.restoring).startswith("log-broken: ")
    assert not (lost.new / "secrets").exists()
    done = run(*lost.restoring, "--despite-log")
    assert done.exception is None, done.exception
    assert (lost.new / "secrets" / "master.key").exists()


def test_a_writer_that_died_before_its_segment_had_a_head_is_in_nobodys_way(lost: Lost) -> None:
    lost.lose_home()
    log = lost.new / "vault" / "log"
    before, last = sorted(log.glob("*.ndjson"))[-2:]
    taken = (log / "heads" / f"{before.stem}.json").rename(lost.folder / "taken")
    assert "head-missing" in refusal(*lost.restoring), "of any other it was somebody else"
    taken.rename(log / "heads" / f"{before.stem}.json")
    (log / "heads" / f"{last.stem}.json").unlink()
    said(*lost.restoring)
    assert run("log", "verify", "--full", "--home", lost.new).exception is None


def test_a_store_at_an_absolute_place_is_found_from_wherever_the_home_is(lost: Lost) -> None:
    apart = lost.folder / "apart" / "vault"
    apart.parent.mkdir()
    lost.school.home.joinpath("vault").rename(apart)
    path = lost.school.home / "termpost.toml"
    text = path.read_text()
    path.write_text(text.replace("[store]", f'[store]\nurl = "file:{apart}"', 1))
    lost.back_up()
    before = answers(lost.school.home)
    shutil.rmtree(lost.school.home)
    said(*lost.restoring)
    assert answers(lost.new) == before
    assert not (lost.new / "vault").exists()


def test_a_backup_of_another_home_or_a_wrong_key_is_one_line_and_writes_nothing(lost: Lost, tmp_path: Path) -> None:
    good, key = lost.file.read_bytes(), lost.slip.read_text()
    rotated = Path(shutil.copytree(lost.school.home, tmp_path / "rotated"))
    assert run("keys", "rotate", "log", "--home", rotated).exception is None
    stranger = new_home(tmp_path / "stranger")
    said("backup", tmp_path / "theirs", "--key-file", lost.slip, "--home", stranger)
    assert refusal(*lost.restoring).startswith("no-store: ")
    assert not lost.new.exists()
    assert refusal("restore", "--home", lost.new).startswith("no-backup: from the store alone nothing can be restored")
    lost.lose_home()
    before = files(lost.new)

    def refused(code: str) -> None:
        assert refusal(*lost.restoring).startswith(f"{code}: ")
        assert files(lost.new) == before
        assert [path.name for path in lost.new.iterdir()] == ["vault"]

    lost.slip.write_text("2222-2222-2222-2222-2 2222-2222-2222-2222-2")
    refused("backup-closed")
    lost.slip.write_text(key)
    for at in (0, 30, len(good) // 2, len(good) - 1):
        lost.file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        refused("backup-closed" if at else "no-backup")
    lost.file.write_bytes((tmp_path / "theirs").read_bytes())
    refused("log-broken")
    lost.file.write_bytes(good)
    shutil.rmtree(lost.new / "vault")
    shutil.copytree(rotated / "vault", lost.new / "vault")
    before = files(lost.new)
    refused("log-broken")  # older than the key that signs the log


def test_a_home_that_lives_is_not_touched(lost: Lost) -> None:
    lost.new = lost.school.home
    before = files(lost.new)
    assert refusal(*lost.restoring).startswith("home-lives: ")
    assert files(lost.new) == before
    (lost.new / "unknown.toml").write_bytes(b"newer")
    (lost.new / "logo.svg").unlink()
    (lost.new / "secrets" / "staff.json").unlink()
    assert {"home/logo.svg", "secrets/staff.json"} <= set(said(*lost.restoring, "--missing")["members"])
    assert (lost.new / "unknown.toml").read_bytes() == b"newer"


def test_stopped_anywhere_it_leaves_no_home_that_opens_and_is_finished_later(lost: Lost) -> None:
    lost.lose_home()
    count = len(open_backup(lost.file.read_bytes(), lost.key)) - 1  # the note is written nowhere
    for steps in (0, 1, count - 1, count, count + 1, 2 * count - 1):
        disk = Full(steps)
        with patch.object(module, "stage", disk.then(stage)), patch.object(module, "commit", disk.then(commit)):
            assert isinstance(run(*lost.restoring, "--missing").exception, OSError)
        assert not (lost.new / "secrets" / "master.key").exists()
        assert [path for path in lost.new.rglob(".new-*") if path.is_file()] == []
        for path in lost.new.iterdir():
            if path.name != "vault":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    with patch.object(module, "commit", Full(count // 2).then(commit)):
        assert isinstance(run(*lost.restoring).exception, OSError)
    said(*lost.restoring, "--missing")
    assert {name: (lost.new / name).read_bytes() for name in OWN} == OWN
    assert len(Prepared(lost.new).entries("restored")) == 1


def test_a_backup_shows_nothing_of_anybody_and_lies_apart_from_what_it_is_of(lost: Lost) -> None:
    people = people_of(lost.school.extract)
    words = {word.lower() for one in people for word in (one.id, *one.names, *one.others) if len(word) > 5}
    words |= {lost.school.ref(LISA), "termpost.toml", "catalogue"}
    assert told(iter([("school.backup", lost.file.read_bytes())]), words) == set()
    for place in (lost.school.home / "x", lost.school.home / "vault" / "x"):
        assert refusal("backup", place, "--home", lost.school.home).startswith("beside-the-data: ")
    assert refusal("backup", lost.file, "--home", lost.school.home).startswith("file-exists: ")


def test_doctor_knows_the_last_backup_of_the_keys_from_that_of_the_home(lost: Lost) -> None:
    assert backup_wanted(lost.school.open()) == ""
    whole = last_backup(lost.school.open())
    said("keys", "backup", lost.folder / "k", "--key-file", lost.slip, "--home", lost.school.home)
    keys = last_backup(lost.school.open())
    assert whole
    assert keys
    assert (keys.home_at, keys.sha256 == whole.sha256) == (whole.home_at, False)
    (lost.school.home / "secrets" / "last-backup.json").unlink()
    said("keys", "backup", lost.folder / "k2", "--key-file", lost.slip, "--home", lost.school.home)
    assert "no backup of the whole home" in backup_wanted(lost.school.open())


@pytest.mark.soak
@pytest.mark.needs("radosgw")
def test_a_home_whose_store_is_a_bucket_comes_back_from_a_backup_in_another(
    lost: Lost, s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_to_s3(lost.school, s3, monkeypatch)
    own = lost.school.open().written.store.url
    place = f"s3://{s3.bucket(versioned=True)}/termpost/newest.backup"
    backup = ("backup", place, "--key-file", lost.slip, "--home", lost.school.home)
    assert refusal("backup", f"{own}/x.backup", "--home", lost.school.home).startswith("beside-the-data: ")
    said(*backup)
    assert refusal(*backup).startswith("file-exists: ")
    before = answers(lost.school.home)
    shutil.rmtree(lost.school.home)
    said("restore", place, "--key-file", lost.slip, "--home", lost.new)
    assert answers(lost.new) == before
    assert run("log", "verify", "--full", "--home", lost.new).return_value in (0, None)
