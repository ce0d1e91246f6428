"""Reading a gradebook of Canvas: fixed columns, then what the course makes of it.

What becomes of it is in `termpost.tasks.formats.gradebook.sheet`.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.canvas_gradebook.delimiter import delimiter_of
from termpost.tasks.formats.gradebook.numerals import decimal_mark, plain, plain_percent
from termpost.tasks.formats.gradebook.sheet import TOTALS, GradebookCell, GradebookSheet, WorkColumn, cut, keep_sheet
from termpost.tasks.formats.header import file_problem
from termpost.tasks.formats.lenient_csv import UnreadableError, file_text

LAST_FIXED = "Section"
WORK = re.compile(r"(?P<title>.*)\((?P<id>[0-9]+)\)\s*", re.DOTALL)  # Title (id)
POINTS = "Points Possible"  # in some languages another word: always after four spaces
NOT_ASSIGNED = "N/A"
TEST_STUDENTS = frozenset({"Student, Test", "Test Student", "Test, Student"})
TEST_LOGIN = re.compile(r"[0-9a-f]{32,64}")  # a digest; no person logs in by one
# of the course, or of a group, whose name stands before it; of one grading period, whose title stands behind it
TOTAL = re.compile(
    r"(?P<group>.* )?(?P<total>(?:(?:Unposted )?(?:Current|Final)|Override) (?:Score|Grade|Points|Status))"
    r"(?: \((?P<period>.*)\))?", re.DOTALL,
)  # fmt: skip


def fixed_width(header: Sequence[str]) -> int:
    return header.index(LAST_FIXED) + 1 if LAST_FIXED in header else len(header)


def read_only(sheet: GradebookSheet) -> AbstractSet[str]:
    """What stands below totals: "(read only)" in the language of the export, and never a number."""
    totals = (place for place, header in sheet.right if TOTAL.fullmatch(header) or not WORK.fullmatch(header))
    below = {sheet.cell(sheet.points_row or 0, place).strip() for place in totals} - {""}
    return {cell for cell in below if not any(letter.isdigit() for letter in cell)}


def read_wide(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: str, source: str, before: int
) -> tuple[list[Problem], list[int], int]:
    """Problems of the file, its torn rows (numbered in the dataset, which has `before` already) and its rows."""
    try:
        text = file_text(con, source)
        sheet = cut(contract, file, text, delimiter_of(text), fixed_width)
    except UnreadableError as error:
        return [file_problem(file, error.rule, "fatal")], [], 0
    if sheet is None:
        return [file_problem(file, "empty-file", "fatal")], [], 0
    sheet.kinds.extend(_kinds(sheet))
    problems = list(sheet.fixed.problems)
    if not {"student", "last_name"} & sheet.fixed.places.keys():
        problems.append(file_problem(file, "missing-column", "fatal", "Student"))
    if any(problem.severity == "fatal" for problem in problems):
        return problems, [], len(sheet.rows)
    if sheet.points_row is None:
        return [*problems, file_problem(file, "no-points-row", "fatal")], [], len(sheet.rows)
    if "student" not in sheet.kinds:
        problems.append(file_problem(file, "no-rows", "warning"))
    problems.extend(_keep(con, contract, file, sheet, before))
    return problems, [before + number for number in sheet.torn], len(sheet.rows)


def _kinds(sheet: GradebookSheet) -> Iterator[str]:
    """What each row is. The points come before the first student, and only there."""
    students, points = False, False
    logins = {sheet.named(row, "sis_login_id") for row in sheet.rows} - {""}
    digests = {login for login in logins if TEST_LOGIN.fullmatch(login)}
    tests = digests if digests != logins else frozenset()  # where all logins look so, they tell nobody apart
    for row in sheet.rows:
        named, known = sheet.named(row, "student", "last_name", "first_name"), sheet.named(row, "id", "sis_user_id")
        if not any(cell.strip() for cell in row):
            yield "student" if not row else "blank"  # a torn row has lost its cells; it may be anybody's
        elif not known and not students and (named.startswith("    ") or named.strip() == POINTS) and not points:
            points = True
            yield "points"
        elif not known and not named and not points:
            yield "posting"
        elif _is_test_student(sheet, row, tests):
            yield "test"
        else:
            students = True
            yield "student"


def _is_test_student(sheet: GradebookSheet, row: Sequence[str], logins: AbstractSet[str]) -> bool:
    """Canvas adds one to each course for the teacher to look through its eyes; no school system knows it."""
    name, login = sheet.named(row, "student"), sheet.named(row, "sis_login_id")
    return not sheet.named(row, "sis_user_id") and (name in TEST_STUDENTS or login in logins)


def _keep(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: str, sheet: GradebookSheet, before: int
) -> list[Problem]:
    """Fills the tables."""
    pieces = [place for place, header in sheet.right if WORK.fullmatch(header) and not TOTAL.fullmatch(header)]
    # totals are Canvas's own, and overrides are not written as the file's language has it
    numbers = (row[place] for row in sheet.rows for place in pieces if place < len(row))
    mark = decimal_mark(numbers, sheet.delimiter == ";")
    unread = read_only(sheet)
    problems, work = _work(file, sheet, mark, unread)
    totals, others = _totals(file, sheet, unread)
    taken = [column.place for column in work if not column.is_hidden]
    cells = [
        GradebookCell(number, place, None, plain(row[place], mark))
        for number, row in sheet.students() for place in taken if row[place].strip()
    ]  # fmt: skip
    cells += [
        GradebookCell(number, place, total, plain_percent(row[place]))
        for number, row in sheet.students() for place, total in totals if row[place].strip()
    ]  # fmt: skip
    keep_sheet(con, contract, file, sheet, before, work, cells)
    return [*problems, *others]


def _work(
    file: str, sheet: GradebookSheet, mark: str | None, unread: AbstractSet[str]
) -> tuple[list[Problem], list[WorkColumn]]:
    """The pieces of work, and marks under a title that is worth nothing known."""
    points_row, problems, work = sheet.points_row or 0, list[Problem](), list[WorkColumn]()
    posting = [number for number, kind in enumerate(sheet.kinds, start=1) if kind == "posting"]
    for place, header in sheet.right:
        found = WORK.fullmatch(header)
        points = sheet.cell(points_row, place).strip()
        if not header:
            problems.append(file_problem(file, "empty-header", "warning", hint=f"column {place + 1}"))
        if found is None or TOTAL.fullmatch(header) or points in unread:
            continue
        if not points:
            if any(row[place].strip() not in {"", NOT_ASSIGNED} for _, row in sheet.students()):
                problems.append(file_problem(file, "not-counted", "warning", header))
            continue
        # nobody has it and nobody lacks it: marked without names, or hidden until it is posted
        hidden = {row[place].strip() for _, row in sheet.students()} == {NOT_ASSIGNED}
        work.append(WorkColumn(
            place, header, found["id"], found["title"].strip() or header, plain(points, mark),
            posted_by_hand=hidden or any(sheet.cell(number, place).strip() for number in posting), is_hidden=hidden,
        ))  # fmt: skip
    return problems, work


def _totals(
    file: str, sheet: GradebookSheet, read_only_cells: AbstractSet[str]
) -> tuple[list[tuple[int, str]], list[Problem]]:
    """Place and name of the totals that are read, and what is said of those that are not.

    Of a gradebook with totals of several grading periods those of the whole course are read.
    """
    found: dict[str, dict[str, int]] = {}  # period → total → place
    unread = []
    for place, header in sheet.right:
        said = TOTAL.fullmatch(header)
        if said is None or said["group"]:
            holds = any(row[place].strip() for _, row in sheet.students())
            is_total = said is not None or sheet.cell(sheet.points_row or 0, place).strip() in read_only_cells
            if header and holds and not is_total and not WORK.fullmatch(header):
                unread.append(header)
            continue
        if said["total"] in TOTALS:
            found.setdefault(said["period"] or "", {})[said["total"]] = place
    problems = [file_problem(file, "column-not-read", "warning", header) for header in unread]
    if "" not in found and len(found) > 1:
        problems.append(file_problem(file, "several-periods", "warning"))
        return [], problems
    chosen = found.get("") or next(iter(found.values()), {})
    return [(place, total) for total, place in chosen.items()], problems
