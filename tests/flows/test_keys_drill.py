"""The drill of docs/keys.md: secrets and catalogue are destroyed, and a backup brings back all but who was erased."""

import json
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.custody import restore as module
from termpost.tasks.custody.container import open_backup, seal_backup
from termpost.tasks.custody.recovery_key import read_recovery_key
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.log.segments import checkpoint_key, head_key, segment_key
from termpost.tasks.records.erase import erase_person
from termpost.tasks.runtime.atomic_files import commit, stage

from tests.command import Command, Said
from tests.full_disk import Full
from tests.school import CYCLE, FANNIE, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.snapshots import copy_of, released_school, snapshot


@pytest.fixture
def termpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A home with a released cycle, a copy of it, and the secret of the registrar's phone."""
    folder = tmp_path_factory.mktemp("drill")
    school = copy_of(snapshot(tmp_path_factory, "released", released_school), folder)
    shutil.copytree(school.home, folder / "copy")
    return school.home, folder / "copy", school.phone.secret


@pytest.fixture
def school(released: tuple[Path, Path, str]) -> Prepared:
    home, copy, _ = released
    shutil.rmtree(home)
    shutil.copytree(copy, home)
    return Prepared(home)


class Drill:
    """Someone with a stick and a slip of paper."""

    def __init__(self, termpost: Command, school: Prepared, folder: Path) -> None:
        self.termpost, self.school = termpost, school
        self.file, self.slip = folder / "school.backup", folder / "slip.txt"

    def back_up(self) -> str:
        said = self.termpost("keys", "backup", self.file, "--home", self.school.home, "--json", "--as-of", "2021-12-17")
        assert said.code == 0, said.err
        key = str(json.loads(said.out)["recovery_key"])
        self.slip.write_text(key.lower().replace("-", " "))
        return key

    def restore(self, *options: str, home: Path | None = None) -> Said:
        where = home or self.school.home
        return self.termpost("keys", "restore", self.file, "--key-file", self.slip, "--home", where,
                             "--as-of", "2021-12-17", *options)  # fmt: skip


@pytest.fixture
def drill(termpost: Command, school: Prepared, tmp_path: Path) -> Iterator[Drill]:
    yield Drill(termpost, school, tmp_path)
    left = [p.name for p in school.home.rglob(".*") if p.is_file()]
    assert left == []  # no half-written secret stays behind


def destroy(home: Path) -> None:
    shutil.rmtree(home / "secrets")
    shutil.rmtree(home / "catalogue")


def files(home: Path) -> dict[str, bytes]:
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def opened(school: Prepared, contact: str, code: str) -> int:
    """How many reports the code opens on the contact's sealed page."""
    ref = school.ref(contact)
    (key,) = school.store.list(f"sealed/{ref}/")
    return len(reopen_sealed(school.store.get(key), code))


def holds(termpost: Command, home: Path) -> None:
    said = termpost("log", "verify", "--full", "--home", home)
    assert (said.code, said.out[:3]) == (0, "ok:"), said.out


def test_after_a_total_loss_a_backup_brings_everything_back(drill: Drill, termpost: Command) -> None:
    home = drill.school.home
    codes = {who: code_of(drill.school.open(), drill.school.ref(who)) for who in (MOTHER, OTHER)}
    query = ("sql", "SELECT count(*) AS n FROM course_grade", "--json", "--home", home, "--as-of", "2021-12-17")
    asked, staff = termpost(*query).out, drill.school.open().staff.list()
    drill.back_up()
    destroy(home)
    assert termpost("log", "verify", "--home", home).code == 1

    said = drill.restore()

    assert (said.code, said.err) == (0, "")
    holds(termpost, home)
    for who, reports in ((MOTHER, 2), (OTHER, 1)):
        assert opened(drill.school, who, codes[who]) == reports
        assert code_of(drill.school.open(), drill.school.ref(who)) == codes[who]
    assert (termpost(*query).out, drill.school.open().staff.list()) == (asked, staff)
    assert json.loads(asked)[0]["n"] > 0
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (home / "secrets").iterdir()}
    assert (modes, stat.S_IMODE((home / "secrets").stat().st_mode)) == ({0o600}, 0o700)
    assert [(e.kind, e.reason) for e in drill.school.entries("backed_up", "restored")] == [
        ("backed_up", "keys"), ("restored", "keys")
    ]  # fmt: skip


def test_the_home_may_be_elsewhere_and_settings_come_back_too(drill: Drill, termpost: Command, tmp_path: Path) -> None:
    drill.back_up()
    new = tmp_path / "new"
    new.mkdir(mode=0o700)
    drill.school.home.joinpath("vault").rename(new / "vault")
    destroy(drill.school.home)
    assert drill.restore(home=new).code == 0
    holds(termpost, new)
    said = termpost("sql", "SELECT count(*) AS n FROM course_grade", "--json", "--home", new, "--as-of", "2021-12-17")
    assert json.loads(said.out)[0]["n"] > 0


def test_a_person_erased_after_the_backup_stays_erased(drill: Drill, termpost: Command) -> None:
    home = drill.school.open()
    erased, other = PersonRef(drill.school.ref(LISA)), PersonRef(drill.school.ref(KYLE))
    note = Entry(kind="erased", student=other, object="notes/x/y.txt")  # of him only a note was erased
    drill.back_up()
    erase_person(home, erased)
    home.log.append("erase", [Entry(kind="erased", student=erased, reason="asked"), note])
    destroy(drill.school.home)

    said = drill.restore("--json")

    assert json.loads(said.out)["erased_again"] == 1
    people = drill.school.open().people
    assert (people.find(LISA), people.find(KYLE)) == (None, other)
    with pytest.raises(KeyError):
        people.key(erased)
    for name, data in files(drill.school.home).items():
        assert name.startswith("vault/") or erased.encode() not in data, name


def test_a_wrong_key_a_changed_byte_or_another_file_is_one_line_and_nothing_written(
    drill: Drill, termpost: Command, tmp_path: Path
) -> None:
    key = drill.back_up()
    destroy(drill.school.home)
    before, good = files(drill.school.home), drill.file.read_bytes()

    def refused(answer: str) -> None:
        said = drill.restore()
        assert (said.code, answer in said.complaint) == (1, True), said.err
        assert files(drill.school.home) == before

    drill.slip.write_text("2222-2222-2222-2222-2 2222-2222-2222-2222-2")
    refused("its recovery key is another, or it was changed")
    drill.slip.write_text(key.replace(key[0], "A" if key[0] != "A" else "B", 1))
    refused("the first half of the recovery key has a typing error")
    drill.slip.write_text(key[:-4])
    refused("does not have 34 letters and digits")
    drill.slip.write_text(key)
    for at in range(0, len(good), len(good) // 10):
        drill.file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        refused("this is no termpost.backup/1 file" if at == 0 else "does not open")
    drill.file.write_bytes(good[:-1])
    refused("does not open")
    drill.file.write_bytes(good)
    assert drill.restore().code == 0


def test_nothing_that_is_there_is_overwritten_and_missing_puts_back_the_rest(drill: Drill, termpost: Command) -> None:
    home = drill.school.home
    drill.back_up()
    before = files(home)
    said = drill.restore()
    assert (said.code, "would be overwritten" in said.complaint) == (1, True)
    assert files(home) == before
    staff = (home / "secrets" / "staff.json").read_bytes()
    (home / "secrets" / "staff.json").unlink()
    shutil.rmtree(home / "catalogue")
    said = drill.restore("--missing", "--json")
    assert json.loads(said.out)["members"] == [
        "catalogue.sqlite",
        "secrets/log-anchor.json",
        "secrets/log-count.json",
        "secrets/staff.json",
    ]
    assert (home / "secrets" / "staff.json").read_bytes() == staff
    holds(termpost, home)


def test_a_backup_of_another_master_secret_puts_nothing_back(drill: Drill) -> None:
    drill.back_up()
    for name in ("master.key", "staff.json"):
        (drill.school.home / "secrets" / name).unlink()
    members = open_backup(drill.file.read_bytes(), read_recovery_key(drill.slip.read_text()))
    members["secrets/master.key"] = b"A" * 43 + b"=\n"
    drill.file.write_bytes(seal_backup(members, read_recovery_key(drill.slip.read_text())))
    before = files(drill.school.home).keys()
    said = drill.restore("--missing")
    assert (said.code, "another master secret" in said.complaint) == (1, True)
    assert files(drill.school.home).keys() == before


def test_where_people_or_secret_are_lost_no_flow_gives_everybody_a_second_reference(
    drill: Drill, termpost: Command
) -> None:
    home, secrets = drill.school.home, drill.school.home / "secrets"
    drill.back_up()
    people, master = secrets / "people.sqlite", secrets / "master.key"
    kept, ref = master.read_bytes(), drill.school.ref(LISA)
    extract = home.parent / "extract"

    def refused(what: str) -> None:
        said = termpost("prepare", "--cycle", CYCLE, "--extract", extract, "--home", home, "--as-of", "2021-12-17")
        assert (said.code, what in said.complaint) == (1, True), said.err
        assert drill.school.entries()[-1].reason == "people-missing"
        findings = json.loads(termpost("doctor", "--home", home, "--json").out)["findings"]
        assert [one["control"] for one in findings if one["state"] == "lacks"] == ["people"]

    people.unlink()
    refused("the people are lost")
    people.unlink()  # an empty one was made in its place
    assert drill.restore("--missing").code == 0
    assert drill.school.ref(LISA) == ref
    master.write_bytes(b"A" * 43 + b"=\n")
    refused("under another master secret")
    master.write_bytes(kept)
    holds(termpost, home)


def test_a_log_that_was_cut_meanwhile_is_refused_unless_asked_for(drill: Drill, termpost: Command) -> None:
    drill.back_up()
    destroy(drill.school.home)
    last = sum(key.endswith(".ndjson") for key in drill.school.store.list("log/"))
    for number in (last, last - 1):  # the last one says that there was a backup, and is no part of it
        for key in (segment_key(number), head_key(number), checkpoint_key(number)):
            drill.school.store.delete(key)
    said = drill.restore()
    assert (said.code, "(truncated), so nobody knows who was erased" in said.complaint) == (1, True)
    assert not (drill.school.home / "secrets").exists()
    assert drill.restore("--despite-log").code == 0
    assert "truncated" in termpost("log", "verify", "--home", drill.school.home).out


def test_after_a_rotation_an_old_backup_fits_whole_or_not_at_all(drill: Drill, termpost: Command) -> None:
    home = drill.school.home
    codes = {who: code_of(drill.school.open(), drill.school.ref(who)) for who in (MOTHER, OTHER)}
    drill.back_up()
    assert termpost("keys", "rotate", "master", "--home", home).code == 0
    assert {who: code_of(drill.school.open(), drill.school.ref(who)) for who in codes} == codes
    holds(termpost, home)
    assert "the last backup is of other keys" in termpost("keys", "show", "--home", home).out
    (home / "secrets" / "people.sqlite").unlink()
    assert "another master secret" in drill.restore("--missing").complaint
    destroy(home)
    assert drill.restore().code == 0
    holds(termpost, home)
    assert opened(drill.school, MOTHER, codes[MOTHER]) == 2
    assert code_of(drill.school.open(), drill.school.ref(MOTHER)) == codes[MOTHER]
    assert [e.reason for e in drill.school.entries("backed_up", "settings_changed", "restored")] == [
        "keys", "master-rotated", "keys"
    ]  # fmt: skip


def test_stopped_anywhere_a_restore_leaves_no_home_that_opens_half(drill: Drill, termpost: Command) -> None:
    drill.back_up()
    home, before = drill.school.home, drill.school.entries()
    for steps in range(12):  # five secrets and the catalogue, each laid down and named
        destroy(home)
        disk = Full(steps)
        with (
            patch.object(module, "stage", disk.then(stage)),
            patch.object(module, "commit", disk.then(commit)),
        ):
            assert "no space is left" in drill.restore().complaint
        assert not (home / "secrets" / "master.key").exists()
    assert drill.restore("--missing").code == 0  # what was begun is finished
    assert len(drill.school.entries()) == len(before) + 1
    holds(termpost, home)


def test_show_says_what_there_is_and_nothing_secret(drill: Drill, termpost: Command) -> None:
    home = drill.school.home
    show = ("keys", "show", "--home", home)
    text = termpost(*show).out
    assert "no backup of them was ever made" in text
    findings = json.loads(termpost("doctor", "--home", home, "--json").out)["findings"]
    (said_of_keys,) = (one for one in findings if one["control"] == "keys")
    assert said_of_keys["state"] == "holds"  # a note, not a fault
    assert "no backup of them was ever made" in said_of_keys["what"]
    key = drill.back_up()
    said = termpost(*show, "--json").out
    value = json.loads(said)
    found = {one["name"]: (one["source"], one["mode"]) for one in value["secrets"]}
    assert found == dict.fromkeys(
        ("master.key", "log.key", "people.sqlite", "staff.json", "log-anchor.json", "log-count.json", "catalogue"),
        ("file", "0600"),
    )
    assert value["last_backup"]["at"] == "2021-12-17T14:00:00Z"
    assert value["log_public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
    for name in ("master.key", "log.key"):
        secret = (home / "secrets" / name).read_text().strip()
        assert secret[:12] not in text + said + key
    (home / "secrets" / "master.key").unlink()
    lost = json.loads(termpost(*show, "--json").out)
    assert [one["source"] for one in lost["secrets"] if one["name"] == "master.key"] == ["missing"]


def test_a_backup_is_its_owners_alone_outside_the_home_and_not_written_over(drill: Drill, termpost: Command) -> None:
    home = drill.school.home
    assert "inside the home" in termpost("keys", "backup", home / "x", "--home", home).complaint
    key = drill.back_up()
    assert stat.S_IMODE(drill.file.stat().st_mode) == 0o600
    assert "there is a file already" in termpost("keys", "backup", drill.file, "--home", home).complaint
    members = open_backup(drill.file.read_bytes(), read_recovery_key(key))
    assert set(members) == {
        "calendar.toml", "grading.toml", "termpost.toml", "catalogue.sqlite", "secrets/master.key", "secrets/log.key",
        "secrets/people.sqlite", "secrets/staff.json", "secrets/log-anchor.json", "secrets/log-count.json",
        "backup.json",
    }  # fmt: skip
    for data in (members["secrets/people.sqlite"], members["catalogue.sqlite"]):
        with closing(sqlite3.connect(":memory:")) as copy:
            copy.deserialize(data)
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert drill.school.ref(FANNIE).encode() in members["secrets/people.sqlite"]
    assert drill.school.ref(FANNIE).encode() not in drill.file.read_bytes()
    drill.file = drill.file.with_suffix(".second")
    again = termpost("keys", "backup", drill.file, "--key-file", drill.slip, "--home", home, "--json")
    assert json.loads(again.out)["recovery_key"] is None
    assert open_backup(drill.file.read_bytes(), read_recovery_key(key)).keys() == members.keys()
