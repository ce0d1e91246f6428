"""`doctor` and `law` name what nobody compared with the law."""

from pathlib import Path

from termpost.tasks.preflight.law import audit_law

from tests.tasks.gradebook import new_home


def test_unverified_lines_are_a_warning_until_somebody_compared_each(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    (finding,) = (one for one in audit_law(home) if one.control == "law")
    assert (finding.state, "US-TX.duty.written-notice" in finding.what) == ("warns", True)
    names = [f'"{one.name}" = "us"' for one in home.law.lines()]
    checked = new_home(tmp_path / "checked", file=f"\n[law]\nchecked = {{ {', '.join(names)} }}\n")
    assert [one.control for one in audit_law(checked)] == ["law-warning"]  # the calendar plans no progress notices


def test_a_place_without_a_pack_is_said(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", TERMPOST_CALENDAR__COUNTRY="NZ", TERMPOST_CALENDAR__SUBDIVISION="")
    (finding,) = audit_law(home)
    assert "no law pack" in finding.what
