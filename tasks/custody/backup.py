"""A backup of everything without which the data is noise, in one encrypted file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from termpost.schemas.base.errors import InputError
from termpost.tasks.custody.container import open_backup, seal_backup
from termpost.tasks.custody.databases import copy_of
from termpost.tasks.custody.inventory import CATALOGUE, PEOPLE, secret_files
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.secrets.keys import LOG, MASTER, secret_text

# the last is what makes a folder a home
SETTINGS = ("migrations.json", "retention.toml", "calendar.toml", "grading.toml", "termpost.toml")


@dataclass(frozen=True)
class Backup:
    """What was written."""

    file: Path
    sha256: str
    size: int  # bytes
    members: tuple[str, ...]


def gather(home: Home) -> dict[str, bytes]:
    """What goes into a backup.

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


def back_up(home: Home, file: Path, recovery_key: str) -> Backup:
    """Writes the backup, reads it back and opens it.

    Raises:
        InputError: a file is there, or the place is inside the home, or takes no file.
    """
    file = file.resolve()
    if file.is_relative_to(home.path):
        raise InputError("beside-the-data", "a backup inside the home is lost with it", str(file),
                         "name a place outside the home, then keep the file on another machine")  # fmt: skip
    if file.exists():
        raise InputError(
            "file-exists", "there is a file already", str(file), "name another: backups are not overwritten"
        )
    members = gather(home)
    data = seal_backup(members, recovery_key)
    write_durably(file, data)
    if open_backup(file.read_bytes(), recovery_key) != members:
        raise InputError("bad-copy", "the file does not hold what was written", str(file), "name another place")
    return Backup(file, hashlib.sha256(data).hexdigest(), len(data), tuple(members))
