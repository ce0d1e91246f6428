"""What later stages get: accepted rows only, in the contracts' names and types."""

import csv
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.findings import Rejected, as_json
from termpost.tasks.check.accept import accept
from termpost.tasks.formats.registry import load_contracts


def test_accepted_rows_carry_types_and_their_row_number(bundle: Any) -> None:
    bundle.put("results.csv", 2, "score", "70.125000")
    con = duckdb.connect()
    accept(con, bundle.sources(), [Rejected("results.csv", 1, "required", "score")])
    query = "SELECT row_number, student_sourced_id, score, CAST(score_date AS VARCHAR) FROM accepted_results ORDER BY 1"
    found = con.execute(query).fetchone()
    assert found == (2, "604847", Decimal("70.125000"), "2021-09-03")
    types = dict(con.execute("SELECT column_name, column_type FROM (DESCRIBE accepted_results)").fetchall())
    assert (types["score"], types["score_date"], types["date_last_modified"]) == ("DECIMAL(18,6)", "DATE", "TIMESTAMP")


def test_sums_of_accepted_marks_are_those_of_an_independent_count(bundle: Any) -> None:
    con = duckdb.connect()
    accept(con, bundle.sources(), [])
    with (bundle.folder / "results.csv").open(encoding="utf-8") as source:
        marks = [Decimal(row["score"]) for row in csv.DictReader(source) if row["score"]]
    assert con.execute("SELECT count(score), sum(score) FROM accepted_results").fetchone() == (len(marks), sum(marks))


def test_a_dataset_the_extract_does_not_have_is_an_empty_table_of_the_same_shape(bundle: Any) -> None:
    con = duckdb.connect()
    accept(con, bundle.sources(), [])
    for contract in load_contracts():
        columns = [r[0] for r in con.execute(f"DESCRIBE accepted_{contract.dataset}").fetchall()]
        assert columns == ["row_number", *(column.name for column in contract.kept)]
    assert con.execute("SELECT count(*) FROM accepted_supplement_students").fetchone() == (0,)


def test_cells_are_read_as_they_are_meant(bundle: Any) -> None:
    bundle.put("users.csv", 1, "enabledUser", "TRUE")
    bundle.put("users.csv", 1, "role", "Student")
    bundle.put("users.csv", 1, "givenName", " LISA ")
    assert bundle.check().outcome == "accepted"
    con = duckdb.connect()
    accept(con, bundle.sources(), [])
    query = "SELECT enabled_user, role, given_name, agent_sourced_ids FROM accepted_users WHERE row_number = 1"
    assert con.execute(query).fetchone() == (True, "student", "LISA", ["C778167", "C778791"])


def test_passwords_and_what_no_report_needs_are_never_read(bundle: Any) -> None:
    con = duckdb.connect()
    accept(con, bundle.sources(), [])
    columns = {r[0] for r in con.execute("SELECT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()}
    assert columns.isdisjoint({"password", "sex", "asian", "white", "city_of_birth"})


def test_a_rejected_extract_gives_no_rows(bundle: Any) -> None:
    (bundle.folder / "users.csv").unlink()
    with pytest.raises(InputError) as caught:
        accept(duckdb.connect(), bundle.sources(), [])
    assert caught.value.code == "extract-rejected"


def test_findings_keep_their_promised_keys_and_survive_json(bundle: Any) -> None:
    bundle.put("results.csv", 1, "score", "NaN")
    findings = bundle.check()
    assert type(findings).model_validate_json(findings.model_dump_json()) == findings
    promised = as_json(findings)
    assert list(promised) == [
        "extract_id", "format", "version", "outcome", "files", "problems", "held_students", "skipped",
    ]  # fmt: skip
    assert promised["problems"] == [{
        "rule": "type-decimal", "severity": "error", "file": "results.csv", "row": 1, "column": "score", "key": None,
        "message": "the cell is not a number", "remedy": "write plain digits with a point"}]  # fmt: skip
    assert (promised["format"], promised["version"], promised["held_students"]) == ("oneroster-csv", "1.1", ["604822"])
