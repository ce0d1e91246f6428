"""`termpost contracts`, and the documentation that is written from the contracts."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import CONTRACTS
from termpost.tasks.check.contracts.contract_page import OF_FILES, contracts_page
from termpost.tasks.check.contracts.released_versions import release
from termpost.tasks.formats.registry import mappings

from tests.school import EXAMPLES, Extract


def say(*arguments: str) -> Result:
    return CliRunner().invoke(termpost, ["contracts", *arguments], standalone_mode=False, catch_exceptions=False)


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree whose contract on results changed since its release: one severity is graver."""
    folder = tmp_path / "data_contracts"
    shutil.copytree(CONTRACTS, folder, ignore=shutil.ignore_patterns("released"))
    release(folder)
    path = folder / "results.odcs.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("severity: warning", "severity: error"), encoding="utf-8")
    for name in ("standings", "release"):
        function = getattr(__import__("termpost.tasks.check.contracts.released_versions", fromlist=[name]), name)
        monkeypatch.setattr(f"termpost.flows.commands.reports.contracts.{name}", lambda run=function: run(folder))
    monkeypatch.setattr("termpost.flows.commands.reports.contracts.CONTRACTS", folder)
    return folder


def test_the_list_names_owner_version_and_rules_of_every_contract() -> None:
    value: list[dict[str, Any]] = json.loads(say("--json").stdout)
    assert {row["dataset"] for row in value} == {p.name.partition(".")[0] for p in CONTRACTS.glob("*.odcs.yaml")}
    assert all(row["owner"] and row["version"] and row["rules"] >= 0 for row in value)


def test_check_is_no_where_a_contract_changed_without_its_version(changed: Path) -> None:
    told = say("--check")
    assert told.return_value == 1
    assert "results: breaking: status-score (score): severity is error, it was warning" in told.stdout
    assert say().return_value == 0
    assert say("--release").return_value == 0
    assert say("--check").return_value == 0


def test_docs_are_written_where_the_sources_are(changed: Path) -> None:
    with pytest.raises(Exception, match="there is no folder docs/"):
        say("--docs")
    (changed.parent / "docs").mkdir()
    say("--docs")
    assert (changed.parent / "docs" / "contracts.md").read_text(encoding="utf-8") == contracts_page()


def test_the_committed_documentation_is_what_the_contracts_say() -> None:
    """Red? `termpost contracts --docs` writes it anew."""
    assert (CONTRACTS.parent / "docs" / "contracts.md").read_text(encoding="utf-8") == contracts_page()


def test_the_documentation_has_a_table_per_dataset_with_every_column() -> None:
    text = contracts_page()
    assert text.count("\n| column | type | filled | class | means |\n") == len(list(CONTRACTS.glob("*.odcs.yaml")))
    section = text.split("\n### results\n")[1].split("\n### ")[0]
    assert "| `score` | number | column | restricted | The mark, in points, exact. At least 0. A near miss" in section
    assert "→ `users.sourcedId` whose role is student." in section
    assert "Key: `sourcedId`. Version " in section
    assert "- `above-max` (error, `score`): " in section


def test_every_rule_has_a_severity_in_the_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(OF_FILES, "ragged-row")
    with pytest.raises(KeyError):
        contracts_page()


def test_what_holds_for_several_formats_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    orgs = {"orgs": frozenset({"name"})}
    formats = tuple(
        replace(one, headers={"orgs": {"name": "orgTitle"}}, optional=orgs)
        if one.form == "oneroster-csv/1.2"
        else replace(one, lacking=orgs)
        for one in mappings()
    )
    monkeypatch.setattr("termpost.tasks.check.contracts.contract_page.mappings", lambda: formats)
    section = contracts_page().split("\n### orgs\n")[1].split("\n### ")[0]
    assert "made from other files in canvas-gradebook 1, moodle-gradebook 1" in section
    assert (
        "Only in oneroster-csv 1.2. May be absent in oneroster-csv 1.2. Called `orgTitle` in oneroster-csv 1.2."
        in section
    )


def test_diff_names_what_is_otherwise_and_no_cell_and_ends_with_0(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        shutil.copytree(EXAMPLES / "grand-bend", folder)
    changed = Extract(new)
    changed.write("users.csv", [row | {"pronouns": "they"} for row in changed.read("users.csv")])
    (new / "supplement" / "attendance.csv").unlink()
    told = say("diff", str(old), str(new), "--json")
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert {"file": "users.csv", "column": "pronouns", "change": "new column", "before": None, "now": "text"} in found
    assert len(found) == 2
    assert {(row["file"], row["change"]) for row in found if row["column"] is None} == {
        ("supplement/attendance.csv", "file gone")
    }
    assert "pronouns" in say("diff", str(old), str(new)).stdout
    assert "cells look the same" in say("diff", str(old), str(old)).stdout
    with pytest.raises(InputError, match="no-such"):
        say("diff", str(old), str(tmp_path / "no-such"))
