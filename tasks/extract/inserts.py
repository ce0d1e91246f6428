"""`supplement/inserts/<sourcedId>.pdf`: what goes along with one student's report. No table, so it is read apart."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.names import known_use
from termpost.tasks.formats.datasets import SUPPLEMENT_FOLDER
from termpost.tasks.formats.source_file import SourceFile

INSERTS: Final = f"{SUPPLEMENT_FOLDER}/inserts/"
SUFFIX: Final = ".pdf"


def insert_name(student: str) -> str:
    """The file of a student, by the id that the source system has for them."""
    return f"{INSERTS}{student}{SUFFIX}"


def student_of_insert(name: str) -> str:
    return name.removeprefix(INSERTS).removesuffix(SUFFIX)


def is_insert(name: str) -> bool:
    """Whether this is the very name of one."""
    path = PurePosixPath(name)
    return f"{path.parent}/" == INSERTS and path.suffix == SUFFIX and bool(path.stem)


def inserts_apart(files: Iterable[SourceFile]) -> tuple[list[SourceFile], list[SourceFile]]:
    """What is none, and the inserts by name. One in a wrong place or of another kind would be overlooked.

    Raises:
        InputError: `misplaced-insert`.
    """
    others, inserts = [], []
    for file in files:
        if is_insert(file.name):
            inserts.append(file)
            continue
        if _is_meant(PurePosixPath(file.name), file.size):
            raise InputError(
                "misplaced-insert", "a document for one student is not where such are read, or is no PDF", file.shown,
                f"put it into {INSERTS} as <sourcedId of the student>.pdf, or take it out of the extract",
            )  # fmt: skip
        others.append(file)
    return others, sorted(inserts, key=lambda file: file.name)


def _is_meant(path: PurePosixPath, size: int | None) -> bool:
    folders = [folder.strip().casefold() for folder in path.parts[:-1]]
    is_pdf = path.suffix.casefold() == SUFFIX
    if folders[-1:] in (["inserts"], ["insert"]):
        return is_pdf or known_use(path, size) is None
    return is_pdf and folders[:1] == [SUPPLEMENT_FOLDER]
