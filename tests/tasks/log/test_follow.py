"""What follows the log says what reading all of it says, and reads each segment once."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Run
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.home.home import open_run, shared_home
from termpost.tasks.log.follower import Follower
from termpost.tasks.log.segments import segment_key
from termpost.tasks.store.file.store import FileStore

from tests.school import new_home
from tests.tasks.log.log_home import LogHome

CYCLE = "c1"


def _some(draw: random.Random, first: int) -> list[Entry]:
    """Entries about a few deliveries of two cycles, each a new fact."""
    kinds = ("planned", "delivered", "failed", "sent", "opened")
    return [
        Entry(kind=draw.choice(kinds), cycle=draw.choice((CYCLE, "c2")), report=f"r{draw.randrange(3)}", version=1,
              student="s", recipient="p", channel="portal", delivery=f"d{draw.randrange(4)}", count=first + n)
        for n in range(draw.randrange(4))
    ]  # fmt: skip


@contextmanager
def reading() -> Iterator[Counter[str]]:
    """How often each object is read."""
    counted: Counter[str] = Counter()
    get = FileStore.get

    def counting(self: FileStore, key: str) -> bytes:
        counted[key] += 1
        return get(self, key)

    with patch.object(FileStore, "get", counting):
        yield counted


@pytest.mark.parametrize("seed", range(5))
def test_it_says_what_reading_everything_says_whoever_wrote_it(home: LogHome, seed: int) -> None:
    draw, log, other = random.Random(seed), home.open(), home.open()  # noqa: S311 - not a secret
    follower = Follower(log, CycleState(CYCLE), CycleState.add)
    for step in range(20):
        draw.choice((log, other)).append("run", _some(draw, 100 * step))
        if draw.random() < 0.6:
            assert follower.now() == CycleState.fold(CYCLE, home.open().entries())
    assert follower.now() is follower.now()


def test_asked_again_it_reads_what_is_new_only(home: LogHome) -> None:
    log = home.open()
    follower = Follower(log, list[Logged](), list[Logged].append)
    for number in range(30):
        log.append("run", [Entry(kind="approved", actor=f"a{number}")])
        follower.now()
    with reading() as counted:
        log.append("run", [Entry(kind="approved", actor="a30")])
        assert len(follower.now()) == 31
    assert counted[segment_key(31)] <= 3  # by the log before and after it wrote it, and by what follows it
    assert not [key for key in counted if key.startswith("log/000000") and key < segment_key(31)]


def test_of_a_segment_that_does_not_hold_nothing_is_taken_in(home: LogHome) -> None:
    log = home.open()
    follower = Follower(log, list[Logged](), list[Logged].append)
    log.append("run", [Entry(kind="approved", actor="a")])
    assert len(follower.now()) == 1
    log.append("run", [Entry(kind="approved", actor=name) for name in "bcd"])
    good = home.store.get(segment_key(2))
    home.store.put(segment_key(2), good.replace(b'"actor":"d"', b'"actor":"x"'))
    with pytest.raises(InputError, match="does not hold"):
        follower.now()
    home.store.put(segment_key(2), good)
    assert [entry.actor for entry in follower.now()] == ["a", "b", "c", "d"]


def test_only_the_kinds_that_are_asked_for(home: LogHome) -> None:
    log = home.open()
    follower = Follower(log, list[Logged](), list[Logged].append, "stopped")
    log.append("run", [Entry(kind="approved"), Entry(kind="stopped")])
    assert [entry.kind for entry in follower.now()] == ["stopped"]


def test_the_tasks_of_one_flow_run_share_their_home_and_nobody_else_does(tmp_path: Path) -> None:
    place = str(new_home(tmp_path / "home"))
    run, other = (Run(place, f"00000000-0000-4000-8000-00000000000{n}") for n in (1, 2))
    first = shared_home(run)
    assert shared_home(Run(place, run.id)) is first
    assert open_run(run) is not first
    assert shared_home(other) is not first
    assert shared_home(run) is not first  # one at a time is kept
    commands = Run(place, "no-run")
    assert shared_home(commands) is not shared_home(commands)


def test_a_home_is_asked_for_a_cycle_again_and_again_at_the_price_of_one_reading(tmp_path: Path) -> None:
    home = shared_home(Run(str(new_home(tmp_path / "home")), "00000000-0000-4000-8000-000000000003"))
    began = len(home.standing())  # what is not as shipped
    for number in range(20):
        home.log.append("run", [Entry(kind="settings_changed", recipient=f"p{number}", reason="code-revoked")])
        home.state("2021-fall-final")
        home.standing()
    with reading() as counted:
        for _ in range(50):
            home.state("2021-fall-final")
            assert len(home.standing()) == began + 20
    assert not [key for key in counted if key < segment_key(20)]
