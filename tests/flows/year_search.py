"""Looks for words everywhere a year may have left them, opened with every key that the home still has."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.custody.container import open_backup
from termpost.tasks.custody.recovery_key import read_recovery_key
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake

from tests.flows.district import Prefect
from tests.reading import page_texts


def found_in(texts: Iterable[tuple[str, bytes]], words: Iterable[str]) -> set[str]:
    """The places that have any of them, in any case."""
    sought = [word.lower().encode() for word in words]
    return {place for place, data in texts if any(word in data.lower() for word in sought)}


def everywhere(
    home: Home, prefect: Prefect, backup: Path, slip: Path, codes: Iterable[str]
) -> Iterator[tuple[str, bytes]]:
    """Store, lake, catalogue, Prefect's database, files of the home, temporary places and the backup.

    Args:
        codes: of recipients, which open their pages.
    """
    yield from files(home.path)
    yield from files(prefect.home)
    yield from ((prefect.database.name, path.read_bytes()) for path in prefect.database.parent.glob("*.db*"))
    yield from temporary()
    yield from _store(home, list(codes))
    yield from _lake(home)
    members = open_backup(backup.read_bytes(), read_recovery_key(slip.read_text()))
    yield from ((f"backup: {name}", data) for name, data in members.items())


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Their names too."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), str(path).encode() + path.read_bytes()


def temporary() -> Iterator[tuple[str, bytes]]:
    """What lies in the temporary folder itself; pytest's own folders have the extracts, which are the source's."""
    for entry in os.scandir(os.environ.get("TMPDIR", "/tmp")):  # noqa: S108
        if not entry.name.startswith("pytest-of-"):
            yield from files(Path(entry.path)) if entry.is_dir() else [(entry.path, Path(entry.path).read_bytes())]


def _store(home: Home, codes: list[str]) -> Iterator[tuple[str, bytes]]:
    for key in home.store.list(""):
        if key.startswith(("lake/", "log/")):  # as files, and read as tables and lines
            continue
        try:
            data = home.store.get(key)
        except (KeyError, Refused):
            continue
        yield key, key.encode() + data
        if key.endswith(".pdf"):
            yield key, " ".join(page_texts(data)).encode()
        elif key.startswith("sealed/"):
            yield from _page(key, data, codes)


def _page(key: str, data: bytes, codes: list[str]) -> Iterator[tuple[str, bytes]]:
    for code in codes:
        try:
            parts = reopen_sealed(data, code)
        except (InputError, Refused, ValueError):
            continue
        yield from ((key, repr(part).encode()) for part in parts)
        return


def _lake(home: Home) -> Iterator[tuple[str, bytes]]:
    with open_lake(home.lake) as lake:
        tables = lake.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND NOT internal"
        ).fetchall()
        for (table,) in tables:
            for row in lake.execute(f'SELECT * FROM lake."{table}"').fetchall():
                yield f"lake.{table}", repr(row).encode()
