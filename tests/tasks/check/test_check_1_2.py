"""OneRoster 1.2: what is said of a person in roles.csv, the new columns of marks, and words the standard lets grow."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.formats.registry import load_contracts

from benchmarks.district import District, write_district
from tests.oneroster_1_2 import to_1_2
from tests.some_now import soaked

FORM = "oneroster-csv/1.2"
STUDENT, MOTHER, ROLE_OF_STUDENT = "604822", "C778167", "604822-0"


def check(sources: dict[str, str]) -> Findings:
    with duckdb.connect() as con:
        findings = hold_against_contracts(con, sources, "extract-1", CheckParameters(), FORM)
    assert all(file.rows == file.accepted + file.quarantined for file in findings.files)
    return findings


def rules(findings: Findings) -> set[tuple[str, str, str, str | None]]:
    return {(p.rule, p.severity, p.file, p.column) for p in findings.problems}


@pytest.fixture
def newer(bundle: Any) -> Any:
    """Grand Bend in 1.2."""
    to_1_2(bundle.folder)
    return bundle


def accepted(bundle: Any, query: str) -> list[tuple[Any, ...]]:
    con = duckdb.connect()
    accept(con, bundle.sources(), [], FORM)
    return con.execute(query).fetchall()


def test_a_district_in_1_2_is_accepted_without_a_word(tmp_path: Path) -> None:
    write_district(District(students=60, seed=7, version="1.2"), tmp_path)
    sources = {p.relative_to(tmp_path).as_posix(): str(p) for p in tmp_path.rglob("*.csv")}
    findings = check(sources)
    assert (findings.outcome, findings.extract_version) == ("accepted", "1.2")
    # the generator has few comments, parents with one mailbox, of whom one may be barred, and accents on their own
    rules = {problem.rule for problem in findings.problems}
    assert rules <= {"comment-repeated", "shared-mailbox", "shared-with-barred", "text-cleaned"}
    assert {"roles.csv", "results.csv"} <= {file.name for file in findings.files}


def test_one_fault_of_each_kind_is_found_where_it_stands(newer: Any) -> None:
    """The faults touch different rows, so each is told from the others by its column."""
    assert check(newer.sources()).problems == ()
    newer.put("results.csv", 1, "classSourcedId", "123456789")
    newer.put("results.csv", 2, "missing", "true")  # with a score: a policy may give one
    newer.put("results.csv", 3, "late", "perhaps")
    newer.put("results.csv", 4, "score", "")
    newer.put("results.csv", 4, "textScore", "Exceeds")  # a mark in words is a mark
    newer.put("results.csv", 5, "score", "")
    newer.put("results.csv", 6, "inProgress", "true")
    newer.put("lineItems.csv", 1, "schoolSourcedId", "")
    newer.put("lineItems.csv", 2, "resultValueMax", "")
    newer.put("orgs.csv", 1, "type", "trust")
    newer.put("academicSessions.csv", 3, "type", "trimester")
    newer.add_column("users.csv", "resourceSourcedIds")
    findings = check(newer.sources())
    assert rules(findings) == {
        ("result-class", "error", "results.csv", "classSourcedId"),
        ("type-boolean", "error", "results.csv", "late"),
        ("status-score", "error", "results.csv", "score"),
        ("flag-status", "warning", "results.csv", "scoreStatus"),
        ("required", "warning", "lineItems.csv", "schoolSourcedId"),
        ("enum", "warning", "orgs.csv", "type"),
        ("enum", "warning", "academicSessions.csv", "type"),
        ("withdrawn-column", "warning", "users.csv", "resourceSourcedIds"),
        ("column-order", "warning", "users.csv", None),  # it was added at the end
        ("reference-role", "warning", "classes.csv", "termSourcedIds"),  # of a trimester nobody knows what it is
        ("reference-role", "warning", "academicSessions.csv", "parentSourcedId"),
    }
    assert {p.row for p in findings.problems if p.severity == "error"} == {1, 3, 5}
    students = {newer.records("results.csv")[row - 1]["studentSourcedId"] for row in (1, 3, 5)}
    assert set(findings.held_students) == students


def test_a_mark_on_missing_or_excused_work_is_one_only_by_its_status(newer: Any) -> None:
    newer.put("results.csv", 1, "missing", "true")
    newer.put("results.csv", 1, "scoreStatus", "submitted")
    newer.put("results.csv", 1, "score", "")
    assert rules(check(newer.sources())) == {("flag-status", "warning", "results.csv", "scoreStatus")}


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("role", "studnet", "enum"), ("userSourcedId", "", "required"),
     *soaked(("orgSourcedId", "nowhere", "reference"), ("roleType", "main", "enum"))],
)  # fmt: skip
def test_a_bad_role_holds_whose_report_it_could_change(column: str, value: str, rule: str, newer: Any) -> None:
    row = newer.row_of("roles.csv", sourcedId=ROLE_OF_STUDENT)
    newer.put("roles.csv", row, column, value)
    findings = check(newer.sources())
    assert (rule, "error", "roles.csv", column) in rules(findings)
    lost = column in {"role", "userSourcedId"}  # then nobody says what the user is
    assert (("user-without-role", "error", "users.csv", "sourcedId") in rules(findings)) is lost
    assert findings.held_students == (STUDENT,)


def test_a_bad_role_of_a_parent_holds_the_child(newer: Any) -> None:
    newer.put("roles.csv", newer.row_of("roles.csv", userSourcedId=MOTHER), "roleType", "main")
    assert check(newer.sources()).held_students == (STUDENT,)


def test_a_user_without_any_live_role_is_out_and_the_student_held(newer: Any) -> None:
    rows = newer.read("roles.csv")
    newer.write("roles.csv", [row for row in rows if row[0] != ROLE_OF_STUDENT])
    one = check(newer.sources())
    assert ("user-without-role", "error", "users.csv", "sourcedId") in rules(one)
    assert one.held_students == (STUDENT,)
    newer.write("roles.csv", rows)
    newer.put("roles.csv", newer.row_of("roles.csv", sourcedId=ROLE_OF_STUDENT), "status", "tobedeleted")
    assert ("user-without-role", "error", "users.csv", "sourcedId") in rules(check(newer.sources()))


def test_a_teacher_who_is_a_parent_works_as_both(newer: Any) -> None:
    org = newer.records("roles.csv")[0]["orgSourcedId"]
    again = {"userSourcedId": MOTHER, "roleType": "secondary", "orgSourcedId": org}
    newer.put("roles.csv", newer.row_of("roles.csv", userSourcedId=MOTHER), "role", "teacher")
    assert check(newer.sources()).problems == ()
    newer.add("roles.csv", sourcedId="again", role="parent", **again)
    assert check(newer.sources()).problems == ()
    query = f"SELECT role, all_roles FROM accepted_users WHERE sourced_id = '{MOTHER}'"
    assert accepted(newer, query) == [("teacher", ["parent", "teacher"])]


def test_a_student_stays_one_whatever_else_the_roles_say(newer: Any) -> None:
    class_id = newer.records("classes.csv")[0]["sourcedId"]
    org = newer.records("roles.csv")[0]["orgSourcedId"]
    school = newer.records("classes.csv")[0]["schoolSourcedId"]
    newer.put("roles.csv", newer.row_of("roles.csv", sourcedId=ROLE_OF_STUDENT), "roleType", "secondary")
    newer.add("enrollments.csv", sourcedId="helps", classSourcedId=class_id, schoolSourcedId=school,
              userSourcedId=STUDENT, role="teacher")  # fmt: skip
    assert ("reference-role", "error", "enrollments.csv", "userSourcedId") in rules(check(newer.sources()))
    newer.add("roles.csv", sourcedId="helper", userSourcedId=STUDENT, roleType="primary", role="teacher",
              orgSourcedId=org)  # fmt: skip
    assert check(newer.sources()).problems == ()
    query = f"SELECT role, all_roles FROM accepted_users WHERE sourced_id = '{STUDENT}'"
    assert accepted(newer, query) == [("student", ["student", "teacher"])]


def test_what_all_formats_share_is_filled_from_1_2(newer: Any) -> None:
    newer.put("users.csv", 1, "primaryOrgSourcedId", "255901")
    newer.put("categories.csv", 1, "weight", "33.333333")
    newer.put("roles.csv", 1, "role", "counselor")
    user = newer.records("roles.csv")[0]["userSourcedId"]
    con = duckdb.connect()
    accept(con, newer.sources(), [], FORM)
    one = con.execute(f"SELECT role, org_sourced_ids FROM accepted_users WHERE sourced_id = '{user}'").fetchone()
    assert one == ("aide", ["255901", "255901001"])
    assert con.execute("SELECT weight FROM accepted_categories").fetchall() == [(Decimal("33.333333"),)]
    periods = {row["academicSessionSourcedId"] for row in newer.records("lineItems.csv")}
    found = con.execute("SELECT DISTINCT grading_period_sourced_id FROM accepted_line_items").fetchall()
    assert {row[0] for row in found} == periods


def test_a_name_for_school_is_never_read_and_pronouns_are(newer: Any) -> None:
    newer.put("users.csv", 1, "preferredGivenName", "Robin")
    newer.put("users.csv", 1, "pronouns", "they/them")
    con = duckdb.connect()
    accept(con, newer.sources(), [], FORM)
    columns = {row[0] for row in con.execute("DESCRIBE accepted_users").fetchall()}
    assert columns.isdisjoint({"preferred_given_name", "preferred_family_name", "user_master_identifier", "password"})
    assert con.execute("SELECT pronouns FROM accepted_users WHERE row_number = 1").fetchone() == ("they/them",)


def test_a_bad_scale_or_link_holds_the_courses_it_is_for(newer: Any) -> None:
    class_id, item = newer.records("classes.csv")[0]["sourcedId"], newer.records("lineItems.csv")[0]
    result = newer.records("results.csv")[0]
    head = {c.file: [column.header for column in c.in_file] for c in load_contracts(FORM)}
    rows = {
        "scoreScales.csv": {"sourcedId": "sc", "title": "Words", "type": "x", "classSourcedId": class_id,
                            "scoreScaleValue": "{90:Exceeds},{70:Meets}"},
        "lineItemScoreScales.csv": {"sourcedId": "l", "lineItemSourcedId": item["sourcedId"],
                                    "scoreScaleSourcedId": "sc"},
        "resultScoreScales.csv": {"sourcedId": "r", "resultSourcedId": result["sourcedId"],
                                  "scoreScaleSourcedId": "sc"},
        "lineItemLearningObjectiveIds.csv": {"sourcedId": "lo", "lineItemSourcedId": item["sourcedId"],
                                             "source": "case", "learningObjectiveId": "o-1"},
        "resultLearningObjectiveIds.csv": {"sourcedId": "ro", "resultSourcedId": result["sourcedId"],
                                           "source": "case", "learningObjectiveId": "o-1", "score": "3"},
    }  # fmt: skip
    for name, cells in rows.items():
        newer.write(name, [head[name], [cells.get(column, "") for column in head[name]]])
    for name in rows:
        newer.put("manifest.csv", newer.row_of("manifest.csv", propertyName=f"file.{name[:-4]}"), "value", "bulk")
    assert check(newer.sources()).problems == ()
    newer.put("resultLearningObjectiveIds.csv", 1, "score", "NaN")
    assert check(newer.sources()).held_students == (result["studentSourcedId"],)
    newer.put("scoreScales.csv", 1, "scoreScaleValue", "90 is good")
    whole = check(newer.sources())
    assert ("pattern", "error", "scoreScales.csv", "scoreScaleValue") in rules(whole)
    assert set(whole.held_students) == newer.roster(class_id) - {
        row["userSourcedId"] for row in newer.records("enrollments.csv") if row["role"] == "teacher"
    }


def test_a_role_is_looked_for_only_where_the_version_has_it(bundle: Any) -> None:
    bundle.put("users.csv", 1, "role", "")
    problems = {(p.rule, p.column) for p in bundle.check().problems}
    assert ("required", "role") in problems
    assert "user-without-role" not in {rule for rule, _ in problems}
