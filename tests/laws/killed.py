"""Kills a flow right after a write to the store, runs it again, and writes down what was there each time.

A program of its own: it forks for every run, and only a process without threads may fork. What it reports it reads from
the disk, without termpost.

    killed.py HOME COPY EXTRACT SECRET prepare|release EVERY
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from termpost.tasks.check.rows.gx_engine import GxEngine
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.log.verify import verify
from termpost.tasks.secrets.staff import Staff
from termpost.tasks.store.file.store import FileStore

from tests import one_thread  # noqa: F401 - importing it is what does it
from tests.school import Extract, Phone, School

DIED = 9


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
        vault = self.home / "vault"
        files = {p.relative_to(vault).as_posix(): p for p in sorted(vault.rglob("*")) if p.is_file()}
        lines = [line for name, p in files.items() if name.endswith(".ndjson") for line in p.read_text().splitlines()]
        entries = [entry for entry in map(json.loads, lines) if "seq" in entry]
        return {
            "objects": {
                name: hashlib.sha256(p.read_bytes()).hexdigest()
                for name, p in files.items()
                if name.startswith(("sealed/", "print/", "outgoing/", "reports/"))
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


def dying(run: Callable[[], None], nth: int) -> Callable[[], None]:
    """The run, ended without a word right after the nth write."""
    written = iter(range(1, 10_000))

    def struck(real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **kwargs: object) -> object:
            answer = real(*args, **kwargs)
            if next(written) == nth:
                os._exit(DIED)
            return answer

        return write

    def work() -> None:
        for owner, name in ((FileStore, "put"), (FileStore, "delete"), (Staff, "_write")):
            setattr(owner, name, struck(getattr(owner, name)))
        run()

    return work


def kill(scene: Scene, nth: int) -> dict[str, Any]:
    """One run killed after its nth write (0: never), and the run after it."""
    scene.restore()
    first = in_child(dying(lambda: scene.run(1), nth))
    killed = scene.look()
    again = in_child(lambda: scene.run(2)) if first == DIED or not nth else first
    verified = in_child(scene.verify)
    return {
        "nth": nth,
        "died": first == DIED,
        "codes": [first, again, verified],
        "killed": killed,
        "after": scene.look(),
    }


def main() -> None:
    home, copy, extract, secret, flow, every = sys.argv[1:]
    scene = Scene(Path(home), Path(copy), Path(extract), secret, flow)
    if flow == "prepare":
        GxEngine.open()  # once, and not in every fork
    outcomes = [kill(scene, 0)]
    nth = 1
    while (outcome := kill(scene, nth))["died"]:
        outcomes.append(outcome)
        nth += int(every)
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
