"""`doctor` says which kind of record nobody decided about, and which settings the page overrules."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.tasks.home.home import open_home
from termpost.tasks.preflight.retention_page import audit_retention


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """As `init` makes it: with a page of its own."""
    assert CliRunner().invoke(termpost, ["init", str(tmp_path / "home")]).exit_code == 0
    return tmp_path / "home"


def test_a_new_home_has_a_page_of_its_own_with_every_line(home: Path) -> None:
    (found,) = audit_retention(open_home(home))
    assert found.state == "holds"
    assert "of this home" in found.what
    (home / "retention.toml").unlink()
    (found,) = audit_retention(open_home(home))
    assert "that ships" in found.what


def test_a_kind_of_record_without_a_line_is_unsafe_and_stops_no_run(home: Path) -> None:
    page = home / "retention.toml"
    page.write_text(page.read_text().replace('"slots/<slot>", ', ""))
    (found,) = audit_retention(open_home(home))
    assert (found.state, found.stops_runs) == ("lacks", False)
    assert "slots/<slot>" in found.what
    page.write_text("[[lines]]\n")
    (found,) = audit_retention(open_home(home))
    assert (found.state, found.what.partition(":")[0]) == ("lacks", "retention.toml line 1 lines")


def test_a_setting_that_counts_for_nothing_is_said(home: Path) -> None:
    settings = home / "termpost.toml"
    settings.write_text(settings.read_text().replace("[privacy]\n", "[privacy]\nlanding_days = 5\n"))
    assert [one.state for one in audit_retention(open_home(home))] == ["warns", "holds"]
    assert open_home(home).retention.landing_days == 30
