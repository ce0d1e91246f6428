"""`doctor` says in time that the holidays of a year are not known, or are estimates."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.tasks.home.home import Home
from termpost.tasks.preflight.audit import audit_home
from termpost.tasks.preflight.calendar_years import audit_calendar
from termpost.tasks.store.finding import Finding

from tests.tasks.gradebook import new_home


def there(tmp_path: Path, country: str, year: int, more: str = "") -> Home:
    home = new_home(tmp_path / "home")
    (home.path / "calendar.toml").write_text(f'timezone = "UTC"\ncountry = "{country}"\n{more}')
    return replace(home, clock=FixedClock(datetime(year, 5, 1, 12, tzinfo=UTC)))


def found(home: Home) -> list[Finding]:
    return list(audit_calendar(home))


def test_nothing_is_said_where_this_year_and_the_next_are_known(tmp_path: Path) -> None:
    assert found(there(tmp_path, "US", 2025)) == []


def test_holidays_that_end_are_told_a_year_before(tmp_path: Path) -> None:
    home = there(tmp_path, "LK", 2026)  # the last year that the package has of Sri Lanka
    (warning,) = found(home)
    assert (warning.control, warning.state, warning.is_safe) == ("calendar", "warns", True)
    assert "2027" in warning.what
    assert "holidays_add" in warning.remedy
    assert warning in audit_home(home)


@pytest.mark.parametrize("line", ['holidays_add = ["2027-12-25"]\n', 'holidays_drop = ["2027-01-01/2027-12-31"]\n'])
def test_who_corrected_a_year_has_looked_at_it(tmp_path: Path, line: str) -> None:
    assert found(there(tmp_path, "LK", 2026, line)) == []


def test_estimates_by_the_moon_are_told(tmp_path: Path) -> None:
    warnings = found(there(tmp_path, "AE", 2030))
    assert [one.state for one in warnings] == ["warns"] * 2
    assert all("estimate" in one.what for one in warnings)
