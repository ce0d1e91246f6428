"""Law 8 where the world fails instead of the process: a disk that is full, a store that is away or refuses.

From some write or request on nothing succeeds any more, so the run ends with one line; then all is well again, and the
next run ends as if nothing had happened.
"""

import errno
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count, cycle
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, RetryableError

from tests.laws.on_stores import assert_delivered_once, assert_made_once, assert_whole, move_to_s3
from tests.school import Extract, Prepared, School, new_school, small_extract
from tests.services.faulty import READ_ONLY, faulty
from tests.services.gateway import Gateway
from tests.snapshots import copy_of, small_school, snapshot

DISK = {errno.ENOSPC: "disk-full", errno.EROFS: "disk-read-only", errno.EIO: "disk-broken"}
MOST = 100  # failures of one run
SOME_REQUESTS = (250, 400)
STORE = (READ_ONLY, "503", "lost-after", "500", "lost-before")
NAMES = ("Lisa", "Fannie", "Kyle", "Woods")  # of the sample


@contextmanager
def no_disk_after(syncs: int, fault: int) -> Iterator[None]:
    """Every write that asks to be durable fails from then on, as the system says it."""
    real, made = os.fsync, count(1)

    def failing(handle: int) -> None:
        if next(made) > syncs:
            raise OSError(fault, os.strerror(fault))
        real(handle)

    with patch("os.fsync", failing):
        yield


Said = list[InputError | RetryableError]


def failing_until_done(
    seed: str,
    steps: tuple[int, int],
    trouble: Callable[[int], AbstractContextManager[None]],
    work: Callable[[], object],
) -> Said:
    """Runs the work, with trouble that comes each time some steps later; returns what was said."""
    chance, begin = random.Random(seed), 1  # noqa: S311 - seeded, and no secret
    said: Said = []
    while len(said) < MOST:
        try:
            with trouble(begin):
                work()
        except (InputError, RetryableError) as error:
            said.append(error)
            begin += chance.randint(*steps)
        else:
            return said
    raise AssertionError(said[-1])  # it fails, whether there is trouble or not


def steps(name: str, some: tuple[int, int], many: tuple[int, int]) -> pytest.MarkDecorator:
    """How far one failure is from the next: a few in the suite, since each costs a run, and many in `make soak`."""
    return pytest.mark.parametrize(name, [some, pytest.param(many, marks=pytest.mark.soak)], ids=["some", "many"])


def assert_plain(said: Said) -> None:
    for error in said:
        assert "\n" not in str(error)
        assert not any(name in str(error) for name in NAMES)


def run_through_trouble(
    school: School, extract: Extract, steps: tuple[int, int], trouble: Callable[[int], AbstractContextManager[None]]
) -> Said:
    said = failing_until_done("prepare", steps, trouble, lambda: school.prepare(extract))
    said += release_through_trouble(school, steps, trouble)
    kinds = [entry.kind for entry in school.entries() if entry.kind != "refused"]
    school.prepare(extract)
    school.release()
    assert [entry.kind for entry in school.entries() if entry.kind != "refused"] == kinds
    return said


def release_through_trouble(
    school: School, steps: tuple[int, int], trouble: Callable[[int], AbstractContextManager[None]]
) -> Said:
    assert_made_once(school)
    said = failing_until_done("release", steps, trouble, school.release)
    assert_delivered_once(school)
    assert_whole(school)
    assert_plain(said)
    return said


def new_prepared(folder: Path) -> Prepared:
    """Nothing is prepared yet."""
    new = new_school(folder / "home")
    return Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))


@steps("syncs", some=(30, 50), many=(12, 24))
def test_a_disk_that_fails_anywhere_is_said_in_a_line_and_a_rerun_finishes(
    syncs: tuple[int, int], tmp_path: Path
) -> None:
    school, extract = new_school(tmp_path / "home"), small_extract(tmp_path / "extract")
    faults = cycle(DISK)
    said = run_through_trouble(school, extract, syncs, lambda begin: no_disk_after(begin, next(faults)))
    assert {error.code for error in said if isinstance(error, InputError)} == set(DISK.values())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A disk of its own, which is set to a size or made read-only; a tmpfs, so root must be let mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", folder], check=False).returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a disk")

    def change(options: str) -> Path:
        subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)
        return folder

    yield change
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@pytest.mark.soak  # in the suite the system's own answers stand for a disk, in the test above
@steps("kilobytes", some=(250, 400), many=(100, 250))
def test_a_real_disk_that_is_full_or_read_only_stops_the_run_and_room_lets_it_finish(
    kilobytes: tuple[int, int], small_disk: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("termpost.tasks.store.file.probes.LEAST_FREE", 0)  # it would refuse to begin on so small a disk
    disk = small_disk("rw")
    school, extract = new_school(disk / "home"), small_extract(tmp_path / "extract")

    @contextmanager
    def filling(room: int) -> Iterator[None]:
        used = shutil.disk_usage(disk).used // 1024
        small_disk(f"ro,size={used + room}k" if room == 1 else f"size={used + room}k")
        try:
            yield
        finally:
            small_disk("rw,size=64m")

    said = run_through_trouble(school, extract, kilobytes, filling)
    codes = {error.code for error in said if isinstance(error, InputError)}
    assert codes - {"disk-broken"} == {"disk-full", "disk-read-only"}  # SQLite may call a full disk a broken one


@pytest.mark.soak  # in the suite a release on an S3 is killed (test_law_08_both_stores), and one put meets each fault
@steps("requests", some=SOME_REQUESTS, many=(120, 240))
def test_a_store_that_is_away_or_refuses_is_said_in_a_line_and_a_rerun_finishes(
    requests: tuple[int, int],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    s3: Gateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)  # the back-off, without its seconds
    waits = requests == SOME_REQUESTS  # a prepare on an S3 takes longest, and its writes are those of a disk: soaked
    kept = snapshot(tmp_path_factory, "small", small_school)
    school = copy_of(kept, tmp_path) if waits else new_prepared(tmp_path)
    faults = cycle(STORE)
    with faulty(s3) as way:
        move_to_s3(school, s3, monkeypatch, way.endpoint)

        @contextmanager
        def storm(begin: int) -> Iterator[None]:
            way.storm = (begin, next(faults))
            try:
                yield
            finally:
                way.storm = None

        if waits:
            said = release_through_trouble(school, requests, storm)
        else:
            said = run_through_trouble(school, school.extract, requests, storm)
    assert len(said) >= 2
    assert any(isinstance(error, RetryableError) for error in said)
    assert "access-denied" in {error.code for error in said if isinstance(error, InputError)}
