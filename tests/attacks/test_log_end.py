"""Somebody cuts the log and makes the home forget it: found by `log verify`, and nothing is written on (rule 7)."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.staff_history import REMOVED
from termpost.tasks.custody.accept_end import ACCEPTED
from termpost.tasks.home.home import open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.log.log import BEGINS
from termpost.tasks.log.segments import checkpoint_key, head_key, segment_key
from termpost.tasks.secrets.keys import make_keys

from tests.attacks.office import run
from tests.school import CYCLE, Prepared

ANCHOR, COUNT = "log-anchor.json", "log-count.json"


@pytest.fixture
def grown(school: Prepared, tmp_path: Path) -> dict[str, bytes]:
    """The files of secrets/ as they were before the log grew by what has to be forgotten."""
    kept = {path.name: path.read_bytes() for path in (school.home / "secrets").iterdir() if path.is_file()}
    assert run(school, "stop", "--cycle", CYCLE).exception is None
    assert run(school, "stop", "--cycle", CYCLE).exception is None
    return kept


def last(school: Prepared) -> int:
    return sum(key.endswith(".ndjson") for key in school.store.list("log/"))


def cut(school: Prepared, segments: int = 2) -> None:
    for number in range(last(school) - segments + 1, last(school) + 1):
        for key in (segment_key(number), head_key(number), checkpoint_key(number)):
            school.store.delete(key)


def put_back(school: Prepared, kept: dict[str, bytes], *names: str) -> None:
    for name in names:
        (school.home / "secrets" / name).write_bytes(kept[name])


def verified(school: Prepared, *more: str) -> dict[str, object]:
    value: dict[str, object] = json.loads(run(school, "log", "verify", "--json", *more).stdout)
    return value


def refuses(school: Prepared) -> None:
    """Nothing is written on it, in one line that says who may accept it."""
    said = run(school, "stop", "--cycle", CYCLE)
    assert isinstance(said.exception, InputError)
    assert said.exception.code == "log-broken"
    assert "termpost log accept" in said.exception.remedy


def accept(school: Prepared, by: str = "mlopez", otp: str | None = None) -> Result:
    with school.phone.is_the_time():
        return run(school, "log", "accept", "--by", by, "--otp", otp or school.phone.code())


@pytest.mark.parametrize("cuts", [True, False])
def test_an_older_anchor_is_put_back(school: Prepared, grown: dict[str, bytes], cuts: bool) -> None:
    put_back(school, grown, ANCHOR)
    if cuts:
        cut(school)
    assert (verified(school)["ok"], verified(school)["reason"]) == (False, "anchor-old")
    refuses(school)


def test_the_anchor_is_deleted(school: Prepared, grown: dict[str, bytes]) -> None:
    cut(school)
    (school.home / "secrets" / ANCHOR).unlink()
    assert verified(school)["reason"] == "anchor-missing"
    refuses(school)


def test_the_count_is_deleted(school: Prepared, grown: dict[str, bytes]) -> None:
    cut(school)
    put_back(school, grown, ANCHOR)
    (school.home / "secrets" / COUNT).unlink()
    assert verified(school)["reason"] == "count-missing"
    refuses(school)


def test_a_head_of_the_store_is_laid_in_the_place_of_the_anchor(school: Prepared, grown: dict[str, bytes]) -> None:
    """The store has heads for whoever reads it, and an earlier version took one of those."""
    cut(school)
    (school.home / "secrets" / ANCHOR).write_bytes(school.store.get(head_key(last(school))))
    assert verified(school)["reason"] == "anchor-invalid"
    refuses(school)


def test_the_files_of_another_home_are_put_there(school: Prepared, grown: dict[str, bytes], tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(school.home, other, ignore=shutil.ignore_patterns("vault", "secrets", "locks"))
    make_keys(other / "secrets")
    make_rehearsal(open_home(other))
    for name in (ANCHOR, COUNT):
        shutil.copy(other / "secrets" / name, school.home / "secrets" / name)
    assert verified(school)["reason"] == "count-invalid"
    refuses(school)


def test_both_are_deleted_and_what_comes_next_says_so(school: Prepared, grown: dict[str, bytes]) -> None:
    """Nobody here remembers more, so it is not refused; it is not ok either, and it is not silent."""
    cut(school)
    for name in (ANCHOR, COUNT):
        (school.home / "secrets" / name).unlink()
    assert (verified(school)["ok"], verified(school)["end_is_known"]) == (True, False)
    assert run(school, "log", "verify").stdout.startswith("ok as far as can be seen: ")
    segments = last(school)
    assert run(school, "stop", "--cycle", CYCLE).exception is None
    assert [(one.reason, one.count) for one in school.entries() if one.reason == BEGINS] == [(BEGINS, segments)]


def test_a_checkpoint_is_forged(school: Prepared, grown: dict[str, bytes], tmp_path: Path) -> None:
    name = checkpoint_key(last(school))
    note = school.store.get(name).decode()
    origin, size, rest = note.split("\n", 2)
    forged = f"{origin}\n{int(size) - 1}\n{rest}"
    school.store.put(name, forged.encode())
    assert verified(school)["reason"] == "checkpoint-mismatch"
    school.store.put(name, note.encode())
    published = tmp_path / "checkpoint.txt"
    published.write_text(forged)
    assert verified(school, "--checkpoint", str(published))["reason"] == "published-invalid"
    published.write_text(note)
    assert verified(school, "--checkpoint", str(published))["ok"] is True
    cut(school, 1)
    assert verified(school, "--checkpoint", str(published))["reason"] == "truncated"


def test_all_of_the_home_is_put_back_and_a_published_checkpoint_alone_tells(
    school: Prepared, grown: dict[str, bytes], tmp_path: Path
) -> None:
    """Not covered without one: a store and its secrets that were copied together are a home of that day."""
    published = tmp_path / "checkpoint.txt"
    published.write_text(run(school, "log", "checkpoint").stdout)
    cut(school)
    put_back(school, grown, ANCHOR, COUNT)
    assert (verified(school)["ok"], verified(school)["end_is_known"]) == (True, True)
    assert verified(school, "--checkpoint", str(published))["reason"] == "truncated"


def test_a_person_accepts_the_end_of_a_store_that_came_back(school: Prepared, grown: dict[str, bytes]) -> None:
    cut(school)
    said = run(school, "log", "verify")
    assert said.stdout.endswith(": truncated\n")
    assert "termpost log accept" in said.stderr
    before = last(school)
    refused = accept(school, otp="000000")
    assert isinstance(refused.exception, InputError)
    assert (refused.exception.code, last(school), verified(school)["ok"]) == ("wrong-code", before, False)
    done = accept(school)
    assert done.exception is None, done.exception
    assert "2 segments that this home remembered are not in it" in done.stdout
    (entry,) = [one for one in school.entries() if one.reason == ACCEPTED]
    assert (entry.actor, entry.count, entry.digest is not None) == ("mlopez", 2, True)
    assert (verified(school)["ok"], verified(school)["end_is_known"]) == (True, True)
    assert run(school, "stop", "--cycle", CYCLE).exception is None


def test_who_was_removed_accepts_nothing_though_an_older_list_has_them(
    school: Prepared, grown: dict[str, bytes]
) -> None:
    entry = Entry(kind="staff_changed", actor="operator", subject="mlopez", reason=REMOVED)
    school.open().log.append("staff-remove", [entry])
    assert run(school, "stop", "--cycle", CYCLE).exception is None
    cut(school, 1)
    refused = accept(school)
    assert isinstance(refused.exception, InputError)
    assert (refused.exception.code, verified(school)["ok"]) == ("removed", False)


def test_nobody_accepts_a_log_that_was_changed(school: Prepared, grown: dict[str, bytes]) -> None:
    key = segment_key(last(school) - 1)
    path = school.home / "vault" / key
    path.write_bytes(path.read_bytes().replace(b"stopped", b"stoqqed"))
    refused = accept(school)
    assert isinstance(refused.exception, InputError)
    assert (refused.exception.code, refused.exception.where) == ("log-broken", key)
    assert verified(school)["ok"] is False
