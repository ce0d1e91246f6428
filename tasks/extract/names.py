"""What a file of an extract is, told from its name alone."""

import re
import unicodedata
from pathlib import PurePosixPath

from termpost.schemas.documents.findings import SkipReason
from termpost.tasks.formats.datasets import SUPPLEMENT_FOLDER
from termpost.tasks.formats.registry import has_file

SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "autorun.inf"})
SYSTEM_FOLDERS = frozenset(
    {"__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
)
READMES = re.compile(
    r"(please[ _-]?)?(read[ _-]?me|read[ _-]?this|lies[ _-]?mich|lisez[ _-]?moi|l[eé]eme|leia[ _-]?me|leggimi"
    r"|lees[ _-]?mij"
    r"|l[äa]s[ _-]?mig|licen[sc]e|changelog|copyright)([ _-]?(first|1st|now))?"
)
MARKERS = re.compile(
    r"_?(done|success|succeeded|complete|completed|finished|ready|ok|eof|end|trigger|flag|upload[ _-]?complete)"
)
MARKER_SUFFIXES = frozenset(
    {".done", ".ok", ".ready", ".trg", ".trigger", ".flag", ".complete", ".success", ".eof", ".ctl"}
)
CHECKSUM_SUFFIXES = frozenset({".md5", ".sha1", ".sha256", ".sha512", ".sfv", ".crc", ".asc", ".sig"})
CHECKSUMS = frozenset({"md5sums", "sha1sums", "sha256sums", "sha512sums", "checksums"})
TABLE_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".tab", ".dat", ""})  # of what may be a table under a wrong name
MARKER_SIZE = 1024  # bytes; a marker may say when it was set
WORKBOOKS = frozenset({".xlsx", ".xlsm"})


def is_part(name: PurePosixPath) -> bool:
    """A CSV file at the root, in `supplement/`, or where a format puts one."""
    *folders, file = name.parts or ("",)
    # a name with a line break in it would tear every message that says it
    if not file.endswith(".csv") or file == ".csv" or not str(name).isprintable():
        return False
    return not folders or folders == [SUPPLEMENT_FOLDER] or has_file(name)


def is_single(name: str) -> bool:
    """Whether a name is that of one CSV file, packed or not, or of one workbook; not of a folder or an archive."""
    return name.lower().endswith((".csv", ".csv.gz", *WORKBOOKS))


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def is_tar(name: str) -> bool:
    return name.lower().endswith((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"))


def is_system_folder(name: str) -> bool:
    """What an operating system or a tool keeps for itself; nobody looks into it."""
    return name.startswith(".") or name.casefold() in SYSTEM_FOLDERS


def is_system_file(name: PurePosixPath) -> bool:
    """`._users.csv`, `Thumbs.db`, `~$users.xlsx` and the like: left by a system, never a part."""
    file = name.name
    return (
        any(is_system_folder(folder) for folder in name.parts[:-1])
        or file.startswith((".", "~$"))
        or file.casefold() in SYSTEM_FILES
    )


def known_use(name: PurePosixPath, size: int | None) -> SkipReason | None:
    """Why a file that is no part may lie there and tell nothing; None where nothing explains it.

    Args:
        size: in bytes, where it is known.
    """
    stem, suffix = _folded(name.stem), name.suffix.casefold()
    if suffix in CHECKSUM_SUFFIXES or _folded(name.name) in CHECKSUMS or stem in CHECKSUMS:
        return "checksum"
    if READMES.fullmatch(stem) or READMES.fullmatch(_folded(name.name)):
        return "readme"
    is_marker = suffix in MARKER_SUFFIXES or MARKERS.fullmatch(stem) is not None
    if size == 0 or (is_marker and suffix != ".csv" and size is not None and size <= MARKER_SIZE):
        return "marker"
    return None


def may_be_table(name: PurePosixPath) -> bool:
    """Whether a file may be a table of the extract, whatever it is called: its first lines are worth a look."""
    return name.suffix.casefold() in TABLE_SUFFIXES


def may_be_read(name: PurePosixPath) -> bool:
    """Whether the bytes of a file may be asked for, now that its name is known."""
    return not is_system_file(name) and (may_be_table(name) or is_single(name.name) or name.suffix.lower() == ".xls")


def as_one_name(name: str) -> str:
    """Equal for names that a person, Windows or macOS takes for one."""
    return unicodedata.normalize("NFC", name).casefold()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()
