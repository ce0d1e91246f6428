"""`make audit` and `make sbom`: what was not looked at is not clean, and a secret in the tree is found."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PINNED = sum(line[:1].isalnum() for line in (ROOT / "requirements.lock").read_text().splitlines())


@pytest.fixture
def audit(tmp_path: Path) -> ModuleType:
    """The script, with a folder of its own for what it writes."""
    spec = importlib.util.spec_from_file_location("audit", ROOT / "deploy" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tool(folder: Path, name: str, says: str, code: int = 0) -> Path:
    """A program that answers so, whatever it is asked."""
    (folder / "said").write_text(says)
    path = folder / name
    path.write_text(f'#!/bin/sh\ncat "{folder}/said"\necho "the last line" >&2\nexit {code}\n')
    path.chmod(0o755)
    return folder


def answered(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages})


KNOWN: dict[str, object] = {"name": "jinja2", "version": "3.0.0", "vulns": []}
BAD: dict[str, object] = {"name": "jinja2", "version": "3.0.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.6"]}]}
SKIPPED: dict[str, object] = {"name": "babel", "skip_reason": "not found"}


@pytest.mark.parametrize(("says", "code", "told"), [
    (answered(KNOWN), 0, "none known of 1 packages"),
    (answered(KNOWN, BAD), 1, "jinja2 3.0.0: PYSEC-1 (fixed in: 3.1.6)"),
    ("", 3, "could not run: no database answered (pypi: the last line; osv: the last line)"),
    (answered(), 3, "could not run"),
    (answered(SKIPPED, SKIPPED), 3, "could not run: no database answered (pypi: it knows none of the 2 packages"),
    (answered(KNOWN, SKIPPED), 3, "could not look at 1 of 2: babel"),
    (answered(BAD, SKIPPED), 1, "could not look at 1 of 2: babel"),
])  # fmt: skip
def test_only_what_a_database_answered_is_clean(
    audit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], says: str, code: int, told: str
) -> None:
    """pip-audit says "no known vulnerabilities found" also where it could look nothing up."""
    tools = tool(tmp_path, "pip-audit", says)
    assert audit.main([str(tools), "vulnerabilities"]) == code
    said = capsys.readouterr().out
    assert told in said
    assert ("none known" in said) is (code == 0)


def test_a_tool_that_is_not_there_could_not_run(
    audit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main([str(tmp_path), "vulnerabilities"]) == 3
    assert "could not run: no database answered (pypi: pip-audit: FileNotFoundError" in capsys.readouterr().out


def test_a_secret_in_a_file_is_found_and_what_is_none_is_not(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    planted = tmp_path / "settings.py"
    planted.write_text('SERVER = "mail.example.org"\naws = "AKIA' + "Q3EGRJXM2WOV5KTB" + '"\n')
    (found,) = audit.looks_secret([planted.name])
    assert (found["type"], found["line_number"]) == ("AWS Access Key", 2)
    planted.write_text("-----BEGIN " + "RSA PRIVATE KEY-----\n")
    assert [one["type"] for one in audit.looks_secret([planted.name])] == ["Private Key"]
    planted.write_text('SERVER = "mail.example.org"\n')
    assert list(audit.looks_secret([planted.name])) == []


def test_what_is_not_in_the_baseline_stops_it(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planted, baseline = tmp_path / "settings.py", tmp_path / "baseline.json"
    planted.write_text('aws = "AKIA' + "Q3EGRJXM2WOV5KTB" + '"\n')
    baseline.write_text('{"accepted": []}')
    monkeypatch.setattr(audit, "_scanned", lambda: iter([planted.name]))
    monkeypatch.setattr(audit, "BASELINE", baseline)
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    assert audit.main([str(tmp_path), "secrets"]) == 1
    assert "settings.py:1: AWS Access Key" in capsys.readouterr().out
    (found,) = audit.looks_secret([planted.name])
    one = {"file": found["filename"], "hashed_secret": found["hashed_secret"], "why": "a test"}
    baseline.write_text(json.dumps({"accepted": [one]}))
    assert audit.main([str(tmp_path), "secrets"]) == 0
    planted.write_text("")
    assert audit.main([str(tmp_path), "secrets"]) == 1  # what is accepted for nothing may hide something later


def test_what_the_baseline_accepts_is_in_the_tree_and_says_why(audit: ModuleType) -> None:
    accepted = json.loads(audit.BASELINE.read_text())["accepted"]
    scanned = set(audit._scanned())
    assert {one["file"] for one in accepted} <= scanned
    assert all(one["why"] for one in accepted)
    found = audit.looks_secret(sorted({one["file"] for one in accepted}))
    assert {(one["filename"], one["hashed_secret"]) for one in found} == {
        (one["file"], one["hashed_secret"]) for one in accepted
    }


def test_the_scan_reads_code_settings_and_pages_and_no_example_data(audit: ModuleType) -> None:
    scanned = set(audit._scanned())
    written = {"Makefile", ".ci/run", "pyproject.toml", "README.md", "flows/cli.py"}
    assert written | {"schemas/settings/starter/termpost.toml"} < scanned
    assert not [name for name in scanned if name.startswith(("tests/data/", "examples/grand-bend/"))]


@pytest.mark.parametrize(("named", "code"), [(PINNED, 0), (PINNED - 1, 1)])
def test_a_bill_of_materials_names_every_package_of_the_lock(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: int, code: int
) -> None:
    out = ROOT / "build" / "sbom-of-a-test.json"
    monkeypatch.setattr(audit, "SBOM", out)
    try:
        out.write_text(json.dumps({"components": [{}] * named}))
        assert audit.main([str(tool(tmp_path, "cyclonedx-py", "")), "sbom"]) == code
        assert audit.main([str(tool(tmp_path, "cyclonedx-py", "", 1)), "sbom"]) == 3
    finally:
        out.unlink(missing_ok=True)


def test_the_lock_of_the_tools_has_hashes_and_names_no_index() -> None:
    text = (ROOT / "requirements-audit.lock").read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") > text.count("==") > 20
    assert {"pip-audit", "cyclonedx-bom"} <= {line.partition("==")[0] for line in text.splitlines() if "==" in line}
