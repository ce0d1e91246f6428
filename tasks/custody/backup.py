"""A backup in one encrypted file: of everything without which the data is noise, or of the whole home."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from termpost.schemas.base.errors import InputError
from termpost.tasks.custody.backup_place import BackupPlace
from termpost.tasks.custody.container import Members, open_backup, seal_backup
from termpost.tasks.custody.contents import home_files
from termpost.tasks.custody.databases import copy_of
from termpost.tasks.custody.inventory import CATALOGUE, PEOPLE, secret_files
from termpost.tasks.home.home import Home
from termpost.tasks.log.anchor import read_end
from termpost.tasks.log.segments import BrokenError
from termpost.tasks.secrets.keys import LOG, MASTER, secret_text

# the last is what makes a folder a home
SETTINGS = ("migrations.json", "retention.toml", "calendar.toml", "grading.toml", "termpost.toml")
NOTE = "backup.json"  # as it is called in a backup
OTHER_FILES = "home/"  # under it lies in a backup what else a home has
SQLITE = b"SQLite format 3\0"

Scope = Literal["keys", "home"]


class BackupNote(BaseModel):
    """What a backup says of itself. The place in the log was read before anything else, so what the log has after it
    may be missing from the backup, and nothing else can be."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["termpost.backup-note/1"] = "termpost.backup-note/1"
    scope: Scope
    at: datetime  # UTC, by the machine's clock
    segments: int  # of the log
    entries: int


@dataclass(frozen=True)
class Backup:
    """What was written."""

    place: str
    sha256: str
    size: int  # bytes
    note: BackupNote
    members: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)  # file or folder of the home → why


def gather(home: Home) -> dict[str, bytes]:
    """What goes into a backup of the keys.

    The catalogue is copied before the people, so nobody stands in the one who is missing from the others.
    """
    folder = home.path / "secrets"
    members = {}
    if home.lake.catalogue.exists():
        members[CATALOGUE] = copy_of(home.lake.catalogue)
    for name in secret_files(home):
        path = folder / name
        members[f"secrets/{name}"] = copy_of(path) if name == PEOPLE else path.read_bytes()
    for name in (MASTER, LOG):  # also where they come from the environment
        members[f"secrets/{name}"] = secret_text(folder, name, home.environ).encode()
    return members | {name: (home.path / name).read_bytes() for name in SETTINGS if (home.path / name).is_file()}


def back_up(home: Home, place: BackupPlace, recovery_key: str, scope: Scope) -> Backup:
    """Writes the backup, reads it back and opens it.

    Raises:
        InputError: a file is there, or the place is inside the home or its store, or takes no file.
    """
    place.refuse_taken()
    note = _note(home, scope)
    members, left_out = {NOTE: note.model_dump_json(indent=1).encode(), **gather(home)}, dict[str, str]()
    if scope == "home":
        files = home_files(home)
        left_out = files.left_out
        for name, path in files.kept.items():
            if name not in SETTINGS:
                members[f"{OTHER_FILES}{name}"] = _bytes_of(path)
    data = seal_backup(members, recovery_key)
    place.write(data)
    if open_backup(place.read(), recovery_key) != members:
        raise InputError("bad-copy", "the file does not hold what was written", place.name, "name another place")
    return Backup(place.name, hashlib.sha256(data).hexdigest(), len(data), note, tuple(members), left_out)


def note_of(members: Members) -> BackupNote | None:
    """None in a backup of an earlier version."""
    return BackupNote.model_validate_json(members[NOTE]) if NOTE in members else None


def _bytes_of(path: Path) -> bytes:
    data = path.read_bytes()
    return copy_of(path) if data.startswith(SQLITE) else data


def _note(home: Home, scope: Scope) -> BackupNote:
    try:
        head = read_end(home.anchor, home.keys.log_signers).head
    except BrokenError:  # a backup is made all the same, and whoever puts it back hears of every run there was
        head = None
    segments, entries = (head.segment, head.entries) if head else (0, 0)
    return BackupNote(scope=scope, at=home.clock.now(), segments=segments, entries=entries)
