"""The contracts, proved by a tool that is not ours: `datacontract` (lint and test), without the network."""

import copy
import json
import re
import socket
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from click.testing import CliRunner as ClickRunner
from termpost.flows.cli import termpost
from termpost.schemas.base.shipped import CONTRACTS
from termpost.schemas.settings.attendance import common_words
from termpost.tasks.formats.registry import FALLBACK
from termpost.tasks.home.comment_bank import shipped_bank
from typer.testing import CliRunner, Result

from tests.contract_files import parsed
from tests.school import DAY, GRAND_BEND, whole_extract

if TYPE_CHECKING:
    from datacontract.model.run import Check

PATHS = sorted(CONTRACTS.glob("*.odcs.yaml"))
MAPPING = FALLBACK.mapping  # of the sample


def own(node: dict[str, Any]) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in node.get("customProperties", ())}


def of_the_sample(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The dataset as it holds for the sample's format; none where it is of another one."""
    table = node["schema"][0]
    for column in table["properties"]:
        special = own(column).get("ofSomeFormats", False)
        foreign = not MAPPING.has(table["name"], column["name"], of_some_formats=special)
        column["required"] = column.get("required", False) and not foreign
        column["quality"] = [] if foreign else column.get("quality", [])
    return [table] if table["name"] in MAPPING.datasets else []


TABLES: list[dict[str, Any]] = [table for path in PATHS for table in of_the_sample(parsed(path))]
# that a cell can be a list of keys is ours to know: the tool compares whole cells
LISTS = {p["physicalName"] for table in TABLES for p in table["properties"] if p["logicalType"] == "array"}
# the tool binds no parameters; these are the ones that a rule may use
WORDS = ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(common_words()))
CODES = ", ".join(f"'{code}'" for code in sorted(shipped_bank().codes))
PARAMETERS = {"attendance_words": f"[{WORDS}]", "max_percent": "200", "better": "NULL",
              "today": f"DATE '{DAY:%Y-%m-%d}'", "cutoff": "CAST(NULL AS DATE)",
              "rights_source": "'contacts'", "sentence_codes": f"[{CODES}]"}  # fmt: skip
# how the tool names the rules that the standard has in fields of their own
RULE = {"field_required": "required", "field_minimum": "range", "field_maximum": "range",
        "field_relationships": "reference", "field_unique": "unique"}  # fmt: skip


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the tool went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def column(node: dict[str, Any], given: set[str]) -> str:
    """A cell in the contract's type and under both of its names; NULL where it is blank or the column is absent."""
    header, name, kind = node["physicalName"], node["name"], node["physicalType"]
    cell = f"nullif(trim(\"{header}\"), '')" if header in given else "NULL"
    value = f"CAST({cell} AS {kind})"
    if kind == "VARCHAR[]":
        value = f"list_transform(string_split({cell}, ','), lambda e: trim(e))"
    both = [header] if header.lower() == name.lower() else [header, name]
    return ", ".join(f'{value} AS "{spelling}"' for spelling in both)


def database(folder: Path, path: Path) -> None:
    """The files as DuckDB reads them by itself, typed; what only the contract has is an empty table or column."""
    with duckdb.connect(str(path)) as con:
        for table in TABLES:
            source = folder / table["physicalName"]
            given: set[str] = set()
            rows = "(SELECT 1 WHERE false)"
            if source.exists():
                rows = f"read_csv('{source}', header=true, all_varchar=true, delim=',', quote='\"')"
                given = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
            kept = ", ".join(column(node, given) for node in table["properties"])
            con.execute(f'CREATE TABLE "{table["physicalName"]}" AS SELECT {kept} FROM {rows}')
            con.execute(f'CREATE VIEW {table["name"]} AS SELECT * FROM "{table["physicalName"]}"')


def rules(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [rule for place in (table, *table["properties"]) for rule in place.get("quality", ())]


def marked(table: dict[str, Any]) -> dict[str, Any]:
    """The dataset with the name of each rule where the tool's verdict repeats it."""
    for number, quality in enumerate(rules(table)):
        quality["id"] = f"{quality['name']}-{number}"
        for name, value in PARAMETERS.items():
            if "query" in quality:
                quality["query"] = quality["query"].replace(f"${name}", value)
    return table


def tool(*words: str) -> Result:
    """`datacontract` as somebody types it."""
    from datacontract.cli import app  # here, since every worker imports this file and the tool takes seconds

    return CliRunner().invoke(app, words)


def judged(folder: Path, work: Path) -> "list[Check]":
    """What the tool says of an extract: all contracts as one, so that it sees the references between them."""
    path = work / "extract.duckdb"
    database(folder, path)
    tables = [marked(copy.deepcopy(table)) for table in TABLES]
    one = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "termpost", "version": "1.0.0", "status": "active",
        "servers": [{"server": "loaded", "type": "duckdb", "database": str(path), "schema": "main"}], "schema": tables,
    }  # fmt: skip
    text = yaml.safe_dump(one, allow_unicode=True, sort_keys=False)
    from datacontract.data_contract import DataContract  # here for the same reason

    checks = DataContract(data_contract_str=text, server="loaded").test().checks
    assert checks is not None
    return list(checks)


def broken(checks: "list[Check]") -> Counter[tuple[str, str, str]]:
    """(file, rule, severity) → rows, as the tool counts them."""
    found: Counter[tuple[str, str, str]] = Counter()
    for check in checks:
        verdict = check.result.value if check.result else ""
        if verdict == "passed":
            continue
        if check.type == "field_relationships" and check.field in LISTS:
            continue
        count = re.search(r"was (\d+), expected = 0", check.reason or "")
        assert count, f"the tool could not run {check.key}: {check.reason}"
        rule = RULE.get(check.type) or (check.qualityId or "").rpartition("-")[0]
        severity = "warning" if verdict == "warning" else "error"
        found[str(check.model), rule, severity] += int(count[1])
    return found


def ours(folder: Path) -> Counter[tuple[str, str, str]]:
    said = ClickRunner().invoke(termpost, ["check", str(folder), "--json", "--as-of", f"{DAY:%Y-%m-%d}"],
                                standalone_mode=False)  # fmt: skip
    in_contracts = {*RULE.values(), *(rule["name"] for table in TABLES for rule in rules(table))}
    problems = (p for p in json.loads(said.stdout)["problems"] if p["rule"] in in_contracts and p["row"])
    return Counter((p["file"], p["rule"], p["severity"]) for p in problems)


def test_lint_passes_every_contract() -> None:
    for path in PATHS:
        said = tool("lint", str(path))
        assert said.exit_code == 0, said.output


def test_lint_fails_a_contract_that_is_not_valid(tmp_path: Path) -> None:
    wrong = tmp_path / "results.odcs.yaml"
    wrong.write_text((CONTRACTS / "results.odcs.yaml").read_text().replace("kind: DataContract", "kind: Contract", 1))
    assert tool("lint", str(wrong)).exit_code == 1


@pytest.mark.parametrize("name", ["orgs", "enrollments"])
def test_the_tool_tests_a_file_from_the_folder_of_the_extract(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/contracts.md says it is done; rules in SQL and references need all files, as below."""
    monkeypatch.chdir(GRAND_BEND)
    said = tool("test", str(CONTRACTS / f"{name}.odcs.yaml"), "--checks", "schema")
    assert said.exit_code == 0, said.output
    assert "passed" in said.output


def test_every_rule_of_every_contract_runs_in_the_tool_and_finds_in_the_sample_what_termpost_finds(
    tmp_path: Path,
) -> None:
    checks = judged(GRAND_BEND, tmp_path)
    assert broken(checks) == ours(GRAND_BEND)
    ran = [check for check in checks if check.qualityId]
    # custom rules are of our own engine, as the standard allows
    assert len(ran) == sum(rule["type"] != "custom" for table in TABLES for rule in rules(table))
    assert {check.type for check in checks} >= {"field_is_present", "field_unique", *RULE}


@pytest.mark.soak
def test_the_tool_counts_planted_faults_as_termpost_does(tmp_path: Path) -> None:
    extract = whole_extract(tmp_path / "extract")
    results = extract.read("results.csv")
    faults = [{"scoreStatus": ""}, {"scoreStatus": "graded"}, {"lineItemSourcedId": "nowhere"}, {"score": "-1"},
              {"score": ""}, {"score": "150"}, {"score": "201"}, {"scoreDate": ""}]  # fmt: skip
    for row, fault in zip(results, faults, strict=False):
        row.update(fault)
    extract.write("results.csv", [*results, results[20] | {"sourcedId": "again"}])
    sessions = extract.read("academicSessions.csv")
    sessions[-1]["endDate"] = sessions[-1]["startDate"]
    extract.write("academicSessions.csv", sessions)
    seen = broken(judged(extract.folder, tmp_path))
    assert len(seen) == 9
    seen["results.csv", "duplicate-result", "error"] += 1  # it counts the key, termpost both rows
    mine = ours(extract.folder)
    assert {key: mine[key] for key in seen} == dict(seen)
    assert {key for key in mine if key[0] == "results.csv"} == {key for key in seen if key[0] == "results.csv"}
