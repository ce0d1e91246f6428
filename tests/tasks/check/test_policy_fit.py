"""What a grading policy names and the extract does not have is a finding of the check, before anything is loaded."""

from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Checked, Extract, ExtractId
from termpost.schemas.documents.findings import Findings
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.tasks.check import landing
from termpost.tasks.check.landing import refuse_rejected

STARTS = 'version = "1"\naggregate = "weighted"\n[scale]\nA = "90"\nF = "0"\n'


def policy(folder: Path, text: str) -> GradingPolicy:
    (folder / "grading.toml").write_text(STARTS + text)
    return load_grading(folder / "grading.toml", {})


def test_every_name_that_the_extract_lacks_is_named_with_its_line(bundle: Any, tmp_path: Path) -> None:
    category = bundle.records("categories.csv")[0]["title"]
    text = f'[category."{category}"]\nweight = "50"\n[category.Quizzes]\nweight = "50"\n'
    text += '[omit]\nline_items = ["no-such-item"]\n'
    findings = bundle.check(policy=policy(tmp_path, text))
    said = [p for p in findings.problems if p.file == "grading.toml"]
    assert [(p.rule, p.severity) for p in said] == [("unknown-in-policy", "fatal")] * 2
    assert 'line 8 [category] Quizzes: the extract has no category "Quizzes"' in said[0].message
    assert 'no line item "no-such-item"' in said[1].message
    assert findings.outcome == "rejected"
    assert all(file.quarantined == file.rows for file in findings.files)


def test_a_policy_that_fits_and_no_policy_are_no_finding(bundle: Any, tmp_path: Path) -> None:
    category = bundle.records("categories.csv")[0]["title"]
    fits = policy(tmp_path, f'[category."{category}"]\nweight = "100"\n')
    for given in (fits, None):
        assert [p for p in bundle.check(policy=given).problems if p.severity == "fatal"] == []


def test_a_run_is_refused_for_the_policy_and_not_for_the_extract(
    bundle: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings: Findings = bundle.check(policy=policy(tmp_path, '[category.Quizzes]\nweight = "100"\n'))
    monkeypatch.setattr(landing, "read_findings", lambda *_: findings)
    extract = Extract(ExtractId("e"), "landing/e", "e", "oneroster-csv", "1.1")
    with pytest.raises(InputError) as caught:
        refuse_rejected(None, Checked(extract, "rejected", "k", 0, 0, "t"))  # type: ignore[arg-type]
    assert caught.value.code == "unknown-in-policy"
    assert "export" not in caught.value.remedy
