"""The object store: a few verbs over keys, and the prefixes that are the boundaries of access (docs/storage.md).

What a store can do beyond them it says by its capabilities; nobody outside this room asks which kind it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

import duckdb
from termpost.schemas.base.clock import Clock
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.store.finding import Finding

LOG = "log/"  # what is written there is written once


class Capability(StrEnum):
    """What not every store can do, or not under every setting."""

    CONDITIONAL_WRITES = "conditional writes"  # of two writers of one key the store itself refuses the second
    VERSIONS = "versions"  # what was overwritten or deleted is kept, and shows
    OBJECT_LOCK = "object lock"  # nobody, its owner neither, deletes what is under log/ before its time
    SIGNED_LINKS = "signed links"  # a link opens one object for whoever has it
    LOCAL_PATHS = "local paths"  # its URLs are paths of this machine


@dataclass(frozen=True)
class ObjectHead:
    """What the store says of an object."""

    key: str
    size: int  # bytes
    sha256: str  # hex, of the bytes as they lie there


@dataclass(frozen=True)
class StoreContext:
    """All that a store may need to be opened; each takes what it knows.

    Args:
        home: what a relative address is relative to.
        secret: the text of a secret by its name, None where there is none.
        locked_for: how long nobody may delete what is under log/.
    """

    settings: StoreSettings
    home: Path
    clock: Clock
    secret: Callable[[str], str | None]
    locked_for: timedelta


@dataclass(frozen=True)
class Surroundings:
    """What a store's probes may need to know of the machine.

    Args:
        apart: what must not lie within the data, by what it is called.
    """

    home: Path
    apart: Mapping[str, Path]


@dataclass(frozen=True)
class ObjectPart:
    """Some bytes of an object, and how many it has in all."""

    data: bytes
    size: int


class Store(Protocol):
    """`put` is atomic and durable when it returns; keys are relative POSIX paths."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do under its settings."""
        ...

    def put(self, key: str, data: bytes, *, once: bool = False) -> ObjectHead:
        """Writes. With `once` an existing key is refused with FileExistsError, unchanged."""
        ...

    def get(self, key: str) -> bytes:
        """Reads the whole object; KeyError where there is none."""
        ...

    def part(self, key: str, start: int, length: int) -> ObjectPart:
        """Reads so many bytes from `start` on, fewer where the object ends; KeyError where there is none."""
        ...

    def head(self, key: str) -> ObjectHead | None:
        """Reads the bytes back and sums them; None where there is no such object."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Keys under a prefix, in order."""
        ...

    def delete(self, key: str) -> None:
        """Removes; nothing happens where there is no such object."""
        ...

    def forget_older(self, key: str) -> None:
        """Deletes what an overwritten object was before, where the store keeps that."""
        ...

    def changed_at(self, key: str) -> datetime | None:
        """When the object was put there, UTC, as the store says; None where there is none. Of a store that came back
        from a copy it may be later, never sooner."""
        ...

    def locked_until(self, key: str) -> datetime | None:
        """Until when nobody may delete some version of the object, UTC; None where anybody who may, may do it now."""
        ...

    def rewritten(self, prefix: str) -> Iterator[str]:
        """Keys under a prefix that have more than one version or were deleted, as far as the store knows."""
        ...

    def sign(self, key: str, lifetime: timedelta) -> str:
        """A URL that lets its bearer read this one object for a while.

        Raises:
            InputError: `no-signed-urls`, where nobody outside could reach it.
        """
        ...

    def let_in(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Lets a DuckDB open the URLs of this store."""
        ...

    def url(self, key: str) -> str:
        """Where DuckDB finds the object, or what lies under a prefix: a path, or a URL that `let_in` opens."""
        ...

    def probe(self, around: Surroundings, *, thorough: bool) -> Iterator[Finding]:
        """Tries its controls, and says what each was found to do.

        Args:
            thorough: whatever takes long is tried too.
        """
        ...

    def set_up(self, landing_days: int) -> Iterator[tuple[str, str]]:
        """Sets up what it may, and says each step with what came of it: `done`, or why not.

        Args:
            landing_days: after which what landed goes, also where nothing runs any more.
        """
        ...


class StoreKind(Store, Protocol):
    """A store as its package implements it: the verbs, and how it is opened."""

    @classmethod
    def open(cls, context: StoreContext) -> Self:
        """The store that the settings name.

        Raises:
            InputError: a bad address, no credentials, or a line without TLS.
        """
        ...


def checked(key: str) -> str:
    """The key; ValueError where it leads out of the store."""
    if not key or key.startswith("/") or ".." in key.split("/") or "\\" in key or "\0" in key:
        raise ValueError("a store key is a relative path without '..'")
    return key
