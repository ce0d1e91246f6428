"""A home is one folder: moved, copied or opened by another way to it, it goes on where it was."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from shutil import copytree, move

import pytest
from termpost.tasks.analysis.history import open_history
from termpost.tasks.analysis.query import select
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.log.verify import verify

from tests.command import Command
from tests.school import CYCLE, Prepared

COUNT = "SELECT count(*) FROM core_result"


def contents(folder: Path) -> dict[str, str]:
    """Path below the folder → sha256, of what lasts."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".lock", ".sqlite-wal", ".sqlite-shm")
    }


def moved(school: Prepared, to: Path) -> Prepared:
    move(school.home, to)
    return replace(school, home=to)


def marks(school: Prepared) -> object:
    with open_history(school.open()) as history:
        return select(history, COUNT)[1]


def holds(school: Prepared) -> bool:
    """Whether the log verifies in full."""
    home = school.open()
    objects = object_is_as_logged(home)
    return verify(home.store, home.keys.log_signers, home.anchor, full=True, objects=objects).ok


def test_a_home_that_was_moved_is_released_and_read_as_if_nothing_happened(school: Prepared, tmp_path: Path) -> None:
    there = marks(school)
    school = moved(school, tmp_path / "elsewhere")
    before = len(school.entries())
    school.prepare(school.extract)
    assert len(school.entries()) == before  # the rerun found everything made
    school.release()
    assert len(school.state().released_students) == 3
    assert marks(school) == there
    school = moved(school, tmp_path / "and on")
    released = school.entries()
    school.prepare(school.extract)
    school.release()
    assert school.entries("sealed", "sent", "delivered") == [
        e for e in released if e.kind in ("sealed", "sent", "delivered")
    ]
    assert holds(school)


@pytest.mark.soak
def test_a_copy_is_a_home_of_its_own(school: Prepared, tmp_path: Path) -> None:
    copytree(school.home, tmp_path / "copy")
    copy = replace(school, home=tmp_path / "copy", phone=replace(school.phone))
    before = contents(school.home)
    copy.prepare(copy.extract)
    copy.release()
    assert holds(copy)
    assert contents(school.home) == before
    moved(school, tmp_path / "away")  # the copy reads nothing of the other
    assert marks(copy)
    assert holds(copy)


@pytest.mark.parametrize("way", ["relative", "symlink"])
def test_another_way_to_the_home_is_the_same_home(
    school: Prepared, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "link"
    link.symlink_to(school.home)
    monkeypatch.chdir(school.home.parent)
    named = school.home.name if way == "relative" else link
    command = Command(monkeypatch, capsys)
    for arguments in (("status", "--cycle", CYCLE), ("holds",), ("sql", COUNT), ("log", "verify", "--full")):
        said = command(*arguments, "--home", named)
        assert (said.code, said.err) == (0, ""), arguments


def test_no_file_of_a_home_but_the_catalogue_names_its_folder(school: Prepared) -> None:
    school.release()
    said = os.fsencode(school.home)
    naming = {path.relative_to(school.home).as_posix() for path in school.home.rglob("*")
              if path.is_file() and said in path.read_bytes()}  # fmt: skip
    assert {name for name in naming if not name.startswith("catalogue/")} == set()
