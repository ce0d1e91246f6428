"""The object store: a few verbs over keys, and the prefixes that are the boundaries of access (design: Storage)."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import duckdb
from termpost.schemas.base.errors import InputError

LOG = "log/"  # what is written there is written once


@dataclass(frozen=True)
class Head:
    """What the store says of an object."""

    key: str
    size: int  # bytes
    sha256: str  # hex, of the bytes as they lie there


class Store(Protocol):
    """`put` is atomic and durable when it returns; keys are relative POSIX paths."""

    def put(self, key: str, data: bytes, *, once: bool = False) -> Head:
        """Writes. With `once` an existing key is refused with FileExistsError, unchanged."""
        ...

    def get(self, key: str) -> bytes:
        """Reads the whole object; KeyError where there is none."""
        ...

    def head(self, key: str) -> Head | None:
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
        """Where DuckDB finds the object: a path or an s3:// URL."""
        ...


def checked(key: str) -> str:
    if not key or key.startswith("/") or ".." in key.split("/") or "\\" in key or "\0" in key:
        raise ValueError("a store key is a relative path without '..'")
    return key


def _files(folder: str) -> Iterator[str]:
    """Every file below, but none that a put has not finished. Ten times as fast as paths: a log has many."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(entry.path)
                elif entry.is_file() and not entry.name.startswith(".put-"):
                    yield entry.path
    except FileNotFoundError:  # nothing was put there yet, or the folder went while it was read
        return


class FileStore:
    """The embedded default: a folder that only its owner enters (0700), files only the owner reads (0600)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        return self.root / checked(key)

    def _folder(self, path: Path) -> None:
        missing = [p for p in (path, *path.parents) if not p.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
            self._sync(folder.parent)  # else a power cut could take the folder, and with it what put said was durable

    def put(self, key: str, data: bytes, *, once: bool = False) -> Head:
        path = self._path(key)
        self._folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".put-")  # 0600 from birth
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            if once:
                os.link(temporary, path)  # fails where the name is taken: the write-once of a file system
            else:
                temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        self._sync(path.parent)
        return Head(key, len(data), hashlib.sha256(data).hexdigest())

    @staticmethod
    def _sync(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def get(self, key: str) -> bytes:
        try:
            with open(f"{self.root}/{checked(key)}", "rb", buffering=0) as source:  # noqa: PTH123 - a path takes longer
                return source.read()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):  # a prefix is no object
            raise KeyError(key) from None

    def head(self, key: str) -> Head | None:
        path = self._path(key)
        if not path.is_file():
            return None
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256")
        return Head(key, path.stat().st_size, digest.hexdigest())

    def list(self, prefix: str) -> Iterator[str]:
        base = self._path(prefix) if prefix else self.root
        start = base if not prefix or prefix.endswith("/") else base.parent  # "a/b" is a prefix of "a/bc" too
        inside, above = "" if start == self.root else f"{start.relative_to(self.root).as_posix()}/", len(f"{start}/")
        # by key, as S3 does: paths would sort folder by folder
        yield from sorted(key for path in _files(str(start)) if (key := inside + path[above:]).startswith(prefix))

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def forget_older(self, key: str) -> None:
        checked(key)  # nothing else: what was overwritten is gone

    def rewritten(self, prefix: str) -> Iterator[str]:
        checked(prefix)  # nothing else: a file system remembers nothing
        return iter(())

    def let_in(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing: a path needs no credentials."""

    def sign(self, key: str, lifetime: timedelta) -> str:  # noqa: ARG002 - the interface of every store
        raise InputError(
            "no-signed-urls",
            "a file store cannot be reached from outside, so it signs no URLs",
            "termpost.toml [store] url",
            "use an s3:// store, or hand the page over through the portal",
        )

    def url(self, key: str) -> str:
        return str(self._path(key))


def unsafe_modes(root: Path, *, whole: bool = True) -> list[Path]:
    """Files and folders under `root` that someone other than the owner may enter, and symbolic links.

    Args:
        whole: else the first level alone, which nobody gets past.
    """
    found = [root, *(root.rglob("*") if whole else root.iterdir())]
    return [p for p in found if p.is_symlink() or stat.S_IMODE(p.stat().st_mode) & 0o077]
