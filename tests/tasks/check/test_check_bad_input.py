"""What real systems, spreadsheets and editors do to a bundle: each damage is named and placed, and no row is lost.

Law 1 is asserted for every file of every case, against a count of the rows that the csv module makes.
"""

import codecs
import csv
import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.documents.findings import Findings

from tests.some_now import some_now
from tests.tasks.check.schools import check_together
from tests.tasks.gradebook import Gradebook

CONTACTS, COMMENTS = "supplement/contacts.csv", "supplement/comments.csv"
CLASS, TEACHER = "c-9a", "00900"
STUDENTS = tuple(f"0010{n}" for n in range(1, 6))
USED = ("academicSessions", "categories", "classes", "courses", "enrollments", "lineItems", "orgs", "results", "users")


def gradebook() -> Gradebook:
    """Five students of one class, with a teacher, four line items and a contact each; nothing in it is wrong."""
    book = Gradebook()
    book.school()
    book.course(CLASS)
    for n, student in enumerate(STUDENTS):
        book.student(student, agentSourcedIds=f"p-{n}")
        book.add("users.csv", sourcedId=f"p-{n}", orgSourcedIds="255901001", role="parent", givenName=f"Parent{n}",
                 familyName=f"Family{n}", enabledUser="true", agentSourcedIds=student)  # fmt: skip
        book.enroll(student, CLASS)
        book.add(CONTACTS, studentSourcedId=student, contactSourcedId=f"p-{n}", relation="Mother", isPrimary="true",
                 street=f"{n} Elm Road", city="Grand Bend", state="TX", postalCode="78834")  # fmt: skip
        book.add("demographics.csv", sourcedId=student, birthDate=f"2008-03-1{n}")
        book.add("supplement/attendance.csv", studentSourcedId=student, schoolSourcedId="255901001", date="2021-09-07",
                 event="Tardy", reason="bus")  # fmt: skip
    book.add("users.csv", sourcedId=TEACHER, orgSourcedIds="255901001", role="teacher", givenName="Ada",
             familyName="Quill", enabledUser="true")  # fmt: skip
    book.enroll(TEACHER, CLASS, role="teacher")
    for item, possible in (("i-1", "20"), ("i-2", "10.5"), ("i-3", "100"), ("i-4", "0")):
        book.item(item, CLASS, possible)
        for n, student in enumerate(STUDENTS):
            book.mark(item, student, f"{n}.5", comment="" if n else "well done")
    book.add("manifest.csv", propertyName="manifest.version", value="1.0")
    book.add("manifest.csv", propertyName="oneroster.version", value="1.1")
    for name in (*USED, "demographics"):
        book.add("manifest.csv", propertyName=f"file.{name}", value="bulk")
    return book


Damage = Callable[[Any], object]


@dataclass(frozen=True)
class Case:
    """A damage; the problem that must be found, a word of its remedy, and what else may be said."""

    name: str
    damage: Damage
    rule: str | None  # None: harmless, nothing is said
    severity: str = ""
    file: str = ""
    row: int | None = None
    column: str | None = None
    remedy: str = ""
    also: tuple[str, ...] = ()
    outcome: str = "accepted"

    @property
    def is_alone(self) -> bool:
        """Something is said of a whole file."""
        return not isinstance(self.damage, Cell) or self.damage.file == "manifest.csv" or "bulk-status" in self.also


@dataclass(frozen=True)
class Cell:
    """Another value in one cell: such damages are checked together, each in a school of its own."""

    file: str
    row: int
    column: str
    value: str

    def __call__(self, bundle: Any) -> None:
        bundle.put(self.file, self.row, self.column, self.value)


cell = Cell


def data(file: str, change: Callable[[bytes], bytes]) -> Damage:
    def rewrite(bundle: Any) -> None:
        path: Path = bundle.folder / file
        path.write_bytes(change(path.read_bytes().replace(b"\r\n", b"\n")))

    return rewrite


def everywhere(change: Callable[[bytes], bytes]) -> Damage:
    return lambda b: [data(name, change)(b) for name in b.sources()]


def column(file: str, name: str, change: Callable[[str], str]) -> Damage:
    def rewrite(bundle: Any) -> None:
        header, *rows = bundle.read(file)
        place = header.index(name)
        bundle.write(file, [header, *([*row[:place], change(row[place]), *row[place + 1 :]] for row in rows)])

    return rewrite


def swap(file: str, one: str, other: str, *, header: bool) -> Damage:
    """The cells of two columns change places; with their headers, or under them."""

    def rewrite(bundle: Any) -> None:
        rows = bundle.read(file)
        a, b = rows[0].index(one), rows[0].index(other)
        for row in rows if header else rows[1:]:
            row[a], row[b] = row[b], row[a]
        bundle.write(file, rows)

    return rewrite


def again(file: str, row: int) -> Damage:
    return lambda b: b.write(file, [*b.read(file), b.read(file)[row]])


def fatal(name: str, damage: Damage, rule: str, file: str, column: str | None, remedy: str, *also: str) -> Case:
    return Case(name, damage, rule, "fatal", file, None, column, remedy, also, "rejected")


def error(
    name: str, damage: Damage, rule: str, place: tuple[str, int | None, str | None], remedy: str, *also: str,
    outcome: str = "accepted_with_holds",
) -> Case:  # fmt: skip
    return Case(name, damage, rule, "error", *place, remedy, also, outcome)


def warning(name: str, damage: Damage, rule: str, place: tuple[str, int | None, str | None], remedy: str,
            *also: str) -> Case:  # fmt: skip
    return Case(name, damage, rule, "warning", *place, remedy, also)


def harmless(name: str, damage: Damage) -> Case:
    return Case(name, damage, None)


def score(name: str, value: str, rule: str, remedy: str) -> Case:
    return error(name, cell("results.csv", 1, "score", value), rule, ("results.csv", 1, "score"), remedy)


def day(name: str, value: str) -> Case:
    return error(name, cell("lineItems.csv", 2, "dueDate", value), "type-date", ("lineItems.csv", 2, "dueDate"),
                 "YYYY-MM-DD", "reference")  # fmt: skip


def line(text: str, at: int = 2) -> Callable[[bytes], bytes]:
    """Puts a line into the file."""

    def put(content: bytes) -> bytes:
        lines = content.split(b"\n")
        return b"\n".join([*lines[:at], text.encode(), *lines[at:]])

    return put


def quoted(content: bytes) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(csv.reader(io.StringIO(content.decode())))
    return out.getvalue().encode()


CASES = [
    # names of columns and files, as real bundles have them
    fatal("a misspelt header that is needed", lambda b: b.rename("users.csv", "givenName", "givenNmae"),
          "missing-column", "users.csv", "givenName", "looks like it, misspelt", "unknown-column"),
    warning("a misspelt header that is not", lambda b: b.rename("users.csv", "middleName", "midleName"),
            "unknown-column", ("users.csv", None, None), "did you mean middleName?", "missing-column"),
    warning("dataLastModified", lambda b: b.rename("results.csv", "dateLastModified", "dataLastModified"),
            "missing-column", ("results.csv", None, "dateLastModified"), "misspelt", "unknown-column"),
    warning("prefferedGivenName", lambda b: b.add_column("users.csv", "prefferedGivenName"), "unknown-column",
            ("users.csv", None, None), "dropped"),
    fatal("a header in the wrong case", lambda b: b.rename("orgs.csv", "sourcedId", "SourcedID"), "missing-column",
          "orgs.csv", "sourcedId", "misspelt", "unknown-column"),
    fatal("a blank before a header", lambda b: b.rename("results.csv", "score", " score"), "missing-column",
          "results.csv", "score", "misspelt", "unknown-column"),
    warning("an empty header cell", lambda b: b.add_column("classes.csv", "", "x"), "empty-header",
            ("classes.csv", None, None), "column 15"),
    fatal("two columns of one name", lambda b: b.add_column("results.csv", "score", "1"), "duplicate-column",
          "results.csv", "score", "twice"),
    warning("columns in another order", swap("enrollments.csv", "role", "userSourcedId", header=True), "column-order",
            ("enrollments.csv", None, None), "read by name"),
    harmless("contacts in another order", swap(CONTACTS, "relation", "street", header=True)),
    warning("a column is missing", lambda b: b.drop_column("users.csv", "phone"), "missing-column",
            ("users.csv", None, "phone"), "missing"),
    fatal("a column that is needed is missing", lambda b: b.drop_column("results.csv", "studentSourcedId"),
          "missing-column", "results.csv", "studentSourcedId", "missing"),
    warning("a metadata column", lambda b: b.add_column("users.csv", "metadata.house", "red"), "unknown-column",
            ("users.csv", None, None), "dropped"),
    warning("a spreadsheet's own file", lambda b: (b.folder / "Sheet2.csv").write_bytes(b"a\n"), "unknown-file",
            ("Sheet2.csv", None, None), "not read"),
    fatal("a file that is needed is missing", lambda b: (b.folder / "lineItems.csv").unlink(), "missing-file",
          "lineItems.csv", None, "not in the extract", "manifest-mismatch"),
    fatal("a name of a file in the wrong case", lambda b: (b.folder / "results.csv").rename(b.folder / "Results.csv"),
          "missing-file", "results.csv", None, "not in the extract", "unknown-file", "manifest-mismatch"),
    fatal("a misspelt restriction column", lambda b: b.add_column(CONTACTS, "contactRestriction", "no-contact")
          or b.drop_column(CONTACTS, "contactRestrictions"), "misspelt-column", CONTACTS, "contactRestrictions",
          "misspelt", "unknown-column"),
    # bytes
    harmless("a byte order mark", everywhere(lambda c: codecs.BOM_UTF8 + c)),
    harmless("two byte order marks", data("users.csv", lambda c: codecs.BOM_UTF8 * 2 + c)),
    harmless("CRLF", everywhere(lambda c: c.replace(b"\n", b"\r\n"))),
    harmless("CR", everywhere(lambda c: c.replace(b"\n", b"\r"))),
    harmless("no final newline", everywhere(lambda c: c.rstrip(b"\n"))),
    harmless("blank lines", everywhere(lambda c: c.replace(b"\n", b"\n\n", 2) + b"\n\n")),
    harmless("every cell quoted", everywhere(quoted)),
    harmless("commas at the end of rows", data("results.csv", lambda c: c.replace(b"\n", b",,,\n").replace(
        b",,,\n", b"\n", 1))),
    fatal("UTF-16", data("users.csv", lambda c: c.decode().encode("utf-16")), "not-utf8", "users.csv", None, "UTF-8"),
    fatal("Latin-1", data("users.csv", lambda c: c.replace(b"Ada", b"Ad\xe9")), "not-utf8", "users.csv", None,
          "export it as UTF-8"),
    fatal("a compressed file under the name of a CSV", data("users.csv", lambda c: gzip.compress(c, mtime=0)),
          "empty-file", "users.csv", None, "header row"),
    fatal("semicolons", data("results.csv", lambda c: c.replace(b",", b";")), "wrong-delimiter", "results.csv", None,
          "it has semicolons"),
    fatal("tabs", data("users.csv", lambda c: c.replace(b",", b"\t")), "wrong-delimiter", "users.csv", None, "tabs"),
    fatal("an empty file", data("classes.csv", lambda _: b""), "empty-file", "classes.csv", None, "header row"),
    fatal("a header only", data("results.csv", lambda c: c.split(b"\n")[0] + b"\n"), "no-rows", "results.csv", None,
          "no rows"),
    fatal("a blank first line", data("users.csv", lambda c: b"\n" + c), "empty-file", "users.csv", None, "header row"),
    fatal("no header", data("orgs.csv", lambda c: c.split(b"\n", 1)[1]), "missing-column", "orgs.csv", "sourcedId",
          "missing from the header", "unknown-column", "empty-header", "no-rows"),
    fatal("an error page instead of a file", data("users.csv", lambda _: b"<html><body>502</body></html>\n"),
          "missing-column", "users.csv", "sourcedId", "missing", "unknown-column", "no-rows"),
    fatal("a line break in the header", data("results.csv", lambda c: c.replace(b"comment\n", b'"comm\nent"\n', 1)),
          "unreadable", "results.csv", None, "never closed"),
    fatal("a quote that is never closed", data("results.csv", lambda c: c + b'x,,,i-1,00101,exempt,,2021-09-01,"\n'),
          "unreadable", "results.csv", None, "quote that is never closed"),
    error("a file cut off in the middle", data("results.csv", lambda c: c[:-30]), "ragged-row",
          ("results.csv", 20, None), "fewer cells"),
    error("an end-of-file mark of DOS", data("orgs.csv", lambda c: c + b"\x1a"), "ragged-row", ("orgs.csv", 2, None),
          "fewer cells", outcome="accepted"),
    error("the header again among the rows", data("supplement/attendance.csv", lambda c: c + c.split(b"\n")[0] + b"\n"),
          "type-date", ("supplement/attendance.csv", 6, "date"), "YYYY-MM-DD", "reference", outcome="accepted"),
    error("a row too short", data("enrollments.csv", line("e-x,,,c-9a")), "ragged-row", ("enrollments.csv", 2, None),
          "fewer cells"),
    error("a row too long", data("results.csv", line("r-x,,,i-1,00102,exempt,,2021-09-01,,one,two")), "ragged-row",
          ("results.csv", 2, None), "more or fewer"),
    error("a quote inside a cell", data("results.csv", line('r-x,,,i-1,00102,exempt,,2021-09-01,"a"b')), "ragged-row",
          ("results.csv", 2, None), "more or fewer"),
    error("a comma in a cell without quotes", data(CONTACTS, line("00101,p-0,Mother,true,,,,,1 Elm Road, left,G,TX,7")),
          "ragged-row", (CONTACTS, 2, None), "more or fewer"),
    warning("a line break inside a cell", cell("users.csv", 11, "middleName", "two\nlines"), "text-cleaned",
            ("users.csv", 11, "middleName"), "printed without them"),
    harmless("quotes inside a cell", cell("lineItems.csv", 1, "title", 'The "Odyssey", part 1')),
    # dates
    day("a date of America or Europe", "1/05/2023"),
    day("a date with dots", "08.09.2021"),
    day("a date with its month in letters", "8-Sep-2021"),
    day("day and month swapped", "2021-13-09"),
    day("a day no month has", "2021-09-31"),
    day("a spreadsheet's number for a day", "44447"),
    day("a date with a time", "2021-09-08T00:00:00Z"),
    day("a date of two figures", "21-09-08"),
    error("a time without its form", cell("users.csv", 1, "dateLastModified", "2021-09-08 10:00"), "type-datetime",
          ("users.csv", 1, "dateLastModified"), "YYYY-MM-DDThh:mm:ssZ", "reference", "bulk-status"),
    error("a session that ends before it begins", swap("academicSessions.csv", "startDate", "endDate", header=False),
          "date-order", ("academicSessions.csv", 1, "endDate"), "wrong order", "reference"),
    warning("a due date before the day it was given out", cell("lineItems.csv", 2, "dueDate", "2021-08-30"),
            "date-order", ("lineItems.csv", 2, "dueDate"), "wrong order"),
    warning("a due date outside the session", cell("lineItems.csv", 2, "dueDate", "2021-12-01"), "outside-session",
            ("lineItems.csv", 2, "dueDate"), "fix the date or the session"),
    # numbers
    score("NaN", "NaN", "type-decimal", "plain digits"),
    score("infinity", "inf", "type-decimal", "plain digits"),
    score("an exponent", "1e5", "type-decimal", "plain digits"),
    score("a comma for the point", "1,5", "type-decimal", "with a point"),
    score("a separator of thousands", "1,250.00", "type-decimal", "plain digits"),
    score("a per cent sign", "85%", "type-decimal", "plain digits"),
    score("a fraction", "17/20", "type-decimal", "plain digits"),
    score("a letter grade", "B+", "type-decimal", "plain digits"),
    warning("a blank before a number", cell("results.csv", 1, "score", " 15"), "read-as-meant",
            ("results.csv", 1, "score"), "read as meant"),
    score("a no-break space in a number", "1\u00a0250", "type-decimal", "plain digits"),
    warning("a hyphen for nothing", lambda b: (b.put("results.csv", 1, "score", "-"), b.put(
        "results.csv", 1, "scoreStatus", "exempt")), "null-word", ("results.csv", 1, "score"), "read as blank"),
    score("an error of a spreadsheet", "#DIV/0!", "type-decimal", "plain digits"),
    score("a negative mark", "-3", "range", "outside the range"),
    score("a typographic minus", "\u22123", "type-decimal", "plain digits"),
    score("more than the highest per cent", "41", "above-max", "highest per cent"),
    score("more figures than are kept", "1.12345678", "too-precise", "12 digits"),
    warning("more than full marks", cell("results.csv", 1, "score", "21"), "above-100", ("results.csv", 1, "score"),
            "above the marks possible"),
    harmless("a mark on an item worth nothing", cell("results.csv", 20, "score", "3")),
    error("no score on graded work", cell("results.csv", 1, "score", ""), "status-score", ("results.csv", 1, "score"),
          "contradict"),
    # words
    warning("TRUE", cell("users.csv", 1, "enabledUser", "TRUE"), "wrong-case", ("users.csv", 1, "enabledUser"),
            "read as meant"),
    warning("Scheduled", cell("classes.csv", 1, "classType", "Scheduled"), "wrong-case",
            ("classes.csv", 1, "classType"), "read as meant"),
    warning("yes for true", cell("users.csv", 1, "enabledUser", "yes"), "read-as-meant",
            ("users.csv", 1, "enabledUser"), "read as meant"),
    error("ja for true", cell("users.csv", 1, "enabledUser", "ja"), "type-boolean", ("users.csv", 1, "enabledUser"),
          "true or false", "reference"),
    error("a word that is not in the vocabulary", cell("results.csv", 1, "scoreStatus", "graded"), "enum",
          ("results.csv", 1, "scoreStatus"), "values the contract lists"),
    warning("a blank behind a word", cell("users.csv", 1, "role", "student "), "read-as-meant",
            ("users.csv", 1, "role"), "read as meant"),
    harmless("blank values in the manifest", column("manifest.csv", "value", lambda v: v if v == "1.1" else "")),
    warning("a manifest that forgets a file", cell("manifest.csv", 10, "value", "absent"), "manifest-mismatch",
            ("manifest.csv", None, "value"), "differ"),
    # ids
    error("ids as 1.00E+05", column("results.csv", "studentSourcedId", lambda v: v.replace("00101", "1.01E+02")),
          "reference", ("results.csv", 1, "studentSourcedId"), "1.00E+05"),
    warning("an id of a spreadsheet", lambda b: [column(f, c, lambda v: "1.2E+11" if v == "i-4" else v)(b) for f, c in (
        ("lineItems.csv", "sourcedId"), ("results.csv", "lineItemSourcedId"))], "mangled-id",
            ("lineItems.csv", 4, "sourcedId"), "without opening the file in one"),
    error("leading zeros lost", column("results.csv", "studentSourcedId", lambda v: v.lstrip("0")), "reference",
          ("results.csv", 1, "studentSourcedId"), "leading zeros"),
    error("leading zeros lost among contacts", column(CONTACTS, "studentSourcedId", lambda v: v.lstrip("0")),
          "reference", (CONTACTS, 1, "studentSourcedId"), "leading zeros", "student-without-contact"),
    error("one id twice", lambda b: b.add("lineItems.csv", **{**b.records("lineItems.csv")[0], "title": "Other"}),
          "unique", ("lineItems.csv", 5, "sourcedId"), "same key", "reference"),
    error("an enrollment twice", lambda b: b.add("enrollments.csv", **{
        **b.records("enrollments.csv")[0], "beginDate": "2021-08-24"}), "unique", ("enrollments.csv", 7, "sourcedId"),
          "same key"),
    warning("a row twice", again("enrollments.csv", 1), "repeated-row", ("enrollments.csv", 7, None), "counted once"),
    error("a result twice under two ids", lambda b: b.add("results.csv", **{
        **b.records("results.csv")[0], "sourcedId": "other"}), "duplicate-result",
          ("results.csv", 21, "lineItemSourcedId"), "several results"),
    error("columns filled the other way round", swap("results.csv", "lineItemSourcedId", "studentSourcedId",
          header=False), "reference", ("results.csv", 1, "lineItemSourcedId"), "not there"),
    error("a result of somebody who was never enrolled", lambda b: b.write("enrollments.csv", [
        r for r in b.read("enrollments.csv") if r[5] != "00101"]), "not-enrolled", ("results.csv", 1,
          "studentSourcedId"), "never enrolled"),
    error("a class of a school that is none", cell("orgs.csv", 1, "type", "district"), "reference-role",
          ("classes.csv", 1, "schoolSourcedId"), "wrong kind", "reference"),
    error("a needed cell is blank", cell("lineItems.csv", 1, "resultValueMax", ""), "required",
          ("lineItems.csv", 1, "resultValueMax"), "must be filled", "reference"),
    warning("a blank title", cell("lineItems.csv", 1, "title", ""), "blank-title", ("lineItems.csv", 1, "title"),
            "taken from beside it"),
    # who may be told
    error("a mistyped restriction", cell(CONTACTS, 1, "contactRestrictions", "no-contct"), "enum",
          (CONTACTS, 1, "contactRestrictions"), "values the contract lists", "student-without-contact"),
    error("a restriction in words", cell(CONTACTS, 1, "contactRestrictions", "court order"), "enum",
          (CONTACTS, 1, "contactRestrictions"), "values the contract lists"),
    error("a contact nobody knows", cell(CONTACTS, 1, "contactSourcedId", "p-77"), "reference",
          (CONTACTS, 1, "contactSourcedId"), "not there"),
    warning("a student without a contact", data(CONTACTS, lambda c: c.replace(
        b"\n00105", b"\n00101", 1)), "student-without-contact", ("users.csv", 9, "sourcedId"), "no contact"),
    warning("a contact who cannot be reached", cell(CONTACTS, 2, "street", ""), "contact-unreachable",
            (CONTACTS, 2, "contactSourcedId"), "add one"),
]  # fmt: skip


def rows_of(path: Path) -> int:
    """An independent count: rows as the csv module sees them, blank lines and the header left out."""
    with path.open(newline="", encoding="utf-8-sig") as source:
        return sum(1 for row in csv.reader(source) if row) - 1


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gradebook().write(tmp_path_factory.mktemp("bad-input") / "extract")


def test_there_are_at_least_sixty_kinds_of_damage() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert sum(case.rule is not None for case in CASES) >= 60


def test_without_damage_nothing_is_said(small: Any) -> None:
    findings = small.check()
    assert (findings.outcome, findings.problems) == ("accepted", ())


@pytest.fixture(scope="module")
def together(written: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Findings]:
    faults = {case.name: case.damage for case in CASES if not case.is_alone}
    return check_together(written, tmp_path_factory.mktemp("bad-cells"), faults)


def suited() -> list[Any]:
    """Of what takes a check of its own every third, and `make soak` tries all."""
    alone = iter(some_now([case for case in CASES if case.is_alone], 3))
    return [next(alone) if case.is_alone else case for case in CASES]


@pytest.mark.parametrize("case", suited(), ids=lambda case: case.name)
def test_a_damaged_bundle_is_told_what_where_and_the_mend(case: Case, request: pytest.FixtureRequest) -> None:
    if not case.is_alone:
        assert_told(case, request.getfixturevalue("together")[case.name])
        return
    small = request.getfixturevalue("small")
    case.damage(small)
    findings = small.check()  # law 1, for each file
    assert_told(case, findings)
    if case.outcome != "rejected":
        assert {f.name: f.rows for f in findings.files} == {
            name: rows_of(small.folder / name) for name in small.sources() if name in {f.name for f in findings.files}
        }
    else:
        assert all(f.accepted == 0 for f in findings.files)


def assert_told(case: Case, findings: Findings) -> None:
    said = [p for p in findings.problems if (p.rule, p.severity, p.file, p.row, p.column) == (
        case.rule, case.severity, case.file, case.row, case.column)]  # fmt: skip
    assert case.rule is None or any(case.remedy in f"{p.message}; {p.remedy}" for p in said), findings.problems
    assert {p.rule for p in findings.problems} <= {case.rule, *case.also}
    assert findings.outcome == case.outcome
