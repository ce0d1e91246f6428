"""Characters that no font here has: said before anything is printed, with field, character and code point."""

import shutil
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters

from tests.case_reports import CASES
from tests.tasks.check.conftest import Bundle

RULES = ("unprintable-name", "unprintable-text")


@pytest.fixture
def family(tmp_path: Path) -> Bundle:
    """A mother with a record for each of three children."""
    shutil.copytree(CASES / "15-siblings-one-mailbox" / "extract", tmp_path / "family")
    return Bundle(tmp_path / "family")


def said(findings: Findings) -> list[tuple[str, str, int | None, str | None, str]]:
    return [(p.rule, p.file, p.row, p.column, p.message.partition(" (")[2].rstrip(")"))
            for p in findings.problems if p.rule in RULES]  # fmt: skip


@pytest.mark.parametrize("case", ["10-names/extract", "11-comments/extract", "11-comments/emoji-in-titles"])
def test_no_emoji_no_script_and_no_bullet_of_word_holds_anybody(case: str) -> None:
    sources = {str(path.relative_to(CASES / case)): str(path) for path in (CASES / case).rglob("*.csv")}
    with duckdb.connect() as con:
        findings = hold_against_contracts(con, sources, "extract-1", CheckParameters())
    assert said(findings) == []
    assert findings.held_students == ()


def test_a_title_is_warned_about_and_holds_nobody(family: Bundle) -> None:
    family.put("classes.csv", 1, "title", "𒀀 History")
    findings = family.check()
    assert said(findings) == [("unprintable-text", "classes.csv", 1, "title", "class title, U+12000 CUNEIFORM SIGN A")]
    assert findings.held_students == ()
    (count,) = [count for count in findings.counts if count.rule == "unprintable-text"]
    assert (count.file, count.severity, count.count) == ("classes.csv", "warning", 1)


def test_a_students_own_name_holds_them_and_nobody_else(family: Bundle) -> None:
    student, teacher = family.row_of("users.csv", role="student"), family.row_of("users.csv", role="teacher")
    family.put("users.csv", student, "familyName", "𓀀𓀀\ue001")
    family.put("users.csv", teacher, "givenName", "A\ue000")
    findings = family.check()
    assert sorted(said(findings)) == [
        ("unprintable-name", "users.csv", student, "familyName", "name, U+13000 EGYPTIAN HIEROGLYPH A001, U+E001"),
        ("unprintable-text", "users.csv", teacher, "givenName", "teacher’s name, U+E000"),
    ]
    held = family.records("users.csv")[student - 1]["sourcedId"]
    assert [(hold.student, hold.class_id, hold.reason) for hold in findings.holds] == [(held, None, "unprintable-name")]
    assert findings.outcome == "accepted_with_holds"


def test_contact_records_that_share_a_mailbox_are_counted_and_not_named(family: Bundle) -> None:
    (problem,) = [problem for problem in family.check().problems if problem.rule == "shared-mailbox"]
    assert problem.message.endswith("(5 records, 2 mailboxes)")
    assert (problem.severity, problem.row, "example" in problem.message) == ("warning", None, False)
    for row in (1, 2, 3):
        family.put("supplement/contacts.csv", row, "email", f"mum{row}@home.example.org")
    (left,) = [problem for problem in family.check().problems if problem.rule == "shared-mailbox"]
    assert left.message.endswith("(2 records, 1 mailbox)")  # on record in users.csv
