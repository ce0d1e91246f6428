"""What the extractors of the Ed-Fi LMS Toolkit write: a folder for each section and assignment, snapshots in it."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from termpost.tasks.formats.format import Format
from termpost.tasks.formats.lms_toolkit.mapping import MAPPING
from termpost.tasks.formats.source_file import SourceFile

# section=1/assignment=2/submissions/2021-07-01-00-00-00.csv
FOLDER = re.compile(
    r"(section|assignment|date)=[^/]+|users|sections|assignments|submissions|section-associations|section-activities"
    r"|system-activities|attendance-events|grades"
)
FILE = re.compile(r"\d{4}(-\d\d){5}\.csv")
DEEPEST = 4  # parts
UNUSED_FOLDERS = frozenset({"system-activities", "section-activities"})


def recognises(files: Mapping[str, SourceFile]) -> bool:
    return "users.csv" not in files and any(name.startswith(("section=", "users/")) for name in files)


def has_file(name: PurePosixPath) -> bool:
    *folders, file = name.parts
    in_toolkit = all(FOLDER.fullmatch(folder) for folder in folders)
    return in_toolkit and len(name.parts) <= DEEPEST and FILE.fullmatch(file) is not None


def has_folder(folder: PurePosixPath) -> bool:
    return len(folder.parts) < DEEPEST and all(FOLDER.fullmatch(part) for part in folder.parts)


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
    has_folder=has_folder,
    is_unused=is_unused,
)
