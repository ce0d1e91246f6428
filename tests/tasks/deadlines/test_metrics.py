"""What Prometheus reads is what `status` and `deadlines` say, and nothing of it is about one person."""

import json
import stat
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.command import Command
from tests.school import CYCLE, SCHOOL_ID, Prepared
from tests.snapshots import copy_of, released_school, snapshot

Found = dict[tuple[str, tuple[tuple[str, str], ...]], float]
PERSONAL = ("Lisa", "Fannie", "Kyle", "604822", "604847", "604874", "Woods", "@")
ON = "2021-12-20"


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    """Everything is out but what waits for a correction: somebody is held, and the watch has run."""
    school = copy_of(snapshot(tmp_path_factory, "released", released_school), tmp_path)
    school.watch()
    return school


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def read(text: str) -> Found:
    """Metric and labels → value, by Prometheus' own parser; without the institution, which is on each."""
    found: Found = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            labels = dict(one.labels)
            assert labels.pop("institution") == "Rehearsal · Grand Bend"
            found[one.name, tuple(sorted(labels.items()))] = one.value
    return found


def test_the_numbers_are_those_of_status_and_deadlines(school: Prepared, typed: Command) -> None:
    given = ("--home", school.home, "--as-of", ON)
    found = read(typed("metrics", *given).out)
    status = json.loads(typed("status", "--cycle", CYCLE, "--json", *given).out)
    cycle = ("cycle", CYCLE)
    reports = dict(status["reports"])
    assert found["termpost_held_students", (cycle,)] == reports.pop("held")
    assert reports["released"] > 0
    for name, labels, said in (
        ("termpost_reports", (cycle,), reports),
        ("termpost_deliveries", (cycle,), status["deliveries"]),
        ("termpost_school_reports", (cycle, ("school", SCHOOL_ID)), reports),
    ):
        assert {state: found[name, (*labels, ("state", state))] for state in said} == said

    due: Found = {}
    for row in json.loads(typed("deadlines", "--json", *given).out):
        of = {
            "kind": row["code"],
            "state": row["state"],
            "cycle": row["cycle"] or "",
            "school": row["school"] or "",
        }
        key = ("termpost_deadlines", tuple(sorted(of.items())))
        due[key] = due.get(key, 0) + row["count"]
    assert due
    assert {key: value for key, value in found.items() if key[0] == "termpost_deadlines"} == due
    assert found["termpost_log_entries", ()] == len(list(school.open().log.entries()))
    (watched,) = school.entries("watched")
    assert found["termpost_watch_last_run_timestamp_seconds", ()] == watched.at.timestamp()
    assert found["termpost_rehearsal", ()] == 1


def test_what_never_happened_has_no_line_and_a_backup_has_its_time(
    school: Prepared, typed: Command, tmp_path: Path
) -> None:
    given = ("--home", school.home, "--as-of", ON)
    assert not [name for name, _ in read(typed("metrics", *given).out) if name.startswith("termpost_backup")]
    assert typed("keys", "backup", tmp_path / "keys.backup", *given).code == 0
    kept = {
        labels for name, labels in read(typed("metrics", *given).out) if name == "termpost_backup_timestamp_seconds"
    }
    assert kept == {(("what", "keys"),)}


def test_a_file_for_the_collector_is_readable_whole_and_names_nobody(
    school: Prepared, typed: Command, tmp_path: Path
) -> None:
    given, out = ("--home", school.home, "--as-of", ON), tmp_path / "termpost.prom"
    entries = len(school.entries())
    for _ in range(2):
        assert typed("metrics", "--out", out, *given).code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.glob(".new-*")] == []
    text = out.read_text()
    assert read(text)
    assert [word for word in PERSONAL if word in text] == []
    assert len(school.entries()) == entries


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--out", "termpost.txt"), 2, "must end in .prom"),
        (("--out", "x.prom", "--json"), 2, "--out or --json"),
        (("--out", "nowhere/x.prom"), 1, "cannot be written"),
    ],
)
def test_wrong_use_is_one_line(
    more: tuple[str, ...], code: int, said: str, school: Prepared, typed: Command, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    answer = typed("metrics", *more, "--home", school.home, "--as-of", ON)
    assert answer.code == code
    assert said in answer.complaint
    assert list(tmp_path.glob("*.prom")) == []
