"""What each contract says beside its rules: owner, version, secrecy, freshness, keys, references, severities."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from termpost.schemas.base.shipped import CONTRACTS
from termpost.schemas.contracts.contract import Classification
from termpost.schemas.documents.findings import Severity

from tests.contract_files import parsed

PATHS = sorted(CONTRACTS.glob("*.odcs.yaml"))
NODES: dict[str, dict[str, Any]] = {path.name.removesuffix(".odcs.yaml"): parsed(path) for path in PATHS}
KEYLESS = {
    "supplement_attendance",
    "supplement_comments",
    # their rows are students, points and posting
    "canvas_gradebook",
    "moodle_gradebook",
    "blackboard_gradebook",
    "brightspace_gradebook",
}  # several on one day, or from several authors, are no mistake


@pytest.fixture(params=NODES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def rules(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place in (table, *table["properties"]):
        yield from place.get("quality", ())


def test_it_has_an_owner_a_version_a_purpose_and_a_name_that_fits_the_file(name: str) -> None:
    node = NODES[name]
    assert node["name"] == name == node["schema"][0]["name"]
    assert [member["role"] for member in node["team"]["members"]] == ["owner"]
    assert re.fullmatch(r"[1-9]\d*\.\d+\.\d+", node["version"])
    assert node["description"]["purpose"].strip()
    assert node["id"] == "termpost-" + name.replace("_", "-")


def test_it_says_how_fresh_its_data_are(name: str) -> None:
    sla = {item["property"]: (item["value"], item["unit"]) for item in NODES[name]["slaProperties"]}
    assert sla["frequency"] == (1, "d")
    assert all(value > 0 and unit == "d" for value, unit in sla.values())


def test_the_server_entry_is_the_file_of_the_extract_by_a_relative_path(name: str) -> None:
    (server,) = NODES[name]["servers"]
    assert (server["type"], server["format"]) == ("local", "csv")
    assert server["path"] == NODES[name]["schema"][0]["physicalName"]
    assert not Path(server["path"]).is_absolute()


def test_every_column_has_a_class_of_secrecy_and_a_description(name: str) -> None:
    for column in NODES[name]["schema"][0]["properties"]:
        assert column["classification"] in get_args(Classification), column["name"]
        assert column["description"].strip()


def test_rows_have_a_key_of_one_column_or_of_several(name: str) -> None:
    table = NODES[name]["schema"][0]
    keys = [column for column in table["properties"] if column.get("primaryKey")]
    together = [rule for rule in rules(table) if rule.get("metric") == "duplicateValues"]
    if not name.startswith("lms_"):  # of those the key is judged on the dataset that is made of them
        assert all(column["required"] and column["unique"] for column in keys)
    assert len(keys) == 1 or (not keys and (together or name in KEYLESS))


def test_what_is_named_after_another_dataset_refers_to_it(name: str) -> None:
    for column in NODES[name]["schema"][0]["properties"]:
        if column["name"].endswith(("_sourced_id", "_sourced_ids")):
            assert column.get("relationships"), column["name"]


def test_every_rule_has_a_name_a_severity_and_a_dimension(name: str) -> None:
    for rule in rules(NODES[name]["schema"][0]):
        assert rule["severity"] in get_args(Severity)
        assert rule["name"]
        assert rule["dimension"]
