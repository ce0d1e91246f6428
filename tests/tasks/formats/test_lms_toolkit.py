"""The Ed-Fi LMS Toolkit's folders: the public sample counted independently, and each kind of damage to it found."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept

from tests.school import GRAND_BEND
from tests.tasks.formats.lms_book import FORM, WHEN, Folders, check_sources

ALGEBRA, ENGLISH = "123456780", "123456789"
SUBMISSIONS = f"section={ALGEBRA}/assignment={{}}/submissions/{WHEN}"
FIRST = SUBMISSIONS.format("2942251001")
ASSIGNMENTS, SEATS = f"section={ALGEBRA}/assignments/{WHEN}", f"section={ALGEBRA}/section-associations/{WHEN}"
USERS, SECTIONS = f"users/{WHEN}", f"sections/{WHEN}"
Row = tuple[Any, ...]


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    return con.execute(query).fetchall()


def accepted(folders: Folders, folder: Path, findings: Findings | None = None) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    accept(con, folders.write(folder), findings.rejected if findings else (), FORM)
    return con


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folders, Findings, duckdb.DuckDBPyConnection]:
    folder, folders = tmp_path_factory.mktemp("lms"), Folders.sample()
    return folders, check_sources(folders.write(folder), FORM), accepted(folders, folder)


def test_the_sample_is_accepted_whole_and_every_file_counted(sample: Any) -> None:
    folders, findings, _ = sample
    assert (findings.outcome, findings.holds) == ("accepted", ())
    assert {f.name: (f.rows, f.quarantined) for f in findings.files} == {
        name: (len(rows) - 1, 0) for name, rows in folders.files.items()
    }
    assert [(p.rule, p.file) for p in findings.problems] == [("missing-file", "supplement/contacts.csv")]


def test_what_is_derived_from_the_sample_is_what_an_independent_count_gives(sample: Any) -> None:
    folders, _, con = sample
    kinds = {
        "users": "users",
        "classes": "sections",
        "enrollments": "section-associations",
        "line_items": "assignments",
        "results": "submissions",
    }
    for dataset, kind in kinds.items():
        assert rows(con, f"SELECT count(*) FROM accepted_{dataset}") == [(len(folders.records(kind)),)], dataset
    submissions = folders.records("submissions")
    assert rows(con, "SELECT sum(score), count(*) FILTER (late), count(*) FILTER (missing) FROM accepted_results") == [
        (
            sum(Decimal(r["EarnedPoints"]) for r in submissions),
            sum(r["SubmissionStatus"] == "Late" for r in submissions),
            sum(r["SubmissionStatus"] == "Missing" for r in submissions),
        )
    ]
    terms = {term for r in folders.records("sections") for term in r["Term"].split(",")}
    assert {r[0] for r in rows(con, "SELECT sourced_id FROM accepted_academic_sessions")} == terms
    assert rows(con, "SELECT sourced_id, type FROM accepted_orgs") == [("255901001", "school")]


def test_its_marks_are_those_of_the_same_gradebook_as_a_oneroster_bundle(sample: Any) -> None:
    """Student, line item, class, points, state, late, missing, day of the mark and of the deadline, one by one."""
    _, _, con = sample

    def read(name: str) -> list[dict[str, str]]:
        with (GRAND_BEND / name).open(newline="", encoding="utf-8") as source:
            return list(csv.DictReader(source))

    items = {r["sourcedId"]: r for r in read("lineItems.csv")}
    expected = {
        (
            r["sourcedId"],
            r["studentSourcedId"],
            r["lineItemSourcedId"],
            items[r["lineItemSourcedId"]]["classSourcedId"],
            Decimal(r["score"]),
            r["scoreStatus"],
            r["comment"] == "Late",
            r["comment"] == "Missing",
            r["scoreDate"],
            items[r["lineItemSourcedId"]]["dueDate"],
            items[r["lineItemSourcedId"]]["title"],
        )
        for r in read("results.csv")
    }
    assert len(expected) == 901
    assert (
        set(
            rows(
                con,
                """
        SELECT r.sourced_id, student_sourced_id, line_item_sourced_id, i.class_sourced_id, score, score_status, late,
          missing,
          score_date::VARCHAR, due_date::VARCHAR, title
        FROM accepted_results r JOIN accepted_line_items i ON i.sourced_id = r.line_item_sourced_id
    """,
            )
        )
        == expected
    )
    seats = {(r["classSourcedId"], r["userSourcedId"], r["sourcedId"]) for r in read("enrollments.csv")}
    found = set(rows(con, "SELECT class_sourced_id, user_sourced_id, sourced_id FROM accepted_enrollments"))
    assert {seat for seat in found if seat[0] in {ALGEBRA, ENGLISH}} == seats


def test_the_instants_of_deadline_and_submission_are_kept(sample: Any) -> None:
    _, _, con = sample
    assert rows(con, "SELECT submitted_at::VARCHAR FROM accepted_results WHERE sourced_id = '236789896'") == [
        ("2021-09-02 00:00:00",)
    ]
    assert rows(con, "SELECT due_at::VARCHAR FROM accepted_line_items WHERE sourced_id = '2942252026'") == [
        ("2021-09-01 23:59:59",)  # a bare day ends with it
    ]


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, duckdb.DuckDBPyConnection]:
    """One section with everything that a system may say of work, seats, grades and days, none of it wrong."""
    book = Folders()
    for person, role, sis in (
        ("1", "student", "s1"),
        ("2", "Student", ""),
        ("3", "student", "s3"),
        ("9", "Teacher", "t9"),
    ):
        book.add(
            "users",
            SourceSystemIdentifier=person,
            UserRole=role,
            SISUserIdentifier=sis,
            Name=f"Ana María Núñez {person}",
        )
        book.add(
            "section=7/section-associations",
            SourceSystemIdentifier=f"e{person}",
            EnrollmentStatus="Active",
            LMSUserSourceSystemIdentifier=person,
            LMSSectionSourceSystemIdentifier="7",
        )
    book.put(f"section=7/section-associations/{WHEN}", 3, "EnrollmentStatus", "Archived")
    book.put(f"section=7/section-associations/{WHEN}", 3, "LastModifiedDate", "2021-09-20 10:00:00")
    book.add("sections", SourceSystemIdentifier="7", Title="BIO", Term="Autumn")
    book.add("sections", SourceSystemIdentifier="8", Title="ART", Term="Winter")  # no work yet, so nothing dates it
    for item, points in (("a", "10"), ("b", "0"), ("read", "")):
        book.add(
            "section=7/assignments",
            SourceSystemIdentifier=item,
            Title=item,
            MaxPoints=points,
            AssignmentCategory="Quiz",
            StartDateTime="2021-09-01 08:00:00",
            DueDateTime="2021-09-08 23:59:00",
            LMSSectionSourceSystemIdentifier="7",
        )
    states = [
        ("Graded", "5", ""),
        ("late", "", ""),
        ("MISSING", "", ""),
        ("Excused", "", ""),
        ("TURNED_IN", "4", ""),
        ("TURNED_IN", "", ""),
        ("on-time", "3", ""),
        ("draft", "", ""),
        ("graded", "", "7.5"),
        ("NEW", "", ""),
    ]
    for number, (state, points, grade) in enumerate(states):
        book.add(
            f"section=7/assignment=a{number}/submissions",
            SourceSystemIdentifier=f"r{number}",
            SubmissionStatus=state,
            EarnedPoints=points,
            Grade=grade,
            AssignmentSourceSystemIdentifier=f"a{number}",
            LMSUserSourceSystemIdentifier="1",
        )
        book.add(
            "section=7/assignments",
            SourceSystemIdentifier=f"a{number}",
            Title="w",
            MaxPoints="10",
            DueDateTime="2021-09-10 23:59:00",
            LMSSectionSourceSystemIdentifier="7",
        )
    book.add(
        "section=7/assignment=read/submissions",
        SourceSystemIdentifier="r-read",
        SubmissionStatus="Submitted",
        AssignmentSourceSystemIdentifier="read",
        LMSUserSourceSystemIdentifier="1",
    )
    for number, (grade, kind) in enumerate((("91.5", "Final"), ("B+", "Final"), ("12", "Current")), start=1):
        book.add(
            "section=7/grades",
            SourceSystemIdentifier=f"g{number}",
            Grade=grade,
            GradeType=kind,
            LMSUserLMSSectionAssociationSourceSystemIdentifier=f"e{number}",
        )
    for number, status in enumerate(("present", "absent", "late", "excused"), start=1):
        book.add(
            "section=7/attendance-events",
            EventDate=f"2021-09-0{number}",
            AttendanceStatus=status,
            LMSUserSourceSystemIdentifier="1",
        )
    book.add("users", "2021-06-30-00-00-00.csv", SourceSystemIdentifier="5", UserRole="student", Name="Long Gone")
    book.add("section=7/grades", "2021-06-30-00-00-00.csv", Grade="1", GradeType="Final")
    book.files["system-activities/date=2021-09-01/2021-09-01-00-00-00.csv"] = [["SourceSystemIdentifier"], ["1"]]
    folder = tmp_path_factory.mktemp("varied")
    return check_sources(book.write(folder), FORM), accepted(book, folder)


def test_every_state_of_work_is_read_as_the_report_means_it(varied: Any) -> None:
    findings, con = varied
    assert findings.outcome == "accepted", findings.counts
    query = "SELECT sourced_id, score_status, score::DOUBLE, late, missing FROM accepted_results ORDER BY row_number"
    assert rows(con, query) == [
        ("r0", "fully graded", 5, False, False),
        ("r1", "submitted", None, True, False),
        ("r2", "not submitted", None, False, True),
        ("r3", "exempt", None, False, False),
        ("r4", "partially graded", 4, False, False),
        ("r5", "submitted", None, False, False),
        ("r6", "fully graded", 3, False, False),
        ("r7", "submitted", None, False, False),
        ("r8", "fully graded", 7.5, False, False),
        ("r9", "submitted", None, False, False),
    ]
    # work worth nothing known, on which nobody has points, earns no mark; work worth 0 does
    items = {row[0] for row in rows(con, "SELECT sourced_id FROM accepted_line_items")}
    assert {"a", "b"} < items
    assert "read" not in items


def test_people_seats_and_terms_without_a_school_or_dates(varied: Any) -> None:
    _, con = varied
    assert rows(con, "SELECT sourced_id, role, given_name, family_name FROM accepted_users ORDER BY row_number") == [
        ("s1", "student", "Ana María Núñez", "1"),
        ("2", "student", "Ana María Núñez", "2"),
        ("s3", "student", "Ana María Núñez", "3"),
        ("t9", "teacher", "Ana María Núñez", "9"),
    ]
    assert rows(
        con, "SELECT user_sourced_id, role, end_date::VARCHAR FROM accepted_enrollments ORDER BY row_number"
    ) == [
        ("s1", "student", None),
        ("2", "student", None),
        ("s3", "student", "2021-09-20"),
        ("t9", "teacher", None),
    ]
    assert rows(con, "SELECT sourced_id FROM accepted_orgs") == [("school",)]
    assert rows(
        con, "SELECT sourced_id, start_date::VARCHAR, end_date::VARCHAR, school_year FROM accepted_academic_sessions"
    ) == [("Autumn", "2021-09-01", "2021-09-11", 2021)]


def test_final_grades_and_days_of_attendance_are_taken(varied: Any) -> None:
    _, con = varied
    assert rows(
        con,
        "SELECT student_sourced_id, class_sourced_id, academic_session_sourced_id, grade, percent::VARCHAR"
        " FROM accepted_supplement_grades ORDER BY row_number",
    ) == [
        ("s1", "7", "Autumn", None, "91.500000"),
        ("2", "7", "Autumn", "B+", None),
    ]
    assert rows(
        con, "SELECT date::VARCHAR, event, school_sourced_id FROM accepted_supplement_attendance ORDER BY 1"
    ) == [
        ("2021-09-01", "In Attendance", "school"),
        ("2021-09-02", "Unexcused Absence", "school"),
        ("2021-09-03", "Tardy", "school"),
        ("2021-09-04", "Excused Absence", "school"),
    ]


def test_the_newest_snapshot_counts_and_older_ones_are_told_once(varied: Any) -> None:
    findings, _ = varied
    found = [(p.file, p.message.rpartition(" (")[2]) for p in findings.problems if p.rule == "superseded-file"]
    assert sorted(found) == [("section=*/grades/*.csv", "1 file)"), ("users/*.csv", "1 file)")]
    assert not any(p.rule == "unknown-file" for p in findings.problems)


def cell(file: str, row: int, column: str, value: str) -> Any:
    return lambda book: book.put(file, row, column, value)


def repeat(file: str, row: int) -> Any:
    """The same mark again, by another id."""
    return lambda book: book.files[file].append(["again", *book.files[file][row][1:]])


# damage → rule, file, row, column, and whom it holds: a class, "report" or nobody
DAMAGE: dict[str, tuple[Any, tuple[str, str, int | None, str | None], str | None]] = {
    "a mark that is no number": (
        cell(FIRST, 1, "EarnedPoints", "ten"),
        ("type-decimal", FIRST, 1, "EarnedPoints"),
        ALGEBRA,
    ),
    "a mark with a comma": (
        cell(FIRST, 2, "EarnedPoints", "70,5"),
        ("type-decimal", FIRST, 2, "EarnedPoints"),
        ALGEBRA,
    ),
    "a negative mark": (cell(FIRST, 3, "EarnedPoints", "-1"), ("range", FIRST, 3, "EarnedPoints"), ALGEBRA),
    "a mark far above the points": (
        cell(FIRST, 5, "EarnedPoints", "201"),
        ("above-max", FIRST, 5, "EarnedPoints"),
        ALGEBRA,
    ),
    "graded without points": (
        lambda b: (b.put(FIRST, 6, "EarnedPoints", ""), b.put(FIRST, 6, "Grade", "B")),
        ("status-score", FIRST, 6, "EarnedPoints"),
        ALGEBRA,
    ),
    "a closing time that is none": (
        cell(ASSIGNMENTS, 13, "EndDateTime", "soon"),
        ("type-datetime", ASSIGNMENTS, 13, "EndDateTime"),
        None,
    ),
    "a state nobody knows": (
        cell(FIRST, 7, "SubmissionStatus", "Lost"),
        ("enum", FIRST, 7, "SubmissionStatus"),
        ALGEBRA,
    ),
    "a blank state": (cell(FIRST, 8, "SubmissionStatus", ""), ("required", FIRST, 8, "SubmissionStatus"), ALGEBRA),
    "a day that is not": (
        cell(FIRST, 9, "SubmissionDateTime", "2021-02-30 00:00:00"),
        ("type-date", FIRST, 9, "SubmissionDateTime"),
        ALGEBRA,
    ),
    "an American date": (
        cell(FIRST, 10, "SubmissionDateTime", "9/1/2021"),
        ("type-datetime", FIRST, 10, "SubmissionDateTime"),
        ALGEBRA,
    ),
    "a mark for nobody we know": (
        cell(FIRST, 11, "LMSUserSourceSystemIdentifier", "1"),
        ("reference", FIRST, 11, "LMSUserSourceSystemIdentifier"),
        ALGEBRA,
    ),
    "the same mark twice": (
        repeat(FIRST, 12),
        ("duplicate-result", FIRST, 12, "AssignmentSourceSystemIdentifier"),
        ALGEBRA,
    ),
    "a torn row": (
        lambda b: b.files[FIRST].__setitem__(13, b.files[FIRST][13][:4]),
        ("ragged-row", FIRST, 13, None),
        None,
    ),
    "a mark of work that is not there": (
        cell(SUBMISSIONS.format("2942251002"), 14, "AssignmentSourceSystemIdentifier", "77"),
        ("reference", SUBMISSIONS.format("2942251002"), 14, "AssignmentSourceSystemIdentifier"),
        "report",
    ),
    "a student without a name": (cell(USERS, 20, "Name", " "), ("required", USERS, 20, "Name"), "report"),
    "a role nobody knows": (cell(USERS, 21, "UserRole", "pupil"), ("enum", USERS, 21, "UserRole"), "report"),
    "a seat in a section that is not there": (
        cell(SEATS, 22, "LMSSectionSourceSystemIdentifier", "7"),
        ("reference", SEATS, 22, "LMSSectionSourceSystemIdentifier"),
        "report",
    ),
    "an end of a seat nobody knows": (
        cell(SEATS, 23, "EnrollmentStatus", "gone"),
        ("enum", SEATS, 23, "EnrollmentStatus"),
        ALGEBRA,
    ),
    "a mark of someone never seated": (
        lambda b: b.files[f"section={ENGLISH}/section-associations/{WHEN}"].pop(1),
        (
            "not-enrolled",
            f"section={ENGLISH}/assignment=2942252026/submissions/{WHEN}",
            1,
            "LMSUserSourceSystemIdentifier",
        ),
        None,
    ),
}


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folders, Findings, duckdb.DuckDBPyConnection]:
    """All of it in one extract, each on a row of its own."""
    book = Folders.sample()
    for plant, _, _ in DAMAGE.values():
        plant(book)
    folder = tmp_path_factory.mktemp("damaged")
    findings = check_sources(book.write(folder), FORM)
    return book, findings, accepted(book, folder, findings)


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_named_by_rule_file_row_and_column(damaged: Any, kind: str) -> None:
    _, findings, _ = damaged
    _, expected, _ = DAMAGE[kind]
    told = Counter((p.rule, p.file, p.row, p.column) for p in findings.problems)
    assert told[expected] == 1, [p for p in told if p[1] == expected[1] and p[2] == expected[2]]
    assert any((r.file, r.row) == expected[1:3] for r in findings.rejected)


@pytest.mark.parametrize("kind", [kind for kind, (_, _, held) in DAMAGE.items() if held])
def test_damage_holds_the_student_it_touches(damaged: Any, kind: str) -> None:
    book, findings, _ = damaged
    _, (rule, file, row, _), scope = DAMAGE[kind]
    ids = {r["SourceSystemIdentifier"]: r["SISUserIdentifier"] for r in book.records("users")}
    column = "SourceSystemIdentifier" if file == USERS else "LMSUserSourceSystemIdentifier"
    student = ids.get(book.get(file, row or 0, column))
    held = {(h.student, h.class_id) for h in findings.holds if h.reason == rule}
    if student is None:  # a mark for nobody we know may be anybody's who has none for that work
        assert held
    else:
        assert (student, None if scope == "report" else scope) in held


def test_nothing_of_a_rejected_row_is_accepted_and_all_of_the_others_is(damaged: Any) -> None:
    book, findings, con = damaged
    out = {(r.file, r.row) for r in findings.rejected if "/submissions/" in r.file}
    total = len(book.records("submissions"))
    assert rows(con, "SELECT count(*) FROM accepted_results") == [(total - len(out),)]
    assert rows(con, "SELECT count(*) FROM accepted_lms_submissions") == [(total - len(out),)]


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (lambda b: b.files.pop(USERS), ("missing-file", "users/*.csv", None)),
        (lambda b: b.files.pop(SECTIONS), ("missing-file", "sections/*.csv", None)),
        (lambda b: b.files.__setitem__(USERS, b.files[USERS][:1]), ("no-rows", "users/*.csv", None)),
        (lambda b: b.put(FIRST, 0, "EarnedPoints", "EarndPoints"), ("missing-column", FIRST, "EarnedPoints")),
        (lambda b: b.put(ASSIGNMENTS, 0, "Title", "MaxPoints"), ("duplicate-column", ASSIGNMENTS, "MaxPoints")),
    ],
)
def test_an_extract_that_cannot_be_read_is_rejected(plant: Any, expected: Row, tmp_path: Path) -> None:
    book = Folders.sample()
    plant(book)
    findings = check_sources(book.write(tmp_path), FORM)
    assert findings.outcome == "rejected"
    assert expected in {(p.rule, p.file, p.column) for p in findings.problems if p.severity == "fatal"}
