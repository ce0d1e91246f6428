"""The columns of a Blackboard gradebook: `Quiz 1 [Total Pts: 10 Score] |1281892`."""

import re
from collections.abc import Collection, Sequence

from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.gradebook.named_points import GradebookSystem, about_columns, item_ids
from termpost.tasks.formats.gradebook.numerals import plain
from termpost.tasks.formats.gradebook.sheet import GradebookSheet, WorkColumn
from termpost.tasks.formats.header import file_problem

COLUMN = re.compile(
    r"(?P<title>.*?)\s*\[Total Pts: (?P<sum>up to )?(?P<points>[0-9.,]+)"
    r"(?: (?P<shown>Score|Percentage|Letter|Text|Complete/Incomplete))?\]\s*(?:\|_?(?P<id>[0-9]+)(?:_[0-9]+)?)?",
    re.DOTALL,
)
ADDED = re.compile(r".*\|_?[0-9]+(?:_[0-9]+)?|.*\[Total Pts: .*", re.DOTALL)
# what Blackboard reckons itself says "up to"; these do too, but where a teacher has changed them
TOTALS = frozenset({"total", "weighted total", "running total", "running weighted total", "overall grade"})
NOT_MARKED = re.compile(r"in progress\b.*|-+", re.IGNORECASE | re.DOTALL)
TO_BE_MARKED = re.compile(r"needs grading\b.*", re.IGNORECASE | re.DOTALL)
PREVIEW = "_previewuser"  # through whose eyes a teacher looks at the course


def is_mark(header: str) -> bool:
    return ADDED.fullmatch(header) is not None


def is_header(cells: Collection[str], order: Sequence[str]) -> bool:
    return {"last name", "first name"} <= set(cells) and any(COLUMN.fullmatch(cell) for cell in order)


def said(cell: str) -> str:
    text = cell.strip()
    if TO_BE_MARKED.fullmatch(text):
        return "SUBMITTED"
    if NOT_MARKED.fullmatch(text):
        return ""
    return "EX" if text.casefold() in {"exempt", "excused"} else text


def work(file: str, class_id: str, sheet: GradebookSheet, _mark: str) -> tuple[Sequence[WorkColumn], Sequence[Problem]]:
    """The pieces of work; and what is to say of the columns that are not read."""
    problems, not_points, items = list[Problem](), list[str](), list[tuple[int, str, re.Match[str]]]()
    for place, header in sheet.right:
        found = COLUMN.fullmatch(header)
        cells = [cell for _, row in sheet.students() if (cell := said(row[place]))]
        if found is None:
            problems.extend([file_problem(file, "column-not-read", "warning", header)] if cells and header else [])
        elif not found["sum"] and found["title"].casefold() not in TOTALS:
            if _is_no_points(found, cells):
                not_points.append(header)
            items.append((place, header, found))
    named = item_ids(class_id, [found["title"] for _, _, found in items])
    columns = [
        WorkColumn(place, header, found["id"] or own, found["title"] or header, plain(found["points"], "."))
        for (place, header, found), own in zip(items, named, strict=True)
    ]
    return columns, [*problems, *about_columns(file, "not-as-points", not_points)]


def _is_no_points(found: re.Match[str], cells: Sequence[str]) -> bool:
    """Whether its marks are letters or words, or per cents that do not say so: nobody can tell 80 of 50 from 80%."""
    marks = [cell for cell in cells if cell not in {"EX", "SUBMITTED"}]
    if found["shown"] == "Percentage":
        return not all(cell.endswith("%") for cell in marks)
    return found["shown"] in {"Letter", "Text"} and bool(marks)


def is_test(sheet: GradebookSheet, row: Sequence[str]) -> bool:
    return sheet.named(row, "username").casefold().endswith(PREVIEW)


SYSTEM = GradebookSystem(is_mark=is_mark, is_header=is_header, work=work, said=said, is_test=is_test, needs="Username")
