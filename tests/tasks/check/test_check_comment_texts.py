"""Every rule on comments looks at each text beside the comment, and a code must be one of the bank."""

from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.rows.characters import PRINTED
from termpost.tasks.formats.registry import load_contracts

from tests.tasks.gradebook import Gradebook, write_csv

COMMENTS = "supplement/comments.csv"
TEXTS = ["comment", "strength", "nextStep", "homeHelp", "studentSays"]
HEADER = ["studentSourcedId", "classSourcedId", "cycle", *TEXTS, "codes"]
CONTACT = {"studentSourcedId": "s1", "contactSourcedId": "p1", "relation": "mother", "street": "14 Harbour Lane",
           "phone": "555-010-4477", "addressConfidential": "true"}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two students of one class; a contact of the first is kept confidential."""
    book = Gradebook()
    book.school()
    book.course("c1", title="Algebra I")
    for person, given, family in (("s1", "Lisa", "Woods"), ("s2", "José", "Okafor")):
        book.student(person, givenName=given, familyName=family)
        book.enroll(person, "c1")
    book.item("i1", "c1", "100")
    book.mark("i1", "s1", "60")
    book.add("users.csv", sourcedId="p1", orgSourcedIds="255901001", role="parent", givenName="Pat", familyName="Woods",
             enabledUser="true")  # fmt: skip
    folder = book.write(tmp_path_factory.mktemp("texts") / "extract")
    write_csv(folder / "supplement/contacts.csv", tuple(CONTACT), [CONTACT])
    return folder


def findings(small: Any, *rows: dict[str, str]) -> Findings:
    table = [[{"studentSourcedId": "s1", "classSourcedId": "c1", "cycle": "x", **row}.get(h, "") for h in HEADER]
             for row in rows]  # fmt: skip
    small.write(COMMENTS, [HEADER, *table])
    with duckdb.connect() as con:
        return hold_against_contracts(con, small.sources(), "x", CheckParameters())


def broken(small: Any, *rows: dict[str, str]) -> set[tuple[str, int | None]]:
    return {(p.rule, p.row) for p in findings(small, *rows).problems if p.file == COMMENTS}


@pytest.mark.parametrize(
    ("text", "rule"),
    [("José helped.", "comment-names-student"), ("Call 555 010 4477", "comment-tells-address"),
     ("Near 14 Harbour Lane", "comment-tells-address"), ("x" * 2001, "comment-too-long"),
     ("Dear {{name}}", "comment-markup"), ("As in 2019", "comment-other-term")],
)  # fmt: skip
def test_a_rule_on_comments_finds_its_fault_in_any_of_the_texts(small: Any, text: str, rule: str) -> None:
    rows = [{column: text} for column in TEXTS]
    assert {row for found, row in broken(small, *rows) if found == rule} == {1, 2, 3, 4, 5}


def test_texts_side_by_side_are_not_one_text(small: Any) -> None:
    apart = {"comment": "Room 555", "strength": "010", "nextStep": "4477"}
    assert broken(small, apart, {"comment": "Ask José", "strength": "Okafor"}) == {("comment-names-student", 2)}


def test_a_row_that_says_nothing_and_an_unknown_code_are_held_and_nothing_else_is(small: Any) -> None:
    rows: tuple[dict[str, str], ...] = (
        {}, {"codes": "S01 S99"}, {"codes": "s01, N04"}, {"studentSays": "I sing."}, {"comment": "Good."},
    )  # fmt: skip
    found = findings(small, *rows)
    assert {(p.rule, p.row, p.column) for p in found.problems if p.file == COMMENTS} == {
        ("comment-says-nothing", 1, None), ("comment-code", 2, "codes"),
    }  # fmt: skip
    assert {p.severity for p in found.problems if p.file == COMMENTS} == {"error"}
    assert ("s1", "c1") in {(hold.student, hold.class_id) for hold in found.holds}


def test_every_text_of_a_comment_is_looked_at_where_comments_are() -> None:
    (contract,) = (c for c in load_contracts() if c.dataset == "supplement_comments")
    texts = {column.name for column in contract.columns if column.classification == "restricted"} - {"codes"}
    assert texts == set(PRINTED["supplement_comments"]) - {"author"}
    for quality in contract.quality:
        if quality.query and quality.rule.startswith("comment-") and quality.rule != "comment-code":
            assert all(f"c.{text}" in quality.query for text in texts), quality.rule
