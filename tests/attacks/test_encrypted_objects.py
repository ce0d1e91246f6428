"""An encrypted object that was touched opens no more, and one line names it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.home.home import open_home
from termpost.tasks.lake.connection import memory_connection
from termpost.tasks.secrets.object_encryption import CHUNK, LONGEST_HEADER, MAGIC, TAG, read_header
from termpost.tasks.store.interface import Store

from tests.command import Command
from tests.school import Prepared, new_school

LARGE = "quarantine/large/rows.csv"  # of three chunks and a half
ROWS = b"a,b\n" + b"12345,12345\n" * (7 * CHUNK // 24)


@dataclass(frozen=True)
class Lying:
    """An object as it lies in the store."""

    store: Store
    key: str

    @property
    def data(self) -> bytes:
        return self.store.get(self.key)

    @property
    def header(self) -> bytes:
        return self.data.partition(b"\n")[0] + b"\n"

    @property
    def chunks(self) -> list[bytes]:
        body = self.data[len(self.header) :]
        return [body[at : at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]

    def put(self, *parts: bytes) -> None:
        self.store.put(self.key, b"".join(parts))


def swapped(one: Lying) -> None:
    first, second, *rest = one.chunks
    one.put(one.header, second, first, *rest)


def other_header(one: Lying) -> None:
    """That of another object under the same key."""
    other = next(key for key in one.store.list("quarantine/") if key != one.key)
    one.put(one.store.get(other).partition(b"\n")[0], b"\n", *one.chunks)


def from_another_home(one: Lying) -> None:
    home = new_school(Path(one.store.url("x")).parent.parent.parent / "other").open()
    home.store.put(one.key, ROWS)
    one.put(home.store.raw.get(one.key))


def renamed(one: Lying) -> None:
    other = next(key for key in one.store.list("quarantine/") if key != one.key)
    one.put(one.store.get(other))


ATTACKS: dict[str, tuple[Callable[[Lying], None], str]] = {
    "cut within a chunk": (lambda one: one.put(one.data[:-1]), "object-changed"),
    "cut between chunks": (lambda one: one.put(one.header, *one.chunks[:-1]), "object-changed"),
    "only its header": (lambda one: one.put(one.header), "object-changed"),
    "half a header": (lambda one: one.put(one.header[: len(MAGIC) + 9]), "object-changed"),
    "no end of the header": (lambda one: one.put(MAGIC + b"x" * LONGEST_HEADER * 2), "object-changed"),
    "a header of anything": (lambda one: one.put(MAGIC, b'{"home":[],"keys":{"a":1},"wrapped":""}\n'), "other-home"),
    "extended by a byte": (lambda one: one.put(one.data, b"x"), "object-changed"),
    "extended by a chunk": (lambda one: one.put(one.data, one.chunks[-1]), "object-changed"),
    "chunks swapped": (swapped, "object-changed"),
    "a chunk left out": (lambda one: one.put(one.header, *one.chunks[1:]), "object-changed"),
    "a bit": (lambda one: one.put(one.data[:-9], bytes([one.data[-9] ^ 1]), one.data[-8:]), "object-changed"),
    "another's header": (other_header, "object-changed"),
    "another in its place": (renamed, "object-changed"),
    "of another home": (from_another_home, "other-home"),
    "in clear": (lambda one: one.put(ROWS), "not-encrypted"),
    "empty": (lambda one: one.put(), "not-encrypted"),
}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def shown(command: Command, school: Prepared, key: str, *more: object) -> str:
    """The complaint; empty where it opens."""
    asked = ("--by", "mlopez", "--otp", school.phone.code(), "--home", school.home, "--as-of", school.told)
    with school.phone.is_the_time():
        said = command("show", key, *more, *asked)
    return said.complaint if said.code else ""


def test_what_was_touched_opens_no_more_and_one_line_names_it(
    school: Prepared, command: Command, tmp_path: Path
) -> None:
    school.store.put(LARGE, ROWS)
    one, out = Lying(school.store.raw, LARGE), tmp_path / "out.csv"
    assert len(one.chunks) == 4
    whole = one.data
    for name, (attack, code) in ATTACKS.items():
        attack(one)
        with pytest.raises(InputError) as refused:
            school.store.get(LARGE)
        assert refused.value.code == code, name
        with pytest.raises(InputError):
            school.store.head(LARGE)
        assert LARGE in shown(command, school, LARGE, "--out", out), name
        assert not out.exists()
        shutil.rmtree(tmp_path / "other", ignore_errors=True)
        one.put(whole)
    assert shown(command, school, LARGE, "--out", out) == ""
    assert out.read_bytes() == ROWS
    assert out.stat().st_mode & 0o777 == 0o600


def test_duckdb_reads_what_was_put_and_stops_at_what_was_touched(school: Prepared) -> None:
    school.store.put(LARGE, ROWS)
    one, query = Lying(school.store.raw, LARGE), "SELECT count(*), min(b), max(b) FROM read_csv(?, header=true)"
    whole = one.data
    with memory_connection() as connection:
        school.store.let_in(connection)
        url = [school.store.url(LARGE)]
        assert connection.execute(query, url).fetchall() == [(ROWS.count(b"\n") - 1, 12345, 12345)]
        for attack in (swapped, ATTACKS["cut between chunks"][0], ATTACKS["extended by a chunk"][0]):
            attack(one)
            with pytest.raises(Exception, match="is not what this home put there"):
                connection.execute(query, url).fetchall()
            one.put(whole)


@pytest.mark.parametrize("size", [0, 1, 60_000, 70_000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5])
def test_any_size_comes_back_whole_and_in_parts(school: Prepared, size: int) -> None:
    data = bytes(n % 251 for n in range(size))
    store = school.store
    head = store.put(LARGE, data)
    assert store.get(LARGE) == data
    assert store.head(LARGE) == head
    for start, length in ((0, 1), (size // 2, 7), (CHUNK - 3, 9), (max(0, size - 2), 9), (size, 4), (0, size)):
        part = store.part(LARGE, start, length)
        assert (part.data, part.size) == (data[start : start + length], size)


def test_a_report_that_lies_in_clear_or_in_another_s_place_is_not_released(school: Prepared) -> None:
    store = school.store
    first, second, *_ = (key for key in store.list("reports/") if key.endswith("/report.en.pdf"))
    whole = store.raw.get(first)
    for data in (store.get(first), store.raw.get(second), whole[:-1]):
        store.raw.put(first, data)
        with pytest.raises(InputError, match=first):
            school.release()
        assert not [key for prefix in ("sealed/", "print/") for key in store.list(prefix)]
    store.raw.put(first, whole)
    assert school.release()


def test_a_rotation_leaves_what_is_there_open_and_puts_what_comes_under_the_new_key(school: Prepared) -> None:
    home, old = school.open(), school.open().object_keys
    before = {key: home.store.get(key) for key in home.store.list("") if not key.startswith(("lake/", "log/"))}
    for _ in range(2):  # also what a rotation before left
        rotate_master(school.open())
    now = school.open()
    assert {key: now.store.get(key) for key in before} == before
    now.store.put(LARGE, b"new")
    (key,) = read_header(LARGE, now.store.raw.get(LARGE)).keys
    assert key == now.object_keys.of_home != old.of_home
    with pytest.raises(KeyError):
        old.key(key)
    assert now.object_keys.home == old.home


def test_nothing_about_people_is_put_without_saying_whom(school: Prepared) -> None:
    with pytest.raises(ValueError, match="about whom"):
        school.store.put("reports/s/c/r/v1/report.en.pdf", b"%PDF")


def test_show_opens_what_is_encrypted_lists_what_lies_there_and_is_logged(
    school: Prepared, command: Command, tmp_path: Path
) -> None:
    key = next(key for key in school.store.list("reports/") if key.endswith("/report.en.html"))
    listed = command("show", "reports/", "--home", school.home)
    assert key in listed.out.splitlines()
    out = tmp_path / "report.html"
    assert shown(command, school, key, "--out", out) == ""
    assert out.read_bytes() == school.store.get(key)
    (entry,) = school.entries("exported")
    assert (entry.object, entry.reason, entry.actor) == (key, "shown", "mlopez")
    with school.phone.is_the_time():
        no = command("show", key, "--by", "mlopez", "--otp", "000000", "--home", school.home, "--as-of", school.told)
    assert "wrong" in no.complaint
    assert [entry.reason for entry in school.entries("refused")] == ["wrong-code"]
    assert command("show", key, "--home", school.home).code == 2
    for absent in ("reports/none", "../termpost.toml", "sealed/p/x.html", "lake/x"):
        assert absent in shown(command, school, absent)
    shutil.move(school.home / "secrets" / "master.key", tmp_path)
    assert "a secret of the home is missing" in shown(command, school, key)
    assert open_home(school.home).store.raw.get(key).startswith(MAGIC)
