"""Kills a command about records, custody or review right after a file got its name or lost it, and runs it again.

A program of its own, as killed.py. It prints one outcome a kill: where, and the exit codes of the killed run, of the
run after it and of `log verify --full`.

    killed_records.py HOME COPY SECRET COMMAND POINTS
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from click.testing import CliRunner
from termpost.flows.cli import termpost

from tests import one_thread  # noqa: F401 - importing it is what does it
from tests.laws.killed import DIED, Scene, in_child
from tests.records_school import keep_results_briefly
from tests.school import KYLE, LISA, MOTHER, Phone, School

DAY = "2021-12-17T14:00:00+00:00"
LATER = "2023-09-01T14:00:00+00:00"  # copies for families and marks have gone by then
SECOND, BACKUP, KEY = "second-secret", "the.backup", "the.key"
NAMING = ("replace", "rename", "link", "unlink")  # of `os`: by which a file has its name, or none any more


class Office:
    """One home, and who types in it."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.home = scene, scene.home
        self.phone = Phone(scene.secret)

    @property
    def beside(self) -> Path:
        """What was made ready lies here: each attempt finds it as it was."""
        return self.home.parent

    def types(self, *words: object, by: str | None = "mlopez", day: str = DAY) -> str:
        proof = ("--by", by, "--otp", self.phone.code()) if by else ()
        line = [*map(str, (*words, *proof)), "--home", str(self.home), "--as-of", day]
        with self.phone.is_the_time():
            said = CliRunner().invoke(termpost, line, standalone_mode=False)
        if said.exception:
            raise said.exception
        return said.stdout

    def out(self, name: str, attempt: int) -> Path:
        """A new file for each attempt: none is ever written over."""
        return self.home.parent / f"{name}-{attempt}-{os.getpid()}"

    def access(self, attempt: int) -> None:
        self.types("records", "access", LISA, "--for", MOTHER, "--out", self.out("packet.html", attempt))

    def transfer(self, attempt: int) -> None:
        self.types("records", "transfer", LISA, "--to", "Oak", "--for", MOTHER, "--out", self.out("oak.html", attempt))

    def erase(self, attempt: int) -> None:
        """The run after it finishes what was begun, or begins."""
        if attempt > 1:
            self.types("records", "erase", by=None)
        if School(self.home).open().people.find(KYLE):
            self.types("records", "erase", KYLE, "--duty", "court-order", "--reason", "duty")

    def incident(self, _: int) -> None:
        self.types("incident", "open", "--cause", "lost-or-stolen", "--cycle", "2021-fall-final", "--note-file",
                   self.home / "termpost.toml")  # fmt: skip

    def backup(self, attempt: int) -> None:
        self.types("backup", self.out("backup", attempt), by=None)

    def acknowledge(self, _: int) -> None:
        self.types("policy", "acknowledge")

    def review(self, attempt: int) -> None:
        self.types("review", "--year", "2021", "--out", self.out("review", attempt), "--sign")

    def watch(self, _: int) -> None:
        School(self.home, as_of=datetime.fromisoformat(DAY) + timedelta(days=4)).watch()

    def ready_to_retain(self) -> None:
        """A second head; marks that go after a year, so that files of the history are written anew, too."""
        keep_results_briefly(self.home)
        (self.beside / SECOND).write_text(School(self.home, self.phone).register("jkim", "head").secret)

    def retain(self, _: int) -> None:
        """In two calls, each by whoever has not approved the list yet."""
        second, now = (self.beside / SECOND).read_text(), self.phone.now
        for by, secret in (("mlopez", self.scene.secret), ("jkim", second)):
            self.phone = Phone(secret, now)
            listed = json.loads(self.types("records", "retain", "--json", by=None, day=LATER))
            if by not in listed["approved_by"]:
                self.types("records", "retain", "--digest", listed["digest"], by=by, day=LATER)
        if any(School(self.home).open().store.list("print/")):
            raise RuntimeError("something of it was left")

    def ready_to_restore(self) -> None:
        """A home of which the store alone is left, and a backup with its key."""
        said = json.loads(self.types("backup", self.beside / BACKUP, "--json", by=None))
        (self.beside / KEY).write_text(said["recovery_key"])
        for one in self.home.iterdir():
            if one.name != "vault":
                shutil.rmtree(one) if one.is_dir() else one.unlink()

    def restore(self, attempt: int) -> None:
        """As a person goes on who sees that a restore was stopped."""
        begun = ("--missing",) if attempt > 1 else ()
        self.types("restore", self.beside / BACKUP, "--key-file", self.beside / KEY, *begun, by=None)


COMMANDS = ("retain", "restore", "access", "transfer", "erase", "incident", "backup", "acknowledge", "review", "watch")


def told_of_each(run: Callable[[], None], folder: Path, named: Callable[[], None]) -> Callable[[], None]:
    """The run, in which `named` hears of every file in the folder that got its name or lost it; what a library keeps
    elsewhere, and only the first time, is none."""

    def struck(real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **kwargs: object) -> object:
            answer = real(*args, **kwargs)
            if any(str(one).startswith(str(folder)) for one in args):
                named()
            return answer

        return write

    def work() -> None:
        for name in NAMING:
            setattr(os, name, struck(getattr(os, name)))
        run()

    return work


def dying(run: Callable[[], None], folder: Path, nth: int) -> Callable[[], None]:
    """The run, ended without a word after so many."""
    place = count(1)

    def named() -> None:
        if next(place) == nth:
            os._exit(DIED)

    return told_of_each(run, folder, named)


def writes_of(scene: Scene, run: Callable[[], None]) -> int:
    """How many there are in a run that nobody kills."""
    scene.restore()
    tally, seen = scene.home.parent / "writes", list[None]()

    def work() -> None:
        told_of_each(run, scene.home.parent, partial(seen.append, None))()
        tally.write_text(str(len(seen)))

    if in_child(work):
        raise RuntimeError("the command fails where nobody kills it")
    return int(tally.read_text())


def main() -> None:
    home, copy, secret, command, points = sys.argv[1:]
    scene = Scene(Path(home), Path(copy), Path(), secret, command)

    def run(attempt: int) -> None:
        office = Office(scene)
        office.phone.now = datetime(2021, 12, 17, 14, tzinfo=UTC) + timedelta(minutes=attempt)
        getattr(office, command)(attempt)

    if ready := getattr(Office(scene), f"ready_to_{command}", None):
        scene.restore()
        if in_child(ready):
            raise RuntimeError("it cannot be made ready")
        shutil.rmtree(scene.copy)
        shutil.copytree(scene.home, scene.copy)

    writes = writes_of(scene, lambda: run(1))
    wanted = min(int(points), writes)
    outcomes = []
    for nth in sorted({1 + place * (writes - 1) // max(wanted - 1, 1) for place in range(wanted)}):
        scene.restore()
        first = in_child(dying(lambda: run(1), scene.home.parent, nth))
        again = in_child(lambda: run(2))
        outcomes.append({"write": nth, "of": writes, "codes": [first, again, in_child(scene.verify)]})
    shutil.rmtree(scene.home)
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
