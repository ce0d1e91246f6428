"""What of a home goes into a backup of all of it: every file that is there, but for a closed list."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from termpost.tasks.custody.inventory import LAST_BACKUP, PASSING
from termpost.tasks.home.home import MIGRATING, Home
from termpost.tasks.lake.spill import SPILL
from termpost.tasks.runtime.atomic_files import STAGED

SECRETS = "secrets"  # these go in under their own names (termpost.tasks.custody.backup)
# folders of a home that nobody would miss, and why
LEFT_FOLDERS = {
    SPILL: "what one process put aside while it ran",
    ".prefect": "records of runs, which the log has without them",
    "locks": "held by a process, empty without it",
    MIGRATING: "a migration at work",
    "backups": "the home as it was before a migration",
}


@dataclass(frozen=True)
class HomeFiles:
    """All that lies in a home.

    Args:
        kept: name, relative to the home → its file.
        left_out: name of a file, or of a folder with all below it → why.
    """

    kept: dict[str, Path]
    left_out: dict[str, str]


def home_files(home: Home) -> HomeFiles:
    """Every file of the home outside `secrets/` and the catalogue, either kept or named as left out."""
    found = HomeFiles({}, {})
    places, catalogue = dict(_other_places(home)), _catalogue_files(home)
    for folder, folders, files in os.walk(home.path):
        here = Path(folder)
        for name in sorted(folders):
            path = here / name
            if why := _why_not(home, path, places):
                folders.remove(name)
                found.left_out[path.relative_to(home.path).as_posix()] = why
            elif path == home.path / SECRETS:
                folders.remove(name)
                found.left_out[f"{SECRETS}/{LAST_BACKUP}"] = "what this machine remembers of its last backup"
        for name in sorted(files):
            path = here / name
            if path in catalogue:
                continue
            within = path.relative_to(home.path).as_posix()
            if name.startswith(STAGED):
                found.left_out[within] = "what a write that was killed left"
            elif not path.is_file():
                found.left_out[within] = "no file that could be copied"
            else:
                found.kept[within] = path
    return found


def _other_places(home: Home) -> Iterator[tuple[Path, str]]:
    """Data of the store and the lake, where they lie in the home."""
    if home.store.local_folder:
        yield home.store.local_folder, "the store, which has copies of its own"
    if Path(home.written.lake.data).is_absolute():
        yield Path(home.written.lake.data), "data of the lake, which is copied with the store"


def _why_not(home: Home, path: Path, places: dict[Path, str]) -> str:
    """Why a folder is left out; empty where it is not."""
    if path.is_symlink():
        return "a link to a folder elsewhere"
    if path.parent == home.path and path.name in LEFT_FOLDERS:
        return LEFT_FOLDERS[path.name]
    return places.get(path, "")


def _catalogue_files(home: Home) -> set[Path]:
    """The catalogue, which goes in by a name of its own, and what its writers lay beside it."""
    catalogue = home.lake.catalogue
    return {catalogue, *(catalogue.with_name(catalogue.name + ending) for ending in PASSING)}
