"""One file of an extract, wherever the extract lies."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class SourceFile:
    """One CSV file of an extract."""

    name: str  # "users.csv", "supplement/contacts.csv"
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    path: Path | None = None  # where it lies on this machine as it is, so that nobody need copy it


def from_bytes(name: str, data: bytes) -> SourceFile:
    """A file whose bytes are in memory."""
    return SourceFile(name, lambda: io.BytesIO(data))
