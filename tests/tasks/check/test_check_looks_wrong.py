"""What is legal and looks wrong: people entered twice, sessions that do not fit, marks that cannot be or lack."""

from datetime import date
from typing import Any

import pytest

ALGEBRA = "123456780"
ITEM, ITEM_ROW = "2942251001", 1  # of algebra, worth 100
WOODS, MEDINA = "604822", "604847"
CONTACTS = "supplement/contacts.csv"
FALL = date(2021, 12, 10)


def of_rule(findings: Any, rule: str) -> set[tuple[str, int | None]]:
    return {(p.file, p.row) for p in findings.problems if p.rule == rule}


def score_all(bundle: Any, score: Any, item: str = ITEM) -> int:
    """Gives every result of the item that has a score another: a text, or a function of its place."""
    rows, count = bundle.read("results.csv"), 0
    for row in rows[1:]:
        if row[3] == item and row[6]:
            row[6] = score(count) if callable(score) else score
            count += 1
    bundle.write("results.csv", rows)
    return count


def put_user(bundle: Any, person: str, **cells: str) -> int:
    row = bundle.row_of("users.csv", sourcedId=person)
    for column, value in cells.items():
        bundle.put("users.csv", row, column, value)
    return int(row)


def put_birth(bundle: Any, person: str, day: str) -> None:
    bundle.put("demographics.csv", bundle.row_of("demographics.csv", sourcedId=person), "birthDate", day)


# one student under two ids


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [("identifier", "42", "42"), ("email", "a@example.org", "A@Example.org")],
    ids=["school number", "e-mail address"],
)
def test_two_students_of_one_number_or_address_may_be_one(column: str, one: str, other: str, bundle: Any) -> None:
    rows = {put_user(bundle, WOODS, **{column: one}), put_user(bundle, MEDINA, **{column: other})}
    findings = bundle.check()
    assert of_rule(findings, "student-twice") == {("users.csv", row) for row in rows}
    assert findings.outcome == "accepted"


@pytest.mark.parametrize(
    ("given", "born", "same"),
    [("José", "2008-01-01", True), ("Jose\u0301 ", "2008-01-01", True), ("JOSE", "2008-01-01", True),
     ("José", "2008-01-02", False), ("Josef", "2008-01-01", False)],
)  # fmt: skip
def test_two_students_of_one_name_and_birth_date_may_be_one(given: str, born: str, same: bool, bundle: Any) -> None:
    rows = {put_user(bundle, WOODS, givenName="José", familyName="Ruiz"),
            put_user(bundle, MEDINA, givenName=given, familyName="Ruiz")}  # fmt: skip
    put_birth(bundle, WOODS, "2008-01-01")
    put_birth(bundle, MEDINA, born)
    assert of_rule(bundle.check(), "student-twice") == {("users.csv", row) for row in rows if same}


# sessions


@pytest.mark.parametrize(("due", "fits"), [("2021-08-30", True), ("2021-10-03", True), ("2021-10-04", False)])
def test_work_is_due_within_its_session_whose_end_is_exclusive(due: str, fits: bool, bundle: Any) -> None:
    bundle.put("lineItems.csv", ITEM_ROW, "dueDate", due)
    assert of_rule(bundle.check(), "outside-session") == (set() if fits else {("lineItems.csv", ITEM_ROW)})


@pytest.mark.parametrize(
    ("terms", "session", "fits"),
    [("2021-fall", "six-weeks-1", True), ("2021-2022", "six-weeks-1", True), ("six-weeks-1", "2021-fall", True),
     ("2022-spring", "six-weeks-1", False), ("2022-spring,2021-fall", "six-weeks-1", True)],
)  # fmt: skip
def test_the_session_of_a_line_item_belongs_to_the_terms_of_its_class(
    terms: str, session: str, fits: bool, bundle: Any
) -> None:
    bundle.put("classes.csv", 1, "termSourcedIds", terms)
    for row, record in enumerate(bundle.records("lineItems.csv"), start=1):
        if record["classSourcedId"] == ALGEBRA and row != ITEM_ROW:
            bundle.put("lineItems.csv", row, "gradingPeriodSourcedId", terms.rsplit(",", maxsplit=1)[-1])
    bundle.put("lineItems.csv", ITEM_ROW, "gradingPeriodSourcedId", session)
    columns = {(p.row, p.column) for p in bundle.check().problems if p.rule == "outside-session" and p.row == ITEM_ROW}
    assert columns == (set() if fits else {(ITEM_ROW, "gradingPeriodSourcedId")})


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("parentSourcedId", "six-weeks-2", "reference-role"), ("parentSourcedId", "six-weeks-1", "reference-role"),
     ("endDate", "2022-02-01", "outside-session")],
)  # fmt: skip
def test_a_session_lies_in_a_longer_one(column: str, value: str, rule: str, bundle: Any) -> None:
    row = bundle.row_of("academicSessions.csv", sourcedId="six-weeks-1")
    bundle.put("academicSessions.csv", row, column, value)
    assert ("academicSessions.csv", row) in of_rule(bundle.check(), rule)


def test_a_class_is_held_in_terms_not_in_grading_periods(bundle: Any) -> None:
    bundle.put("classes.csv", 1, "termSourcedIds", "2021-fall,six-weeks-4")
    assert of_rule(bundle.check(), "reference-role") == {("classes.csv", 1)}


# contacts


@pytest.mark.parametrize("role", ["teacher", "administrator", "guardian", "aide"])
def test_anybody_but_a_student_may_be_a_contact(role: str, bundle: Any) -> None:
    person = bundle.records(CONTACTS)[0]["contactSourcedId"]
    put_user(bundle, person, role=role)
    assert bundle.check().problems == ()
    put_user(bundle, person, role="student")
    findings = bundle.check()
    assert (CONTACTS, 1) in of_rule(findings, "reference-role")
    assert (WOODS, None) in {(hold.student, hold.class_id) for hold in findings.holds}


@pytest.mark.parametrize("way", ["email", "phone", "sms"])
def test_a_contact_needs_one_way_to_be_reached(way: str, bundle: Any) -> None:
    bundle.put(CONTACTS, 1, "street", " ")
    person = bundle.records(CONTACTS)[0]["contactSourcedId"]
    put_user(bundle, person, email="", phone="", sms="")
    assert of_rule(bundle.check(), "contact-unreachable") == {(CONTACTS, 1)}
    put_user(bundle, person, **{way: "a@example.org"})
    assert of_rule(bundle.check(), "contact-unreachable") == set()


def test_nobody_asks_how_to_reach_the_barred(bundle: Any) -> None:
    bundle.put(CONTACTS, 1, "street", "")
    bundle.put(CONTACTS, 1, "contactRestrictions", "no-contact")
    person = bundle.records(CONTACTS)[0]["contactSourcedId"]
    put_user(bundle, person, email="", phone="", sms="")
    assert of_rule(bundle.check(), "contact-unreachable") == set()


@pytest.mark.parametrize(
    ("start", "until", "today", "in_force"),
    [("", "", None, True), ("2021-09-01", "2021-12-01", None, True), ("2021-09-01", "2021-12-01", FALL, False),
     ("2021-09-01", "2021-12-11", FALL, True), ("2021-12-11", "", FALL, False), ("2021-12-10", "", FALL, True)],
)  # fmt: skip
def test_the_address_of_somebody_barred_is_a_question_for_the_office(
    start: str, until: str, today: date | None, in_force: bool, bundle: Any
) -> None:
    for name in ("restrictionFrom", "restrictionUntil"):
        bundle.add_column(CONTACTS, name)
    bundle.put(CONTACTS, 1, "contactRestrictions", "no-contact")
    bundle.put(CONTACTS, 1, "restrictionFrom", start)
    bundle.put(CONTACTS, 1, "restrictionUntil", until)
    bundle.put(CONTACTS, 2, "street", bundle.records(CONTACTS)[0]["street"].upper() + " ")
    terms = {"today": today} if today else {}
    assert of_rule(bundle.check(**terms), "shared-with-barred") == ({(CONTACTS, 2)} if in_force else set())


def test_an_e_mail_address_shared_with_somebody_barred_is_seen_wherever_it_stands(bundle: Any) -> None:
    one, other = (bundle.records(CONTACTS)[row]["contactSourcedId"] for row in (0, 1))
    bundle.put(CONTACTS, 1, "contactRestrictions", "no-records")
    bundle.put(CONTACTS, 1, "street", "elsewhere")
    put_user(bundle, one, email="home@example.org")
    put_user(bundle, other, email="Home@example.org")
    assert of_rule(bundle.check(), "shared-with-barred") == {(CONTACTS, 2)}
    put_user(bundle, other, email="own@example.org")
    assert of_rule(bundle.check(), "shared-with-barred") == set()


def test_where_the_bundle_names_the_contacts_a_student_without_a_parent_is_seen(bundle: Any) -> None:
    (bundle.folder / CONTACTS).unlink()
    row = put_user(bundle, WOODS, agentSourcedIds="")
    assert of_rule(bundle.check(rights_source="bundle"), "student-without-contact") == {("users.csv", row)}
    assert of_rule(bundle.check(), "student-without-contact") == set()


@pytest.mark.parametrize("restriction", ["no-contct", "No-Contact!", "nocontact", "no_contact", "no contact", "none"])
def test_a_mistyped_restriction_holds_the_student(restriction: str, bundle: Any) -> None:
    bundle.put(CONTACTS, 1, "contactRestrictions", restriction)
    findings = bundle.check()
    assert {(h.student, h.class_id, h.reason) for h in findings.holds} == {(WOODS, None, "enum")}
    assert {(r.file, r.row) for r in findings.rejected} == {(CONTACTS, 1)}


@pytest.mark.parametrize("restriction", ["NO-CONTACT", "No-Contact", "no-Records"])
def test_a_restriction_in_the_wrong_case_stays_in_force(restriction: str, bundle: Any) -> None:
    import duckdb
    from termpost.tasks.check.accept import accept

    bundle.put(CONTACTS, 1, "contactRestrictions", restriction)
    findings = bundle.check()
    assert {(p.rule, p.row) for p in findings.problems} == {
        ("wrong-case", 1),
        ("shared-with-barred", 2),
    }  # they live together
    with duckdb.connect() as con:
        accept(con, bundle.sources(), findings.rejected)
        query = "SELECT contact_restrictions FROM accepted_supplement_contacts WHERE row_number = 1"
        assert con.execute(query).fetchone() == (restriction.lower(),)


@pytest.mark.parametrize("value", ["1/05/2023", "2021-02-30", "soon"])
def test_a_mistyped_date_of_a_restriction_holds_the_student(value: str, bundle: Any) -> None:
    bundle.add_column(CONTACTS, "restrictionUntil")
    bundle.put(CONTACTS, 1, "contactRestrictions", "no-contact")
    bundle.put(CONTACTS, 1, "restrictionUntil", value)
    assert {(h.student, h.class_id, h.reason) for h in bundle.check().holds} == {(WOODS, None, "type-date")}


@pytest.mark.parametrize(
    "header", ["contactRestriction", "ContactRestrictions", "contactrestrictions", "contact_restrictions",
               "contactRestrictons", " contactRestrictions", "contact Restrictions"],
)  # fmt: skip
def test_a_misspelt_restriction_column_refuses_the_extract(header: str, bundle: Any) -> None:
    bundle.rename(CONTACTS, "contactRestrictions", header)
    findings = bundle.check()
    assert findings.outcome == "rejected"
    assert {(p.rule, p.column) for p in findings.problems if p.severity == "fatal"} == {
        ("misspelt-column", "contactRestrictions")
    }


# marks


@pytest.mark.parametrize(("score", "odd"), [("55", True), ("0", True), ("100", False)])
def test_scores_that_are_all_the_same_and_not_full_are_doubted(score: str, odd: bool, bundle: Any) -> None:
    assert score_all(bundle, score) >= 8
    assert of_rule(bundle.check(), "scores-alike") == ({("lineItems.csv", ITEM_ROW)} if odd else set())


def test_one_score_that_differs_or_seven_alike_are_not_doubted(bundle: Any) -> None:
    score_all(bundle, lambda n: "54" if n else "55")
    assert of_rule(bundle.check(), "scores-alike") == set()
    rows, kept = bundle.read("results.csv"), 0
    few = []
    for row in rows:
        kept += row[3] == ITEM
        if row[3] != ITEM or kept <= 8:
            few.append(row)
    bundle.write("results.csv", few)
    bundle.put("results.csv", 1, "score", "54")
    assert score_all(bundle, "54") == 8
    assert of_rule(bundle.check(), "scores-alike") == {("lineItems.csv", ITEM_ROW)}
    bundle.write("results.csv", [row for n, row in enumerate(bundle.read("results.csv")) if n != 1])
    assert of_rule(bundle.check(), "scores-alike") == set()


def test_marks_possible_that_most_scores_exceed_are_doubted(bundle: Any) -> None:
    marks = score_all(bundle, lambda n: "101" if n % 2 else str(60 + n % 9))
    assert of_rule(bundle.check(), "mostly-above") == set()  # half of them, or one less
    score_all(bundle, lambda n: str(60 + n % 9) if n < (marks - 1) // 2 else "101")
    assert of_rule(bundle.check(), "mostly-above") == {("lineItems.csv", ITEM_ROW)}


def test_a_mean_far_from_those_of_the_class_is_doubted(bundle: Any) -> None:
    bundle.put("lineItems.csv", ITEM_ROW, "resultValueMax", "1000")  # somebody typed a zero too many
    assert of_rule(bundle.check(), "mean-jumps") == {("lineItems.csv", ITEM_ROW)}


def test_what_was_quarantined_makes_no_mean_jump(bundle: Any) -> None:
    bundle.put("results.csv", 1, "score", "100000")
    assert {p.rule for p in bundle.check().problems} == {"above-max"}


# the cut-off, and the day


def test_work_that_was_due_and_has_no_result_is_asked_for(bundle: Any) -> None:
    rows = bundle.read("results.csv")
    bundle.write("results.csv", [row for row in rows if row[3] != ITEM])
    assert of_rule(bundle.check(), "no-marks-yet") == set()
    assert of_rule(bundle.check(cutoff=date(2021, 8, 31)), "no-marks-yet") == set()
    assert of_rule(bundle.check(cutoff=date(2021, 9, 1)), "no-marks-yet") == {("lineItems.csv", ITEM_ROW)}


def test_marks_missing_are_counted_by_class_and_by_teacher(bundle: Any) -> None:
    """By hand: algebra has its items times its students marks; a fifth may be missing, one more may not."""
    teacher = bundle.add("users.csv", sourcedId="t1", enabledUser="true", orgSourcedIds="255901001", role="teacher",
                         givenName="Ada", familyName="Quill")  # fmt: skip
    bundle.add("enrollments.csv", sourcedId="e1", classSourcedId=ALGEBRA, schoolSourcedId="255901001",
               userSourcedId="t1", role="teacher", beginDate="2021-08-23")  # fmt: skip
    items = [r["sourcedId"] for r in bundle.records("lineItems.csv") if r["classSourcedId"] == ALGEBRA]
    expected = len(items) * len(bundle.roster(ALGEBRA) - {"t1"})
    rows = bundle.read("results.csv")
    there = [n for n, row in enumerate(rows) if row[3] in items]
    spare = expected // 5 - (expected - len(there))  # how many more may go
    assert spare > 0
    for gone, found in ((spare, set()), (spare + 1, {("classes.csv", 1), ("users.csv", teacher)})):
        bundle.write("results.csv", [row for n, row in enumerate(rows) if n not in there[:gone]])
        assert of_rule(bundle.check(cutoff=FALL), "marks-missing") == found
    assert of_rule(bundle.check(), "marks-missing") == set()


def test_a_mark_of_tomorrow_is_a_warning_and_a_birth_of_tomorrow_holds(bundle: Any) -> None:
    bundle.put("results.csv", 1, "scoreDate", "2021-12-11")
    assert of_rule(bundle.check(today=date(2021, 12, 11)), "future-date") == set()
    assert of_rule(bundle.check(today=FALL), "future-date") == {("results.csv", 1)}
    put_birth(bundle, WOODS, "2021-12-11")
    findings = bundle.check(today=FALL)
    assert {(h.student, h.class_id, h.reason) for h in findings.holds} == {(WOODS, None, "future-date")}


@pytest.mark.parametrize(
    ("today", "cutoff", "is_stale"),
    [(date(2021, 12, 18), None, False), (date(2021, 12, 19), None, True),
     (date(2022, 1, 20), date(2021, 12, 18), False), (date(2026, 1, 1), None, False), (None, None, False)],
)  # fmt: skip
def test_an_extract_without_a_new_mark_for_a_month_is_stale_while_a_session_is_on(
    today: date | None, cutoff: date | None, is_stale: bool, bundle: Any
) -> None:
    """The newest mark of the sample is of 2021-11-18; the school year ends in May."""
    findings = bundle.check(today=today, cutoff=cutoff)
    assert of_rule(findings, "stale") == ({("results.csv", None)} if is_stale else set())
