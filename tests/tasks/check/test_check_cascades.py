"""What a bad row takes with it, and whom it holds (law 2)."""

from typing import Any

import pytest

from tests.some_now import soaked

ALGEBRA, ENGLISH = "123456780", "123456789"
ITEM = "2942251001"  # of algebra
WOODS, MEDINA, PARENT = "604822", "604847", "C778167"
CONTACTS = "supplement/contacts.csv"


def held(findings: Any) -> set[tuple[str, str | None]]:
    return {(hold.student, hold.class_id) for hold in findings.holds}


def out(findings: Any, file: str) -> set[int]:
    return {row.row for row in findings.rejected if row.file == file}


def rows_where(bundle: Any, file: str, **cells: str) -> set[int]:
    return {
        number
        for number, record in enumerate(bundle.records(file), start=1)
        if all(record[column] == value for column, value in cells.items())
    }


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("enabledUser", "ja", "type-boolean"),
        ("role", "pupil", "enum"),
        *soaked(("role", "", "required"), ("dateLastModified", "2021-02-30T00:00:00Z", "type-datetime")),
        ("orgSourcedIds", "255901001,nowhere", "reference"),
    ],
)
def test_a_bad_row_of_a_student_takes_all_that_is_theirs_and_holds_only_them(
    column: str, value: str, rule: str, bundle: Any
) -> None:
    bundle.put("users.csv", 1, column, value)
    findings = bundle.check()
    assert out(findings, "users.csv") == {1}
    assert out(findings, "results.csv") == rows_where(bundle, "results.csv", studentSourcedId=WOODS)
    assert out(findings, "enrollments.csv") == rows_where(bundle, "enrollments.csv", userSourcedId=WOODS)
    assert out(findings, CONTACTS) == rows_where(bundle, CONTACTS, studentSourcedId=WOODS)
    assert {(h.student, h.class_id, h.reason) for h in findings.holds} == {(WOODS, None, rule)}
    assert findings.held_students == (WOODS,)


def test_a_person_without_any_name_is_held(bundle: Any) -> None:
    bundle.put("users.csv", 1, "givenName", "")
    bundle.put("users.csv", 1, "familyName", "")
    assert held(bundle.check()) == {(WOODS, None)}


def test_a_student_twice_under_one_id_is_held_and_both_rows_are_out(bundle: Any) -> None:
    bundle.add("users.csv", **{**bundle.records("users.csv")[0], "grades": "12"})
    findings = bundle.check()
    assert out(findings, "users.csv") == {1, 150}
    assert held(findings) == {(WOODS, None)}


def test_a_student_without_a_user_row_is_held_and_nobody_else(bundle: Any) -> None:
    rows = bundle.read("users.csv")
    bundle.write("users.csv", [rows[0], *rows[2:]])
    findings = bundle.check()
    assert findings.held_students == (WOODS,)
    assert out(findings, "results.csv") == rows_where(bundle, "results.csv", studentSourcedId=WOODS)


def test_a_bad_parent_holds_the_whole_report_of_their_child(bundle: Any) -> None:
    bundle.put("users.csv", bundle.row_of("users.csv", sourcedId=PARENT), "enabledUser", "ja")
    findings = bundle.check()
    assert out(findings, CONTACTS) == rows_where(bundle, CONTACTS, contactSourcedId=PARENT)
    assert held(findings) == {(WOODS, None)}


@pytest.mark.parametrize(
    ("column", "value"),
    [("resultValueMax", "many"), ("categorySourcedId", "none"),
     *soaked(("resultValueMax", "-1"), ("dueDate", "1/05/2023"), ("resultValueMin", "101"), ("resultValueMax", ""))],
)  # fmt: skip
def test_a_bad_line_item_takes_its_results_and_holds_its_class_only(column: str, value: str, bundle: Any) -> None:
    bundle.put("lineItems.csv", 1, column, value)
    findings = bundle.check()
    assert out(findings, "lineItems.csv") == {1}
    assert out(findings, "results.csv") == rows_where(bundle, "results.csv", lineItemSourcedId=ITEM)
    assert held(findings) == {(student, ALGEBRA) for student in bundle.roster(ALGEBRA)}
    assert {h.reason for h in findings.holds} != {"reference"} or column == "categorySourcedId"


def test_a_line_item_of_an_unknown_class_holds_the_classes_it_may_belong_to(bundle: Any) -> None:
    bundle.put("lineItems.csv", 1, "classSourcedId", "1234567800")
    takers = {r["studentSourcedId"] for r in bundle.records("results.csv") if r["lineItemSourcedId"] == ITEM}
    possible = {c for c in (ALGEBRA, ENGLISH) if takers <= bundle.roster(c)}
    assert held(bundle.check()) == {(student, c) for c in possible for student in bundle.roster(c)}


def test_a_bad_class_takes_its_line_items_enrollments_and_results_and_holds_its_students(bundle: Any) -> None:
    bundle.put("classes.csv", 1, "classType", "club")
    findings = bundle.check()
    items = {r["sourcedId"] for r in bundle.records("lineItems.csv") if r["classSourcedId"] == ALGEBRA}
    assert out(findings, "lineItems.csv") == rows_where(bundle, "lineItems.csv", classSourcedId=ALGEBRA)
    assert out(findings, "enrollments.csv") == rows_where(bundle, "enrollments.csv", classSourcedId=ALGEBRA)
    assert out(findings, "results.csv") == {
        n for n, r in enumerate(bundle.records("results.csv"), start=1) if r["lineItemSourcedId"] in items
    }
    assert {(h.student, h.class_id, h.reason) for h in findings.holds} == {
        (student, ALGEBRA, "enum") for student in bundle.roster(ALGEBRA)
    }


def test_a_bad_school_takes_everything_and_holds_everyone(bundle: Any) -> None:
    bundle.put("orgs.csv", 2, "type", "palace")
    findings = bundle.check()
    assert len(findings.held_students) == 49
    assert all(f.accepted == 0 for f in findings.files if f.name in {"classes.csv", "results.csv", "users.csv"})


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("endDate", "2022-04-11", "date-order"),
        *soaked(("schoolYear", "twenty", "type-integer"), ("title", "", "required")),
    ],
)
def test_a_bad_academic_session_that_nothing_lies_in_holds_nobody(
    column: str, value: str, rule: str, bundle: Any
) -> None:
    row = bundle.row_of("academicSessions.csv", sourcedId="six-weeks-6")
    bundle.put("academicSessions.csv", row, column, value)
    findings = bundle.check()
    assert {(p.rule, p.row, p.column, p.key) for p in findings.problems} == {(rule, row, column, "six-weeks-6")}
    assert (out(findings, "academicSessions.csv"), findings.holds) == ({row}, ())


def test_two_results_for_one_line_item_are_both_out(bundle: Any) -> None:
    row = bundle.add("results.csv", **{**bundle.records("results.csv")[0], "sourcedId": "again", "score": "100"})
    findings = bundle.check()
    assert {(p.rule, p.row) for p in findings.problems} == {("duplicate-result", 1), ("duplicate-result", row)}
    assert held(findings) == {(WOODS, ALGEBRA)}


def test_two_results_under_one_id_hold_both_students(bundle: Any) -> None:
    first = bundle.records("results.csv")[0]["sourcedId"]
    bundle.put("results.csv", 2, "sourcedId", first)
    findings = bundle.check()
    assert {(p.rule, p.row) for p in findings.problems} == {("unique", 1), ("unique", 2)}
    assert held(findings) == {(WOODS, ALGEBRA), (MEDINA, ALGEBRA)}


def test_a_result_of_a_student_who_was_never_enrolled_is_out(bundle: Any) -> None:
    only_algebra = min(bundle.roster(ALGEBRA) - bundle.roster(ENGLISH))
    english = bundle.row_of("lineItems.csv", classSourcedId=ENGLISH)
    item = bundle.records("lineItems.csv")[english - 1]["sourcedId"]
    row = bundle.add("results.csv", sourcedId="stray", lineItemSourcedId=item, studentSourcedId=only_algebra,
                     scoreStatus="fully graded", score="1", scoreDate="2021-09-09")  # fmt: skip
    findings = bundle.check()
    assert {(p.rule, p.row) for p in findings.problems} == {("not-enrolled", row)}
    assert held(findings) == {(only_algebra, ENGLISH)}


@pytest.mark.parametrize("value", ["", "604822x"])
def test_a_mark_of_nobody_known_holds_those_of_the_class_who_lack_one(value: str, bundle: Any) -> None:
    bundle.put("results.csv", 1, "studentSourcedId", value)
    having = {r["studentSourcedId"] for r in bundle.records("results.csv") if r["lineItemSourcedId"] == ITEM}
    findings = bundle.check()
    assert out(findings, "results.csv") == {1}
    assert held(findings) == {(student, ALGEBRA) for student in bundle.roster(ALGEBRA) - having}
    assert WOODS in findings.held_students


def test_a_mark_of_nobody_and_on_nothing_holds_those_who_lack_a_mark(bundle: Any) -> None:
    bundle.put("results.csv", 1, "studentSourcedId", "nobody")
    bundle.put("results.csv", 1, "lineItemSourcedId", "nothing")
    having = {(r["lineItemSourcedId"], r["studentSourcedId"]) for r in bundle.records("results.csv")}
    lacking = {
        (student, item["classSourcedId"])
        for item in bundle.records("lineItems.csv")
        for student in bundle.roster(item["classSourcedId"])
        if (item["sourcedId"], student) not in having
    }
    assert held(bundle.check()) == lacking
    assert (WOODS, ALGEBRA) in lacking


def test_a_mark_on_an_unknown_line_item_holds_the_whole_report(bundle: Any) -> None:
    bundle.put("results.csv", 1, "lineItemSourcedId", "nothing")
    assert held(bundle.check()) == {(WOODS, None)}


def test_an_enrollment_in_an_unknown_class_holds_the_whole_report(bundle: Any) -> None:
    bundle.put("enrollments.csv", 1, "classSourcedId", "nothing")
    assert (WOODS, None) in held(bundle.check())
    assert bundle.check().held_students == (WOODS,)


def test_a_bad_row_of_a_teacher_holds_the_class_they_teach(bundle: Any) -> None:
    bundle.add("users.csv", sourcedId="t1", enabledUser="true", orgSourcedIds="255901001", role="teacher",
               username="t1", givenName="Ada", familyName="Quill")  # fmt: skip
    row = bundle.add("enrollments.csv", sourcedId="e1", classSourcedId=ENGLISH, schoolSourcedId="255901001",
                     userSourcedId="t1", role="teacher", beginDate="1 May")  # fmt: skip
    findings = bundle.check()
    assert {(p.rule, p.file, p.row) for p in findings.problems} == {("type-date", "enrollments.csv", row)}
    assert held(findings) == {(student, ENGLISH) for student in bundle.roster(ENGLISH) - {"t1"}}


def test_a_restriction_on_a_mistyped_student_holds_the_children_of_that_contact(bundle: Any) -> None:
    bundle.put(CONTACTS, 1, "contactRestrictions", "no-contact")
    bundle.put(CONTACTS, 1, "studentSourcedId", "60482")
    findings = bundle.check()
    assert {(p.rule, p.severity) for p in findings.problems} == {("reference", "error")}
    assert held(findings) == {(WOODS, None)}


def test_supplement_rows_hold_what_they_are_about(bundle: Any) -> None:
    bundle.write("supplement/students.csv", [["studentSourcedId", "recordsHold"], [WOODS, "ja"], [MEDINA, "TRUE"]])
    bundle.write(
        "supplement/grades.csv",
        [["studentSourcedId", "classSourcedId", "academicSessionSourcedId", "percent"],
         [MEDINA, ALGEBRA, "2021-fall", "ninety"], [WOODS, ALGEBRA, "2021-fall", "90"]],
    )  # fmt: skip
    comments = [["studentSourcedId", "classSourcedId", "cycle", "comment"], [MEDINA, ENGLISH, "", "well done"]]
    bundle.write("supplement/comments.csv", comments)
    findings = bundle.check()
    assert {(h.student, h.class_id, h.reason) for h in findings.holds} == {
        (WOODS, None, "type-boolean"), (MEDINA, ALGEBRA, "type-decimal"), (MEDINA, ENGLISH, "required"),
    }  # fmt: skip


def test_a_student_no_contact_is_listed_for_is_a_warning(bundle: Any) -> None:
    rows = bundle.read(CONTACTS)
    bundle.write(CONTACTS, [row for row in rows if row[0] != WOODS])
    findings = bundle.check()
    assert {(p.rule, p.severity, p.file, p.row, p.key) for p in findings.problems} == {
        ("student-without-contact", "warning", "users.csv", 1, None)
    }
    assert findings.outcome == "accepted"


def test_problems_are_capped_and_counted_and_rejected_rows_are_not(bundle: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("termpost.tasks.check.against_contracts.LISTED", 10)
    rows = bundle.read("results.csv")
    bundle.write("results.csv", [rows[0], *([*row[:6], "many", *row[7:]] for row in rows[1:])])
    findings = bundle.check()
    assert len([p for p in findings.problems if p.rule == "type-decimal"]) == 10
    assert [(c.rule, c.count) for c in findings.counts] == [("type-decimal", 901)]
    assert len(findings.rejected) == 901
