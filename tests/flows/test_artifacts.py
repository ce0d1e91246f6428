"""What an admin is told in Prefect when reports wait."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from termpost.flows import artifacts
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


def test_the_counts_of_the_time_before_are_read_back_from_the_artifact() -> None:
    school = SchoolAhead(SchoolId("s1"), 40, 3, (("above-max", 2),), (("unmarked-piece", 4),), (("marks to come", 12),))
    ahead = CycleAhead(CycleId("2031_Read-back"), date(2031, 12, 10), "accepted_with_holds", (school,), (), 9)
    assert artifacts.counts_shown_last(ahead.cycle_id) is None

    @flow
    def shown() -> None:
        artifacts.show_ahead(ahead, None)

    shown()
    assert artifacts.counts_shown_last(ahead.cycle_id) == ahead.counts()
