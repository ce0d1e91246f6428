"""`sftp://user@host/path`: a folder, a zip or a CSV file of a server whose key is known. Read once, into memory."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any, TypeVar

import asyncssh
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.address import Address
from termpost.tasks.extract.containers.refused_kinds import linked_folder, not_a_file
from termpost.tasks.extract.inserts import is_insert
from termpost.tasks.extract.inventory import ExtractFiles, refuse_too_many, take_stock
from termpost.tasks.extract.names import is_system_file, is_system_folder, may_be_read
from termpost.tasks.extract.sftp.errors import explained
from termpost.tasks.extract.sftp.login import login_options
from termpost.tasks.extract.single_file import read_single
from termpost.tasks.formats.source_file import SourceFile, from_bytes
from termpost.tasks.runtime.retry import retried

ATTEMPTS = 4
FIRST_WAIT = 1.0  # seconds
LONGEST = 1800.0  # seconds, for all of it; each attempt keeps what came before
DEEPEST = 20  # folders in folders; the toolkit has three
MOST = 4 * 2**30  # bytes held in memory; 100,000 students need about 2 unpacked, a tenth of that zipped
T = TypeVar("T")


def sftp_files(address: Address, access: Access) -> ExtractFiles:
    """The files of an extract on a server, sorted by name.

    Raises:
        InputError: the host is not known or its key changed, nobody let in, nothing there, or a file changes meanwhile.
        RetryableError: the connection broke off again and again.
    """
    fetch = _Fetch(address, login_options(address, access))

    def once() -> ExtractFiles:
        with explained(address.shown):
            return _in_own_loop(asyncio.wait_for(fetch.files(), LONGEST))

    return retried(once, attempts=ATTEMPTS, first_wait=FIRST_WAIT, sleep=access.sleep)


def _in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Prefect may have a loop in this thread, and a loop cannot be run inside another."""
    with ThreadPoolExecutor(1, "termpost-sftp") as pool:
        return pool.submit(asyncio.run, work).result()


@dataclass
class _Fetch:
    """What came so far, so that a second attempt asks for the rest only."""

    address: Address
    options: dict[str, Any]
    here: dict[str, tuple[tuple[int | None, int | None], bytes]] = field(default_factory=dict)  # path → stamp, bytes

    async def files(self) -> ExtractFiles:
        async with asyncssh.connect(**self.options) as connection, connection.start_sftp_client() as client:
            path = self.address.path
            if _is_folder(await client.stat(path)):
                found = [entry async for entry in _Listing(client, path, self.address.shown).entries(PurePosixPath())]
                return take_stock(
                    [await self._entry(client, name, size) for name, size in sorted(found)],
                    self.address.shown, packed=False,
                )  # fmt: skip
            data = await self._read(client, path)
        return read_single(from_bytes(PurePosixPath(path).name, data), self.address.shown)

    async def _entry(self, client: asyncssh.SFTPClient, name: str, size: int) -> SourceFile:
        """A file with its bytes, where it may be a part; of anything else nothing is read."""
        if name.endswith("/") or not (may_be_read(PurePosixPath(name)) or is_insert(name)):
            return SourceFile(name, _not_read, size=size)
        return from_bytes(name, await self._read(client, f"{self.address.path.rstrip('/')}/{name}"))

    async def _read(self, client: asyncssh.SFTPClient, path: str) -> bytes:
        before = await client.stat(path)
        if path in self.here and self.here[path][0] == _stamp(before):
            return self.here[path][1]
        size = before.size or 0
        if size + sum(len(data) for _, data in self.here.values()) > MOST:
            raise InputError("too-large", "this is far more than a gradebook", self.address.shown,
                             "check the path")  # fmt: skip
        async with client.open(path, "rb") as source:
            data = os.fsencode(await source.read(size + 1))
        if len(data) != size or _stamp(await client.stat(path)) != _stamp(before):
            raise InputError("source-changed", f"{PurePosixPath(path).name} changed while it was read",
                             self.address.shown, "wait until the export has ended, then try again")  # fmt: skip
        self.here[path] = (_stamp(before), data)
        return data


def _stamp(seen: asyncssh.SFTPAttrs) -> tuple[int | None, int | None]:
    return seen.size, seen.mtime


def _is_folder(seen: asyncssh.SFTPAttrs) -> bool:
    return seen.permissions is not None and stat.S_ISDIR(seen.permissions)


def _not_read() -> AbstractContextManager[IO[bytes]]:
    raise InputError("no-file", "this file was not read", "sftp", "take it out of the extract")


@dataclass
class _Listing:
    """What lies in a folder of a server, which may say of anything that it is a folder, and never come to an end."""

    client: asyncssh.SFTPClient
    root: str
    shown: str
    seen: int = 0

    async def entries(self, below: PurePosixPath) -> AsyncIterator[tuple[str, int]]:
        """Names and sizes of all files; a folder that a system keeps for itself stands as one, with a slash.

        Raises:
            InputError: `linked-folder`: a link to a file counts, since it leads to nothing but another file of that
                server; one to a folder is not followed. `not-a-file`, `too-many-files`.
        """
        root = self.root.rstrip("/")
        async for entry in self.client.scandir(f"{root}/{below}" if below.parts else self.root):
            self.seen += 1
            refuse_too_many(self.seen, self.shown)
            file = os.fsdecode(entry.filename)
            name = below / file
            if file in (".", ".."):
                continue
            if _is_folder(entry.attrs):
                if is_system_folder(file):
                    yield f"{name}/", 0
                    continue
                if len(name.parts) > DEEPEST:
                    raise InputError("too-many-files", f"folders lie in folders, more than {DEEPEST} deep",
                                     self.shown, "check the path")  # fmt: skip
                async for inner in self.entries(name):
                    yield inner
            elif is_system_file(name):
                yield str(name), entry.attrs.size or 0
            else:
                seen = await self.client.stat(f"{root}/{name}")
                if _is_folder(seen):
                    raise linked_folder(str(name))
                if seen.permissions is not None and not stat.S_ISREG(seen.permissions):  # a pipe may never end
                    raise not_a_file(seen.permissions, str(name))
                yield str(name), seen.size or 0
