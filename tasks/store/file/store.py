"""The embedded store: a folder of this machine."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.tasks.runtime.atomic_files import STAGED, make_folders, write_durably
from termpost.tasks.runtime.owner_only import close_to_others
from termpost.tasks.store.file.probes import probe_folder
from termpost.tasks.store.finding import Finding
from termpost.tasks.store.interface import Capability, ObjectHead, ObjectPart, StoreContext, Surroundings, checked

UNFINISHED = (STAGED, ".put-")  # how files begin that a killed put left; the latter by earlier versions


def _files(folder: str) -> Iterator[str]:
    """Every file below, but none that a put has not finished. Ten times as fast as paths: a log has many."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(entry.path)
                elif entry.is_file() and not entry.name.startswith(UNFINISHED):
                    yield entry.path
    except FileNotFoundError:  # nothing was put there yet, or the folder went while it was read
        return


class FileStore:
    """A folder that only its owner enters (0700), files only the owner reads (0600)."""

    capabilities = frozenset({Capability.CONDITIONAL_WRITES, Capability.LOCAL_PATHS})

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def open(cls, context: StoreContext) -> Self:
        return cls((context.home / context.settings.url.removeprefix("file:")).resolve())

    def _path(self, key: str) -> Path:
        return self.root / checked(key)

    def put(self, key: str, data: bytes, *, once: bool = False) -> ObjectHead:
        path = self._path(key)
        make_folders(path.parent)
        write_durably(path, data, once=once)
        return ObjectHead(key, len(data), hashlib.sha256(data).hexdigest())

    def get(self, key: str) -> bytes:
        try:
            with open(f"{self.root}/{checked(key)}", "rb", buffering=0) as source:  # noqa: PTH123 - a path takes longer
                return source.read()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):  # a prefix is no object
            raise KeyError(key) from None

    def part(self, key: str, start: int, length: int) -> ObjectPart:
        try:
            with self._path(key).open("rb") as source:
                size = os.fstat(source.fileno()).st_size
                source.seek(start)
                return ObjectPart(source.read(length), size)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise KeyError(key) from None

    def head(self, key: str) -> ObjectHead | None:
        path = self._path(key)
        if not path.is_file():
            return None
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256")
        return ObjectHead(key, path.stat().st_size, digest.hexdigest())

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

    def changed_at(self, key: str) -> datetime | None:
        try:
            return datetime.fromtimestamp(self._path(key).stat().st_mtime, UTC)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def locked_until(self, key: str) -> datetime | None:
        checked(key)  # nothing else: a file system locks nothing
        return None

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

    def probe(self, around: Surroundings, *, thorough: bool) -> Iterator[Finding]:
        return probe_folder(self.root, around, thorough=thorough)

    def set_up(self, landing_days: int) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - the interface of every store
        closed = list(close_to_others("modes", self.root))
        yield from closed or [("folder", "nothing to set up: termpost makes it for its owner alone")]
