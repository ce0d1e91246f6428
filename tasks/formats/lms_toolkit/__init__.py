"""What the extractors of the Ed-Fi LMS Toolkit write: a folder for each section and assignment, snapshots in it."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from rapidfuzz.distance import OSA
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.lms_toolkit.mapping import MAPPING
from termpost.tasks.formats.source_file import SourceFile

# section=1/assignment=2/submissions/2021-07-01-00-00-00.csv
VALUED = ("section", "assignment", "date")  # folders with a value: section=1
PLAIN = ("users", "sections", "assignments", "submissions", "section-associations", "section-activities",
         "system-activities", "attendance-events", "grades")  # fmt: skip
FOLDER = re.compile(rf"({'|'.join(VALUED)})=[^/]+|{'|'.join(PLAIN)}")
FILE = re.compile(r"\d{4}(-\d\d){5}\.csv")
DEEPEST = 4  # parts
UNUSED_FOLDERS = frozenset({"system-activities", "section-activities"})


def recognises(files: Mapping[str, SourceFile]) -> bool:
    return "users.csv" not in files and any(name.startswith(("section=", "users/")) for name in files)


def has_file(name: PurePosixPath) -> bool:
    *folders, file = name.parts
    in_toolkit = all(FOLDER.fullmatch(folder) for folder in folders)
    return in_toolkit and len(name.parts) <= DEEPEST and FILE.fullmatch(file) is not None


def near_name(name: PurePosixPath) -> str | None:
    """The right spelling, where a snapshot lies in a folder that is nearly one of the toolkit's: `Users/`."""
    *folders, file = name.parts
    if not folders or len(name.parts) > DEEPEST or FILE.fullmatch(file.strip().lower()) is None or has_file(name):
        return None
    meant = [_meant_folder(folder) for folder in folders]
    found = PurePosixPath(*(folder for folder in meant if folder), file.strip().lower())
    return str(found) if all(meant) and has_file(found) else None


def _meant_folder(folder: str) -> str | None:
    if FOLDER.fullmatch(folder):
        return folder
    what, mark, of = folder.strip().lower().replace("_", "-").partition("=")
    near = [(distance, name) for name in (VALUED if mark else PLAIN)
            if (distance := OSA.distance(what.strip(), name, score_cutoff=2)) <= 2]  # fmt: skip  # noqa: PLR2004
    return f"{min(near)[1]}{mark}{of.strip()}" if near else None


def is_unused(file: str) -> bool:
    return any(part in UNUSED_FOLDERS for part in file.split("/")[:-1])


FORMAT = Format(
    package=__name__,
    name="lms-toolkit",
    version="1",
    mapping=MAPPING,
    recognises=recognises,
    has_instants=True,
    has_file=has_file,
    near_name=near_name,
    is_unused=is_unused,
)
