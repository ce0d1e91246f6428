"""Kills a flow right after a write to the store, runs it again, and writes down what was there each time.

A program of its own: it forks for every run, and only a process without threads may fork. What it reports it reads from
the disk, without termpost.

    killed.py HOME COPY EXTRACT SECRET prepare|release named|every
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from termpost.tasks.check.rows.gx_engine import GxEngine
from termpost.tasks.formats.registry import load_contracts
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.log.verify import verify
from termpost.tasks.runtime.atomic_files import STAGED
from termpost.tasks.secrets.staff import Staff
from termpost.tasks.store.file.store import FileStore

from tests import one_thread  # noqa: F401 - importing it is what does it
from tests.school import Extract, Phone, School

DIED = 9
# where a run is killed in the suite; `every` tries every write. The nth object written under such a key
NAMED = {
    "prepare": {
        "the manifest stands, and the log does not say it": ("prepared-", 1),
    },
    "release": {
        "one page is in the portal": ("sealed/", 1),
        "one envelope is printed": ("print/", 1),
    },
}
Strike = Callable[[str], bool]  # told each key written, in order: is it now?


class Scene:
    """One home, put back as it was before every kill."""

    def __init__(self, home: Path, copy: Path, extract: Path, secret: str, flow: str) -> None:
        self.home, self.copy, self.extract, self.secret, self.flow = home, copy, Extract(extract), secret, flow

    def restore(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.copy, self.home)

    def run(self, attempt: int) -> None:
        """The flow; each attempt with a code of its own, as a person would."""
        phone = Phone(self.secret, datetime(2021, 12, 17, 14, tzinfo=UTC) + timedelta(minutes=attempt))
        school = School(self.home, phone)
        if self.flow == "prepare":
            school.prepare(self.extract)
        else:
            school.release()

    def look(self) -> dict[str, Any]:
        vault, store = self.home / "vault", School(self.home).store
        files = {p.relative_to(vault).as_posix(): p for p in sorted(vault.rglob("*")) if p.is_file()}
        lines = [line for name, p in files.items() if name.endswith(".ndjson") for line in p.read_text().splitlines()]
        entries = [entry for entry in map(json.loads, lines) if "seq" in entry]
        return {
            "objects": {
                name: hashlib.sha256(store.get(name)).hexdigest()
                for name in files
                # what was being written has no name yet, and is no object
                if name.startswith(("sealed/", "print/", "outgoing/", "reports/")) and f"/{STAGED}" not in name
            },
            "entries": [
                {
                    key: e.get(key)
                    for key in (
                        "kind",
                        "delivery",
                        "object",
                        "channel",
                        "recipient",
                        "report",
                        "version",
                        "student",
                        "digest",
                        "reason",
                        "count",
                    )
                }
                for e in entries
            ],
        }

    def verify(self) -> None:
        home = School(self.home).open()
        verdict = verify(
            home.store,
            home.keys.log_key.public_key(),
            home.anchor,
            full=True,
            objects=object_is_as_logged(home),
            patience=0,
        )
        assert verdict.ok, verdict.reason


def in_child(work: Callable[[], object]) -> int:
    """Exit code of a fork that does the work: 0, DIED, or 1 where it raised."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - a fork must not return into the caller
            print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def at_write(nth: int) -> Strike:
    written = count(1)
    return lambda _: next(written) == nth


def at_object(part: str, nth: int) -> Strike:
    """The nth object with this in its key."""
    written = count(1)
    return lambda key: part in key and next(written) == nth


def dying(run: Callable[[], None], strike: Strike) -> Callable[[], None]:
    """The run, ended without a word right after the write that is struck."""

    def struck(real: Callable[..., object]) -> Callable[..., object]:
        def write(owner: object, *args: object, **kwargs: object) -> object:
            answer = real(owner, *args, **kwargs)
            if strike(str(args[0])):
                os._exit(DIED)
            return answer

        return write

    def work() -> None:
        for owner, name in ((FileStore, "put"), (FileStore, "delete"), (Staff, "_write")):
            setattr(owner, name, struck(getattr(owner, name)))
        run()

    return work


def kill(scene: Scene, where: str, strike: Strike) -> dict[str, Any]:
    """One run that is struck down, or not where it never comes to that, and the run after it."""
    scene.restore()
    first = in_child(dying(lambda: scene.run(1), strike))
    killed = scene.look()
    again = in_child(lambda: scene.run(2)) if first in (0, DIED) else first
    verified = in_child(scene.verify)
    return {
        "where": where,
        "died": first == DIED,
        "codes": [first, again, verified],
        "killed": killed,
        "after": scene.look(),
    }


def at_every_write(scene: Scene) -> Iterator[dict[str, Any]]:
    for nth in count(1):
        outcome = kill(scene, f"write {nth}", at_write(nth))
        if not outcome["died"]:  # it came to its end
            return
        yield outcome


def main() -> None:
    home, copy, extract, secret, flow, where = sys.argv[1:]
    scene = Scene(Path(home), Path(copy), Path(extract), secret, flow)
    if flow == "prepare":
        GxEngine.open()  # once, and not in every fork
        load_contracts()
    outcomes = [kill(scene, "nowhere", lambda _: False)]
    if where == "every":
        outcomes.extend(at_every_write(scene))
    else:
        outcomes.extend(kill(scene, name, at_object(*point)) for name, point in NAMED[flow].items())
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
