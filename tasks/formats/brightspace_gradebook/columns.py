"""The columns of a Brightspace gradebook: `Quiz 1 Points Grade <Numeric MaxPoints:10 Weight:5 Category:Quizzes …>`."""

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.gradebook.named_points import GradebookSystem, item_ids
from termpost.tasks.formats.gradebook.numerals import plain
from termpost.tasks.formats.gradebook.sheet import GradebookCell, GradebookSheet, WorkColumn
from termpost.tasks.formats.header import file_problem

COLUMN = re.compile(
    r"(?P<title>.*\S) Points Grade <(?:Numeric|Selectbox|Pass/Fail)\b(?P<of>[^<>]*)>", re.DOTALL | re.IGNORECASE
)
POINTS = re.compile(r"\bMaxPoints:(?P<points>[0-9.,]+)")
CATEGORY = re.compile(r"\bCategory:(?P<title>.*?)\s*(?:\bCategoryWeight:[0-9.,]+\s*)?", re.DOTALL)
ADDED = re.compile(
    r".*<[^<>]*>|.* (?:Numerator|Denominator|Scheme Symbol|Scheme)|End-of-Line Indicator", re.DOTALL | re.IGNORECASE
)
# reckoned by Brightspace from the rest
RECKONED = re.compile(r".*<(?:Calculated|Formula)\b[^<>]*>", re.DOTALL | re.IGNORECASE)
ADJUSTED = "Adjusted Final Grade "  # what a teacher set over the calculated one
PLACES = Decimal("0.0001")  # of a per cent


def is_mark(header: str) -> bool:
    return ADDED.fullmatch(header) is not None


def is_header(cells: Collection[str], order: Sequence[str]) -> bool:
    return bool({"orgdefinedid", "username"} & set(cells)) and any(COLUMN.fullmatch(cell) for cell in order)


def said(cell: str) -> str:
    text = cell.strip()
    if text.casefold() in {"exempt", "exempted"}:
        return "EX"
    return "" if text == "-" else text


def work(file: str, class_id: str, sheet: GradebookSheet, _mark: str) -> tuple[Sequence[WorkColumn], Sequence[Problem]]:
    """The pieces of work with their categories; and what is to say of the columns that are not read."""
    problems = [
        file_problem(file, "column-not-read", "warning", header, "it is calculated from others")
        for place, header in sheet.right
        if RECKONED.fullmatch(header) and any(row[place].strip() for _, row in sheet.students())
    ]
    items = [(place, header, found) for place, header in sheet.right if (found := COLUMN.fullmatch(header))]
    columns = list[WorkColumn]()
    ids = item_ids(class_id, [found["title"] for _, _, found in items])
    for (place, header, found), item_id in zip(items, ids, strict=True):
        points, category = POINTS.search(found["of"]), CATEGORY.search(found["of"])
        if points is None:
            problems.append(file_problem(file, "no-points", "fatal", header))
            continue
        title = category and CATEGORY.fullmatch(found["of"], category.start())
        columns.append(WorkColumn(
            place, header, item_id, found["title"], plain(points["points"], "."),
            category=(title["title"] or None) if title else None,
        ))  # fmt: skip
    return columns, problems


def totals(sheet: GradebookSheet) -> Iterator[GradebookCell]:
    """The adjusted final grade, where there is one: as a per cent, and its symbol."""
    places = {header: place for place, header in sheet.right}
    score, of, symbol = (places.get(ADJUSTED + name) for name in ("Numerator", "Denominator", "Scheme Symbol"))
    for number, row in sheet.students():
        if score is not None and of is not None and row[score].strip():
            percent = _percent(row[score], row[of])
            yield GradebookCell(number, score, "Override Score", row[score].strip() if percent is None else percent)
        if symbol is not None and row[symbol].strip():
            yield GradebookCell(number, symbol, "Override Grade", row[symbol].strip())


def _percent(score: str, of: str) -> str | None:
    try:
        return f"{(Decimal(plain(score, '.')) * 100 / Decimal(plain(of, '.'))).quantize(PLACES).normalize():f}"
    except (InvalidOperation, ZeroDivisionError):
        return None


SYSTEM = GradebookSystem(
    is_mark=is_mark, is_header=is_header, work=work, said=said, needs="OrgDefinedId", totals=totals
)
