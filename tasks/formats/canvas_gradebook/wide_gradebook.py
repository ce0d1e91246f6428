"""Reading a gradebook that has a column for each piece of work: fixed columns, then what the course makes of it.

Besides the row itself, four temporary tables say what lies in the file; the shape of the format makes datasets of them:

wide_file(file, class_id, points_row)                       points_row: the row that says how much each piece is worth
wide_row(row_number, file, row, kind)                       kind: points, posting, test, blank, student
wide_column(file, place, header, item_id, title, points, posted_by_hand)   pieces of work; numbers in plain digits
wide_cell(row_number, place, header, total, cell)           what students have there, never blank; total: one of TOTALS
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.formats.canvas_gradebook.delimiter import delimiter_of
from termpost.tasks.formats.canvas_gradebook.numerals import decimal_mark, plain, plain_percent
from termpost.tasks.formats.header import Header, file_problem, judge_header
from termpost.tasks.formats.lenient_csv import UnreadableError, csv_rows, file_text
from termpost.tasks.formats.provenance import note_places

LAST_FIXED = "Section"
WORK = re.compile(r"(?P<title>.*)\((?P<id>[0-9]+)\)\s*", re.DOTALL)  # Title (id)
POINTS = "Points Possible"  # in some languages another word: always after four spaces
NOT_ASSIGNED = "N/A"
TEST_STUDENTS = frozenset({"Student, Test", "Test Student", "Test, Student"})
TEST_LOGIN = re.compile(r"[0-9a-f]{32,64}")  # a digest; no person logs in by one
TOTALS = ("Override Score", "Override Grade", "Final Score", "Final Grade")  # that are read
# of the course, or of a group, whose name stands before it; of one grading period, whose title stands behind it
TOTAL = re.compile(
    r"(?P<group>.* )?(?P<total>(?:(?:Unposted )?(?:Current|Final)|Override) (?:Score|Grade|Points|Status))"
    r"(?: \((?P<period>.*)\))?", re.DOTALL,
)  # fmt: skip
TABLES = {
    "wide_file": {"file": "VARCHAR", "class_id": "VARCHAR", "points_row": "BIGINT"},
    "wide_row": {"row_number": "BIGINT", "file": "VARCHAR", "row": "BIGINT", "kind": "VARCHAR"},
    "wide_column": {
        "file": "VARCHAR", "place": "INTEGER", "header": "VARCHAR", "item_id": "VARCHAR", "title": "VARCHAR",
        "points": "VARCHAR", "posted_by_hand": "BOOLEAN",
    },
    "wide_cell": {
        "row_number": "BIGINT", "place": "INTEGER", "header": "VARCHAR", "total": "VARCHAR", "cell": "VARCHAR",
    },
}  # fmt: skip


def create_wide(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the four tables, empty."""
    for name, columns in TABLES.items():
        types = ", ".join(f"{column} {of}" for column, of in columns.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({types})")


@dataclass
class GradebookSheet:
    """One file, cut into cells."""

    delimiter: str
    header: list[str]
    fixed: Header
    rows: list[list[str]]
    torn: list[int]  # 1-based
    kinds: list[str] = field(default_factory=list)

    def named(self, row: Sequence[str], *names: str) -> str:
        """The first of the columns that the file has and that is not blank."""
        places = (self.fixed.places[name] for name in names if name in self.fixed.places)
        return next((row[p] for p in places if p < len(row) and row[p].strip()), "")

    def cell(self, row: int, place: int) -> str:
        """Of a row (1-based); blank where the row is too short."""
        cells = self.rows[row - 1]
        return cells[place] if place < len(cells) else ""

    @property
    def points_row(self) -> int | None:
        return self.kinds.index("points") + 1 if "points" in self.kinds else None

    @property
    def right(self) -> Iterator[tuple[int, str]]:
        """Place and header of what the course added."""
        first = self.fixed.width
        return ((place, self.header[place]) for place in range(first, len(self.header)))

    @cached_property
    def read_only(self) -> AbstractSet[str]:
        """What stands below totals: "(read only)" in the language of the export, and never a number."""
        totals = (place for place, header in self.right if TOTAL.fullmatch(header) or not WORK.fullmatch(header))
        below = {self.cell(self.points_row or 0, place).strip() for place in totals} - {""}
        return {cell for cell in below if not any(letter.isdigit() for letter in cell)}

    def students(self) -> Iterator[tuple[int, list[str]]]:
        rows = enumerate(zip(self.rows, self.kinds, strict=True), start=1)
        return ((number, row) for number, (row, kind) in rows if kind == "student" and number not in self.torn)


def read_wide(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: str, source: str, before: int
) -> tuple[list[Problem], list[int], int]:
    """Problems of the file, its torn rows (numbered in the dataset, which has `before` already) and its rows."""
    try:
        text = file_text(con, source)
        sheet = _cut(contract, file, text)
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
    note_places(con, contract, file, before)
    return problems, [before + number for number in sheet.torn], len(sheet.rows)


def _cut(contract: Contract, file: str, text: str) -> GradebookSheet | None:
    delimiter = delimiter_of(text)
    found = csv_rows(text, delimiter)
    first, _ = next(found, ([], False))
    header = [cell.strip() for cell in first]
    if not any(header):
        return None
    fixed = header[: header.index(LAST_FIXED) + 1] if LAST_FIXED in header else header
    rows, torn = [], []
    for number, (cells, is_torn) in enumerate(found, start=1):
        if is_torn or len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
            torn.append(number)
        rows.append(cells)
    return GradebookSheet(delimiter, header, judge_header(contract, fixed, file), rows, torn)


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
    points_row = sheet.points_row or 0
    pieces = [place for place, header in sheet.right if WORK.fullmatch(header) and not TOTAL.fullmatch(header)]
    # totals are Canvas's own, and overrides are not written as the file's language has it
    numbers = (row[place] for row in sheet.rows for place in pieces if place < len(row))
    mark = decimal_mark(numbers, sheet.delimiter == ";")
    problems, work = _work(file, sheet, mark)
    totals, unread = _totals(file, sheet)
    problems += unread
    hidden = {item["place"] for item in work if item["is_hidden"]}
    taken = {item["place"] for item in work} - hidden
    cells: list[dict[str, object]] = [
        {"row_number": before + number, "place": place, "header": header, "total": None,
         "cell": plain(row[place], mark)}
        for number, row in sheet.students() for place, header in sheet.right
        if place in taken and row[place].strip()
    ]  # fmt: skip
    cells += [
        {"row_number": before + number, "place": place, "header": sheet.header[place], "total": total,
         "cell": plain_percent(row[place])}
        for number, row in sheet.students() for place, total in totals if row[place].strip()
    ]  # fmt: skip
    rows = [
        {"row_number": before + number, "file": file, "row": number, "kind": kind}
        for number, kind in enumerate(sheet.kinds, start=1)
    ]
    places = [(column.name, sheet.fixed.places.get(column.name)) for column in contract.kept]
    fixed: list[dict[str, object]] = [
        {name: row[place] or None if place is not None and place < len(row) else None for name, place in places}
        for row in sheet.rows
    ]
    class_id = contract.snapshot_of(file)["of"]
    _insert(con, f"cells_{contract.dataset}", dict.fromkeys((name for name, _ in places), "VARCHAR"), fixed)
    for name, found in (
        ("wide_file", [{"file": file, "class_id": class_id, "points_row": points_row}]),
        ("wide_row", rows), ("wide_column", work), ("wide_cell", cells),
    ):  # fmt: skip
        _insert(con, name, TABLES[name], found)
    return problems


def _work(file: str, sheet: GradebookSheet, mark: str | None) -> tuple[list[Problem], list[dict[str, object]]]:
    """The pieces of work, and marks under a title that is worth nothing known."""
    points_row, problems, work = sheet.points_row or 0, [], []
    posting = [number for number, kind in enumerate(sheet.kinds, start=1) if kind == "posting"]
    for place, header in sheet.right:
        found = WORK.fullmatch(header)
        points = sheet.cell(points_row, place).strip()
        if not header:
            problems.append(file_problem(file, "empty-header", "warning", hint=f"column {place + 1}"))
        if found is None or TOTAL.fullmatch(header) or points in sheet.read_only:
            continue
        if not points:
            if any(row[place].strip() not in {"", NOT_ASSIGNED} for _, row in sheet.students()):
                problems.append(file_problem(file, "not-counted", "warning", header))
            continue
        # nobody has it and nobody lacks it: marked without names, or hidden until it is posted
        hidden = {row[place].strip() for _, row in sheet.students()} == {NOT_ASSIGNED}
        work.append({
            "file": file, "place": place, "header": header, "item_id": found["id"],
            "title": found["title"].strip() or header, "points": plain(points, mark),
            "posted_by_hand": hidden or any(sheet.cell(number, place).strip() for number in posting),
            "is_hidden": hidden,
        })  # fmt: skip
    return problems, work


def _totals(file: str, sheet: GradebookSheet) -> tuple[list[tuple[int, str]], list[Problem]]:
    """Place and name of the totals that are read, and what is said of those that are not.

    Of a gradebook with totals of several grading periods those of the whole course are read.
    """
    found: dict[str, dict[str, int]] = {}  # period → total → place
    unread = []
    for place, header in sheet.right:
        said = TOTAL.fullmatch(header)
        if said is None or said["group"]:
            holds = any(row[place].strip() for _, row in sheet.students())
            is_total = said is not None or sheet.cell(sheet.points_row or 0, place).strip() in sheet.read_only
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


def _insert(
    con: duckdb.DuckDBPyConnection, table: str, types: Mapping[str, str], rows: Sequence[Mapping[str, object]]
) -> None:
    import pandas as pd  # noqa: PLC0415 - only this format pays for the import

    if not rows:
        return
    con.register("wide_rows", pd.DataFrame(list(rows), columns=list(types), dtype=object))
    cast = ", ".join(f'CAST("{column}" AS {of})' for column, of in types.items())
    con.execute(f"INSERT INTO {table} SELECT {cast} FROM wide_rows")
    con.unregister("wide_rows")
