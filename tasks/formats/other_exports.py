"""Exports that people hand in and that are not read: called by their names, with what to export instead.

Each is told by what its columns are called, as in the makers' own help pages and in public samples.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from termpost.schemas.base.errors import InputError
from termpost.tasks.formats.registry import is_claimed
from termpost.tasks.formats.source_file import SourceFile

ONEROSTER = "export OneRoster 1.1 or 1.2 CSV (rostering and gradebook) of the school's system instead"
BY_TOOLKIT = f"{ONEROSTER}, or fetch it with the extractor of the Ed-Fi LMS Toolkit"
MOODLE = "in Moodle set to English, export as plain text file with the display types Real and Percentage ticked"
BLACKBOARD = "with Blackboard set to English, download the full grade center again, all columns shown as Score"
BRIGHTSPACE = "in Brightspace set to English, export again with OrgDefinedId and Points grade ticked"
DELIMITERS = (",", "\t", ";")


@dataclass(frozen=True)
class OtherExport:
    """`is_like` is asked with the cells of the header, folded, without what stands in quotes."""

    name: str
    is_like: Callable[[frozenset[str], list[str]], bool]
    remedy: str = ONEROSTER


def _any(cells: frozenset[str], pattern: str) -> bool:
    return any(re.search(pattern, cell) for cell in cells)


def _is_moodle(cells: frozenset[str], _: list[str]) -> bool:
    named = "first name" in cells and bool({"surname", "last name"} & cells)
    marks = _any(cells, r"\((real|percentage|letter)\)$") or "last downloaded from this course" in cells
    return (named or "email address" in cells) and (marks or {"institution", "department"} <= cells)


def _is_moodle_abroad(cells: frozenset[str], order: list[str]) -> bool:
    names = ({"vorname", "nachname"}, {"nombre", "apellido(s)"}, {"prénom", "nom"}, {"prénom", "nom de famille"},
             {"voornaam", "achternaam"}, {"nome", "cognome"}, {"nome", "sobrenome"})  # fmt: skip
    return any(two <= cells for two in names) and any(re.search(r"\S \([^()]+\)$", cell) for cell in order)


def _is_blackboard_abroad(_: frozenset[str], order: list[str]) -> bool:
    return sum(1 for cell in order if re.search(r"\[[^\[\]]*\d[^\[\]]*\] ?\|_?\d+", cell)) > 0


def _is_google_classroom(_: frozenset[str], order: list[str]) -> bool:
    return order[:3] == ["last name", "first name", "email address"]


def _is_blackboard(cells: frozenset[str], _: list[str]) -> bool:
    return {"last name", "first name", "username"} <= cells and (
        _any(cells, r"\[total pts:|\|_?\d+") or {"last access", "availability"} <= cells or "child course id" in cells
    )


def _is_brightspace(cells: frozenset[str], _: list[str]) -> bool:
    return (
        "end-of-line indicator" in cells
        or "orgdefinedid" in cells
        or (_any(cells, r"<(numeric|text|calculated|formula|pass/fail|selectbox|category)\b.*>$"))
    )


def _is_schoology(cells: frozenset[str], _: list[str]) -> bool:
    return "unique user id" in cells or {"last name", "first name", "user id", "overall"} <= cells


OTHERS = (
    OtherExport("Brightspace (D2L) grades without points", _is_brightspace, BRIGHTSPACE),
    OtherExport("Blackboard Grade Center without points", _is_blackboard, BLACKBOARD),
    OtherExport("Blackboard Grade Center in another language than English", _is_blackboard_abroad, BLACKBOARD),
    OtherExport("Schoology gradebook", _is_schoology, BY_TOOLKIT),
    OtherExport("Google Classroom grades", _is_google_classroom, BY_TOOLKIT),
    OtherExport("Moodle grades without points", _is_moodle, MOODLE),
    OtherExport("Moodle grades in another language than English", _is_moodle_abroad, MOODLE),
    OtherExport("Sakai gradebook", lambda cells, order: order[:2] == ["student id", "name"] and _any(cells, r"\[\d")),
    OtherExport("Clever roster", lambda cells, _: "school_id" in cells and bool(
        {"student_id", "section_id", "teacher_id", "staff_id", "school_name"} & cells),
        "Clever has no marks: export OneRoster 1.1 or 1.2 CSV of the school's system instead"),
    OtherExport("PowerSchool", lambda cells, _: "student_number" in cells and _any(
        cells, r"^(lastfirst|home_room|grade_level|schoolid|dcid|course_number|storecode)$")),
    OtherExport("PowerSchool", lambda cells, _: _any(cells, r"^students?\.(dcid|student_number|lastfirst)$")),
    OtherExport("Infinite Campus", lambda cells, _: _any(
        cells, r"^student\.(personid|studentnumber|stateid|lastname)$")),
)  # fmt: skip


def other_export(file: SourceFile) -> OtherExport | None:
    """Whose export a file is, told from its first lines; None where it is read, or nobody's that is known."""
    text = _beginning(file)
    if is_claimed(text):
        return None
    order = _header(text)
    cells = frozenset(order)
    return next((one for one in OTHERS if order and one.is_like(cells, order)), None)


def refuse_other_export(file: SourceFile) -> None:
    """Raises InputError (`other-export`) where the file is the export of a system that is not read."""
    found = other_export(file)
    if found is not None:
        what = f"this looks like an export of {found.name}, which is not read"
        raise InputError("other-export", what, PurePosixPath(file.shown).as_posix(), found.remedy)


def _beginning(file: SourceFile) -> str:
    data = file.head
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # Blackboard and spreadsheets write UTF-16
        return data[: len(data) // 2 * 2].decode("utf-16", errors="replace")
    return data.decode("utf-8", errors="replace").lstrip("\ufeff")


def _header(text: str) -> list[str]:
    line = text.split("\n", 1)[0].split("\r", 1)[0]
    for delimiter in DELIMITERS:
        try:
            cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        except csv.Error:
            continue
        if len(cells) > 1:
            return [" ".join(cell.split()).casefold().lstrip("\ufeff") for cell in cells]
    return []
