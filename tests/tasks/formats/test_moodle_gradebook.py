"""Moodle gradebooks: marks with their per cents beside them, and what is no mark."""

from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.land import fingerprint
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.moodle_gradebook.columns import is_total

from tests.tasks.formats.gradebook_file import ITEMS, RESULTS, accepted, checked, held, refused, told, written

FILE = "BIO-9 Grades-20211124_1200-comma_separated.csv"
FIXED = ("First name", "Last name", "ID number", "Institution", "Department", "Email address")
QUIZ, ESSAY, BY_HAND = "Quiz: Cells, part 1", "Assignment: Essay", "Participation"
HEADER = (
    *FIXED, f"{QUIZ} (Real)", f"{QUIZ} (Percentage)", f"{QUIZ} (Letter)", f"{ESSAY} (Real)", f"{ESSAY} (Percentage)",
    f"{ESSAY} (Feedback)", f"{BY_HAND} (Real)", f"{BY_HAND} (Percentage)", "Homework total (Real)",
    "Course total (Real)", "Course total (Percentage)", "Last downloaded from this course",
)  # fmt: skip
LAST = ("25.00", "87.50", "87.50 %", "1637755200")


def student(number: str, *marks: str, name: str = "Mira Ash", email: str = "") -> list[str]:
    quiz, essay, by_hand = ((cell.split("/") if "/" in cell else (cell, "-")) for cell in marks)
    given, _, family = name.partition(" ")
    cells = [quiz[0], quiz[1], "B", essay[0], essay[1], "<p>Well done</p>", by_hand[0], by_hand[1]]
    return [given, family, number, "School", "", email or f"{number}@school.example", *cells, *LAST]


def rows(*students: list[str], header: tuple[str, ...] = HEADER) -> list[list[str]]:
    return [list(header), *students]


MIRA = student("1001", "7.50/75.00 %", "17.50/87.50 %", "-")
BO = student("1002", "0.00/0.00 %", "-", "3.00/60.00 %", name="Bo Birk")


@pytest.mark.parametrize(
    ("delimiter", "encoding", "comma"),
    [(",", "utf-8", False), (",", "utf-8-sig", False), (";", "utf-8", True), ("\t", "utf-8-sig", True)],
)
def test_points_are_told_by_the_per_cents_and_totals_are_no_work(
    delimiter: str, encoding: str, comma: bool, tmp_path: Path
) -> None:
    cells = [[c.replace(".", ",") if comma and n > 5 else c for n, c in enumerate(row)] for row in (MIRA, BO)]
    folder = written(tmp_path / "x" / FILE, rows(*cells), delimiter, encoding)
    findings = checked(folder)
    assert (findings.extract_format, findings.outcome) == ("moodle-gradebook", "accepted")
    assert told(findings) == {("maybe-total", None, f"{BY_HAND} (Real)")}
    assert accepted(folder, ITEMS) == [
        ("BIO-9-quiz-cells-part-1", QUIZ, 10, "assignments"), ("BIO-9-assignment-essay", ESSAY, 20, "assignments"),
        ("BIO-9-participation", BY_HAND, 5, "assignments"),
    ]  # fmt: skip
    assert accepted(folder, RESULTS) == [
        ("1001", "BIO-9-assignment-essay", "fully graded", 17.5),
        ("1001", "BIO-9-quiz-cells-part-1", "fully graded", 7.5),
        ("1002", "BIO-9-participation", "fully graded", 3), ("1002", "BIO-9-quiz-cells-part-1", "fully graded", 0),
    ]  # fmt: skip
    assert accepted(folder, "SELECT given_name, family_name, identifier, email FROM accepted_users LIMIT 1") == [
        ("Mira", "Ash", "1001", "1001@school.example")
    ]
    assert accepted(folder, "SELECT count(*) FROM accepted_supplement_grades") == [(0,)]


def test_what_an_item_is_worth_may_stand_in_a_row_below_the_header(tmp_path: Path) -> None:
    points = ["Points Possible", "", "", "", "", "", "12.5", "", "", "20", "", "", "5", *[""] * 5]
    header = tuple("" if "Percentage" in cell and "Course" not in cell else cell for cell in HEADER)
    folder = written(tmp_path / "x" / FILE, rows(points, MIRA, BO, header=header))
    findings = checked(folder)
    assert findings.outcome == "accepted"
    assert [row[2] for row in accepted(folder, ITEMS)] == [12.5, 20, 5]
    assert accepted(folder, "SELECT count(*) FROM accepted_users") == [(2,)]


@pytest.mark.parametrize(
    ("marks", "worth"),
    [
        (["17.50/87.50 %"], 20), (["17.50/116.67 %"], 15), (["1/5 %", "20/100 %"], 20), (["33.33/66.66 %"], 50),
        (["1/3 %"], None), (["17.50/-"], None), (["0.00/0.00 %"], None), (["17.50/70.00 %", "10.00/50.00 %"], None),
        (["5.00/40.00 %"], None),  # of 12.5: no whole number
    ],
)  # fmt: skip
def test_a_number_of_points_is_read_only_where_nothing_else_fits(
    marks: list[str], worth: int | None, tmp_path: Path
) -> None:
    people = [student(f"10{n}", mark, "-", "-") for n, mark in enumerate(marks)]
    folder = written(tmp_path / "x" / FILE, rows(*people))
    findings = checked(folder)
    fatal = [(p.rule, p.column) for p in findings.problems if p.severity == "fatal"]
    assert fatal == ([] if worth else [("no-points", f"{QUIZ} (Real)")])
    if worth:
        assert [row[2] for row in accepted(folder, ITEMS)] == [worth]  # the others have nobody's mark


def test_odd_cells_hold_their_course_and_odd_rows_are_named(tmp_path: Path) -> None:
    no_id = student("", "5.00/50.00 %", "-", "-", name="Cy Rowe", email="Cy@school.example")
    nobody = student("", "5.00/50.00 %", "-", "-", name="Di Vy")
    nobody[5] = ""
    letter = student("1003", "B", "10.00/50.00 %", "-", name="Eve Orr")
    twice = student("1004", "4.00/40.00 %", "-", "-", name="Fay Ott")
    short = student("1005", "4.00/40.00 %", "-", "-", name="Gus Ray")[:-3]
    again = student("1004", "5.00/50.00 %", "-", "-", name="Fay Ott")
    folder = written(tmp_path / "x" / FILE, rows(MIRA, BO, no_id, nobody, letter, twice, again, short))
    findings = checked(folder)
    assert {(rule, row) for rule, row, _ in told(findings) if row} == {
        ("required", 4), ("type-decimal", 5), ("unique", 6), ("unique", 7), ("duplicate-result", 6),
        ("duplicate-result", 7), ("ragged-row", 8),
    }  # fmt: skip
    assert {(student, reason) for student, _, reason in held(findings)} >= {
        ("1003", "type-decimal"), ("1004", "unique"), ("1005", "ragged-row"),
    }  # fmt: skip
    assert {"1001", "1002", "cy@school.example"}.isdisjoint(findings.held_students)
    students = accepted(folder, "SELECT sourced_id FROM accepted_users ORDER BY 1", findings)
    assert ("cy@school.example",) in students  # her address stands for the id


def test_columns_that_are_not_work_are_named(tmp_path: Path) -> None:
    scale = student("1001", "Competent", "-", "2.00/50.00 %")
    twin = tuple(cell.replace(ESSAY, QUIZ) for cell in HEADER)
    folder = written(tmp_path / "x" / FILE, rows(scale, student("1002", "Not yet", "-", "-")))
    assert told(checked(folder)) == {
        ("column-not-read", None, f"{QUIZ} (Real)"), ("nobody-marked", None, f"{ESSAY} (Real)"),
        ("maybe-total", None, f"{BY_HAND} (Real)"),
    }  # fmt: skip
    folder = written(tmp_path / "y" / FILE, rows(student("1001", "1.00/10.00 %", "2.00/20.00 %", "-"), header=twin))
    assert [row[0] for row in accepted(folder, ITEMS)] == ["BIO-9-quiz-cells-part-1", "BIO-9-quiz-cells-part-1-2"]
    assert checked(folder).outcome == "accepted"


@pytest.mark.parametrize(
    ("title", "total"),
    [
        ("Course total", True), ("Homework total", True), ("Unit 1: Reading total", True), ("Quiz: The total", False),
        ("Assignment: Total", False), ("Participation", False), ("Total", False),
    ],
)  # fmt: skip
def test_a_total_is_told_from_an_activity_of_that_name(title: str, total: bool) -> None:
    assert is_total(title) is total


def test_of_several_exports_the_newest_counts_and_each_file_is_a_class(tmp_path: Path) -> None:
    older = FILE.replace("20211124", "20211101")
    folder = written(tmp_path / "x" / older, rows(BO))
    written(folder / FILE, rows(MIRA))
    written(folder / "ALG-1 Grades.csv", rows(MIRA))
    findings = checked(folder)
    assert [file.name for file in findings.files] == ["ALG-1 Grades.csv", FILE]
    assert [(file.name, file.why) for file in findings.skipped] == [(older, "older")]
    assert accepted(folder, "SELECT sourced_id FROM accepted_classes ORDER BY 1") == [("ALG-1",), ("BIO-9",)]


@pytest.mark.parametrize(
    ("header", "code", "remedy"),
    [
        ("First name,Surname,ID number,Email address,Quiz: One (Percentage)", "other-export", "Real and Percentage"),
        ("First name,Surname,ID number,Email address,Quiz: One (Letter)", "other-export", "Real and Percentage"),
        ("Vorname,Nachname,ID-Nummer,E-Mail-Adresse,Test: Zellen (Punkte)", "other-export", "set to English"),
        ("Nombre,Apellido(s),Correo,Tarea: Uno (Real)", "other-export", "set to English"),
    ],
)
def test_what_cannot_be_reckoned_with_is_refused_in_one_line(
    header: str, code: str, remedy: str, tmp_path: Path
) -> None:
    folder = written(tmp_path / "x" / FILE, [header.split(","), ["a"] * header.count(",")])
    error = refused(folder)
    assert error.code == code
    assert remedy in error.remedy
    assert "Moodle" in error.what


def test_a_gradebook_of_another_system_beside_it_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "x" / FILE, rows(MIRA))
    written(folder / "ALG-1.csv", [["Student", "ID", "Section", "Quiz (1)"], ["    Points Possible", "", "", "10"]])
    assert refused(folder).code == "mixed-formats"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_a_file_that_went_through_a_spreadsheet_is_refused_by_its_encoding(encoding: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    table = rows(student("1001", "7.50/75.00 %", "-", "-", name="Zoë Ash"), header=(mark + HEADER[0], *HEADER[1:]))
    folder = written(tmp_path / "x" / FILE, table, "\t", encoding)
    with pytest.raises(InputError) as caught:
        fingerprint(open_source(str(folder)))
    assert caught.value.code == "not-utf8"
