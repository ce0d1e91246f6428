"""The watch on a real Prefect server: what an admin sees there, and what nobody does."""

import json
from pathlib import Path
from typing import cast

import icalendar
import pytest
from prefect.artifacts import Artifact
from termpost.flows import artifacts
from termpost.flows.watch_deadlines import watch_deadlines

from tests.command import Command
from tests.flows.district import Prefect
from tests.school import CYCLE, SCHOOL_ID
from tests.snapshots import copy_of, small_school, snapshot

KEYS = ("deadlines-rehearsal-grand-bend", "deadlines-timeline-rehearsal-grand-bend")
NAMES = ("Lisa", "Fannie", "Kyle", "604822", "604847", "604874")


def test_a_run_shows_counts_by_kind_and_day_and_says_what_is_overdue(
    prefect: Prefect, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path)
    events: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(artifacts, "emit_event", lambda event, **said: events.append((event, said)))
    assert watch_deadlines(str(school.home), "2021-12-20T15:00+00:00") == 3
    assert prefect.api_url

    table, timeline = (cast("Artifact | None", Artifact.get(key)) for key in KEYS)
    assert table
    assert timeline
    (late,) = (row for row in json.loads(str(table.data)) if row["state"] == "overdue")
    assert late == {
        "what": "report to release", "due": "2021-12-17", "state": "overdue", "count": 3, "cycle": CYCLE,
        "school": SCHOOL_ID, "shown by": f"termpost status --cycle {CYCLE}",
    }  # fmt: skip
    assert "| 2021-12-17 Fri | 3 |" in str(timeline.data)
    assert "**2021-12-20 Mon, today**" in str(timeline.data)
    ((event, said),) = events
    assert event == "termpost.deadline.overdue"
    assert said["resource"] == {
        "prefect.resource.id": f"termpost.deadline.release.{CYCLE}.{SCHOOL_ID}",
        "prefect.resource.name": "report to release",
    }
    shown = f"{table.data} {timeline.data} {events}"
    assert not [name for name in NAMES if name in shown]
    assert [entry.count for entry in school.entries("watched")] == [3]


def test_the_command_lists_the_same_as_table_json_and_calendar(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    school = copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path)
    command = Command(monkeypatch, capsys)
    given = ("--home", school.home, "--as-of", "2021-12-20")
    said = command("deadlines", "--json", *given)
    rows = json.loads(said.out)
    assert said.code == 1
    (late,) = (row for row in rows if row["code"] == "release")
    assert {key: late[key] for key in ("what", "due", "state", "count", "cycle", "school")} == {
        "what": "report to release", "due": "2021-12-17", "state": "overdue", "count": 3, "cycle": CYCLE,
        "school": SCHOOL_ID,
    }  # fmt: skip

    read = [icalendar.Calendar.from_ical(command("deadlines", "--ics", *given).out) for _ in range(2)]
    events = [{str(event["UID"]): event for event in one.walk("VEVENT")} for one in read]
    assert events[0].keys() == events[1].keys()  # taken in again, nothing stands there twice
    assert len(events[0]) == sum(row["state"] != "waiting" for row in rows)
    event = events[0][f"release.{CYCLE}.{SCHOOL_ID}.2021-12-17@grand-bend.example.org"]
    assert str(event.decoded("dtstart")) == "2021-12-17"  # a whole day of the school's
    assert str(event["SUMMARY"]) == "Overdue: report to release (3)"

    assert json.loads(command("deadlines", "--json", "--school", SCHOOL_ID, *given).out) == rows
    assert "--school" in command("deadlines", "--school", "nowhere", *given).complaint
