"""What an admin is told in Prefect when reports wait."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from termpost.flows import artifacts, progress
from termpost.schemas.base.refs import CycleId, ExtractId, Prepared, Run, SchoolId
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import open_home
from termpost.tasks.preflight.ahead import CycleAhead, SchoolAhead

from tests.school import new_home


def test_an_event_says_that_a_cycle_waits_with_counts_and_where_the_proof_pack_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = new_home(tmp_path / "home")
    (home / "termpost.toml").write_text((home / "termpost.toml").read_text() + "\n[release]\napproval_days = 30\n")
    open_home(home).log.append("stop", [Entry(kind="stopped", cycle="2021-fall-final")])  # who writes says so first
    tables: list[dict[str, Any]] = []
    events: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(artifacts, "emit_event", lambda event, **said: events.append((event, said)))
    monkeypatch.setattr(artifacts, "create_table_artifact", lambda **said: tables.append(said))
    cycle = CycleId("2021-fall-final")
    schools = [Prepared(cycle, ExtractId("e"), SchoolId(school), "m", made, held, made + held)
               for school, made, held in (("s1", 40, 2), ("s2", 9, 0))]  # fmt: skip
    artifacts.show_prepared(Run(str(home), "show"), cycle, schools)
    ((event, said),) = events
    assert event == "termpost.cycle.waits"
    assert said["resource"]["prefect.resource.id"] == "termpost.cycle.2021-fall-final"
    assert said["payload"] == {
        "made": 49, "held": 2, "without_report": 0, "proof_pack": "termpost proof --cycle 2021-fall-final --out DIR",
    }  # fmt: skip
    (table,) = tables
    assert "`release.approval_days` on " in table["description"]  # whoever approves in the UI is told too


def test_the_counts_of_the_time_before_are_read_back_from_the_artifact_of_this_institution(tmp_path: Path) -> None:
    run, other = (Run(str(new_home(tmp_path / name)), "r") for name in ("home", "other"))
    settings = Path(other.home) / "termpost.toml"
    settings.write_text(settings.read_text().replace("Grand Bend", "Little Bend"))
    school = SchoolAhead(SchoolId("s1"), 40, 3, (("above-max", 2),), (("unmarked-piece", 4),), (("marks to come", 12),))
    ahead = CycleAhead(CycleId("2031_Read-back"), date(2031, 12, 10), "accepted_with_holds", (school,), (), 9)
    assert artifacts.counts_shown_last(run, ahead.cycle_id) is None

    @flow
    def shown() -> None:
        artifacts.show_ahead(run, ahead, None)

    shown()
    assert artifacts.counts_shown_last(run, ahead.cycle_id) == ahead.counts()
    assert artifacts.counts_shown_last(other, ahead.cycle_id) is None


def test_a_bar_says_how_much_is_left_by_the_pace_so_far(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[dict[str, Any]] = []
    said: list[tuple[float, str]] = []
    monkeypatch.setattr(progress, "create_progress_artifact", lambda _, **about: made.append(about))
    monkeypatch.setattr(progress, "update_progress_artifact",
                        lambda _, progress, description: said.append((progress, description)))  # fmt: skip
    seconds = iter([0, 100, 400, 420]).__next__
    bar = progress.Progress(Run(str(new_home(tmp_path / "home")), "r"), "Batches", "s1", 4, seconds)
    for _ in range(4):
        bar.step()
    assert made == [{"key": "progress-rehearsal-grand-bend-s1", "description": "Batches"}]
    assert said == [
        (25, "Batches: 1 of 4, about 5 minutes left"), (50, "Batches: 2 of 4, about 7 minutes left"),
        (75, "Batches: 3 of 4, about 2 minutes left"), (100, "Batches: 4 of 4"),
    ]  # fmt: skip
