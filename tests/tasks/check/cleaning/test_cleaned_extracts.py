"""Extracts as real systems write them, read as they are meant: what is said, who is held, what is loaded."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept

from tests.some_now import some_now
from tests.tasks.check.conftest import Bundle

CASES = Path(__file__).parents[3] / "data" / "cases" / "extracts"
CONTACTS, STUDENTS = "supplement/contacts.csv", "supplement/students.csv"
Said = tuple[str, str, int | None, str | None]


@pytest.fixture
def case(tmp_path: Path) -> Callable[[str], Bundle]:
    def copied(number: str) -> Bundle:
        (folder,) = CASES.glob(f"{number}-*")
        shutil.copytree(folder / "input", tmp_path / number)
        return Bundle(tmp_path / number)

    return copied


@pytest.fixture
def plain(case: Callable[[str], Bundle]) -> Bundle:
    """Nothing is wrong with it."""
    bundle = case("16")
    bundle.put("classes.csv", 1, "title", "Biology")
    return bundle


def said(findings: Findings) -> set[Said]:
    return {(p.rule, p.file, p.row, p.column) for p in findings.problems}


def held(findings: Findings) -> set[tuple[str, str | None, str]]:
    return {(hold.student, hold.class_id, hold.reason) for hold in findings.holds}


def loaded(bundle: Bundle, query: str, findings: Findings | None = None) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        accept(con, bundle.sources(), findings.rejected if findings else ())
        return con.execute(query).fetchall()


def test_nothing_is_said_of_a_plain_extract(plain: Bundle) -> None:
    assert said(plain.check()) == set()


def test_case_10_end_dates_of_1900_are_blanks(case: Callable[[str], Bundle]) -> None:
    bundle = case("10")
    findings = bundle.check()
    assert (findings.outcome, said(findings)) == ("accepted", {("no-date", "enrollments.csv", 1, "endDate")})
    assert "(4 rows, the first: 1, 2, 3)" in findings.problems[0].message
    assert loaded(bundle, "SELECT count(*), count(end_date) FROM accepted_enrollments") == [(4, 0)]


def test_case_11_entities_and_tags_are_taken_off(case: Callable[[str], Bundle]) -> None:
    bundle = case("11")
    findings = bundle.check()
    assert findings.outcome == "accepted"
    assert {p.rule for p in findings.problems} == {"text-cleaned"}
    names = [name for (name,) in loaded(bundle, "SELECT family_name FROM accepted_users WHERE role = 'student'")]
    assert names == ["O'Shea", "D/O Birkett", "Castell"]
    assert loaded(bundle, "SELECT title FROM accepted_classes") == [("Reading & Writing",)]
    assert ("Essay 1",) in loaded(bundle, "SELECT title FROM accepted_line_items")


def test_case_12_damaged_names_hold_and_nobody_is_called_null(case: Callable[[str], Bundle]) -> None:
    bundle = case("12")
    findings = bundle.check()
    assert held(findings) == {("s-1", None, "garbled-name"), ("s-2", None, "garbled-name")}
    assert said(findings) == {
        ("null-word", "users.csv", 1, "middleName"), ("garbled-name", "users.csv", 2, "givenName"),
        ("garbled-name", "users.csv", 2, "familyName"), ("garbled-name", "users.csv", 4, "givenName"),
    }  # fmt: skip
    assert (findings.rejected, findings.quarantined) == ((), 0)
    assert loaded(bundle, "SELECT count(middle_name) FROM accepted_users") == [(0,)]
    assert not any("Ã" in p.message or "NULL" in p.message for p in findings.problems)


def test_case_15_a_teacher_listed_twice_counts_once(case: Callable[[str], Bundle]) -> None:
    bundle = case("15")
    findings = bundle.check()
    assert (findings.outcome, said(findings)) == ("accepted", {("repeated-row", "users.csv", 8, None)})
    assert loaded(bundle, "SELECT count(*) FROM accepted_users WHERE sourced_id = 't-1'") == [(1,)]


def test_case_16_a_blank_class_title_is_that_of_the_course(case: Callable[[str], Bundle]) -> None:
    bundle = case("16")
    findings = bundle.check()
    assert (findings.outcome, said(findings)) == ("accepted", {("blank-title", "classes.csv", 1, "title")})
    assert loaded(bundle, "SELECT title FROM accepted_classes") == [("Biology",)]


# rows


def test_a_file_that_was_appended_to_itself_is_read_once(plain: Bundle) -> None:
    """Each of them, as if all had been."""
    many = ("orgs.csv", "academicSessions.csv", "courses.csv", "classes.csv", "enrollments.csv", "categories.csv",
            "lineItems.csv", "results.csv", "demographics.csv", CONTACTS)  # fmt: skip
    had = {}
    for file in many:
        header, *rows = plain.read(file)
        plain.write(file, [header, *rows, *rows])
        had[file] = len(rows)
    findings = plain.check()
    wanted = {("repeated-row", file, count + 1, None) for file, count in had.items()}
    assert (findings.outcome, said(findings)) == ("accepted", wanted)
    counted = {f.name: (f.rows, f.accepted, f.quarantined) for f in findings.files if f.name in had}
    assert counted == {file: (2 * count, 2 * count, 0) for file, count in had.items()}


def test_rows_that_differ_in_the_day_of_the_last_change_alone_are_the_same(plain: Bundle) -> None:
    plain.add("users.csv", **{**plain.records("users.csv")[0], "dateLastModified": "2021-09-01T00:00:00Z"})
    assert {rule for rule, *_ in said(plain.check())} == {"repeated-row", "bulk-status"}


def test_rows_of_one_key_that_differ_contradict_each_other(plain: Bundle) -> None:
    plain.add("users.csv", **{**plain.records("users.csv")[0], "familyName": "Other"})
    assert ("unique", "users.csv", 1, "sourcedId") in said(plain.check())


def test_a_repeated_row_is_quarantined_with_the_one_it_repeats(plain: Bundle) -> None:
    plain.put("results.csv", 1, "score", "NaN")
    plain.add("results.csv", **plain.records("results.csv")[0])
    findings = plain.check()  # law 1 is asserted there
    last = len(plain.records("results.csv"))
    assert {(r.file, r.row) for r in findings.rejected} == {("results.csv", 1), ("results.csv", last)}
    (count,) = (f for f in findings.files if f.name == "results.csv")
    assert count.quarantined == 2


# titles


@pytest.mark.parametrize(
    ("cells", "title"),
    [({"classCode": "BIO-1"}, "Biology"), ({"courseSourcedId": "crs-2", "classCode": "BIO-1"}, "BIO-1")],
)
def test_a_class_without_a_title_has_its_courses_else_its_code(
    plain: Bundle, cells: dict[str, str], title: str
) -> None:
    plain.add("courses.csv", sourcedId="crs-2", orgSourcedId="sch-1")
    for column, value in {"title": "NULL", **cells}.items():
        plain.put("classes.csv", 1, column, value)
    assert loaded(plain, "SELECT title FROM accepted_classes", plain.check()) == [(title,)]


def test_a_class_of_which_nothing_is_known_is_held_as_ever(plain: Bundle) -> None:
    plain.put("classes.csv", 1, "title", " ")
    plain.put("courses.csv", 1, "title", "")
    assert ("required", "classes.csv", 1, "title") in said(plain.check())


def test_work_without_a_title_has_its_description_else_its_category(plain: Bundle) -> None:
    plain.put("lineItems.csv", 1, "title", "")
    plain.put("lineItems.csv", 1, "description", "")
    category = plain.records("categories.csv")[0]["title"]
    assert loaded(plain, "SELECT title FROM accepted_line_items ORDER BY row_number LIMIT 1") == [(category,)]
    plain.put("lineItems.csv", 1, "description", "Cells &amp; walls")
    assert loaded(plain, "SELECT title FROM accepted_line_items ORDER BY row_number LIMIT 1") == [("Cells & walls",)]


# days, words and controls


def test_a_bar_is_never_lifted_by_a_day_that_is_none(plain: Bundle) -> None:
    for row, (begin, end) in enumerate(
        [("1900-01-01", "1900-01-01"), ("9999-12-31", "9999-12-31"), ("NULL", "N/A")], start=1
    ):
        for column, value in {
            "contactRestrictions": "no-contact",
            "restrictionFrom": begin,
            "restrictionUntil": end,
        }.items():
            if column not in plain.read(CONTACTS)[0]:
                plain.add_column(CONTACTS, column)
            plain.put(CONTACTS, row, column, value)
    findings = plain.check()
    columns = "contact_restrictions, restriction_from, restriction_until"
    rows = loaded(plain, f"SELECT {columns} FROM accepted_supplement_contacts", findings)
    assert rows == [("no-contact", None, None)] * 3


def test_an_agreement_ends_when_it_says(plain: Bundle) -> None:
    plain.add_column(CONTACTS, "agreementUntil", "1900-01-01")
    assert said(plain.check()) == set()


@pytest.mark.parametrize("word", some_now(["N/A", "NULL", "None", "none", "-", "nil"], 6))
def test_a_word_for_nothing_never_lifts_a_restriction(plain: Bundle, word: str) -> None:
    plain.put(CONTACTS, 1, "contactRestrictions", word)
    assert ("enum", CONTACTS, 1, "contactRestrictions") in said(plain.check())


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1", "0", ""], [True, False, None]),
        (["Y", "N", "yes"], [True, False, True]),
        (["NULL", "1", "0"], [None, True, False]),
    ],
)
def test_a_stop_on_records_is_read_where_it_is_unmistakable(
    plain: Bundle, cells: list[str], read: list[bool | None]
) -> None:
    plain.write(STUDENTS, [["studentSourcedId", "recordsHold"], *([f"s-{n}", c] for n, c in enumerate(cells, start=1))])
    assert [c for (c,) in loaded(plain, "SELECT records_hold FROM accepted_supplement_students")] == read


@pytest.mark.parametrize("other", some_now(["2", "X", "-1", "none", "N/A"], 3))
def test_where_one_cell_is_something_else_no_stop_is_read_by_number(plain: Bundle, other: str) -> None:
    plain.write(STUDENTS, [["studentSourcedId", "recordsHold"], ["s-1", "0"], ["s-2", other]])
    findings = plain.check()
    assert {s for s, _, reason in held(findings) if reason == "type-boolean"} == {"s-1", "s-2"}


def test_what_is_read_otherwise_is_told_once_a_column(plain: Bundle) -> None:
    for row in range(1, 5):
        plain.put("users.csv", row, "enabledUser", "1")
        plain.put("users.csv", row, "role", plain.records("users.csv")[row - 1]["role"].title())
    plain.put("academicSessions.csv", 1, "schoolYear", "2021-2022")
    plain.put("lineItems.csv", 1, "dueDate", "NULL")
    plain.put("demographics.csv", 1, "birthDate", "1900-01-01")
    findings = plain.check()
    assert {(p.rule, p.file, p.row, p.column) for p in findings.problems} >= {
        ("read-as-meant", "users.csv", 1, "enabledUser"), ("wrong-case", "users.csv", 1, "role"),
        ("read-as-meant", "academicSessions.csv", 1, "schoolYear"), ("null-word", "lineItems.csv", 1, "dueDate"),
        ("no-date", "demographics.csv", 1, "birthDate"),
    }  # fmt: skip
    assert len([p for p in findings.problems if p.file == "users.csv" and p.rule != "birth-date-missing"]) == 2
    assert not findings.rejected


def test_an_end_before_its_beginning_holds_the_student(plain: Bundle) -> None:
    plain.put("enrollments.csv", 2, "endDate", "2021-01-15")
    assert held(plain.check()) == {("s-1", "c-1", "date-order")}


# names


@pytest.mark.parametrize(
    ("words", "kept"), [(["NULL"] * 7, 0), (["Null", "", "", "", "", "", ""], 1), (["Null"] * 3 + [""] * 4, 0),
                        (["nan", "#N/A", "-", "Nil", "", "", ""], 1)],
)  # fmt: skip
def test_a_middle_name_is_null_where_one_person_says_so_alone(plain: Bundle, words: list[str], kept: int) -> None:
    for row, word in enumerate(words, start=1):
        plain.put("users.csv", row, "middleName", word)
    assert loaded(plain, "SELECT count(middle_name) FROM accepted_users") == [(kept,)]


def test_an_adult_with_a_damaged_name_is_one_warning_and_holds_nobody(plain: Bundle) -> None:
    for row in (1, 3):
        plain.put("users.csv", row, "givenName", "Ren\u00c3\u00a9e")
    findings = plain.check()
    assert (said(findings), held(findings)) == ({("garbled-text", "users.csv", 1, "givenName")}, set())


def test_a_preferred_name_is_held_and_told_where_it_stands(plain: Bundle) -> None:
    plain.write(STUDENTS, [["studentSourcedId", "preferredName"], ["s-1", "Z\u00c3\u00b6e"], ["s-2", "Zoë"]])
    findings = plain.check()
    assert said(findings) == {("garbled-name", STUDENTS, 1, "preferredName")}
    assert held(findings) == {("s-1", None, "garbled-name")}


def test_no_message_holds_a_value(plain: Bundle) -> None:
    damaged = "Qw\u00c3\u00a9rtz"
    for file, column in (("users.csv", "givenName"), ("classes.csv", "title"), (CONTACTS, "street")):
        if column in plain.read(file)[0]:
            plain.put(file, 1, column, f"{damaged} &amp; <b>x</b>")
    assert "rtz" not in str(plain.check().problems)
    with (plain.folder / "users.csv").open(encoding="utf-8") as source:  # the file is only read
        assert damaged in next(csv.DictReader(source))["givenName"]
