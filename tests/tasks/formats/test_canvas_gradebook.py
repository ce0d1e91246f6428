"""Canvas gradebooks: one built from Grand Bend's algebra class, in three languages, with every trap, and damaged."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept
from termpost.tasks.formats.gradebook.numerals import decimal_mark, plain

from tests.school import GRAND_BEND
from tests.tasks.formats.canvas_book import Course, Item, Student, from_one_roster
from tests.tasks.formats.lms_book import check_sources

FORM = "canvas-gradebook/1"
ALGEBRA = "123456780"
FILE = "2021-11-24T1200_Grades-ALG-1.csv"
FIRST = 3  # row of the first student, below Manual Posting and Points Possible


def sources(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): str(p) for p in sorted(folder.rglob("*.csv"))}


def accepted(folder: Path, findings: Findings | None = None) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    accept(con, sources(folder), findings.rejected if findings else (), FORM)
    return con


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def algebra(**settings: Any) -> Course:
    """The class with titles and people as real ones are; the marks stay those of the bundle."""
    course = from_one_roster(GRAND_BEND, ALGEBRA, FILE, **settings)
    titles = ["Quiz 1 (retake)", 'Essay, "part 2"', "Unit\n3; review", "Exponents", "Exponents", "=SUM(A1)", " padded "]
    for item, title in zip(course.items, titles, strict=False):
        item.title = title
    course.items[3].manual = True
    names = [
        "=cmd|'/c calc'!A1, Lisa",
        "'+Medina, Fannie",
        "@Mckee, Robert",
        "Kealoha, Kaʻiulani",
        "Sukarno",
        "-Ñíguez y Más, Ana María",
    ]
    for student, name in zip(course.students, names, strict=False):
        student.name = name
    course.students[6].sis = ""
    course.students[7].sections = ("Algebra Section 1", "Algebra Section 2")
    return course


@pytest.mark.parametrize(
    "settings",
    [{"locale": "en"}, {"locale": "de", "delimiter": ";", "bom": False}, {"locale": "fr", "totals": False}],
    ids=str,
)
def test_its_marks_are_those_of_the_same_class_as_a_oneroster_bundle(settings: Any, tmp_path: Path) -> None:
    folder = algebra(**settings).write(tmp_path)
    findings = check_sources(sources(folder), FORM)
    with (folder / FILE).open(newline="", encoding="utf-8-sig") as source:  # an independent count
        count = sum(1 for row in csv.reader(source, delimiter=settings.get("delimiter", ",")) if row) - 1
    assert [(f.name, f.rows, f.quarantined) for f in findings.files] == [(FILE, count, 0)]
    assert count == 49 + 3  # manual posting, points possible, test student
    assert (findings.outcome, findings.holds) == ("accepted", ())
    told = [(p.rule, p.severity, p.row, p.column) for p in findings.problems]
    assert told == [
        ("missing-file", "warning", None, None), ("text-cleaned", "warning", 2, "Unit\n3; review (2942251004)"),
        ("manual-posting", "warning", 2, "Exponents (2942251006)"),
    ]  # fmt: skip

    with (GRAND_BEND / "results.csv").open(newline="", encoding="utf-8") as source:
        marks = {(r["studentSourcedId"], r["lineItemSourcedId"]): Decimal(r["score"]) for r in csv.DictReader(source)}
    con = accepted(folder)
    without_sis = algebra().students[6].id  # goes by her id in Canvas, which is the other one behind a 9
    found = {
        (student[1:] if student == without_sis else student, item): score
        for student, item, score in rows(
            con, "SELECT student_sourced_id, line_item_sourced_id, score FROM accepted_results"
        )
    }
    items = {row[0] for row in rows(con, "SELECT sourced_id FROM accepted_line_items")}
    assert len(items) == 13
    assert found == {(student, item): mark for (student, item), mark in marks.items() if item in items}


def test_people_titles_points_and_class_are_read_as_they_are_meant(tmp_path: Path) -> None:
    con = accepted(algebra().write(tmp_path))
    names = rows(con, "SELECT family_name, given_name FROM accepted_users ORDER BY row_number LIMIT 6")
    assert names == [
        ("=cmd|'/c calc'!A1", "Lisa"),
        ("+Medina", "Fannie"),
        ("@Mckee", "Robert"),
        ("Kealoha", "Kaʻiulani"),
        ("Sukarno", None),
        ("-Ñíguez y Más", "Ana María"),
    ]
    titles = [row[0] for row in rows(con, "SELECT title FROM accepted_line_items ORDER BY row_number LIMIT 6")]
    assert titles == ["Quiz 1 (retake)", 'Essay, "part 2"', "Unit 3; review", "Exponents", "Exponents", "=SUM(A1)"]
    assert rows(
        con, "SELECT DISTINCT result_value_max::INT, due_date, grading_period_sourced_id FROM accepted_line_items"
    ) == [(100, None, None)]
    assert rows(con, "SELECT sourced_id, title, term_sourced_ids FROM accepted_classes") == [("ALG-1", "ALG-1", None)]
    assert rows(con, "SELECT count(*) FROM accepted_academic_sessions") == [(0,)]
    assert rows(con, "SELECT count(*) FROM accepted_users WHERE family_name = 'Student'") == [(0,)]  # the test student


def small(file: str = "Grades.csv", **settings: Any) -> Course:
    items = [Item("1", "Quiz", "10"), Item("2", "Bonus", "0"), Item("3", "Project", "1500"), Item("4", "Essay", "40")]
    students = [
        Student("11", "Ash, Ann", "s-ann", "ann", marks={"1": "7.25", "2": "2", "3": "1234.5", "4": "EX"}),
        Student("12", "Birk, Bo", "", "bo", marks={"1": "0", "3": "N/A"}),
    ]
    return Course(file, items, students, **settings)


@pytest.mark.parametrize("locale", ["en", "de", "fr"])
def test_excused_not_assigned_ungraded_zero_and_big_numbers(locale: str, tmp_path: Path) -> None:
    con = accepted(small(locale=locale).write(tmp_path))
    columns = "student_sourced_id, line_item_sourced_id, score_status, score::VARCHAR"
    query = f"SELECT {columns} FROM accepted_results ORDER BY row_number"
    assert rows(con, query) == [
        ("s-ann", "1", "fully graded", "7.250000"),
        ("s-ann", "2", "fully graded", "2.000000"),
        ("s-ann", "3", "fully graded", "1234.500000"),
        ("s-ann", "4", "exempt", None),
        ("12", "1", "fully graded", "0.000000"),
        ("12", "3", "exempt", None),
    ]
    assert rows(con, "SELECT result_value_max::INT FROM accepted_line_items ORDER BY row_number") == [
        (10,),
        (0,),
        (1500,),
        (40,),
    ]


def test_per_cents_and_words_are_points_of_what_is_possible(tmp_path: Path) -> None:
    course = small()
    text = course.text().replace("7.25", "87.5 %").replace("1234.5", "complete").replace(",2.0,", ",incomplete,")
    (tmp_path / "Grades.csv").write_text(text, encoding="utf-8")
    con = accepted(tmp_path)
    query = "SELECT score::VARCHAR FROM accepted_results WHERE student_sourced_id = 's-ann' ORDER BY row_number"
    assert [row[0] for row in rows(con, query)] == ["8.750000", "0.000000", "1500.000000", None]


def test_a_grade_set_over_the_computed_one_is_the_grade_of_record(tmp_path: Path) -> None:
    con = accepted(small(override={"11": ("95.5", "")}).write(tmp_path))
    columns = "student_sourced_id, class_sourced_id, grade, percent::VARCHAR"
    query = f"SELECT {columns} FROM accepted_supplement_grades ORDER BY 1 DESC"
    assert rows(con, query) == [("s-ann", "Grades", None, "95.500000"), ("12", "Grades", "B+", "87.500000")]


def test_a_student_of_several_courses_is_one_and_stands_where_one_row_does(tmp_path: Path) -> None:
    """A bad mark holds that course alone; the other course has the student, and the first her other marks."""
    small("2021-11-24T1200_Grades-ART.csv").write(tmp_path)
    other = small("2021-11-24T1200_Grades-BIO.csv")
    other.students[0].sis = ""  # this export came without
    for item in other.items:
        item.id += "0"
    for student in other.students:
        student.marks = {f"{item}0": mark for item, mark in student.marks.items()}
    other.write(tmp_path)
    path = tmp_path / "2021-11-24T1200_Grades-BIO.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("7.25", "B+"), encoding="utf-8")
    findings = check_sources(sources(tmp_path), FORM)
    assert [(h.student, h.class_id, h.reason) for h in findings.holds] == [("s-ann", "BIO", "type-decimal")]
    assert [(p.file, p.row, p.column) for p in findings.problems if p.severity == "error"] == [
        (path.name, 2, "Quiz (10)")
    ]
    assert [(f.accepted, f.quarantined) for f in findings.files] == [(4, 0), (3, 1)]
    con = accepted(tmp_path, findings)
    assert rows(con, "SELECT sourced_id FROM accepted_users ORDER BY 1") == [("12",), ("s-ann",)]
    query = "SELECT class_sourced_id, 1 FROM accepted_enrollments WHERE user_sourced_id = 's-ann' ORDER BY 1"
    assert rows(con, query) == [("ART", 1), ("BIO", 1)]
    marks = rows(
        con, "SELECT line_item_sourced_id FROM accepted_results WHERE student_sourced_id = 's-ann' ORDER BY row_number"
    )
    assert [row[0] for row in marks] == ["1", "2", "3", "4", "20", "30", "40"]


def test_the_newest_export_of_a_course_counts(tmp_path: Path) -> None:
    for file in ("2021-11-23T0900_Grades-ALG-1.csv", FILE, "2021-11-24T1200_Grades-ALG-1 (1).csv"):
        small(file).write(tmp_path)
    findings = check_sources(sources(tmp_path), FORM)
    assert [f.name for f in findings.files] == ["2021-11-24T1200_Grades-ALG-1 (1).csv"]
    assert [p.rule for p in findings.problems if p.severity != "error"] == ["superseded-file", "missing-file"]


def test_names_in_two_columns_and_no_school_ids_at_all(tmp_path: Path) -> None:
    (tmp_path / "Bio.csv").write_text(
        "LastName,FirstName,ID,SIS Login ID,Section,Lab (5)\n    Points Possible,,,,,20\nAsh,Ann,11,ann,S 1,19.5\n",
        encoding="utf-8",
    )
    assert check_sources(sources(tmp_path), FORM).outcome == "accepted"
    con = accepted(tmp_path)
    assert rows(con, "SELECT sourced_id, family_name, given_name FROM accepted_users") == [("11", "Ash", "Ann")]
    assert rows(con, "SELECT score::VARCHAR FROM accepted_results") == [("19.500000",)]


@pytest.mark.parametrize(
    ("cells", "semicolons", "mark"),
    [
        (["87,5", "1.234"], False, ","),
        (["87.5", "1,234"], False, "."),
        (["1.234"], False, None),
        (["1.234"], True, ","),
        (["87.5", "87,5"], False, "."),
        (["87.5", "87,5"], True, ","),
        (["10", "EX", ""], False, None),
    ],
)
def test_what_parts_decimals_is_told_from_the_whole_file(cells: list[str], semicolons: bool, mark: str | None) -> None:
    assert decimal_mark(cells, semicolons) == mark


@pytest.mark.parametrize(
    ("cell", "mark", "read"),
    [
        ("0,0", ",", "0.0"),
        ("1.234,5", ",", "1234.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("1'234.5", ".", "1234.5"),
        ("1,234", ".", "1234"),
        ("-3,5", ",", "-3.5"),
        (" 87.5 ", ".", "87.5"),
        ("87,5 %", ",", "87.5%"),
        ("12", None, "12"),
        # not read, and so refused by the check: what could be two numbers, or is none
        ("1.234", None, "1.234?"),
        ("1.234%", None, "1.234%?"),
        ("87.5", ",", "87.5?"),
        (".5", ".", ".5?"),
        ("87,5", ".", "87,5 "),
        ("1.23.456", ",", "1.23.456 "),
        ("1e5", ".", "1e5 "),
        ("NaN", ".", "NaN "),
        ("½", ".", "½ "),
        ("٣", ".", "٣ "),
        ("", ".", " "),
    ],
)
def test_a_number_is_read_in_its_language_or_not_at_all(cell: str, mark: str | None, read: str) -> None:
    assert plain(cell, mark) == (cell if read.endswith(" ") else read)


def put(row: int, column: int, value: str) -> Any:
    return lambda sheet: sheet[row].__setitem__(column, value)


MARKS = 8  # column of the first piece of work, after seven fixed ones and the teacher's notes
ITEM = [f"{item.title} ({item.id})".strip() for item in algebra().items]
# damage → rule, row, column, and whether it holds the course of that student or the whole report
DAMAGE: dict[str, tuple[Any, tuple[str, int | None, str | None], str | None]] = {
    "a letter": (put(4, MARKS, "B+"), ("type-decimal", 4, ITEM[0]), "course"),
    "a number of another language": (put(5, MARKS + 1, "87,5"), ("type-decimal", 5, ITEM[1]), "course"),
    "no number": (put(6, MARKS + 2, "NaN"), ("type-decimal", 6, ITEM[2]), "course"),
    "a negative mark": (put(7, MARKS + 3, "-1.0"), ("range", 7, ITEM[3]), "course"),
    "a mark far above the points": (put(8, MARKS + 4, "300.0"), ("above-max", 8, ITEM[4]), "course"),
    "an unknown word": (put(10, MARKS + 5, "absent"), ("type-decimal", 10, ITEM[5]), "course"),
    "a mark too precise": (put(11, MARKS + 6, "1.23456789"), ("too-precise", 11, ITEM[6]), "course"),
    "no name": (put(12, 0, ""), ("required", 12, "Student"), "report"),
    "a row cut short": (lambda s: s.__setitem__(13, s[13][:9]), ("ragged-row", 13, None), "report"),
    "a row too long": (lambda s: s[14].extend(["5.0"]), ("ragged-row", 14, None), "report"),
    "no id at all": (lambda s: s[16].__setitem__(slice(1, 3), ["", ""]), ("required", 16, "ID"), None),
    "one student twice": (lambda s: s[17].__setitem__(2, s[18][2]), ("unique", 17, "ID"), "course"),
    "an impossible grade of record": (put(20, -2, "ninety"), ("type-decimal", 20, "Override Score"), "course"),
}


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[str]], Findings, duckdb.DuckDBPyConnection]:
    """All of it in one file, each on a row of its own."""
    folder = tmp_path_factory.mktemp("damaged")
    sheet = algebra(override={}).rows()
    for plant, _, _ in DAMAGE.values():
        plant(sheet)
    with (folder / FILE).open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(sheet)
    findings = check_sources(sources(folder), FORM)
    return sheet, findings, accepted(folder, findings)


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_named_by_rule_row_and_column_and_holds_whom_it_touches(damaged: Any, kind: str) -> None:
    sheet, findings, _ = damaged
    _, (rule, row, column), scope = DAMAGE[kind]
    told = Counter((p.rule, p.row, p.column) for p in findings.problems if p.file == FILE)
    assert told[rule, row, column] == 1, [p for p in told if p[1] == row]
    assert (FILE, row) in {(r.file, r.row) for r in findings.rejected}
    student = sheet[row][2] or sheet[row][1]
    holds = {(h.class_id, h.reason) for h in findings.holds if h.student == student}
    assert scope is None or ({"course": "ALG-1", "report": None}[scope], rule) in holds


def test_nobody_else_is_held_and_the_good_marks_of_a_bad_row_stay(damaged: Any) -> None:
    sheet, findings, con = damaged
    bad = {r.row for r in findings.rejected}
    assert set(findings.held_students) <= {sheet[row][2] or sheet[row][1] for row in bad}
    query = "SELECT line_item_sourced_id FROM accepted_results WHERE student_sourced_id = '{}' ORDER BY row_number"
    assert [f"({row[0]})" for row in rows(con, query.format(sheet[4][2]))] == [i[i.rindex("(") :] for i in ITEM[1:]]
    assert findings.files[0].quarantined == len(bad)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda s: s.pop(2), ("no-points-row", None)),
        (lambda s: s[0].__setitem__(6, "Sektion"), ("missing-column", "Section")),
        (lambda s: s[0].__setitem__(2, "ID"), ("duplicate-column", "ID")),
        (lambda s: s[0].__setitem__(3, "SIS Login Id"), None),
        (lambda s: s.__setitem__(slice(3, None), []), None),
    ],
)
def test_a_file_that_cannot_be_read_is_rejected(change: Any, expected: Any, tmp_path: Path) -> None:
    sheet = algebra().rows()
    change(sheet)
    with (tmp_path / FILE).open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(sheet)
    findings = check_sources(sources(tmp_path), FORM)
    fatal = {(p.rule, p.column) for p in findings.problems if p.severity == "fatal"}
    assert fatal == ({expected} if expected else set())


def test_bad_points_hold_the_whole_course_and_marks_without_points_are_told(tmp_path: Path) -> None:
    sheet = small().rows()
    sheet[1][8], sheet[1][11] = "ten", ""
    with (tmp_path / "Grades.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(sheet)
    findings = check_sources(sources(tmp_path), FORM)
    told = {(p.rule, p.severity, p.row, p.column) for p in findings.problems if p.file == "Grades.csv"}
    assert ("type-decimal", "error", 1, "Quiz (1)") in told
    assert ("not-counted", "warning", None, "Essay (4)") in told
    assert {(h.student, h.class_id) for h in findings.holds} == {("s-ann", "Grades"), ("12", "Grades")}
