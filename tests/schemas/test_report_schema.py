"""The JSON schema of a report: shipped, true, and strict."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from termpost.schemas.documents.report import Report

SHIPPED = Path(__file__).parents[2] / "schemas" / "documents" / "report.schema.json"
LEAST = {
    "languages": ["en"], "cycle_id": "c", "cycle_title": "C", "session_title": "S", "kind": "final",
    "cutoff": "2021-12-10", "version": 1, "school": {"name": "N", "institution": "I"},
    "student": {"name": "A B", "number": "1"}, "courses": [], "attendance": None, "scale": [], "method": [],
    "query_until": "2022-01-05", "ask": {"name": "Office"},
}  # fmt: skip


def test_the_shipped_schema_is_the_model_s() -> None:
    schema = json.dumps(Report.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"
    assert SHIPPED.read_text(encoding="utf-8") == schema


def test_a_report_as_it_is_kept_fits_its_schema_and_comes_back_the_same() -> None:
    kept = Report.model_validate(LEAST).model_dump_json()
    Draft202012Validator(json.loads(SHIPPED.read_text(encoding="utf-8"))).validate(json.loads(kept))
    assert Report.model_validate_json(kept).model_dump_json() == kept


def test_a_key_that_nobody_knows_is_refused() -> None:
    kept = {**json.loads(Report.model_validate(LEAST).model_dump_json()), "colour": "red"}
    with pytest.raises(ValidationError):
        Draft202012Validator(json.loads(SHIPPED.read_text(encoding="utf-8"))).validate(kept)
