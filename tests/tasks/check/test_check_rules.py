"""One fault at a time: exactly that rule, that row and those holds, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from termpost.schemas.documents.findings import Findings

from tests.tasks.check.conftest import GRAND_BEND
from tests.tasks.check.schools import check_together

ALGEBRA, ENGLISH = "123456780", "123456789"
ITEM = "2942251001"  # of algebra
WOODS, MEDINA = "604822", "604847"
PARENT = "C778167"  # of Woods
Found = tuple[str, str, str, int | None, str | None]
Held = tuple[str, str | None, str]


@dataclass(frozen=True)
class Case:
    """A fault, and all that may be said of it; one of a whole file or of the manifest needs a check alone."""

    name: str
    plant: Callable[[Any], object]
    problems: set[Found]
    quarantined: set[tuple[str, int]] = field(default_factory=set)
    holds: frozenset[Held] = frozenset()
    is_alone: bool = False


def error(name: str, plant: Callable[[Any], object], file: str, row: int, column: str | None,
          holds: frozenset[Held]) -> Case:  # fmt: skip
    """A single bad row; `name` starts with the rule."""
    return Case(name, plant, {(name.split(" ", maxsplit=1)[0], "error", file, row, column)}, {(file, row)}, holds)


def warning(name: str, plant: Callable[[Any], object], file: str, row: int | None, column: str | None) -> Case:
    return Case(name, plant, {(name.split(" ", maxsplit=1)[0], "warning", file, row, column)})


def alone(case: Case) -> Case:
    return replace(case, is_alone=True)


def course(student: str, class_id: str | None, reason: str) -> frozenset[Held]:
    return frozenset({(student, class_id, reason)})


def cell(file: str, row: int, column: str, value: str) -> Callable[[Any], object]:
    return lambda b: b.put(file, row, column, value)


def marked(value: str, rule: str, what: str) -> Case:
    return error(f"{rule} {what}", cell("results.csv", 1, "score", value), "results.csv", 1, "score",
                 course(WOODS, ALGEBRA, rule))  # fmt: skip


def dated(value: str, what: str) -> Case:
    return error(f"type-date {what}", cell("results.csv", 1, "scoreDate", value), "results.csv", 1, "scoreDate",
                 course(WOODS, ALGEBRA, "type-date"))  # fmt: skip


def whole(file: str, rule: str, column: str, value: str) -> Case:
    """A bad row that holds the whole report of its student."""
    return error(f"{rule} in {file} {column}", cell(file, 1, column, value), file, 1, column,
                 course(WOODS, None, rule))  # fmt: skip


# what cannot be read is not known, and the grade says the rest
UNREADABLE_BIRTH = whole("demographics.csv", "type-date", "birthDate", "13.09.2008")
UNREADABLE_BIRTH.problems.add(("birth-date-missing", "warning", "users.csv", 1, "sourcedId"))
CONTACTS = "supplement/contacts.csv"
CASES = [
    marked("NaN", "type-decimal", "NaN"),
    marked("inf", "type-decimal", "inf"),
    marked("1e5", "type-decimal", "1e5"),
    marked("1,5", "type-decimal", "comma"),
    marked("٧", "type-decimal", "arabic digit"),
    marked("-1", "range", "negative"),
    marked("77.1234567", "too-precise", "seven decimals"),
    marked("1234567890123", "too-precise", "thirteen digits"),
    marked("200.000001", "above-max", "just above"),
    marked("", "status-score", "graded without a score"),
    Case("above-100 at the limit", cell("results.csv", 1, "score", "200"),
         {("above-100", "warning", "results.csv", 1, "score")}),
    Case("a mark that is exact with trailing zeros", cell("results.csv", 1, "score", "77.5000000000"), set()),
    Case("a mark of zero", cell("results.csv", 1, "score", "0"), set()),
    error("status-score on submitted work", cell("results.csv", 1, "scoreStatus", "submitted"), "results.csv", 1,
          "score", course(WOODS, ALGEBRA, "status-score")),
    warning("status-score on exempt work", cell("results.csv", 1, "scoreStatus", "exempt"), "results.csv", 1, "score"),
    dated("1/05/2023", "american"),
    dated("2021-02-30", "of no calendar"),
    dated("2021-9-1", "short"),
    dated("2021-09-01\n", "with a line break"),
    error("enum of scoreStatus", cell("results.csv", 1, "scoreStatus", "graded"), "results.csv", 1, "scoreStatus",
          course(WOODS, ALGEBRA, "enum")),
    warning("wrong-case of scoreStatus", cell("results.csv", 1, "scoreStatus", "Fully Graded"), "results.csv", 1,
            "scoreStatus"),
    warning("wrong-case of classType", cell("classes.csv", 1, "classType", "Scheduled"), "classes.csv", 1, "classType"),
    warning("wrong-case of a boolean", cell("users.csv", 1, "enabledUser", "TRUE"), "users.csv", 1, "enabledUser"),
    UNREADABLE_BIRTH,
    whole(CONTACTS, "enum", "contactRestrictions", "no contact"),
    whole(CONTACTS, "type-boolean", "legalGuardian", "maybe"),
    whole(CONTACTS, "required", "contactSourcedId", ""),
    whole(CONTACTS, "required", "contactSourcedId", "  "),
    whole(CONTACTS, "reference", "contactSourcedId", "C0"),
    whole(CONTACTS, "reference-role", "contactSourcedId", MEDINA),
    whole("supplement/attendance.csv", "type-date", "date", "8/31/2021"),
    whole("supplement/attendance.csv", "required", "event", ""),
    whole("supplement/attendance.csv", "reference-role", "schoolSourcedId", "255901"),
    error("enum of enrollment role", cell("enrollments.csv", 1, "role", "pupil"), "enrollments.csv", 1, "role",
          course(WOODS, ALGEBRA, "enum")),
    error("type-date of an enrollment", cell("enrollments.csv", 1, "endDate", "soon"), "enrollments.csv", 1, "endDate",
          course(WOODS, ALGEBRA, "type-date")),
    error("reference-role of an enrollment", cell("enrollments.csv", 1, "role", "teacher"), "enrollments.csv", 1,
          "userSourcedId", course(WOODS, ALGEBRA, "reference-role")),
    error("date-order of an enrollment", cell("enrollments.csv", 1, "endDate", "2021-08-01"), "enrollments.csv", 1,
          "endDate", course(WOODS, ALGEBRA, "date-order")),
    Case("an ended enrollment", cell("enrollments.csv", 1, "endDate", "2021-08-30"), set()),
    warning("required dueDate", cell("lineItems.csv", 1, "dueDate", ""), "lineItems.csv", 1, "dueDate"),
    warning("date-order of a line item", cell("lineItems.csv", 1, "dueDate", "2021-08-25"), "lineItems.csv", 1,
            "dueDate"),
    warning("reference-role of a line item's session", cell("lineItems.csv", 1, "gradingPeriodSourcedId", "2021-2022"),
            "lineItems.csv", 1, "gradingPeriodSourcedId"),
    warning("pattern of an e-mail address", cell("users.csv", 1, "email", "lisa at home"), "users.csv", 1, "email"),
    warning("reference of an agent", cell("users.csv", 1, "agentSourcedIds", "C778167,C0"), "users.csv", 1,
            "agentSourcedIds"),
    Case("a person with a single name", cell("users.csv", 1, "familyName", ""), set()),
    Case("names as they are", cell("users.csv", 1, "givenName", "=cmd ʻOkina José, \"x\""), set()),
    alone(Case("a blank value in the manifest", cell("manifest.csv", 17, "value", ""), set())),
    alone(warning("manifest-mismatch", cell("manifest.csv", 9, "value", "absent"), "manifest.csv", None, "value")),
    warning("class-without-students", lambda b: b.add(
        "classes.csv", sourcedId="new", title="New", courseSourcedId="ALG-1", classType="scheduled",
        schoolSourcedId="255901001", termSourcedIds="2021-fall"), "classes.csv", 3, "sourcedId"),
    warning("duplicate-contact", lambda b: b.add(CONTACTS, **{**b.records(CONTACTS)[0], "city": "Sweetwater"}),
            CONTACTS, 1, "studentSourcedId"),
    warning("repeated-row", lambda b: b.write("enrollments.csv", [
        *b.read("enrollments.csv"), b.read("enrollments.csv")[1]]), "enrollments.csv", 74, None),
    alone(warning("unknown-column", lambda b: b.add_column("orgs.csv", "metadata.x"), "orgs.csv", None, None)),
    alone(warning("empty-header", lambda b: b.add_column("orgs.csv", ""), "orgs.csv", None, None)),
    alone(warning("unknown-file", lambda b: b.write("weights.csv", [["a"], ["1"]]), "weights.csv", None, None)),
    alone(warning("missing-file", lambda b: (b.folder / CONTACTS).unlink(), CONTACTS, None, None)),
    alone(warning("missing-column", lambda b: b.drop_column("users.csv", "sms"), "users.csv", None, "sms")),
    alone(Case("no password column", lambda b: b.drop_column("users.csv", "password"), set())),
]  # fmt: skip
CASES[[c.name for c in CASES].index("duplicate-contact")].problems.add(
    ("duplicate-contact", "warning", CONTACTS, 101, "studentSourcedId")
)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Findings]:
    """A school for each fault, all in one check."""
    faults = {case.name: case.plant for case in CASES if not case.is_alone}
    return check_together(GRAND_BEND, tmp_path_factory.mktemp("rules"), faults)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_found_where_it_is_and_nothing_else(case: Case, request: pytest.FixtureRequest, found: Any) -> None:
    if case.is_alone:
        bundle = request.getfixturevalue("bundle")
        case.plant(bundle)
        findings = bundle.check()
    else:
        findings = request.getfixturevalue("together")[case.name]
    assert found(findings) == case.problems
    assert {(r.file, r.row) for r in findings.rejected} == case.quarantined
    assert {(h.student, h.class_id, h.reason) for h in findings.holds} == case.holds
    assert findings.outcome == ("accepted_with_holds" if case.quarantined else "accepted")


def test_grand_bend_is_accepted_whole(bundle: Any) -> None:
    findings = bundle.check()
    assert (findings.outcome, findings.problems, findings.holds, findings.rejected) == ("accepted", (), (), ())
    assert {f.name: f.rows for f in findings.files} == {name: len(bundle.records(name)) for name in bundle.sources()}
    assert all(f.quarantined == 0 for f in findings.files)


def test_a_higher_max_percent_lets_a_mark_through(bundle: Any, found: Any) -> None:
    bundle.put("results.csv", 1, "score", "250")
    assert found(bundle.check(Decimal(300))) == {("above-100", "warning", "results.csv", 1, "score")}


def test_any_score_on_a_line_item_worth_nothing_is_legal_and_told(bundle: Any, found: Any) -> None:
    bundle.put("lineItems.csv", 1, "resultValueMax", "0")
    assert found(bundle.check()) == {("worth-nothing", "warning", "lineItems.csv", 1, "resultValueMax")}
