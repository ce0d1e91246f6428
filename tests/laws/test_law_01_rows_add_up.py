"""Law 1: rows in = rows accepted + rows quarantined, per file; counted here from the file and from both sides."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check import against_contracts
from termpost.tasks.check.accept import accept
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.read import RawTables, read_raw

from tests.school import KYLE, LISA, Extract, small_extract


@pytest.fixture
def extract(tmp_path: Path) -> Extract:
    return small_extract(tmp_path / "extract")


def sources(extract: Extract) -> dict[str, str]:
    return {p.relative_to(extract.folder).as_posix(): str(p) for p in sorted(extract.folder.rglob("*.csv"))}


def check(extract: Extract) -> Findings:
    with duckdb.connect() as con:
        return hold_against_contracts(con, sources(extract), "extract-1", CheckParameters(Decimal(200)))


def rows_of(path: str) -> int:
    with Path(path).open(newline="", encoding="utf-8") as source:
        return len([row for row in csv.reader(source) if row]) - 1


def accepted_rows(extract: Extract, findings: Findings, dataset: str) -> set[int]:
    with duckdb.connect() as con:
        accept(con, sources(extract), findings.rejected)
        return {number for (number,) in con.execute(f"SELECT row_number FROM accepted_{dataset}").fetchall()}


def tear(path: Path, rows: Iterable[int]) -> None:
    """Leaves the first three cells of these rows, 1-based without the header."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for row in rows:
        lines[row] = ",".join(lines[row].split(",")[:3])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_every_row_is_accepted_or_quarantined_and_none_is_both(extract: Extract) -> None:
    results = extract.read("results.csv")
    results[0]["score"] = "eighty"  # row 1: no number
    results[3]["sourcedId"] = results[2]["sourcedId"]  # rows 3 and 4: one key
    results[5]["lineItemSourcedId"] = "nowhere"  # row 6: a reference to nothing
    extract.write("results.csv", results)
    tear(extract.folder / "results.csv", [8, 9])
    findings = check(extract)
    assert {file.name: file.rows for file in findings.files} == {n: rows_of(p) for n, p in sources(extract).items()}
    for file in findings.files:
        assert file.rows == file.accepted + file.quarantined, file.name
    quarantined = {1, 3, 4, 6, 8, 9}
    assert {row for name, row, _, _ in findings.rejected if name == "results.csv"} == quarantined
    assert accepted_rows(extract, findings, "results") == set(range(1, len(results) + 1)) - quarantined


def test_a_bad_row_of_another_file_takes_those_that_refer_to_it_along_and_the_counts_still_hold(
    extract: Extract,
) -> None:
    extract.change("users.csv", {"sourcedId": KYLE}, role="")
    findings = check(extract)
    counts = {file.name: file for file in findings.files}
    lost = sum(row["studentSourcedId"] == KYLE for row in extract.read("results.csv"))
    assert counts["results.csv"].quarantined == lost > 0
    assert counts["results.csv"].accepted == rows_of(sources(extract)["results.csv"]) - lost
    assert LISA not in findings.held_students


def test_a_quote_that_is_never_closed_rejects_the_file(extract: Extract) -> None:
    path = extract.folder / "results.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2] + ',"'
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    findings = check(extract)
    assert findings.outcome == "rejected"  # the rows below it cannot be told apart, so none is taken
    assert ("unreadable", "results.csv") in {(problem.rule, problem.file) for problem in findings.problems}


@pytest.mark.parametrize("more", [1, -1])
def test_a_count_that_does_not_add_up_stops_the_check(extract: Extract, more: int) -> None:
    def miscounting(
        con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], form: Format, contracts: Iterable[Contract]
    ) -> RawTables:
        raw = read_raw(con, sources, form, contracts)
        return replace(raw, rows={**raw.rows, "results.csv": raw.rows["results.csv"] + more})

    with patch.object(against_contracts, "read_raw", miscounting), pytest.raises(RuntimeError, match="law 1"):
        check(extract)
