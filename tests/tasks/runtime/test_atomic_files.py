"""One way to write a file: whole or not at all, on the disk, and its owner's alone."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from termpost.tasks.runtime.atomic_files import STAGED, clean_up, commit, make_folders, stage, write_durably

ROOT = Path(__file__).parents[3]
KILLED = """
import os, signal, sys
from pathlib import Path
from termpost.tasks.runtime.atomic_files import write_durably
owner, name = {{"fsync": (os, "fsync"), "replace": (Path, "replace"), "link": (os, "link")}}["{step}"]
real = getattr(owner, name)
def die(*args, **kwargs):
    if {after}:
        real(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, die)
write_durably(Path(sys.argv[1]), b"new" * 1000, once={once})
"""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("step", "once"), [("fsync", False), ("fsync", True), ("replace", False), ("link", True)])
def test_killed_at_any_step_the_old_file_is_there_or_the_new_one(
    tmp_path: Path, step: str, once: bool, after: bool
) -> None:
    path = tmp_path / "file"
    if not once:
        path.write_bytes(b"old")
    code = KILLED.format(step=step, after=after, once=once)
    died = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    is_named = after and step != "fsync"
    assert path.exists() == (is_named or not once)
    if path.exists():
        assert path.read_bytes() == (b"new" * 1000 if is_named else b"old")
    clean_up(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == (["file"] if path.exists() else [])


def test_bytes_and_then_the_name_are_forced_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, sync, replace = [], os.fsync, Path.replace

    def fsync(handle: int) -> None:
        steps.append(Path(f"/proc/self/fd/{handle}").readlink())
        sync(handle)

    def named(self: Path, target: Path) -> Path:
        steps.append(target)
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", named)
    make_folders(tmp_path / "a" / "b")
    assert steps == [tmp_path, tmp_path / "a"]  # each has a new name in it
    steps.clear()
    write_durably(tmp_path / "a" / "b" / "file", b"1")
    staged, *rest = steps
    assert staged.name.startswith(STAGED)
    assert rest == [tmp_path / "a" / "b" / "file", tmp_path / "a" / "b"]


def test_it_is_the_owners_alone_whatever_the_umask_and_whatever_was_there(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        (tmp_path / "open").write_bytes(b"old")
        write_durably(tmp_path / "open", b"1")
        make_folders(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    modes = {p.relative_to(tmp_path).as_posix(): stat.S_IMODE(p.stat().st_mode) for p in tmp_path.rglob("*")}
    assert modes == {"open": 0o600, "a": 0o700, "a/b": 0o700}


def test_once_leaves_what_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    write_durably(tmp_path / "file", b"first", once=True)
    with pytest.raises(FileExistsError):
        write_durably(tmp_path / "file", b"second", once=True)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"file": b"first"}


def test_a_full_disk_leaves_nothing_half_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    (tmp_path / "file").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_durably(tmp_path / "file", b"new")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"file": b"old"}


def test_what_was_staged_has_its_name_only_when_it_is_committed(tmp_path: Path) -> None:
    staged = stage(tmp_path / "file", b"new")
    assert not (tmp_path / "file").exists()
    commit(staged, tmp_path / "file")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
