"""A reference whose id is one that is there but for a blank, a mark or a spreadsheet's habits: the message says so."""

import shutil
from pathlib import Path

import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.rows.near_ids import difference

from tests.tasks.check.conftest import Bundle

CASE = Path(__file__).parents[2] / "data" / "cases" / "extracts" / "20-ids-with-a-blank-behind" / "input"
FORMULA = 'an Excel formula, ="…", around it'


@pytest.mark.parametrize(
    ("written", "there", "by"),
    [
        ("s-1\u00a0", "s-1", "a no-break space"), ("\u202fs-1", "s-1", "a no-break space"), ("s-1 ", "s-1", "a blank"),
        ("s 1", "s1", "a blank"), ("s-1\t", "s-1", "a tab or a line break"), ("s-1\r", "s-1", "a tab or a line break"),
        ("s-1\u200b", "s-1", "an invisible character, as a zero-width space"),
        ("\ufeffs-1", "s-1", "an invisible character, as a zero-width space"),
        ("s-1\u2060", "s-1", "an invisible character, as a zero-width space"),
        ("s\u00ad-1", "s-1", "an invisible character, as a zero-width space"),
        ("s-1\u3000", "s-1", "another kind of blank"), ("S-1", "s-1", "capital and small letters"),
        ('="s-1"', "s-1", FORMULA), ("=s-1", "s-1", FORMULA), ("'s-1", "s-1", "quotation marks"),
        ('"s-1"', "s-1", "quotation marks"), ("’s-1", "s-1", "quotation marks"), ("s-1.0", "s-1", "a “.0” behind it"),
        ("1001.00", "1001", "a “.0” behind it"), ("[s-1]", "s-1", "brackets around it"),
        ("123", "00123", "leading zeros"),
        ("e\u0301-1", "\u00e9-1", "accents that are written in another way (Unicode NFC, NFD)"),
        ("S-1\u00a0", "s-1", "a no-break space and capital and small letters"), ("s-2", "s-1", ""), ("", "s-1", ""),
    ],
)  # fmt: skip
def test_by_what_two_ids_differ(written: str, there: str, by: str) -> None:
    assert difference(written, there) == by
    assert difference(there, written) == by


@pytest.fixture
def case(tmp_path: Path) -> Bundle:
    shutil.copytree(CASE, tmp_path / "extract")
    return Bundle(tmp_path / "extract")


def hints(findings: Findings, file: str) -> set[str]:
    found = [p for p in findings.problems if p.rule == "reference" and p.file == file]
    return {p.message.partition(" (")[2].removesuffix(")") for p in found}


def test_case_20_a_no_break_space_is_said_and_nobody_else_is_held(case: Bundle) -> None:
    findings = case.check()
    assert findings.outcome == "accepted_with_holds"
    assert hints(findings, "enrollments.csv") == {"the id differs from one that is there only by a no-break space"}
    assert findings.held_students == ("s-1", "s-2", "s-3")
    assert not any("1.00E+05" in p.remedy for p in findings.problems if p.rule == "reference")
    assert not any("s-1" in p.message + p.remedy for p in findings.problems)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("S-1", "only by capital and small letters"), ('="s-1"', f"only by {FORMULA}"),
        ("s-1.0", "only by a “.0” behind it"),
        ("s-1;s-2", "several ids stand in it, parted by semicolons"), ("s-1|s-2", "parted by upright bars"),
        ("[s-1]", "only by brackets around it"), ("1.00E+05", "a spreadsheet wrote the number as 1.00E+05"),
        ("s-77", ""),
    ],
)  # fmt: skip
def test_other_ways_to_write_an_id(case: Bundle, cell: str, said: str) -> None:
    rows = case.read("enrollments.csv")
    for row in rows[1:]:
        row[5] = row[5].strip("\u00a0 ")
    case.write("enrollments.csv", rows)
    case.put("enrollments.csv", 2, "userSourcedId", cell)
    findings = case.check()
    (hint,) = hints(findings, "enrollments.csv")
    assert said in hint
    assert bool(hint) == bool(said)
    if said.startswith("only by"):
        assert findings.held_students == ("s-1",)


def test_ids_of_a_list_that_are_parted_otherwise(case: Bundle) -> None:
    rows = case.read("users.csv")
    place = rows[0].index("orgSourcedIds")
    orgs = [r[0] for r in case.read("orgs.csv")[1:]]
    for row in rows[1:]:
        row[place] = ";".join(orgs)
    case.write("users.csv", rows)
    (hint,) = hints(case.check(), "users.csv")
    assert hint == "several ids stand in it, parted by semicolons where commas must be"
