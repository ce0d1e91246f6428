"""Which relative paths are part of an extract. Everything else that lies there is left alone."""

import re
from pathlib import PurePosixPath

SUPPLEMENT = "supplement"
# of the Ed-Fi LMS Toolkit: section=1/assignment=2/submissions/2021-07-01-00-00-00.csv
TOOLKIT_FOLDER = re.compile(
    r"(section|assignment|date)=[^/]+|users|sections|assignments|submissions|section-associations|section-activities"
    r"|system-activities|attendance-events|grades"
)
TOOLKIT_FILE = re.compile(r"\d{4}(-\d\d){5}\.csv")
DEEPEST = 4  # parts


def is_part(name: PurePosixPath) -> bool:
    """A CSV file at the root, in `supplement/`, or where the LMS Toolkit puts one."""
    *folders, file = name.parts or ("",)
    # a name with a line break in it would tear every message that says it
    if not file.endswith(".csv") or file == ".csv" or not str(name).isprintable():
        return False
    if not folders or folders == [SUPPLEMENT]:
        return True
    in_toolkit = all(TOOLKIT_FOLDER.fullmatch(folder) for folder in folders)
    return in_toolkit and len(name.parts) <= DEEPEST and TOOLKIT_FILE.fullmatch(file) is not None


def is_single(name: str) -> bool:
    """Whether a name is that of one CSV file, not of a folder or a zip."""
    return name.lower().endswith(".csv")


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def may_hold_parts(folder: PurePosixPath) -> bool:
    """Whether it is worth looking into a folder of the extract."""
    if folder.parts == (SUPPLEMENT,):
        return True
    return len(folder.parts) < DEEPEST and all(TOOLKIT_FOLDER.fullmatch(part) for part in folder.parts)
