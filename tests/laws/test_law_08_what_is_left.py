"""Law 8 where it is decided: what a rerun finds left to do, and what a kill leaves on the disk."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.tasks.channels.registry import channel_of
from termpost.tasks.log.anchor import Anchor
from termpost.tasks.log.log import Log
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import ObjectHead

from tests.school import DAY


def after(*said: tuple[EntryKind, str]) -> CycleState:
    """The state of one delivery after these entries, each with its reason."""
    return CycleState.fold("c", [Entry(kind=kind, cycle="c", delivery="d", reason=reason) for kind, reason in said])


@pytest.mark.parametrize(("said", "left"), [
    ((), True), ((("planned", ""),), False), ((("planned", ""), ("uncertain", "no-answer")), False),
    ((("planned", ""), ("sent", "")), False), ((("planned", ""), ("failed", "mail-refused")), False),
    ((("planned", ""), ("failed", "mail-put-off")), True),
])  # fmt: skip
def test_a_message_is_tried_again_only_where_it_certainly_did_not_go(said: Any, left: bool) -> None:
    assert channel_of("email").is_left(after(*said), "d") is left


@pytest.mark.parametrize("channel", ["portal", "print"])
@pytest.mark.parametrize(
    ("kind", "left"), [("planned", True), ("sent", False), ("delivered", False), ("opened", False)]
)
def test_what_arrived_is_not_delivered_again_and_what_was_planned_is(channel: Any, kind: EntryKind, left: bool) -> None:
    assert channel_of(channel).is_left(after((kind, "")), "d") is left


def test_an_envelope_that_came_back_waits_for_the_office() -> None:
    assert not channel_of("print").is_left(after(("planned", ""), ("sent", ""), ("failed", "returned")), "d")


def test_a_put_that_was_killed_is_no_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path / "vault")
    store.put("a/whole", b"1")
    with monkeypatch.context() as killed:
        killed.setattr(Path, "unlink", lambda *_, **__: None)  # it never comes to tidying up
        killed.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            store.put("a/half", b"2")
    assert len(list((store.root / "a").iterdir())) == 2
    assert list(store.list("")) == ["a/whole"]


def test_a_secret_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        steps.append("file" if Path(f"/proc/self/fd/{handle}").resolve().is_file() else "folder")
        sync(handle)

    def replace(self: Path, target: Path) -> Path:
        steps.append("name")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    write_durably(tmp_path / "master.key", b"secret")
    assert steps == ["file", "name", "folder"]


class _Overtaken(FileStore):
    """Another writer is faster, once."""

    def __init__(self, root: Path, other: Callable[[], object]) -> None:
        super().__init__(root)
        self._others = [other]

    def put(self, key: str, data: bytes, *, once: bool = False) -> ObjectHead:
        if self._others:
            self._others.pop()()
        return super().put(key, data, once=once)


def test_whoever_comes_second_in_the_log_takes_the_next_number_and_nothing_is_lost(tmp_path: Path) -> None:
    key, anchor = Ed25519PrivateKey.from_private_bytes(bytes(range(32))), Anchor(tmp_path / "anchor.json", bytes(32))
    other = Log(FileStore(tmp_path / "vault"), key, anchor, FixedClock(DAY))
    theirs, ours = (Entry(kind="sent", cycle="c", delivery=name) for name in ("theirs", "ours"))
    store = _Overtaken(tmp_path / "vault", lambda: other.append("run-1", [theirs]))
    written = Log(store, key, anchor, FixedClock(DAY)).append("run-2", [ours])
    assert [(entry.seq, entry.delivery) for entry in written] == [(2, "ours")]
    assert [entry.delivery for entry in other.entries()] == ["theirs", "ours"]
