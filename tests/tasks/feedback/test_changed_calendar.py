"""A calendar that is changed shows in the log, and ends nobody's approval."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry, EntryKind, Logged
from termpost.tasks.home.home import open_home

from tests.tasks.gradebook import new_home

NOW = datetime(2021, 10, 22, 15, tzinfo=UTC)


def note(path: Path) -> list[str]:
    """Writes something down, and returns the clock settings of which the log has a change so far."""
    home = open_home(path, FixedClock(NOW))
    home.log.append("test", [Entry(kind="stopped", actor="operator", cycle="a")])
    changed = [one for one in home.log.entries("settings_changed") if one.previous and not one.ends_approvals]
    assert all(one.digest != one.previous for one in changed)
    return [one.reason or "" for one in changed]


def test_what_clocks_run_by_is_in_the_log_once_for_each_change(tmp_path: Path) -> None:
    path = new_home(tmp_path / "home").path
    calendar, settings = path / "calendar.toml", path / "termpost.toml"
    begun = note(path)
    assert {"calendar.timezone", "calendar.country"} <= set(begun)
    assert note(path) == begun
    for line in ('staff_absent = ["2022-06-06/2022-08-09"]', 'half_days = ["2021-11-24 12:00"]'):
        calendar.write_text(f"{line}\n{calendar.read_text()}")
    settings.write_text(settings.read_text() + "\n[feedback]\nstaff_days = 3\n")
    assert set(note(path)[len(begun) :]) == {"calendar.staff_absent", "calendar.half_days", "feedback.staff_days"}
    calendar.write_text("\n".join(calendar.read_text().splitlines()[1:]))
    assert note(path)[-1] == "calendar.half_days"


def test_another_law_of_the_place_shows_and_ends_no_approval(tmp_path: Path) -> None:
    path = new_home(tmp_path / "home").path
    begun = note(path)
    settings = path / "termpost.toml"
    settings.write_text(settings.read_text() + '\n[law]\njurisdiction = "US-MA"\n')
    assert note(path)[len(begun) :] == ["law.jurisdiction"]


@pytest.mark.parametrize(
    ("name", "stands"), [("calendar.closures", True), ("law.checked", True), ("release.embargo", False)]
)
def test_only_what_guards_a_release_ends_approvals(name: str, stands: bool) -> None:
    def entry(seq: int, kind: EntryKind, **more: str) -> Logged:
        return Logged(kind=kind, seq=seq, at=NOW, run="r", **more)

    approved = entry(1, "approved", actor="mlopez", cycle="a", object="reports/x", digest="d")
    changed = entry(2, "settings_changed", reason=name, digest="new", previous="old")
    state = CycleState.fold("a", [approved, changed])
    assert ("d" in state.approvals) is stands
    assert (name in state.controls) is not stands
