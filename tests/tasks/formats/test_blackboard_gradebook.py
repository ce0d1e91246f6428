"""Blackboard gradebooks: in UTF-16 as they are downloaded, with columns that Blackboard reckons itself."""

from pathlib import Path

import pytest

from tests.tasks.formats.gradebook_file import ITEMS, RESULTS, accepted, checked, held, refused, told, written

FILE = "gc_BIO-9_fullgc_2021-11-24-12-00-00.csv"
FIXED = ("Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability")
QUIZ, ESSAY, LAB = (
    "Quiz [retake] [Total Pts: 10 Score] |32036", "Essay [Total Pts: 1,000 Score] |32037",
    "Lab [Total Pts: 5 Complete/Incomplete] |_32038_1",
)  # fmt: skip
HEADER = (
    *FIXED, "Weighted Total [Total Pts: up to 0 Percentage] |32034", "Total [Total Pts: up to 1,499 Score] |32035",
    QUIZ, ESSAY, LAB, "Term 1 [Total Pts: up to 55 Letter] |32039",
)  # fmt: skip


def student(number: str, *marks: str, login: str = "", name: str = "Ash") -> list[str]:
    account = login or f"u{number}"
    return [name, "Mira", account, number, "2021-11-24 10:00:00", "Yes", "87.00", "800.00", *marks, "B"]


def rows(*students: list[str], header: tuple[str, ...] = HEADER) -> list[list[str]]:
    return [list(header), *students]


MIRA = student("1001", "7.50", "750.00", "Complete")
BO = student("1002", "0.00", "Needs Grading(30.00)", "Incomplete", name="Birk")
CY = student("", "In Progress(2.0)", "", "", login="cy", name="Rowe")
PREVIEW = student("", "10.00", "", "", login="mlopez_previewuser", name="Lopez_PreviewUser")


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [
        (FILE, ",", "utf-8"), (FILE, ",", "utf-8-sig"), (FILE.replace(".csv", ".xls"), "\t", "utf-16"),
        (FILE.replace(".csv", ".xls"), "\t", "utf-8"), (FILE, "\t", "utf-16"),
    ],
)  # fmt: skip
def test_marks_are_read_and_what_blackboard_reckons_itself_is_not(
    name: str, delimiter: str, encoding: str, tmp_path: Path
) -> None:
    folder = written(tmp_path / "x" / name, rows(MIRA, BO, CY, PREVIEW), delimiter, encoding)
    findings = checked(folder)
    assert (findings.extract_format, findings.outcome, told(findings)) == ("blackboard-gradebook", "accepted", set())
    assert [(file.name, file.rows) for file in findings.files] == [(FILE, 4)]
    assert accepted(folder, ITEMS) == [
        ("32036", "Quiz [retake]", 10, "assignments"), ("32037", "Essay", 1000, "assignments"),
        ("32038", "Lab", 5, "assignments"),
    ]  # fmt: skip
    assert accepted(folder, RESULTS) == [
        ("1001", "32036", "fully graded", 7.5), ("1001", "32037", "fully graded", 750),
        ("1001", "32038", "fully graded", 5), ("1002", "32036", "fully graded", 0),
        ("1002", "32037", "submitted", None), ("1002", "32038", "fully graded", 0),
    ]  # fmt: skip
    assert accepted(folder, "SELECT sourced_id, username FROM accepted_users ORDER BY 1") == [
        ("1001", "u1001"), ("1002", "u1002"), ("cy", "cy"),
    ]  # fmt: skip
    assert accepted(folder, "SELECT sourced_id FROM accepted_classes") == [("BIO-9",)]


def test_odd_cells_and_rows_hold_their_course(tmp_path: Path) -> None:
    late = student("1003", "late", "EXEMPT", "")
    nobody = student("", "1.00", "", "")
    nobody[2] = ""
    twice = student("1004", "4.00", "", "", name="Ott")
    again = student("1004", "5.00", "", "", name="Ott")
    comma = student("1006", "7,25", "", "")
    short = student("1005", "4.00", "", "")[:-2]
    folder = written(tmp_path / "x" / FILE, rows(MIRA, late, nobody, twice, again, comma, short))
    findings = checked(folder)
    assert {(rule, row) for rule, row, _ in told(findings)} == {
        ("type-decimal", 2), ("required", 3), ("unique", 4), ("unique", 5), ("duplicate-result", 4),
        ("duplicate-result", 5), ("type-decimal", 6), ("ragged-row", 7),
    }  # fmt: skip
    assert {student for student, _, _ in held(findings)} >= {"1003", "1004", "1005", "1006"}
    assert "1001" not in findings.held_students
    exempt = "SELECT score_status FROM accepted_results WHERE student_sourced_id = '1003'"
    assert accepted(folder, exempt, findings) == [("exempt",)]


@pytest.mark.parametrize(
    ("header", "cells", "fatal"),
    [
        ("Talk [Total Pts: 50 Percentage] |7", ["80.00", ""], True),
        ("Talk [Total Pts: 50 Percentage] |7", ["80.00%", ""], False),
        ("Talk [Total Pts: 50 Letter] |7", ["B", ""], True),
        ("Talk [Total Pts: 50 Letter] |7", ["", ""], False),
        ("Talk [Total Pts: 50 Text] |7", ["good", ""], True),
        ("Talk [Total Pts: 50] |7", ["40", ""], False),
        ("Running Total [Total Pts: 50 Percentage] |7", ["80.00", ""], False),
    ],
)
def test_what_is_shown_as_something_else_than_points_is_refused_by_its_column(
    header: str, cells: list[str], fatal: bool, tmp_path: Path
) -> None:
    table = [[*HEADER, header], [*MIRA, cells[0]], [*BO, cells[1]]]
    folder = written(tmp_path / "x" / FILE, table)
    findings = checked(folder)
    assert told(findings) == ({("not-as-points", None, header)} if fatal else set())
    assert (findings.outcome == "rejected") is fatal
    if "%" in cells[0]:
        assert ("1001", "7", "fully graded", 40.0) in accepted(folder, RESULTS)


def test_columns_of_no_work_older_headers_and_merged_courses(tmp_path: Path) -> None:
    header = ("Last Name", "First Name", "Username", "Child Course ID", "Notes |11", "Quiz [Total Pts: 10]")
    folder = written(tmp_path / "x" / "BIO-9.csv", [header, ["Ash", "Mira", "mira", "BIO-9-1", "sits in front", "8"]])
    findings = checked(folder)
    assert told(findings) == {("column-not-read", None, "Notes |11")}
    assert accepted(folder, RESULTS) == [("mira", "BIO-9-quiz", "fully graded", 8)]


@pytest.mark.parametrize(
    "header",
    [
        "Nachname,Vorname,Benutzername,PF 25 [Gesamtpunkte: 2 Punkte] |574283",
        "Last Name,First Name,Username,Last Access,Availability",
    ],
)
def test_one_in_another_language_or_without_points_is_refused_by_name(header: str, tmp_path: Path) -> None:
    error = refused(written(tmp_path / "x" / FILE, [header.split(","), ["a"] * (header.count(",") + 1)]))
    assert (error.code, "Blackboard" in error.what, "English" in error.remedy) == ("other-export", True, True)
