"""Reading a gradebook whose columns say themselves what they are: Moodle, Blackboard, Brightspace.

A format gives a `GradebookSystem`: how its headers and words are read. What becomes of it is in
`termpost.tasks.formats.gradebook.sheet`.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.format import Reader
from termpost.tasks.formats.gradebook.numerals import decimal_mark, plain
from termpost.tasks.formats.gradebook.sheet import GradebookCell, GradebookSheet, WorkColumn, cut, keep_sheet
from termpost.tasks.formats.header import file_problem
from termpost.tasks.formats.lenient_csv import UnreadableError, file_text

DELIMITERS = (",", ";", "\t")
LONGEST = 60  # characters of a title in an id
POINTS = "points possible"


def no_tests(_sheet: GradebookSheet, _row: Sequence[str]) -> Literal[False]:
    """The system exports nobody through whose eyes a teacher looks."""
    return False


def no_totals(_sheet: GradebookSheet) -> Iterator[GradebookCell]:
    """The system's own totals are left to it."""
    return iter(())


@dataclass(frozen=True)
class GradebookSystem:
    """How one system writes its gradebooks."""

    is_mark: Callable[[str], bool]  # whether a header is of what the course added: marks, totals, remarks
    is_header: Callable[[Collection[str], Sequence[str]], bool]  # of its cells, folded, and as they stand
    # (file, class, sheet, decimal mark) → pieces of work, and what is to say of the others
    work: Callable[[str, str, GradebookSheet, str], tuple[Sequence[WorkColumn], Sequence[Problem]]]
    said: Callable[[str], str]  # a cell as marks are written here: blank, EX, SUBMITTED, or as it came
    needs: str  # header without which no row is anybody's
    is_test: Callable[[GradebookSheet, Sequence[str]], bool] = no_tests
    totals: Callable[[GradebookSheet], Iterator[GradebookCell]] = no_totals

    def delimiter(self, text: str) -> str | None:
        """What parts the cells, told from the beginning of a file; None where it is none of this system's."""
        for delimiter in DELIMITERS:
            cells = header_of(text, delimiter)
            if len(cells) > 1 and self.is_header(frozenset(folded(cell) for cell in cells), cells):
                return delimiter
        return None

    def width(self, header: Sequence[str]) -> int:
        """How many columns stand before the first that the course added."""
        return next((place for place, cell in enumerate(header) if self.is_mark(cell)), len(header))


def folded(cell: str) -> str:
    return " ".join(cell.split()).casefold()


def header_of(text: str, delimiter: str) -> list[str]:
    """The cells of the first line."""
    try:
        cells = next(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []  # the check says what is wrong with it
    return [cell.strip() for cell in cells]


def item_ids(class_id: str, titles: Sequence[str]) -> list[str]:
    """An id for each title where the system gives none: the class and the title, and a number where it comes again."""
    seen = Counter[str]()
    found = []
    for title in titles:
        slug = re.sub(r"[^\w.]+", "-", title.casefold()).strip("-")
        if len(slug) > LONGEST or not slug:
            slug = slug[:LONGEST] + hashlib.sha256(title.encode()).hexdigest()[:8]
        seen[slug] += 1
        found.append(f"{class_id}-{slug}" + (f"-{seen[slug]}" if seen[slug] > 1 else ""))
    return found


def about_columns(file: str, rule: str, headers: Sequence[str]) -> list[Problem]:
    """One fatal problem of several columns, which names the first."""
    if not headers:
        return []
    hint = f"and {len(headers) - 1:,} more columns" if len(headers) > 1 else ""
    return [file_problem(file, rule, "fatal", headers[0], hint)]


def reader_of(system: GradebookSystem) -> Reader:
    """Reads one file of the system."""

    def read(
        con: duckdb.DuckDBPyConnection, contract: Contract, file: str, source: str, before: int
    ) -> tuple[list[Problem], list[int], int]:
        try:
            text = file_text(con, source)
            delimiter = system.delimiter(text)
            sheet = cut(contract, file, text, delimiter or ",", system.width)
        except UnreadableError as error:
            return [file_problem(file, error.rule, "fatal")], [], 0
        if sheet is None:
            return [file_problem(file, "empty-file", "fatal")], [], 0
        problems = list(sheet.fixed.problems)
        if delimiter is None:
            problems.append(file_problem(file, "missing-column", "fatal", system.needs))
        if any(problem.severity == "fatal" for problem in problems):
            return problems, [], len(sheet.rows)
        sheet.kinds.extend(_kinds(system, sheet))
        if "student" not in sheet.kinds:
            problems.append(file_problem(file, "no-rows", "warning"))
        problems.extend(_keep(con, contract, file, sheet, before, system))
        return problems, [before + number for number in sheet.torn], len(sheet.rows)

    return read


def _kinds(system: GradebookSystem, sheet: GradebookSheet) -> Iterator[str]:
    """What each row is; the points may be put below the header."""
    for number, row in enumerate(sheet.rows):
        if not any(cell.strip() for cell in row):
            yield "student" if not row else "blank"  # a torn row has lost its cells; it may be anybody's
        elif number == 0 and any(folded(cell) == POINTS for cell in row[: sheet.fixed.width]):
            yield "points"
        else:
            yield "test" if system.is_test(sheet, row) else "student"


def _keep(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    file: str,
    sheet: GradebookSheet,
    before: int,
    system: GradebookSystem,
) -> Sequence[Problem]:
    """Fills the tables."""
    numbers = (system.said(row[p]) for row in sheet.rows for p, _ in sheet.right if p < len(row))
    mark = decimal_mark(numbers, sheet.delimiter == ";") or "."  # headers are read in English alone
    work, problems = system.work(file, contract.snapshot_of(file)["of"], sheet, mark)
    cells = [
        GradebookCell(number, column.place, None, plain(said, mark))
        for number, row in sheet.students() for column in work if (said := system.said(row[column.place]))
    ]  # fmt: skip
    cells += system.totals(sheet)
    keep_sheet(con, contract, file, sheet, before, work, cells)
    return problems
