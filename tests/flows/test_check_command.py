"""`termpost check` and `doctor` as a person reads them, and what of a home they go by."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.flows.commands.reports.check import _grouped
from termpost.flows.commands.setup.doctor import verdict
from termpost.flows.commands.without_home import _access
from termpost.schemas.documents.findings import Findings, Problem, ProblemCount
from termpost.tasks.store.finding import Finding

from tests.tasks.gradebook import new_home


def problem(row: int | None, message: str = "the cell is blank") -> Problem:
    return Problem(rule="required", severity="error", file="users.csv", row=row, column="givenName", key=None,
                   message=message, remedy="fill it")  # fmt: skip


def test_what_is_said_of_many_rows_is_one_line() -> None:
    alike = [problem(row) for row in (*range(1, 149), 200)]
    findings = Findings(
        extract_id="e", extract_format="oneroster-csv", extract_version="1.1", outcome="accepted_with_holds", files=(),
        problems=(*alike, problem(150, "another")), rejected=(), holds=(), held_students=(),
        counts=(ProblemCount(rule="required", severity="error", file="users.csv", count=1200),),
    )  # fmt: skip
    rows = [tuple(row) for row in _grouped(findings)]
    assert [(row[4], row[5], row[6]) for row in rows] == [
        (149, "1–148, 200", "the cell is blank"),
        (1, "150", "another"),
        (1050, None, "more of the same, which are not listed"),
    ]


def test_the_sources_of_a_home_are_those_of_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMPOST_SOURCE__S3__REGION", "eu-west-1")
    without = _access(str(tmp_path))
    assert (without.home, without.settings.s3.region, without.settings.oneroster.client_id) == (None, "eu-west-1", None)
    text = '[institution]\nname = "A school"\nemail_domain = "school.example.org"\n'
    (tmp_path / "termpost.toml").write_text(text + '[source.oneroster]\nclient_id = "from-the-home"\n')
    found = _access(str(tmp_path))
    assert (found.home, found.settings.s3.region) == (tmp_path, "eu-west-1")
    assert found.settings.oneroster.client_id == "from-the-home"
    assert found.keep is None


def test_doctor_says_which_faults_stop_a_run() -> None:
    found = [
        Finding("tls", "holds", "good"), Finding("encryption", "lacks", "bad"),
        Finding("clock", "lacks", "bad", stops_runs=False),
    ]  # fmt: skip
    assert verdict(found) == [
        "unsafe: prepare and release refuse until this is mended: encryption",
        "unsafe, though prepare and release do not refuse for it: clock",
    ]
    assert verdict(found[:1]) == ["safe"]


def test_a_backup_may_be_named_by_its_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, named = new_home(tmp_path / "home", real=True), list[str]()
    monkeypatch.setattr("termpost.flows.commands.setup.backup.write_backup", lambda _, place, *__: named.append(place))
    said = CliRunner().invoke(termpost, ["backup", "x/{date}.backup", "--home", str(home.path)], standalone_mode=False)
    assert said.exception is None
    assert named == [f"x/{home.clock.today().date()}.backup"]
