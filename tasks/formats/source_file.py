"""One file of an extract, wherever the extract lies."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

BEGINNING = 65_536  # bytes
Opener = Callable[[], AbstractContextManager[IO[bytes]]]  # of a file at its beginning


@dataclass(frozen=True)
class SourceFile:
    """One CSV file of an extract."""

    name: str  # "users.csv", "supplement/contacts.csv"
    open: Opener
    path: Path | None = None  # where it lies on this machine as it is, so that nobody need copy it
    size: int | None = None  # bytes, where that is known without reading it
    origin: str | None = None  # what a person sees, where that is another name: "gradebook.xlsx, sheet users"

    @property
    def shown(self) -> str:
        return self.origin or self.name

    @cached_property
    def head(self) -> bytes:
        """Its first bytes, read once."""
        with self.open() as source:
            return source.read(BEGINNING)

    def beginning(self) -> str:
        """Its first lines: enough to tell what it is."""
        return self.head.decode("utf-8", errors="replace")


def from_bytes(name: str, data: bytes) -> SourceFile:
    """A file whose bytes are in memory."""
    return SourceFile(name, lambda: io.BytesIO(data), size=len(data))
