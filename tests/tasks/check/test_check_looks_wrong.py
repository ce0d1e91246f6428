"""What is legal and looks wrong: people entered twice, sessions that do not fit, marks that cannot be or lack.

Most cases are a school each in one check of them all (schools.py); what is said of a whole file has a check alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept

from tests.tasks.check.conftest import GRAND_BEND, Bundle
from tests.tasks.check.schools import check_together

ALGEBRA = "123456780"
ITEM, ITEM_ROW = "2942251001", 1  # of algebra, worth 100
WOODS, MEDINA = "604822", "604847"
CONTACTS = "supplement/contacts.csv"
FALL = date(2021, 12, 10)
Places = set[tuple[str, int | None]]
Holds = set[tuple[str, str | None, str]]


@dataclass(frozen=True)
class Expected:
    """Of each rule named, exactly these places; holds and rejected rows where they are named."""

    rules: dict[str, Places]
    holds: Holds | None = None
    rejected: Places | None = None
    is_all: bool = False  # no other rule says anything
    at: tuple[str, int] | None = None  # places but this one are not asked about


@dataclass(frozen=True)
class Case:
    """`plant` changes a copy of Grand Bend and tells what must be said of it, on that day and at that cut-off."""

    name: str
    plant: Callable[[Bundle], Expected]
    terms: tuple[tuple[str, date], ...] = field(default=())


CASES: list[Case] = []


def case(name: str, **terms: date) -> Callable[[Callable[[Bundle], Expected]], None]:
    def keep(plant: Callable[[Bundle], Expected]) -> None:
        CASES.append(Case(name, plant, tuple(sorted(terms.items()))))

    return keep


def found(rule: str, *places: tuple[str, int | None]) -> Expected:
    return Expected({rule: set(places)})


def of_rule(findings: Findings, rule: str) -> Places:
    return {(p.file, p.row) for p in findings.problems if p.rule == rule}


def score_all(bundle: Bundle, score: str | Callable[[int], str], item: str = ITEM) -> int:
    """Gives every result of the item that has a score another: a text, or a function of its place."""
    rows, count = bundle.read("results.csv"), 0
    for row in rows[1:]:
        if row[3] == item and row[6]:
            row[6] = score if isinstance(score, str) else score(count)
            count += 1
    bundle.write("results.csv", rows)
    return count


def put_user(bundle: Bundle, person: str, **cells: str) -> int:
    row = bundle.row_of("users.csv", sourcedId=person)
    for column, value in cells.items():
        bundle.put("users.csv", row, column, value)
    return row


def put_birth(bundle: Bundle, person: str, day: str) -> None:
    bundle.put("demographics.csv", bundle.row_of("demographics.csv", sourcedId=person), "birthDate", day)


def contact_of(bundle: Bundle, row: int) -> str:
    return bundle.records(CONTACTS)[row - 1]["contactSourcedId"]


# one student under two ids


def number_or_address(column: str, one: str, other: str) -> None:
    @case(f"two students of one {column}")
    def _(bundle: Bundle) -> Expected:
        rows = [put_user(bundle, WOODS, **{column: one}), put_user(bundle, MEDINA, **{column: other})]
        return found("student-twice", *(("users.csv", row) for row in rows))


number_or_address("identifier", "42", "42")
number_or_address("email", "a@example.org", "A@Example.org")


def namesakes(given: str, born: str, *, same: bool) -> None:
    @case(f"{given!a} born {born} beside José")
    def _(bundle: Bundle) -> Expected:
        rows = [put_user(bundle, WOODS, givenName="José", familyName="Ruiz"),
                put_user(bundle, MEDINA, givenName=given, familyName="Ruiz")]  # fmt: skip
        put_birth(bundle, WOODS, "2008-01-01")
        put_birth(bundle, MEDINA, born)
        return found("student-twice", *(("users.csv", row) for row in rows if same))


namesakes("José", "2008-01-01", same=True)
namesakes("Jose\u0301 ", "2008-01-01", same=True)
namesakes("JOSE", "2008-01-01", same=True)
namesakes("José", "2008-01-02", same=False)
namesakes("Josef", "2008-01-01", same=False)


# sessions


def due(day: str, *, fits: bool) -> None:
    @case(f"work due on {day} in a session from 2021-08-30 until before 2021-10-04")
    def _(bundle: Bundle) -> Expected:
        bundle.put("lineItems.csv", ITEM_ROW, "dueDate", day)
        return found("outside-session", *([] if fits else [("lineItems.csv", ITEM_ROW)]))


due("2021-08-30", fits=True)
due("2021-10-03", fits=True)
due("2021-10-04", fits=False)


def session_and_terms(terms: str, session: str, *, fits: bool) -> None:
    @case(f"work of {session} in a class held in {terms}")
    def _(bundle: Bundle) -> Expected:
        bundle.put("classes.csv", 1, "termSourcedIds", terms)
        for row, record in enumerate(bundle.records("lineItems.csv"), start=1):
            if record["classSourcedId"] == ALGEBRA and row != ITEM_ROW:
                bundle.put("lineItems.csv", row, "gradingPeriodSourcedId", terms.rsplit(",", maxsplit=1)[-1])
        bundle.put("lineItems.csv", ITEM_ROW, "gradingPeriodSourcedId", session)
        place = ("lineItems.csv", ITEM_ROW)  # the others are due in the fall, whatever they name now
        return Expected({"outside-session": set() if fits else {place}}, at=place)


session_and_terms("2021-fall", "six-weeks-1", fits=True)
session_and_terms("2021-2022", "six-weeks-1", fits=True)
session_and_terms("six-weeks-1", "2021-fall", fits=True)
session_and_terms("2022-spring", "six-weeks-1", fits=False)
session_and_terms("2022-spring,2021-fall", "six-weeks-1", fits=True)


def session(column: str, value: str, rule: str) -> None:
    @case(f"a session whose {column} is {value}")
    def _(bundle: Bundle) -> Expected:
        row = bundle.row_of("academicSessions.csv", sourcedId="six-weeks-1")
        bundle.put("academicSessions.csv", row, column, value)
        return found(rule, ("academicSessions.csv", row))


session("parentSourcedId", "six-weeks-2", "reference-role")
session("parentSourcedId", "six-weeks-1", "reference-role")
session("endDate", "2022-02-01", "outside-session")


@case("a class held in a grading period")
def _(bundle: Bundle) -> Expected:
    bundle.put("classes.csv", 1, "termSourcedIds", "2021-fall,six-weeks-4")
    return found("reference-role", ("classes.csv", 1))


# contacts


def role(name: str) -> None:
    @case(f"a contact who is {name}")
    def _(bundle: Bundle) -> Expected:
        put_user(bundle, contact_of(bundle, 1), role=name)
        return Expected({}, is_all=True)


for one in ("teacher", "administrator", "guardian", "aide"):
    role(one)


def test_a_student_is_nobody_s_contact(bundle: Bundle) -> None:
    put_user(bundle, contact_of(bundle, 1), role="student")
    findings = bundle.check()
    assert (CONTACTS, 1) in of_rule(findings, "reference-role")
    assert (WOODS, None) in {(hold.student, hold.class_id) for hold in findings.holds}


def reached_by(way: str | None) -> None:
    @case(f"a contact who is reached by {way or 'nothing'}")
    def _(bundle: Bundle) -> Expected:
        bundle.put(CONTACTS, 1, "street", " ")
        put_user(
            bundle, contact_of(bundle, 1), **{"email": "", "phone": "", "sms": ""} | ({way: "a@b.org"} if way else {})
        )
        return found("contact-unreachable", *([] if way else [(CONTACTS, 1)]))


for path in ("email", "phone", "sms", None):
    reached_by(path)


@case("a barred contact who is reached by nothing")
def _(bundle: Bundle) -> Expected:
    bundle.put(CONTACTS, 1, "street", "")
    bundle.put(CONTACTS, 1, "contactRestrictions", "no-contact")
    put_user(bundle, contact_of(bundle, 1), email="", phone="", sms="")
    return found("contact-unreachable")


def address_of_somebody_barred(start: str, until: str, today: date | None, *, in_force: bool) -> None:
    @case(
        f"barred from {start or 'ever'} until {until or 'ever'}, asked on {today}", **{"today": today} if today else {}
    )
    def _(bundle: Bundle) -> Expected:
        bundle.put(CONTACTS, 1, "contactRestrictions", "no-contact")
        bundle.put(CONTACTS, 1, "restrictionFrom", start)
        bundle.put(CONTACTS, 1, "restrictionUntil", until)
        bundle.put(CONTACTS, 2, "street", bundle.records(CONTACTS)[0]["street"].upper() + " ")
        return found("shared-with-barred", *([(CONTACTS, 2)] if in_force else []))


address_of_somebody_barred("", "", None, in_force=True)
address_of_somebody_barred("2021-09-01", "2021-12-01", None, in_force=True)
address_of_somebody_barred("2021-09-01", "2021-12-01", FALL, in_force=False)
address_of_somebody_barred("2021-09-01", "2021-12-11", FALL, in_force=True)
address_of_somebody_barred("2021-12-11", "", FALL, in_force=False)
address_of_somebody_barred("", "2021-12-10", FALL, in_force=False)
address_of_somebody_barred("2021-12-10", "", FALL, in_force=True)


def mailbox_of_somebody_barred(other: str, *, shared: bool) -> None:
    @case(f"{other} beside a barred home@example.org")
    def _(bundle: Bundle) -> Expected:
        bundle.put(CONTACTS, 1, "contactRestrictions", "no-records")
        bundle.put(CONTACTS, 1, "street", "elsewhere")
        put_user(bundle, contact_of(bundle, 1), email="home@example.org")
        put_user(bundle, contact_of(bundle, 2), email=other)
        return found("shared-with-barred", *([(CONTACTS, 2)] if shared else []))


mailbox_of_somebody_barred("Home@example.org", shared=True)
mailbox_of_somebody_barred("own@example.org", shared=False)


def number_of_somebody_barred(other: str, *, shared: bool) -> None:
    @case(f"{other} beside a barred 830-555-0142")
    def _(bundle: Bundle) -> Expected:
        bundle.put(CONTACTS, 1, "contactRestrictions", "no-records")
        bundle.put(CONTACTS, 1, "street", "elsewhere")
        put_user(bundle, contact_of(bundle, 1), phone="830-555-0142")
        put_user(bundle, contact_of(bundle, 2), phone=other)
        return found("shared-with-barred", *([(CONTACTS, 2)] if shared else []))


number_of_somebody_barred("+1 (830) 555 0142", shared=True)
number_of_somebody_barred("830-555-0143", shared=False)


def name_of_somebody_barred(given: str, *, shared: bool) -> None:
    @case(f"{given} Pérez beside a barred José Pérez")
    def _(bundle: Bundle) -> Expected:
        bundle.put(CONTACTS, 1, "contactRestrictions", "no-records")
        bundle.put(CONTACTS, 1, "street", "elsewhere")
        put_user(bundle, contact_of(bundle, 1), givenName="José", familyName="Pérez")
        put_user(bundle, contact_of(bundle, 2), givenName=given, familyName="PEREZ")
        return found("shared-with-barred", *([(CONTACTS, 2)] if shared else []))


name_of_somebody_barred("jose", shared=True)
name_of_somebody_barred("Ana", shared=False)


def test_where_the_bundle_names_the_contacts_a_student_without_a_parent_is_seen(bundle: Bundle) -> None:
    (bundle.folder / CONTACTS).unlink()
    row = put_user(bundle, WOODS, agentSourcedIds="")
    assert of_rule(bundle.check(rights_source="bundle"), "student-without-contact") == {("users.csv", row)}
    assert of_rule(bundle.check(), "student-without-contact") == set()


def mistyped(column: str, value: str, reason: str) -> None:
    @case(f"a restriction whose {column} is {value!r}")
    def _(bundle: Bundle) -> Expected:
        bundle.put(CONTACTS, 1, "contactRestrictions", "no-contact")
        bundle.put(CONTACTS, 1, column, value)
        return Expected({}, holds={(WOODS, None, reason)}, rejected={(CONTACTS, 1)})


for text in ("no-contct", "No-Contact!", "nocontact", "no_contact", "no contact", "none"):
    mistyped("contactRestrictions", text, "enum")
for text in ("1/05/2023", "2021-02-30", "soon"):
    mistyped("restrictionUntil", text, "type-date")


@pytest.mark.parametrize("restriction", ["NO-CONTACT", "no-Records"])
def test_a_restriction_in_the_wrong_case_stays_in_force(restriction: str, bundle: Bundle) -> None:
    bundle.put(CONTACTS, 1, "contactRestrictions", restriction)
    findings = bundle.check()
    # they live together
    assert {(p.rule, p.row) for p in findings.problems} == {("wrong-case", 1), ("shared-with-barred", 2)}
    with duckdb.connect() as con:
        accept(con, bundle.sources(), findings.rejected)
        query = "SELECT contact_restrictions FROM accepted_supplement_contacts WHERE row_number = 1"
        assert con.execute(query).fetchone() == (restriction.lower(),)


@pytest.mark.parametrize(
    "header", ["contactRestriction", "ContactRestrictions", "contactrestrictions", "contact_restrictions",
               "contactRestrictons", " contactRestrictions", "contact Restrictions"],
)  # fmt: skip
def test_a_misspelt_restriction_column_refuses_the_extract(header: str, bundle: Bundle) -> None:
    bundle.rename(CONTACTS, "contactRestrictions", header)
    findings = bundle.check()
    assert findings.outcome == "rejected"
    assert {(p.rule, p.column) for p in findings.problems if p.severity == "fatal"} == {
        ("misspelt-column", "contactRestrictions")
    }


# marks


def alike(score: str, *, odd: bool) -> None:
    @case(f"scores that are all {score} of 100")
    def _(bundle: Bundle) -> Expected:
        assert score_all(bundle, score) >= 8
        return found("scores-alike", *([("lineItems.csv", ITEM_ROW)] if odd else []))


alike("55", odd=True)
alike("0", odd=True)
alike("100", odd=False)


@case("one score of many that differs")
def _(bundle: Bundle) -> Expected:
    score_all(bundle, lambda n: "54" if n else "55")
    return found("scores-alike")


def few_alike(count: int, *, odd: bool) -> None:
    @case(f"{count} scores alike")
    def _(bundle: Bundle) -> Expected:
        header, *rows = bundle.read("results.csv")
        of_item = [row for row in rows if row[3] == ITEM]
        bundle.write("results.csv", [header, *(row for row in rows if row[3] != ITEM), *of_item[:count]])
        assert score_all(bundle, "54") == count
        return found("scores-alike", *([("lineItems.csv", ITEM_ROW)] if odd else []))


few_alike(8, odd=True)
few_alike(7, odd=False)


@case("half of the scores above the marks possible")
def _(bundle: Bundle) -> Expected:
    score_all(bundle, lambda n: "101" if n % 2 else str(60 + n % 9))  # half of them, or one less
    return found("mostly-above")


@case("more than half of the scores above the marks possible")
def _(bundle: Bundle) -> Expected:
    marks = score_all(bundle, lambda n: str(60 + n % 9))
    score_all(bundle, lambda n: str(60 + n % 9) if n < (marks - 1) // 2 else "101")
    return found("mostly-above", ("lineItems.csv", ITEM_ROW))


def worth_nothing(count: int, points: str, *, odd: bool) -> None:
    @case(f"work that is worth nothing, for which {count} have {points} points")
    def _(bundle: Bundle) -> Expected:
        bundle.put("lineItems.csv", ITEM_ROW, "resultValueMax", "0")
        score_all(bundle, lambda n: points if n < count else "0")
        return found("worth-nothing", *([("lineItems.csv", ITEM_ROW)] if odd else []))


worth_nothing(2, "80", odd=False)
worth_nothing(3, "80", odd=True)
worth_nothing(20, "9", odd=False)


def seat_from(day: str, *, fits: bool) -> None:
    @case(f"a seat from {day}")
    def _(bundle: Bundle) -> Expected:
        row = next(n for n, cells in enumerate(bundle.read("enrollments.csv")) if n and ALGEBRA in cells)
        bundle.put("enrollments.csv", row, "beginDate", day)
        return found("outside-session", *([] if fits else [("enrollments.csv", row)]))


seat_from("2021-12-01", fits=True)
seat_from("2201-09-08", fits=False)


@case("a zero too many in the marks possible")
def _(bundle: Bundle) -> Expected:
    bundle.put("lineItems.csv", ITEM_ROW, "resultValueMax", "1000")
    return found("mean-jumps", ("lineItems.csv", ITEM_ROW))


@case("a mark that is quarantined makes no mean jump")
def _(bundle: Bundle) -> Expected:
    bundle.put("results.csv", 1, "score", "100000")
    return Expected({"above-max": {("results.csv", 1)}}, is_all=True)


# the cut-off, and the day


def no_marks(found_then: Iterable[tuple[str, int]], **terms: date) -> None:
    @case(f"work without any result, {terms or 'at no cut-off'}", **terms)
    def _(bundle: Bundle) -> Expected:
        bundle.write("results.csv", [row for row in bundle.read("results.csv") if row[3] != ITEM])
        return found("no-marks-yet", *found_then)


no_marks([])
no_marks([], cutoff=date(2021, 8, 31))
no_marks([("lineItems.csv", ITEM_ROW)], cutoff=date(2021, 9, 1))


def marks_missing(more: int, *, is_said: bool, **terms: date) -> None:
    @case(f"a fifth of the marks missing and {more} more, {terms or 'at no cut-off'}", **terms)
    def _(bundle: Bundle) -> Expected:
        """By hand: algebra has its items times its students marks; a fifth may be missing, one more may not."""
        teacher = bundle.add("users.csv", sourcedId="t1", enabledUser="true", orgSourcedIds="255901001",
                             role="teacher", givenName="Ada", familyName="Quill")  # fmt: skip
        bundle.add("enrollments.csv", sourcedId="e1", classSourcedId=ALGEBRA, schoolSourcedId="255901001",
                   userSourcedId="t1", role="teacher", beginDate="2021-08-23")  # fmt: skip
        items = [r["sourcedId"] for r in bundle.records("lineItems.csv") if r["classSourcedId"] == ALGEBRA]
        expected = len(items) * len(bundle.roster(ALGEBRA) - {"t1"})
        rows = bundle.read("results.csv")
        there = [n for n, row in enumerate(rows) if row[3] in items]
        spare = expected // 5 - (expected - len(there))  # how many more may go
        assert spare > 0
        gone = there[: spare + more]
        bundle.write("results.csv", [row for n, row in enumerate(rows) if n not in gone])
        return found("marks-missing", *([("classes.csv", 1), ("users.csv", teacher)] if is_said else []))


marks_missing(0, is_said=False, cutoff=FALL)
marks_missing(1, is_said=True, cutoff=FALL)
marks_missing(1, is_said=False)


def mark_of(day: str, today: date, *, is_future: bool) -> None:
    @case(f"a mark of {day} on {today}", today=today)
    def _(bundle: Bundle) -> Expected:
        bundle.put("results.csv", 1, "scoreDate", day)
        return found("future-date", *([("results.csv", 1)] if is_future else []))


mark_of("2021-12-10", FALL, is_future=False)
mark_of("2021-12-11", FALL, is_future=True)


@case("a birth of tomorrow", today=FALL)
def _(bundle: Bundle) -> Expected:
    put_birth(bundle, WOODS, "2021-12-11")
    return Expected({}, holds={(WOODS, None, "future-date")})


@pytest.mark.parametrize(
    ("today", "cutoff", "is_stale"),
    [(date(2021, 12, 18), None, False), (date(2021, 12, 19), None, True),
     (date(2022, 1, 20), date(2021, 12, 18), False), (date(2026, 1, 1), None, False)],
)  # fmt: skip
def test_an_extract_without_a_new_mark_for_a_month_is_stale_while_a_session_is_on(
    today: date | None, cutoff: date | None, is_stale: bool, bundle: Bundle
) -> None:
    """The newest mark of the sample is of 2021-11-18; the school year ends in May."""
    findings = bundle.check(today=today, cutoff=cutoff)
    assert of_rule(findings, "stale") == ({("results.csv", None)} if is_stale else set())


# all of them


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Expected, Findings]]:
    """One check for each day and cut-off that is asked for."""
    expected: dict[str, Expected] = {}

    def planted(one: Case) -> Callable[[Bundle], object]:
        def plant(bundle: Bundle) -> None:
            for name in ("restrictionFrom", "restrictionUntil"):  # every school of a check has the same columns
                bundle.add_column(CONTACTS, name)
            expected[one.name] = one.plant(bundle)

        return plant

    findings: dict[str, Findings] = {}
    for number, terms in enumerate({one.terms for one in CASES}):
        faults = {one.name: planted(one) for one in CASES if one.terms == terms}
        folder = tmp_path_factory.mktemp(f"looks-wrong-{number}")
        arguments: dict[str, Any] = dict(terms)
        findings |= check_together(GRAND_BEND, folder, faults, **arguments)
    return {name: (expected[name], findings[name]) for name in expected}


@pytest.mark.parametrize("name", [one.name for one in CASES])
def test_what_looks_wrong_is_said_where_it_is(name: str, checked: dict[str, tuple[Expected, Findings]]) -> None:
    expected, findings = checked[name]
    for rule, places in expected.rules.items():
        said = of_rule(findings, rule)
        assert (said & {expected.at} if expected.at else said) == places
    if expected.is_all:
        assert {p.rule for p in findings.problems} == set(expected.rules)
    if expected.holds is not None:
        assert {(h.student, h.class_id, h.reason) for h in findings.holds} == expected.holds
    if expected.rejected is not None:
        assert {(r.file, r.row) for r in findings.rejected} == expected.rejected


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({one.name for one in CASES}) == len(CASES)
