"""The columns of a Moodle gradebook: each item as Real, Percentage or Letter, as the display types were ticked.

Moodle does not write what an item is worth. Where Real and Percentage stand beside each other, the two tell.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.gradebook.named_points import GradebookSystem, about_columns, item_ids
from termpost.tasks.formats.gradebook.numerals import plain
from termpost.tasks.formats.gradebook.sheet import GradebookSheet, WorkColumn
from termpost.tasks.formats.header import file_problem

MARK = re.compile(r"(?P<title>.*\S)\s*\((?P<shown>Real|Percentage|Letter|Feedback)\)", re.DOTALL)
LAST = "last downloaded from this course"
NO_GRADE = "-"
TOTAL = re.compile(r"course total|.*\S total", re.IGNORECASE | re.DOTALL)  # of the course, of a category
# what stands before the name of an activity; whatever has another word there, or none, was added by hand
ACTIVITY = re.compile(
    r"(?:assignment|quiz|forum|lesson|workshop|database|glossary|h5p|scorm package|external tool|interactive content"
    r"|bigbluebutton|attendance|turnitin assignment(?: 2)?|choice|survey|journal|checklist|virtual programming lab"
    r"|zoom meeting|game|hotpot|studentquiz|realtime quiz)s?: .*",
    re.IGNORECASE | re.DOTALL,
)


def is_mark(header: str) -> bool:
    return MARK.fullmatch(header) is not None or header.strip().casefold() == LAST


def is_header(cells: Collection[str], order: Sequence[str]) -> bool:
    """A student's id or address, and marks as points; as per cents or letters alone they cannot be reckoned with."""
    shown = {found["shown"] for cell in order if (found := MARK.fullmatch(cell))}
    return bool({"id number", "email address"} & set(cells)) and "Real" in shown


def said(cell: str) -> str:
    return "" if cell.strip() == NO_GRADE else cell.strip()


def work(file: str, class_id: str, sheet: GradebookSheet, mark: str) -> tuple[Sequence[WorkColumn], Sequence[Problem]]:
    """The items, totals of categories and of the course left out; and what is to say of those that are not read."""
    per_cent = {
        found["title"]: place
        for place, header in sheet.right
        if (found := MARK.fullmatch(header)) and found["shown"] == "Percentage"
    }
    items = [(place, header, title) for place, header, title in _real(sheet) if not is_total(title)]
    ids = item_ids(class_id, [title for _, _, title in items])
    columns, problems, unknown = list[WorkColumn](), list[Problem](), list[str]()
    for (place, header, title), item_id in zip(items, ids, strict=True):
        cells = [(number, cell) for number, row in sheet.students() if (cell := said(row[place]))]
        points = sheet.cell(sheet.points_row, place).strip() if sheet.points_row else ""
        if cells and all(_number(cell, mark) is None for _, cell in cells):
            problems.append(file_problem(file, "column-not-read", "warning", header, "its marks are words of a scale"))
        elif points:
            columns.append(WorkColumn(place, header, item_id, title, plain(points, mark)))
        elif not cells:
            problems.append(file_problem(file, "nobody-marked", "warning", header))
        elif (worth := _worth(sheet, cells, per_cent.get(title), mark)) is not None:
            columns.append(WorkColumn(place, header, item_id, title, str(worth)))
        else:
            unknown.append(header)
        if not ACTIVITY.fullmatch(title):
            problems.append(file_problem(file, "maybe-total", "warning", header))
    return columns, [*problems, *about_columns(file, "no-points", unknown)]


def is_total(title: str) -> bool:
    return TOTAL.fullmatch(title) is not None and ACTIVITY.fullmatch(title) is None


def _real(sheet: GradebookSheet) -> Iterator[tuple[int, str, str]]:
    """(place, header, title) of the columns of points."""
    for place, header in sheet.right:
        found = MARK.fullmatch(header)
        if found is not None and found["shown"] == "Real":
            yield place, header, found["title"]


def _worth(sheet: GradebookSheet, marks: list[tuple[int, str]], place: int | None, mark: str) -> int | None:
    """Out of how many points an item is: the one whole number that all marks and their per cents allow."""
    if place is None:
        return None
    low, high = Decimal(0), Decimal("Infinity")
    for number, cell in marks:
        score, share = _number(cell, mark), _number(sheet.cell(number, place).strip().removesuffix("%").strip(), mark)
        if score is None or share is None:
            continue
        (least, most), (least_share, most_share) = _rounded(score), _rounded(share)
        if least <= 0 or least_share <= 0:
            continue  # 0 of anything is 0 %
        low, high = max(low, least * 100 / most_share), min(high, most * 100 / least_share)
    first = int(low.to_integral_value(rounding="ROUND_CEILING"))
    return first if first <= high and first + 1 > high else None


def _rounded(number: Decimal) -> tuple[Decimal, Decimal]:
    """Between what a number may lie that was rounded to the digits it has."""
    exponent = number.as_tuple().exponent
    half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
    return number - half, number + half


def _number(cell: str, mark: str) -> Decimal | None:
    try:
        return Decimal(plain(cell, mark))
    except InvalidOperation:
        return None


SYSTEM = GradebookSystem(is_mark=is_mark, is_header=is_header, work=work, said=said, needs="ID number")
