"""Brightspace (D2L) gradebooks: points and categories in the header, ids behind a #, and totals of all kinds."""

from pathlib import Path

import pytest

from tests.tasks.formats.gradebook_file import ITEMS, RESULTS, accepted, checked, held, refused, told, written

FILE = "BIO-9_GradesExport_2021-11-24-12-00.csv"
FIXED = ("OrgDefinedId", "Username", "Last Name", "First Name", "Email")
QUIZ = "Quiz 1 Points Grade <Numeric MaxPoints:10 Weight:8.3333 Category:Quizzes, oral CategoryWeight:30>"
ESSAY, LAB = "Essay Points Grade <Numeric MaxPoints:1,000>", "Lab Points Grade <Pass/Fail MaxPoints:5 Category:Labs>"
MEAN = "Mean <Calculated MaxPoints:5>"
HEADER = (
    *FIXED, QUIZ, "Quizzes, oral Subtotal Numerator", "Quizzes, oral Subtotal Denominator", ESSAY, LAB, MEAN,
    "GitHub ID Text Grade <Text>", "Calculated Final Grade Numerator", "Calculated Final Grade Denominator",
    "Adjusted Final Grade Numerator", "Adjusted Final Grade Denominator", "End-of-Line Indicator",
)  # fmt: skip


def student(number: str, *marks: str, login: str = "", name: str = "Ash", adjusted: str = "") -> list[str]:
    quiz, essay, lab = marks
    account = login or f"u{number}"
    cells = [quiz, "22.5", "30", essay, lab, "", "octocat", "80", "100", adjusted, "200" if adjusted else "", "#"]
    return [f"#{number}" if number else "", f"#{account}", name, "Mira", f"{account}@school.example", *cells]


def rows(*students: list[str], header: tuple[str, ...] = HEADER) -> list[list[str]]:
    return [list(header), *students]


MIRA = student("1001", "7.5", "750", "5", adjusted="183")
BO = student("1002", "0", "", "-", name="Birk")
CY = student("", "", "1000", "Exempt", login="cy", name="Rowe")


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (",", "utf-8-sig"), (";", "utf-8")])
def test_marks_and_categories_are_read_and_totals_are_no_work(delimiter: str, encoding: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "x" / FILE, rows(MIRA, BO, CY), delimiter, encoding)
    findings = checked(folder)
    assert (findings.extract_format, findings.outcome, told(findings)) == ("brightspace-gradebook", "accepted", set())
    assert accepted(folder, ITEMS) == [
        ("BIO-9-quiz-1", "Quiz 1", 10, "quizzes, oral"), ("BIO-9-essay", "Essay", 1000, "assignments"),
        ("BIO-9-lab", "Lab", 5, "labs"),
    ]  # fmt: skip
    assert accepted(folder, "SELECT title FROM accepted_categories ORDER BY 1") == [
        ("Assignments",), ("Labs",), ("Quizzes, oral",),
    ]  # fmt: skip
    assert accepted(folder, RESULTS) == [
        ("1001", "BIO-9-essay", "fully graded", 750), ("1001", "BIO-9-lab", "fully graded", 5),
        ("1001", "BIO-9-quiz-1", "fully graded", 7.5), ("1002", "BIO-9-quiz-1", "fully graded", 0),
        ("cy", "BIO-9-essay", "fully graded", 1000), ("cy", "BIO-9-lab", "exempt", None),
    ]  # fmt: skip
    # what a teacher adjusted is the grade of record; what Brightspace calculates is not
    grades = "SELECT student_sourced_id, percent::DOUBLE FROM accepted_supplement_grades"
    assert accepted(folder, grades) == [("1001", 91.5)]
    assert accepted(folder, "SELECT sourced_id, username FROM accepted_users ORDER BY 1") == [
        ("1001", "u1001"), ("1002", "u1002"), ("cy", "cy"),
    ]  # fmt: skip


def test_odd_cells_rows_and_columns(tmp_path: Path) -> None:
    letter = student("1003", "B", "", "")
    nobody = student("", "1", "", "")
    nobody[1] = "#"
    twice, again = (student("1004", mark, "", "", name="Ott") for mark in ("4", "5"))
    reckoned = student("1006", "1", "", "")
    reckoned[HEADER.index(MEAN)] = "4.5"
    short = student("1005", "4", "", "")[:-2]
    folder = written(tmp_path / "x" / FILE, rows(MIRA, letter, nobody, twice, again, reckoned, short))
    findings = checked(folder)
    assert {(rule, row) for rule, row, _ in told(findings)} == {
        ("type-decimal", 2), ("required", 3), ("unique", 4), ("unique", 5), ("duplicate-result", 4),
        ("duplicate-result", 5), ("column-not-read", None), ("ragged-row", 7),
    }  # fmt: skip
    assert {student for student, _, _ in held(findings)} >= {"1003", "1004", "1005"}
    assert {"1001", "1006"}.isdisjoint(findings.held_students)


def test_an_item_whose_points_were_taken_out_of_the_header_is_refused_by_its_column(tmp_path: Path) -> None:
    header = tuple(cell.replace("MaxPoints:1,000", "") for cell in HEADER)
    findings = checked(written(tmp_path / "x" / FILE, rows(MIRA, header=header)))
    assert findings.outcome == "rejected"
    assert [(rule, column) for rule, _, column in told(findings)] == [("no-points", "Essay Points Grade <Numeric >")]


def test_of_one_title_twice_and_of_several_exports_each_is_told_apart(tmp_path: Path) -> None:
    header = tuple(cell.replace("Lab Points", "Essay Points") for cell in HEADER)
    folder = written(tmp_path / "x" / FILE, rows(MIRA, header=header))
    written(folder / FILE.replace("11-24", "11-01"), rows(BO))
    written(folder / "ALG-1_GradesExport_2021-11-24-12-00 (1).csv", rows(BO))
    findings = checked(folder)
    assert [(file.name, file.why) for file in findings.skipped] == [(FILE.replace("11-24", "11-01"), "older")]
    assert [row[0] for row in accepted(folder, ITEMS)] == [
        "ALG-1-quiz-1", "ALG-1-essay", "ALG-1-lab", "BIO-9-quiz-1", "BIO-9-essay", "BIO-9-essay-2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "OrgDefinedId,Username,Quiz 1 Grade Scheme,End-of-Line Indicator",
        "OrgDefinedId,Username,Quiz 1 Weighted Grade <Numeric Weight:5>,End-of-Line Indicator",
        "OrgDefinedId,Nom,Note en points <Numérique PointsMax:10>,Fin de ligne",
    ],
)
def test_one_without_points_or_in_another_language_is_refused_by_name(header: str, tmp_path: Path) -> None:
    error = refused(written(tmp_path / "x" / FILE, [header.split(","), ["a"] * (header.count(",") + 1)]))
    assert (error.code, "Brightspace" in error.what) == ("other-export", True)
    assert "Points grade" in error.remedy
