"""Which runs a backup lacks, told from the log alone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from termpost.schemas.log.entry import Logged
from termpost.tasks.custody.loaded_since import LoadedRun, command_of, loaded_since

AT = datetime(2021, 12, 17, tzinfo=UTC)
# run, kind, and what else the entry says
LOG: list[tuple[str, str, dict[str, Any]]] = [
    ("a", "extract_received", {"object": "landing/e1"}),
    ("a", "checked", {"object": "quarantine/e1/findings.json", "reason": "accepted"}),
    ("a", "report_made", {"cycle": "fall", "report": "r1", "student": "p1", "version": 1}),
    ("a", "report_made", {"cycle": "fall", "report": "r2", "student": "p2", "version": 1}),
    ("x", "released", {"cycle": "fall", "report": "r1", "version": 1}),
    ("b", "extract_received", {"object": "landing/e2"}),
    ("b", "checked", {"object": "quarantine/e2/findings.json", "reason": "rejected"}),
    ("c", "checked", {"object": "quarantine/backfill-e3/findings.json", "reason": "accepted"}),
    ("d", "extract_received", {"object": "landing/e4"}),
    ("d", "checked", {"object": "quarantine/e4/findings.json", "reason": "accepted-with-holds"}),
    ("d", "report_made", {"cycle": "fall", "report": "r1", "student": "p1", "version": 2}),
    ("d", "report_made", {"cycle": "fall", "report": "r2", "student": "p2", "version": 2}),
    ("e", "report_made", {"cycle": "spring", "report": "r3", "student": "p1", "version": 1}),
]


def found(known: int) -> list[LoadedRun]:
    logged = [Logged(kind=kind, run=run, seq=n, at=AT, **more) for n, (run, kind, more) in enumerate(LOG, 1)]
    return loaded_since(logged, known)


def test_each_run_that_ended_after_the_backup_is_named_and_none_that_loaded_nothing() -> None:
    assert [run.extract for run in found(0)] == ["e1", "e3", "e4", "e4"]  # e2 was rejected
    assert [run.extract for run in found(3)] == ["e1", "e3", "e4", "e4"]  # the backup was made while it ran
    assert [run.extract for run in found(4)] == ["e3", "e4", "e4"]
    assert [run.cycle for run in found(4)] == [None, "fall", "spring"]
    assert found(len(LOG)) == []


def test_a_correction_is_a_new_version_of_what_was_out() -> None:
    assert [run.corrected for run in found(4)] == [set(), {"p1"}, set()]


def test_the_command_is_that_of_the_run() -> None:
    past, fall, _ = found(4)
    assert command_of(past, Path("/h"), "e.zip") == "termpost backfill --session ID --extract e.zip --home /h"
    assert command_of(fall, Path("/h"), "e.zip") == "termpost prepare --cycle fall --extract e.zip --home /h"
