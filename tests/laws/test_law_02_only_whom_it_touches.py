"""Law 2 at the check itself: a quarantined row holds whom it could change, and nobody else."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters

from tests.school import FANNIE, KYLE, LISA, Extract, small_extract


@pytest.fixture
def extract(tmp_path: Path) -> Extract:
    return small_extract(tmp_path / "extract")


def check(extract: Extract) -> Findings:
    sources = {p.relative_to(extract.folder).as_posix(): str(p) for p in sorted(extract.folder.rglob("*.csv"))}
    with duckdb.connect() as con:
        return hold_against_contracts(con, sources, "extract-1", CheckParameters(Decimal(200)))


def test_a_bad_mark_holds_its_student_in_its_course_and_nobody_else(extract: Extract) -> None:
    (bad, *_) = (row for row in extract.read("results.csv") if row["studentSourcedId"] == LISA)
    (item,) = (row for row in extract.read("lineItems.csv") if row["sourcedId"] == bad["lineItemSourcedId"])
    extract.change("results.csv", {"sourcedId": bad["sourcedId"]}, score="eighty")
    # of a mark that only looks wrong everybody is told, and nobody waits
    (odd, *_) = (row for row in extract.read("results.csv") if row["studentSourcedId"] == FANNIE)
    extract.change("results.csv", {"sourcedId": odd["sourcedId"]}, score="150")
    findings = check(extract)
    assert {(p.file, p.severity) for p in findings.problems} == {("results.csv", "error"), ("results.csv", "warning")}
    assert {(h.student, h.class_id) for h in findings.holds} == {(LISA, item["classSourcedId"])}


def test_a_bad_contact_holds_the_whole_report_of_its_student_and_nobody_else(extract: Extract) -> None:
    extract.change("supplement/contacts.csv", {"studentSourcedId": KYLE}, restrictionFrom="soon")
    assert {(h.student, h.class_id) for h in check(extract).holds} == {(KYLE, None)}


def test_a_bad_class_holds_all_of_it(extract: Extract) -> None:
    seat = next(row for row in extract.read("enrollments.csv") if row["userSourcedId"] == LISA)
    extract.change("classes.csv", {"sourcedId": seat["classSourcedId"]}, classType="")
    there = {row["userSourcedId"] for row in extract.read("enrollments.csv")
             if row["classSourcedId"] == seat["classSourcedId"] and row["role"] == "student"}  # fmt: skip
    assert {h.student for h in check(extract).holds if h.class_id == seat["classSourcedId"]} == there


def test_a_student_whose_role_cannot_be_read_is_held(extract: Extract) -> None:
    extract.change("users.csv", {"sourcedId": KYLE}, role="")
    assert (KYLE, None) in {(h.student, h.class_id) for h in check(extract).holds}
