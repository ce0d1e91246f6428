"""Never halfway: what a migration makes lies beside the home's own files until a plan says that it is whole.

Killed before the plan is there, the home is as it was. Killed after it, every command refuses the home, and the next
`termpost migrate` finishes what the plan says; each of its steps may be done twice."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from termpost.tasks.home.home import MIGRATING, Home
from termpost.tasks.home.kept_objects import kept_entry
from termpost.tasks.migrate.encryption import encrypt_in_place
from termpost.tasks.migrate.record import Applied, record_applied
from termpost.tasks.migrate.tags import tag_in_place
from termpost.tasks.runtime.atomic_files import sync_path, write_durably

PLAN = "plan.json"
CATALOGUE = "lake.sqlite"


class StagedChange(BaseModel):
    """What takes the place of what; everything named lies in the same folder, durable."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["termpost.migration/1"] = "termpost.migration/1"
    backup: str  # folder, relative to the home
    applied: tuple[Applied, ...]
    catalogue: bool = False
    files: dict[str, str] = {}  # path in the home → name here
    objects: dict[str, str] = {}  # key in the store → name here
    kept: dict[str, str] = {}  # name of a kept object → tag of the version that counts; what lay under the name goes
    encryption: bool = False  # what lies in the store in clear is encrypted
    tags: bool = False  # what stays where it lies gets its tag
    log_end: bool = False  # where the log ends is remembered under a MAC


def fresh_folder(home: Home) -> Path:
    """The folder to stage in, without what a killed migration left there."""
    folder = home.path / MIGRATING
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def copy_database(source: Path, target: Path) -> None:
    """SQLite's own backup: the target has all of it or, killed, what it had before."""
    if not target.exists():
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(source, timeout=60)) as have, closing(sqlite3.connect(target, timeout=60)) as want:
        have.backup(want)
        want.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def decide(folder: Path, plan: StagedChange) -> None:
    """From here on the migration will be finished."""
    write_durably(folder / PLAN, plan.model_dump_json(indent=1).encode())


def unfinished(home: Home) -> StagedChange | None:
    """The plan of a migration that was killed on its way."""
    try:
        return StagedChange.model_validate_json((home.path / MIGRATING / PLAN).read_bytes())
    except FileNotFoundError:
        return None


def finish(home: Home, plan: StagedChange) -> None:
    """Does what the plan says; safe to run again."""
    folder = home.path / MIGRATING
    if plan.catalogue:
        copy_database(folder / CATALOGUE, home.lake.catalogue)
    if plan.encryption:
        encrypt_in_place(home)
    for key, name in plan.objects.items():
        home.store.put(key, (folder / name).read_bytes())
    counts = home.log.kept() if plan.kept else {}
    home.log.append("migrate", [kept_entry(name, tag) for name, tag in plan.kept.items() if counts.get(name) != tag])
    if plan.log_end:
        home.log.begin("migrate")
    for name in plan.kept:
        home.store.delete(name)
    if plan.tags:
        tag_in_place(home)
    for path, name in plan.files.items():
        write_durably(home.path / path, (folder / name).read_bytes())
    record_applied(home.path, plan.applied)
    (folder / PLAN).unlink()
    sync_path(folder)  # a plan that a power cut brought back would undo what came after
    shutil.rmtree(folder)
