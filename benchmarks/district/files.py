"""The open CSV files of a district, and what was counted while they were written."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from termpost.schemas.base.errors import InputError

from benchmarks.district.columns import Version, columns

ZIP_NAME = "district.zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip that knows the hour of its making would differ each time


@dataclass(frozen=True)
class Counts:
    """What was written. `contacts` counts rows of contacts.csv by kind, `examples` has a (student, contact) of each."""

    path: Path  # the extract: the folder, or the zip in it
    rows: Mapping[str, int]  # by file, without header
    students: int
    teachers: int
    contact_people: int
    schools: int
    classes: int
    enrollments: int
    contacts: Mapping[str, int]
    examples: Mapping[str, tuple[str, str]]
    statuses: Mapping[str, int]
    languages: Mapping[str, int]  # of contacts, "" where none is on record


class Files:
    """All CSV files at once, since a school writes to each of them. Only their buffers are held in memory."""

    def __init__(self, folder: Path, version: Version) -> None:
        self.columns = columns(version)
        self.rows = Counter(dict.fromkeys(self.columns, 0))
        self._folder = folder
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}  # csv has no public name for its writer's type

    def __enter__(self) -> Self:
        (self._folder / "supplement").mkdir(parents=True, exist_ok=True)
        with self._stack:
            for name, header in self.columns.items():
                path = self._folder / name
                out = self._stack.enter_context(path.open("w", encoding="utf-8", newline="", buffering=1 << 16))
                self._writers[name] = csv.writer(out)  # CRLF and quotes where needed: RFC 4180
                self._writers[name].writerow(header)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def has(self, name: str) -> bool:
        """Whether the version has that file."""
        return name in self.columns

    def add(self, name: str, row: Mapping[str, str]) -> None:
        """Writes one row; a column that the row does not name is blank, one that the version lacks is left out."""
        self._writers[name].writerow([row.get(column, "") for column in self.columns[name]])
        self.rows[name] += 1

    def add_all(self, name: str, rows: Iterable[tuple[str, ...]]) -> None:
        """Writes rows whose cells stand in the order of the columns."""
        written = list(rows)
        self._writers[name].writerows(written)
        self.rows[name] += len(written)


def empty_folder(folder: Path) -> None:
    """Makes the folder; InputError where something lies in it, since files of another version would stay."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError("folder-not-empty", "something is in the folder already", str(folder), "name an empty folder")


def staging(folder: Path) -> "TemporaryDirectory[str]":
    """Where the files wait for the zip: on the same disk, gone afterwards."""
    return TemporaryDirectory(dir=folder, prefix=".unzipped-")


def pack(source: Path, target: Path) -> None:
    """Zips the files of `source` with their relative names, the same bytes each time; streams."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            entry = ZipInfo(path.relative_to(source).as_posix(), _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            # force_zip64: results.csv of a large district passes 2 GiB before its size is known
            with path.open("rb") as data, archive.open(entry, "w", force_zip64=True) as out:
                shutil.copyfileobj(data, out, 1 << 20)
