"""Law 8 on the embedded store and on a real S3: killed again and again, a run ends as if nothing had happened."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest
from prefect import Task
from termpost.flows import prepare_reports, release_reports
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.channels.portal.links import fresh_links
from termpost.tasks.channels.portal.reopen import is_sealed, students_in_sealed
from termpost.tasks.channels.portal.void_code import reseal_live, void_code
from termpost.tasks.distribute.withdraw import released_in, withdraw
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.s3.store import S3Store

from tests.laws.on_stores import assert_delivered_once, assert_made_once, assert_whole, move_to_s3
from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, School, new_school, small_extract
from tests.services.gateway import Gateway
from tests.snapshots import copy_of, small_school, snapshot

S3 = pytest.param("s3", marks=pytest.mark.needs("radosgw"))


class Killed(BaseException):
    """Nothing catches it."""


@pytest.fixture(params=["file", S3])
def school(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    school = new_school(tmp_path / "home")
    if request.param == "s3":
        move_to_s3(school, request.getfixturevalue("s3"), monkeypatch)
    return school


@contextmanager
def dying_after(writes: int) -> Iterator[None]:
    """The process ends right after so many writes to the store, whatever thread made them."""
    made = count(1)

    def struck(real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **kwargs: object) -> object:
            answer = real(*args, **kwargs)
            if next(made) >= writes:
                raise Killed
            return answer

        return write

    patches = [patch.object(kind, name, struck(getattr(kind, name))) for kind in (FileStore, S3Store)
               for name in ("put", "delete", "forget_older")]  # fmt: skip
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def killed_until_done(seed: str, steps: tuple[int, int], work: Callable[[], object]) -> int:
    """Runs the work, killed each time some steps later; returns how often it was killed."""
    chance, writes = random.Random(seed), 1  # noqa: S311 - seeded, and no secret
    for kills in count():
        try:
            with dying_after(writes):
                work()
        except Killed:
            writes += chance.randint(*steps)
        else:
            return kills
    raise AssertionError


def page_of(school: School, contact: str) -> bytes:
    store = school.open().store
    (key,) = store.list(f"sealed/{school.ref(contact)}/")
    return store.get(key)


@pytest.mark.soak  # a hundred kills and more
@pytest.mark.parametrize("seed", range(1, 12))
def test_killed_again_and_again_every_flow_ends_with_each_thing_once(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    extract = small_extract(tmp_path / "extract")
    on_disk = isinstance(school.open().store.raw, FileStore)
    steps, of_prepare = ((2, 7), (2, 7)) if on_disk else ((4, 9), (25, 45))  # a run on S3 takes its time
    kills = killed_until_done(f"{seed} prepare", of_prepare, lambda: school.prepare(extract))
    assert_made_once(school)

    kills += killed_until_done(f"{seed} release", steps, school.release)
    assert_delivered_once(school)
    assert students_in_sealed(page_of(school, MOTHER), code_of(school.open(), school.ref(MOTHER))) == {LISA, FANNIE}
    assert_whole(school)

    _links_are_fresh(school, monkeypatch)
    ref, home = PersonRef(school.ref(OTHER)), school.open()
    old = code_of(home, ref)
    kills += killed_until_done(f"{seed} revoke", steps, lambda: void_code(school.open(), "run", "operator", ref))
    reseal_live(school.open(), "run")
    assert code_of(school.open(), ref) != old
    assert students_in_sealed(page_of(school, OTHER), code_of(school.open(), ref)) == {KYLE}

    lisas = released_in([school.state()], {school.ref(LISA)})
    kills += killed_until_done(f"{seed} withdraw", steps, lambda: _take_back(school, lisas))
    assert not is_sealed(page_of(school, FATHER))
    assert is_sealed(page_of(school, MOTHER))
    assert kills >= (10 if on_disk else 5)

    before = len(school.entries())
    assert school.prepare(extract)
    assert [e.kind for e in school.entries()[before:]] == []


@contextmanager
def dying_before(flow: ModuleType, names: frozenset[str], nth: int = 1) -> Iterator[None]:
    """The process ends as the flow is about to begin one of these stages for the nth time."""
    begun = count(1)

    def struck(real: Callable[..., object]) -> Callable[..., object]:
        def stage(*args: object, **kwargs: object) -> object:
            if next(begun) == nth:
                raise Killed
            return real(*args, **kwargs)

        return stage

    tasks = {id(task): task for name, task in vars(flow).items() if name in names and isinstance(task, Task)}
    assert tasks
    with ExitStack() as patches:
        for task in tasks.values():
            patches.enter_context(patch.object(task, "fn", struck(task.fn)))
        yield


def killed_at_every_border(flow: ModuleType, every: int, work: Callable[[], object]) -> int:
    stages = frozenset(name for name, task in vars(flow).items() if isinstance(task, Task))
    for border in count(1, every):
        try:
            with dying_before(flow, stages, border):
                work()
        except Killed:
            continue
        return border
    raise AssertionError


def killed_before(flow: ModuleType, stage: str, work: Callable[[], object]) -> None:
    with pytest.raises(Killed), dying_before(flow, frozenset({stage})):
        work()


@pytest.mark.soak
def test_killed_at_every_border_between_stages_every_flow_ends_with_each_thing_once(
    school: School, tmp_path: Path
) -> None:
    extract = small_extract(tmp_path / "extract")
    every = 1 if isinstance(school.open().store.raw, FileStore) else 3  # a run on S3 takes its time
    assert killed_at_every_border(prepare_reports, every, lambda: school.prepare(extract)) > 15
    assert_made_once(school)
    assert killed_at_every_border(release_reports, every, school.release) > 6
    assert_delivered_once(school)
    assert_whole(school)


@pytest.mark.soak
def test_killed_before_three_stages_both_flows_end_with_each_thing_once(school: School, tmp_path: Path) -> None:
    extract = small_extract(tmp_path / "extract")
    killed_before(prepare_reports, "hold", lambda: school.prepare(extract))  # reports lie there, and no manifest
    school.prepare(extract)
    assert_made_once(school)
    killed_before(release_reports, "deliver", school.release)  # pages are sealed, and nobody sees one
    killed_before(release_reports, "replace", school.release)  # all is out, and the flow has not said so
    school.release()
    assert_delivered_once(school)
    assert_whole(school)


# on a disk the suite kills runs in test_law_08_killed_anywhere
@pytest.mark.needs("radosgw")
def test_a_release_killed_on_an_s3_ends_with_each_thing_once(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path)
    move_to_s3(waiting, s3, monkeypatch)
    killed_before(release_reports, "deliver", waiting.release)  # pages are sealed, and nobody sees one
    waiting.release()
    assert_delivered_once(waiting)
    assert_whole(waiting)


def _links_are_fresh(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each live page, for seven days at most; a file store says that nobody could follow it."""
    with monkeypatch.context() as named:
        named.setenv("TERMPOST_SECRET_SIGNER", "STRANGER:STRANGERSECRET")
        home = school.open()
        if isinstance(home.store.raw, FileStore):
            with pytest.raises(InputError, match="outside"):
                fresh_links(home, None)
            return
        links, _ = fresh_links(home, None)
    assert {link.recipient for link in links} == {school.ref(contact) for contact in (MOTHER, FATHER, OTHER)}
    assert len(links) == 3
    assert all("X-Amz-Signature=" in link.url and f"/sealed/{link.recipient}/" in link.url for link in links)
    assert {link.until - home.clock.now() <= timedelta(days=7) for link in links} == {True}


def _take_back(school: School, reports: dict[tuple[str, int], str]) -> None:
    with suppress(InputError):  # where all was said before it was killed
        withdraw(school.open(), "run", "mlopez", reports, "wrong-mark")
