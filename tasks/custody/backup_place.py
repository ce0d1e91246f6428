"""Where a backup lies: a file, or an object of another store than the home's."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.store.interface import Store, StoreContext
from termpost.tasks.store.registry import STORES, open_store

APART = "name a place outside the home and its store, then keep the file on another machine"
ANOTHER = "name another: backups are not overwritten"


class BackupPlace(Protocol):
    """One name under which one backup lies."""

    @property
    def name(self) -> str:
        """As a person would give it."""
        ...

    def refuse_taken(self) -> None:
        """Raises InputError `file-exists`; `no-folder`."""
        ...

    def write(self, data: bytes) -> None:
        """Durable when it returns; never over what is there."""
        ...

    def read(self) -> bytes:
        """Raises InputError `no-backup` where there is nothing."""
        ...


def place_of(given: str, settings: StoreSettings | None = None) -> BackupPlace:
    """The place that was given on the command line: a path, or an address of a store.

    Args:
        settings: of the home's store, whose endpoint serves the address too; else the environment's.
    """
    scheme, _, rest = given.partition("://")
    if scheme not in STORES or not rest:
        return _File(Path(given).resolve())
    address, _, key = given.rpartition("/")
    if address.endswith("/") or not key:
        raise InputError("bad-store", "this names no object of a bucket", given, "write s3://bucket/NAME")
    own = (settings or StoreSettings()).model_copy(update={"url": address})
    context = StoreContext(own, Path.cwd(), SystemClock(), lambda _: None, timedelta())
    return _Object(open_store(context), key, given)


def place_apart(given: str, home: Home) -> BackupPlace:
    """The same, for a backup of this home.

    Raises:
        InputError: `beside-the-data`, where it would be lost with what it is of.
    """
    place = place_of(given, home.written.store)
    is_beside = given.startswith(f"{home.written.store.url.rstrip('/')}/")
    if isinstance(place, _File):
        is_beside = any(place.path.is_relative_to(root) for root in (home.path, home.store.local_folder) if root)
    if is_beside:
        raise InputError("beside-the-data", "a backup inside the home or its store is lost with it", given, APART)
    return place


@dataclass(frozen=True)
class _File:
    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    def refuse_taken(self) -> None:
        if self.path.exists():
            raise InputError("file-exists", "there is a file already", self.name, ANOTHER)
        if not self.path.parent.is_dir():
            raise InputError("no-folder", "there is no such folder", str(self.path.parent), "make it, or name another "
                             "place: a path, or s3://bucket/NAME")  # fmt: skip

    def write(self, data: bytes) -> None:
        write_durably(self.path, data)  # a stick may know no links, so not `once`

    def read(self) -> bytes:
        if not self.path.is_file():
            raise InputError("no-backup", "there is no such file", self.name, "name the file of the newest backup")
        return self.path.read_bytes()


@dataclass(frozen=True)
class _Object:
    store: Store
    key: str
    name: str

    def refuse_taken(self) -> None:
        if next(iter(self.store.list(self.key)), None) == self.key:
            raise InputError("file-exists", "there is an object already", self.name, ANOTHER)

    def write(self, data: bytes) -> None:
        try:
            self.store.put(self.key, data, once=True)
        except FileExistsError:
            raise InputError("file-exists", "there is an object already", self.name, ANOTHER) from None

    def read(self) -> bytes:
        try:
            return self.store.get(self.key)
        except KeyError:
            raise InputError("no-backup", "there is no such object", self.name,
                             "name the newest backup") from None  # fmt: skip
