"""Canvas gradebooks beside a roster of OneRoster: whose a row is, its class, and what neither knows of the other."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.registry import detect

from tests.oneroster_1_2 import to_1_2
from tests.tasks.formats.canvas_book import Course, Item, Student
from tests.tasks.formats.lms_book import check_sources
from tests.tasks.gradebook import Gradebook, Rooms, new_home, policy

BIOLOGY = "2021-11-24T1200_Grades-BIO-9.csv"
SECTIONS = {"bio1": "BIO-9-1", "bio2": "BIO-9-2"}


def roster() -> Gradebook:
    """Two sections of biology, in a class that lasts all year, and algebra. Dee and the row of her name share no id."""
    book = Gradebook()
    book.school()
    book.add("courses.csv", sourcedId="bio", title="Biology", courseCode="BIO-9", orgSourcedId="255901001")
    for class_id, code in SECTIONS.items():
        book.add(
            "classes.csv", sourcedId=class_id, title="Biology", classCode=code, classType="scheduled",
            courseSourcedId="bio", schoolSourcedId="255901001", termSourcedIds="2021-fall,2022-spring",
        )  # fmt: skip
    book.course("alg", classCode="ALG-1")
    for number, (name, classes) in enumerate({
        "ann": "bio1", "bo": "bio2", "cy": "bio2 alg", "dee": "bio1", "two": "bio1 bio2", "out": "", "eve": "bio2",
    }.items()):  # fmt: skip
        email = {"cy": "Cy.R@school.example"}.get(name, f"{name}@school.example")
        book.student(
            f"s-{name}", identifier=f"100{number}", username=name, email=email, givenName=name.title(),
            familyName="Ash", grades="09",
        )  # fmt: skip
        for class_id in classes.split():
            book.enroll(f"s-{name}", class_id)
    return book


def biology(*students: Student, file: str = BIOLOGY) -> Course:
    return Course(file, [Item("71", "Quiz", "10"), Item("72", "Essay", "40")], list(students))


def row(name: str, sis: str, section: str = "", login: str = "", **marks: str) -> Student:
    given = {"71": "8", "72": "30"} | {item.lstrip("i"): mark for item, mark in marks.items()}
    return Student(f"c-{name}", f"Ash, {name}", sis, login, (section,), given)


def everyone() -> list[Student]:
    return [
        row("Ann", "s-ann", "BIO-9-1"),
        row("Bo", "1001", "biology"),  # his number at the school; the title of both sections
        row("Cy", "", "BIO-9-1 and BIO-9-2", "cy.r@SCHOOL.example", i72=""),
        row("Eve", "no such number", "Period 3", "eve", i71="0"),
    ]


def written(folder: Path, book: Gradebook, *courses: Course, version: str = "1.1") -> Path:
    """The files that are for marks are there, with a header alone: many a system always writes them."""
    book.files |= {"lineItems.csv": book.files.get("lineItems.csv", []), "results.csv": []}
    book.write(folder)
    if version == "1.2":
        to_1_2(folder)
    for course in courses:
        course.write(folder)
    return folder


def sources(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): str(p) for p in sorted(folder.rglob("*.csv"))}


def checked(folder: Path) -> Findings:
    return check_sources(sources(folder), detect(open_source(str(folder))).form)


def told(findings: Findings) -> set[tuple[str, str, int | None, str | None]]:
    return {(p.rule, p.file, p.row, p.column) for p in findings.problems if p.rule != "missing-file"}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_row_finds_its_person_by_id_login_or_address_and_its_class_by_section_or_course(
    version: str, tmp_path: Path
) -> None:
    folder = written(tmp_path, roster(), biology(*everyone()), version=version)
    form = detect(open_source(str(folder))).form
    assert form == f"canvas-gradebook-with-roster/{version}"
    findings = checked(folder)
    assert (findings.outcome, findings.holds) == ("accepted", ())
    assert {name for name, file, _, _ in told(findings) if file == BIOLOGY} == {"not-in-gradebook"}  # Dee and Two
    with duckdb.connect() as con:
        accept(con, sources(folder), (), form)
        assert con.execute(
            "SELECT student_sourced_id, line_item_sourced_id, score::INT FROM accepted_results ORDER BY ALL"
        ).fetchall() == [
            ("s-ann", "bio1-71", 8), ("s-ann", "bio1-72", 30), ("s-bo", "bio2-71", 8), ("s-bo", "bio2-72", 30),
            ("s-cy", "bio2-71", 8), ("s-eve", "bio2-71", 0), ("s-eve", "bio2-72", 30),
        ]  # fmt: skip
        # each section has its own work, and a class without a gradebook none
        assert con.execute(
            "SELECT class_sourced_id, count(*) FROM accepted_line_items GROUP BY ALL ORDER BY ALL"
        ).fetchall() == [("bio1", 2), ("bio2", 2)]
        assert con.execute("SELECT count(*) FROM accepted_users").fetchall() == [(7,)]  # of the roster alone


def test_what_the_two_do_not_know_of_each_other_is_named_and_holds_whom_it_could_be_about(tmp_path: Path) -> None:
    odd = [
        row("Dee", "9999", "BIO-9-1"),  # called as Dee of the roster, and by nothing else hers
        row("Two", "s-two", "BIO-9-1 and BIO-9-2"),  # in both of them
        row("Out", "s-out"),  # in none of them
        row("Ann or Bo", "s-ann", "BIO-9-1", "bo"),
        row("Nobody", "", "BIO-9-2", i71="", i72=""),
    ]
    algebra = Course("ALG-1.csv", [Item("81", "Quiz", "10")], [row("Out", "s-out", i81="7")])
    findings = checked(written(tmp_path, roster(), biology(*everyone(), *odd), algebra))
    first = 2 + len(everyone())
    assert told(findings) == {
        ("not-on-roster", BIOLOGY, first, None), ("class-unclear", BIOLOGY, first + 1, None),
        ("class-unclear", BIOLOGY, first + 2, None), ("several-people", BIOLOGY, first + 3, None),
        ("not-on-roster", BIOLOGY, first + 4, None), ("not-enrolled", "ALG-1.csv", 2, "Quiz (81)"),
        ("not-in-gradebook", BIOLOGY, None, None), ("not-in-gradebook", "ALG-1.csv", None, None),
    }  # fmt: skip
    by_student: dict[str, set[tuple[str | None, str]]] = {}
    for hold in findings.holds:
        by_student.setdefault(hold.student, set()).add((hold.class_id, hold.reason))
    assert by_student == {
        "s-dee": {("bio1", "not-on-roster")},  # she is in the class and has no row, so that row may be hers
        "s-two": {(None, "class-unclear"), ("bio1", "not-on-roster"), ("bio2", "not-on-roster")},
        "s-ann": {("bio1", "several-people")},
        "s-out": {(None, "class-unclear"), ("alg", "not-enrolled")},
    }  # fmt: skip
    places = {(one.student, one.class_id, one.reason): (one.file, one.row, one.rows) for one in findings.hold_places}
    assert places.keys() == {(one.student, one.class_id, one.reason) for one in findings.holds}
    assert places["s-ann", "bio1", "several-people"] == (BIOLOGY, first + 3, 1)
    assert places["s-dee", "bio1", "not-on-roster"] == (BIOLOGY, first, 1)
    assert places["s-two", "bio2", "not-on-roster"] == (BIOLOGY, first + 4, 1)
    counts = {file.name: (file.rows, file.quarantined) for file in findings.files}
    assert counts[BIOLOGY] == (1 + len(everyone()) + len(odd) + 1, len(odd))


def test_a_course_that_the_roster_does_not_know_and_a_class_without_a_gradebook_are_named(tmp_path: Path) -> None:
    stray = biology(row("Ann", "s-ann", "Period 3"), file="CHEM.csv")
    findings = checked(written(tmp_path, roster(), biology(*everyone()), stray))
    assert findings.outcome == "rejected"
    assert ("class-not-on-roster", "CHEM.csv", None, None) in told(findings)
    (without,) = (p.message for p in findings.problems if p.rule == "no-gradebook")
    assert without.endswith("(1: alg)")


def refused(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        open_source(str(folder))
    return caught.value


def test_what_lies_beside_gradebooks_must_be_a_whole_roster_without_marks(tmp_path: Path) -> None:
    book = roster()
    book.item("quiz", "bio1", "10")
    folder = written(tmp_path / "twice", book, biology(*everyone()))
    error = refused(folder)
    assert (error.code, error.where.endswith("lineItems.csv")) == ("marks-twice", True)

    folder = written(tmp_path / "x", roster(), biology(*everyone()))
    (folder / "manifest.csv").write_text("propertyName,value\nfile.users,delta\n")
    assert refused(folder).code == "delta-roster"
    (folder / "manifest.csv").unlink()
    (folder / "enrollments.csv").rename(folder / "kept")
    assert (refused(folder).code, "enrollments.csv" in refused(folder).what) == ("missing-file", True)
    (folder / "kept").rename(folder / "enrollments.csv")
    biology(*everyone(), file="categories.csv").write(folder)
    assert refused(folder).code == "named-as-roster"


def test_the_marks_of_a_class_that_lasts_all_year_are_those_of_the_cycle_they_were_handed_in_for(
    tmp_path: Path,
) -> None:
    rooms = Rooms(new_home(tmp_path / "home"))
    course = biology(*everyone())
    course.totals = False  # which would be the grade of record
    folder = written(tmp_path / "x", roster(), course)
    summaries = rooms.summarise(rooms.take_in(folder), policy(aggregate="points"))
    found = {s: rooms.course(summaries, f"s-{s}", class_id) for s, class_id in (("ann", "bio1"), ("dee", "bio1"))}
    assert {s: row and row["final_percent"] for s, row in found.items()} == {"ann": Decimal(76), "dee": None}


MOODLE = "First name,Last name,ID number,Email address,Quiz: Q (Real),Quiz: Q (Percentage)\n"
BLACKBOARD = "Last Name,First Name,Username,Student ID,Child Course ID,Quiz [Total Pts: 10 Score] |71\n"
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Quiz Points Grade <Numeric MaxPoints:10>,End-of-Line Indicator\n"
)


@pytest.mark.parametrize(
    ("system", "text", "item"),
    [
        ("moodle", MOODLE + "A,A,1000,x@y.example,8.00,80.00 %\nE,E,,EVE@school.example,4.00,40.00 %\n", "quiz-q"),
        ("blackboard", BLACKBOARD + "A,A,ann,,BIO-9-1,8\nE,E,x,s-eve,BIO-9-2,4\n", "71"),
        ("brightspace", BRIGHTSPACE + "#1000,#x,A,A,8,#\n,#eve,E,E,4,#\n", "quiz"),
    ],
)
def test_gradebooks_of_every_system_may_lie_beside_a_roster(system: str, text: str, item: str, tmp_path: Path) -> None:
    folder = written(tmp_path, roster())
    (folder / "BIO-9.csv").write_text(text, encoding="utf-8")
    form = detect(open_source(str(folder))).form
    assert form == f"{system}-gradebook-with-roster/1.1"
    assert checked(folder).outcome == "accepted"
    with duckdb.connect() as con:
        accept(con, sources(folder), (), form)
        results = "SELECT student_sourced_id, line_item_sourced_id, score::INT FROM accepted_results ORDER BY ALL"
        assert con.execute(results).fetchall() == [("s-ann", f"bio1-{item}", 8), ("s-eve", f"bio2-{item}", 4)]
