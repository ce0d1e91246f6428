"""A new signing key: the chain goes on, each key counts for its part of it, and killed anywhere the home goes on."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Entry
from termpost.tasks.custody import rotate_log as module
from termpost.tasks.custody.inventory import public_pem
from termpost.tasks.custody.rotate_log import rotate_log
from termpost.tasks.custody.rotate_master import rotate_master
from termpost.tasks.home.home import Home
from termpost.tasks.log import handover
from termpost.tasks.log.known_entries import HANDED_OVER
from termpost.tasks.log.segments import (
    ChainPlace,
    checkpoint_key,
    head_key,
    read_segment,
    segment_key,
    write_head,
    write_segment,
)
from termpost.tasks.log.verify import ChainVerdict, verify
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.store.file.store import FileStore

from tests.tasks.gradebook import new_home

PAGE = Path(__file__).parents[3] / "docs" / "log.md"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path / "home", real=True)
    write(home, 1)
    write(home, 2)
    return home


def again(home: Home) -> Home:
    return Home(home.path, home.clock, home.environ)


def write(home: Home, number: int) -> None:
    home.log.append("run", [Entry(kind="checked", count=number), Entry(kind="quarantined", count=number)])


def checked(home: Home, *, anchored: bool = True, full: bool = True, published: tuple[str, ...] = ()) -> ChainVerdict:
    found = again(home)
    anchor = found.anchor if anchored else None
    return verify(found.store, found.keys.log_signers, anchor, full=full, objects=lambda _: True, published=published,
                  patience=0)  # fmt: skip


def holds(home: Home) -> bool:
    return checked(home).ok and checked(home, full=False).ok


def test_the_chain_goes_on_and_every_head_from_before_still_counts(home: Home) -> None:
    first = home.store.get(head_key(1)).decode()
    old = home.keys.log_key
    for turn in (3, 4):
        rotate_log(again(home))
        assert holds(home)
        write(again(home), turn)
        assert holds(home)
    now = again(home)
    assert now.keys.log_key.private_bytes_raw() != old.private_bytes_raw()
    assert [one.until for one in now.keys.log_earlier] == [3, 6]
    assert checked(home, published=(first, now.store.get(head_key(5)).decode())).ok
    said = [(e.reason, e.digest) for e in now.log.entries() if e.kind == "settings_changed" and not e.previous]
    assert [reason for reason, _ in said] == [HANDED_OVER, "log-key-accepted"] * 2
    assert said[-1][1] == base64.b64encode(now.keys.log_key.public_key().public_bytes_raw()).decode()
    assert [e.count for e in now.log.entries() if e.kind == "checked"] == [1, 2, 3, 4]
    write(again(home), 1)  # a fact from before is known
    assert len(list(again(home).log.entries())) == 18  # with six settings that are not as shipped
    head = now.log.head()
    assert head
    assert checked(home, published=(head.sha256,)).ok
    rotate_master(again(home))
    assert again(home).keys.log_earlier == now.keys.log_earlier


def put(home: Home, number: int, key: Any, after: ChainPlace) -> None:
    data = write_segment(after, [], home.clock.today(), key)
    place, _ = read_segment(data, after, key.public_key())
    for name, content in ((segment_key(number), data), (head_key(number), write_head(place, key))):
        home.store.put(name, content)


def place_of(home: Home, number: int) -> ChainPlace:
    place = ChainPlace()
    for one in range(1, number + 1):
        place, rows = read_segment(home.store.get(segment_key(one)), place, home.keys.log_signers)
        list(rows)
    return place


def test_the_old_key_signs_nothing_after_and_the_new_one_nothing_before(home: Home) -> None:
    old = home.keys.log_key
    rotate_log(again(home))
    now = again(home)
    put(now, 5, old, place_of(now, 4))
    assert (checked(home).reason, checked(home, full=False).reason) == ("bad-signature", "bad-signature")
    for key in (segment_key(5), head_key(5)):
        home.store.delete(key)
    assert holds(home)
    put(now, 2, now.keys.log_key, place_of(now, 1))
    assert checked(home, anchored=False).reason == "bad-signature"


def test_whoever_has_the_old_key_cannot_write_another_past(home: Home) -> None:
    old = home.keys.log_key
    rotate_log(again(home))
    now = again(home)
    places = [place_of(now, number) for number in range(3)]
    for number in range(1, 5):
        for key in (segment_key(number), head_key(number), checkpoint_key(number)):
            home.store.delete(key)
    place = places[0]
    for number in range(1, 4):  # as long as what it vouched for
        put(now, number, old, place)
        place = place_of(now, number)
    assert checked(home, anchored=False).reason == "published-absent"


def test_a_writer_that_still_has_the_old_key_adds_nothing(home: Home) -> None:
    stale = again(home)
    assert stale.log.head()
    old = stale.keys
    rotate_log(again(home))
    before = list(home.store.list("log/"))
    with pytest.raises(InputError) as caught:
        write(stale, 9)
    assert caught.value.code == "log-key-rotated"
    # on another machine, where the new key is not
    (home.path / "secrets" / "log.key").write_bytes(base64.b64encode(old.log) + b"\n")
    for key in (None, b"x" * 32):  # nor is one that some rotation began with and the log never named
        if key:
            (home.path / "secrets" / handover.NEXT).write_bytes(base64.b64encode(key) + b"\n")
        with pytest.raises(InputError) as caught:
            write(again(home), 9)
        assert caught.value.code == "log-key-rotated"
    assert list(home.store.list("log/")) == before


class Killed(Exception):  # noqa: N818 - it is no error of anyone's
    """Stands for a process that ends here."""


class Life:
    """Ends before its nth step, or after it where `at` is odd."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def step(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            nth, self.count = self.count, self.count + 1
            if 2 * nth == self.at:
                raise Killed
            answer = real(*args, **kwargs)
            if 2 * nth + 1 == self.at:
                raise Killed
            return answer

        return step


def test_killed_at_every_step_the_log_goes_on_with_one_key_or_the_other(home: Home) -> None:
    kept, changed = 0, 0
    for at in range(100):
        life, old = Life(at), again(home).keys
        with (
            patch.object(module, "write_durably", life.step(write_durably)),
            patch.object(handover, "write_durably", life.step(write_durably)),
            patch.object(Path, "unlink", life.step(Path.unlink)),
            patch.object(FileStore, "put", life.step(FileStore.put)),
        ):
            try:
                rotate_log(again(home))
            except Killed:
                pass
            else:
                break
        assert checked(home).reason in (None, "head-missing"), at  # which the next writer adds
        write(again(home), 100 + at)
        assert holds(home), at
        is_new = again(home).keys.log != old.log
        said = [e for e in again(home).log.entries() if e.reason == HANDED_OVER]
        assert len(said) == len(again(home).keys.log_earlier), at
        kept, changed = kept + (not is_new), changed + is_new
    assert min(kept, changed) > 3
    assert not (home.path / "secrets" / handover.NEXT).exists()


def by_hand(home: Home) -> subprocess.CompletedProcess[str]:
    script = PAGE.read_text().split("```sh\n")[1].split("```")[0]
    return subprocess.run(["sh", "-c", script], cwd=home.path / "vault", capture_output=True, text=True, check=False)


def test_the_auditors_script_follows_the_hand_over(home: Home) -> None:
    folder = home.path / "vault"
    (folder / "log-public.pem").write_text(public_pem(home.keys))
    old = home.keys.log_key
    for turn in (3, 4):
        rotate_log(again(home))
        write(again(home), turn)
    now = again(home)
    done = by_hand(home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"8 segments with 18 entries hold; the last is {checked(home).head}\n"
    assert (folder / "head.key").read_text() == public_pem(now.keys)
    put(now, 9, old, place_of(now, 8))
    assert by_hand(home).returncode != 0
    for key in (segment_key(9), head_key(9)):
        home.store.delete(key)
    (folder / "log-public.pem").write_text(public_pem(now.keys))
    assert by_hand(home).returncode != 0


@pytest.mark.parametrize("line", ["until-3:", "until-x-" + "0" * 64 + ":", "codes:"])
def test_a_broken_line_of_the_logs_key_is_refused(home: Home, line: str) -> None:
    path = home.path / "secrets" / "log.key"
    path.write_text(f"{path.read_text()}{line}{base64.b64encode(b'x' * 32).decode()}\n")
    with pytest.raises(InputError) as caught:
        _ = again(home).keys
    assert caught.value.code == "bad-secret"
