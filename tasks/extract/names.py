"""Which relative paths are part of an extract. Everything else that lies there is left alone."""

from pathlib import PurePosixPath

from termpost.tasks.formats.datasets import SUPPLEMENT_FOLDER
from termpost.tasks.formats.registry import has_file, has_folder


def is_part(name: PurePosixPath) -> bool:
    """A CSV file at the root, in `supplement/`, or where a format puts one."""
    *folders, file = name.parts or ("",)
    # a name with a line break in it would tear every message that says it
    if not file.endswith(".csv") or file == ".csv" or not str(name).isprintable():
        return False
    return not folders or folders == [SUPPLEMENT_FOLDER] or has_file(name)


def is_single(name: str) -> bool:
    """Whether a name is that of one CSV file, not of a folder or a zip."""
    return name.lower().endswith(".csv")


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def may_hold_parts(folder: PurePosixPath) -> bool:
    """Whether it is worth looking into a folder of the extract."""
    return not folder.parts or folder.parts == (SUPPLEMENT_FOLDER,) or has_folder(folder)
