"""Opening what a user points at: a folder, a zip or one CSV file, read once and trusted in nothing."""

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from schemas.errors import InputError

SUPPLEMENT = "supplement"
# without these there is no report; which columns and rows they need is said by the contracts
REQUIRED = (
    "academicSessions.csv",
    "classes.csv",
    "enrollments.csv",
    "lineItems.csv",
    "orgs.csv",
    "results.csv",
    "users.csv",
)
LMS_FOLDERS = ("users", "sections", "system-activities")  # of the Ed-Fi LMS Toolkit, beside section=<id>
LARGEST_ZIP = 16 * 2**30  # bytes unpacked; 100,000 students need about 2
LARGEST_RATIO = 300  # deflate reaches about 1,000 on zeros; gradebook CSV stays below 30
SMALL = 2**20  # bytes; below this a ratio says nothing
# what zipfile and its decompressors raise on damage, on names that are not text and on methods they do not know
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, OSError,
              UnicodeDecodeError)  # fmt: skip


@dataclass(frozen=True)
class SourceFile:
    """One CSV file of an extract."""

    name: str  # "users.csv", "supplement/contacts.csv"
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def open_source(uri: str) -> list[SourceFile]:
    """The files of an extract, sorted by name.

    Raises:
        InputError: nothing there, not a zip, unsafe names, a bomb, or a required file is missing.
    """
    path = Path(uri)
    if path.is_dir():
        files = _folder(path)
    elif path.is_file() and path.suffix.lower() == ".csv":
        files = [SourceFile(path.name, partial(_open_file, path))]
    elif path.is_file():
        files = _zip(path)
    else:
        raise InputError("no-extract", "there is no such folder or zip", uri, "check the path of the extract")
    present = {file.name for file in files}
    for name in REQUIRED if _looks_like_oneroster(present) else ():
        if name not in present:
            raise InputError(
                "missing-file", f"{name} is missing", uri, f"export it again with {name}" + _near(name, present)
            )
    return files


def is_lms_name(name: str) -> bool:
    """Whether a file lies where the LMS Toolkit puts its own."""
    first, *more = PurePosixPath(name).parts
    return bool(more) and (first in LMS_FOLDERS or first.startswith("section="))


def _looks_like_oneroster(present: set[str]) -> bool:
    """Other formats have none of its files; of an extract without any, the check says what it lacks."""
    return not present.isdisjoint(REQUIRED) or not {p.lower() for p in present}.isdisjoint(n.lower() for n in REQUIRED)


def _near(name: str, present: set[str]) -> str:
    """Names are case-sensitive (OneRoster 1.1 §3.2), which is easily overlooked."""
    other = next((p for p in present if p.lower() == name.lower()), None)
    return f"; {other} must be spelt {name}" if other else ""


def _is_extract_file(name: PurePosixPath) -> bool:
    in_supplement = len(name.parts) == 2 and name.parts[0] == SUPPLEMENT  # noqa: PLR2004 - folder and file
    return name.suffix == ".csv" and (len(name.parts) == 1 or in_supplement or is_lms_name(str(name)))


def _open_file(path: Path) -> AbstractContextManager[IO[bytes]]:
    return path.open("rb")


def _folder(root: Path) -> list[SourceFile]:
    found = []
    for path in sorted(root.rglob("*.csv")):
        name = PurePosixPath(path.relative_to(root).as_posix())
        if _is_extract_file(name) and path.is_file():
            found.append(SourceFile(str(name), partial(_open_file, path)))
    return found


def _zip(path: Path) -> list[SourceFile]:
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE:
        raise InputError("unreadable-zip", "the zip cannot be read", path.name, "export or copy it again") from None
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
    _refuse_unsafe(infos, path.name)
    _refuse_bomb(infos, path.name)
    files = [info for info in infos if _is_extract_file(PurePosixPath(info.filename))]
    if not files and infos:
        raise InputError(
            "nested-zip",
            "there is no CSV file at the root of the zip",
            path.name,
            "zip the files themselves, not the folder they lie in",
        )
    return sorted((SourceFile(info.filename, _member(path, info)) for info in files), key=lambda file: file.name)


def _member(path: Path, info: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[IO[bytes]]]:
    @contextmanager
    def open_member() -> Iterator[IO[bytes]]:
        try:
            # zipfile never yields more than the size that the entry declares, so _refuse_bomb's sums hold
            with zipfile.ZipFile(path) as archive, archive.open(info) as member:
                yield member
        except UNREADABLE:
            raise InputError(
                "unreadable-zip", f"{info.filename} in the zip cannot be read", path.name, "export or copy it again"
            ) from None

    return open_member


def _refuse_unsafe(infos: list[zipfile.ZipInfo], where: str) -> None:
    seen = set()
    for info in infos:
        name = PurePosixPath(info.filename)
        link = stat.S_ISLNK(info.external_attr >> 16)
        if name.is_absolute() or ".." in name.parts or "\\" in info.filename or ":" in info.filename or link:
            raise InputError(
                "unsafe-zip", "the zip names files outside itself", where, "export it again; do not unpack it"
            )
        if info.flag_bits & 0x1:
            raise InputError("encrypted-zip", "the zip is encrypted", where, "export it without a password")
        if info.filename in seen:
            raise InputError("unsafe-zip", "the zip holds one name twice", where, "export it again")
        seen.add(info.filename)


def _refuse_bomb(infos: list[zipfile.ZipInfo], where: str) -> None:
    swollen = any(i.file_size > SMALL and i.file_size > LARGEST_RATIO * max(i.compress_size, 1) for i in infos)
    if swollen or sum(i.file_size for i in infos) > LARGEST_ZIP:
        raise InputError("zip-bomb", "the zip unpacks to far more than a gradebook", where, "export it again")
