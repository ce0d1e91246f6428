"""A store, a key and an anchor for the log's tests."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.log.entry import Entry
from termpost.tasks.log.anchor import Anchor
from termpost.tasks.log.log import Log
from termpost.tasks.log.verify import ChainVerdict, verify
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import ObjectHead, Store

NOON = datetime(2021, 12, 17, 12, 0, 0, 250, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def report_made(number: int) -> Entry:
    return Entry(kind="report_made", cycle="2021-fall-final", report=f"r{number}", version=1, student=f"s{number}",
                 object=f"reports/{number}.pdf", digest=f"{number:064x}")  # fmt: skip


@dataclass(frozen=True)
class LogHome:
    """Where one log lives."""

    root: Path

    @property
    def store(self) -> FileStore:
        return FileStore(self.root / "vault")

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.root / "state" / "anchor.json", bytes(range(32, 64)))

    def remembered(self) -> dict[Path, bytes]:
        """The two files as they are now, to be put back."""
        return {file: file.read_bytes() for file in (self.anchor.file, self.anchor.count) if file.exists()}

    def remember(self, kept: dict[Path, bytes]) -> None:
        for file, data in kept.items():
            file.write_bytes(data)

    def forget(self) -> None:
        """As on a machine that never knew where the log ends."""
        for file in (self.anchor.file, self.anchor.count):
            file.unlink(missing_ok=True)

    def open(self, store: Store | None = None) -> Log:
        return Log(store or self.store, KEY, self.anchor, FixedClock(NOON))

    def verify(self, anchored: bool = True, full: bool = False) -> ChainVerdict:
        anchor, objects = self.anchor if anchored else None, (lambda _: True) if full else None
        return verify(self.store, KEY.public_key(), anchor, full, objects=objects, patience=0)

    def file(self, key: str) -> Path:
        return self.root / "vault" / key

    def files(self) -> dict[str, bytes]:
        return {key: self.store.get(key) for key in self.store.list("log/")}


class FaultyStore(FileStore):
    """Calls `fault` before (`when` 0) or after (`when` 1) its nth call, counted from 0."""

    def __init__(self, root: Path, nth: int, when: int, fault: Callable[[], None]) -> None:
        super().__init__(root)
        self.nth, self.when, self.fault, self.calls = nth, when, fault, 0

    def _strike(self, when: int) -> None:
        if (self.calls, when) == (self.nth, self.when):
            self.fault()
        self.calls += when

    def put(self, key: str, data: bytes, *, once: bool = False) -> ObjectHead:
        self._strike(0)
        try:
            return super().put(key, data, once=once)
        finally:
            self._strike(1)

    def get(self, key: str) -> bytes:
        self._strike(0)
        try:
            return super().get(key)
        finally:
            self._strike(1)


def in_process(work: Callable[[], object]) -> int:
    """Runs `work` in a process of its own; its exit code."""
    process = get_context("fork").Process(target=work)
    process.start()
    process.join(60)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError("the process hangs")
    return process.exitcode


def die() -> None:
    os._exit(9)
