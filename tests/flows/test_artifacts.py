"""What an admin is told in Prefect when reports wait."""

from typing import Any

import pytest
from termpost.flows import artifacts
from termpost.schemas.base.refs import CycleId, ExtractId, Prepared, SchoolId


def test_an_event_says_that_a_cycle_waits_with_counts_and_where_the_proof_pack_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(artifacts, "emit_event", lambda event, **said: events.append((event, said)))
    monkeypatch.setattr(artifacts, "create_table_artifact", lambda **_: None)
    cycle = CycleId("2021-fall-final")
    schools = [Prepared(cycle, ExtractId("e"), SchoolId(school), "m", made, held, made + held)
               for school, made, held in (("s1", 40, 2), ("s2", 9, 0))]  # fmt: skip
    artifacts.show_prepared(cycle, schools)
    ((event, said),) = events
    assert event == "termpost.cycle.waits"
    assert said["resource"]["prefect.resource.id"] == "termpost.cycle.2021-fall-final"
    assert said["payload"] == {
        "made": 49, "held": 2, "proof_pack": "termpost proof --cycle 2021-fall-final --out DIR",
    }  # fmt: skip
