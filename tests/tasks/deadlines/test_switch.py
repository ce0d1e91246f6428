"""The dead man's switch: where nobody watches any more, whoever types the next command is told."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from termpost.flows.commands.options import at_home
from termpost.schemas.base.errors import InputError
from termpost.tasks.deadlines.ping import ping
from termpost.tasks.deadlines.switch import FILE, begin_to_watch, not_watched, note_run, read_watched
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.preflight.audit import audit_home

from tests.command import Command
from tests.school import EXAMPLES, Prepared, School, new_home
from tests.services.hook_server import hook_service

LONG_AGO, NEVER = "2021-12-14T22:30:00+00:00", "2120-01-01T00:00:00+00:00"


def watched(home: Path, late_after: str, *, is_told: bool = False) -> None:
    said = {"at": "2021-12-10T14:00:00+00:00", "late_after": late_after, "is_told": is_told}
    (home / FILE).write_text(json.dumps(said))


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Settings and calendar, and neither secrets nor store nor lake: what a command would open is not there."""
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        (tmp_path / name).write_text((EXAMPLES / "grand-bend-home" / name).read_text())
    return tmp_path


def test_the_next_of_any_command_says_so_in_one_line_and_its_json_is_whole(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    watched(bare, LONG_AGO)
    said = Command(monkeypatch, capsys)("schedule", "--json", "--home", bare)
    assert said.code == 0
    assert len(json.loads(said.out)) == 2
    (line,) = said.err.splitlines()
    assert line.startswith("termpost: the deadline watch has not run since 2021-12-10 (")
    assert "termpost deploy" in line


@pytest.mark.parametrize(("late_after", "is_told", "as_of", "says"), [
    (LONG_AGO, False, None, True),
    (NEVER, False, None, False),
    (LONG_AGO, False, "2021-12-13", True),  # a real home is read as of another day: the watch runs by the machine's
    (LONG_AGO, True, "2021-12-14", False),  # a rehearsal was watched on a day that it was told
    (LONG_AGO, True, "2021-12-15", True),
    (LONG_AGO, True, None, False),  # today is no day of that rehearsal
])  # fmt: skip
def test_it_goes_by_the_clock_that_the_watch_goes_by(
    bare: Path, capsys: pytest.CaptureFixture[str], late_after: str, is_told: bool, as_of: str | None, says: bool
) -> None:
    watched(bare, late_after, is_told=is_told)
    at_home(str(bare), as_of)
    assert ("has not run" in capsys.readouterr().err) == says


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"at": "x", "late_after": "y", "is_told": false}'])
def test_a_home_without_the_file_or_with_one_that_cannot_be_read_says_nothing(bare: Path, text: str | None) -> None:
    if text is not None:
        (bare / FILE).write_text(text)
    assert not_watched(open_home(bare)) is None


def test_it_needs_neither_log_nor_lake_nor_calendar(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("log", "lake", "calendar", "settings", "store"):
        monkeypatch.setattr(Home, name, property(lambda _: pytest.fail("it was opened")))
    watched(bare, LONG_AGO)
    assert not_watched(open_home(bare))


def test_it_counts_from_when_the_home_is_first_expected_to_be_watched(bare: Path) -> None:
    home = open_home(bare)
    begin_to_watch(home)
    first = read_watched(bare)
    assert first
    assert first.at < first.late_after
    assert first.late_after - first.at >= timedelta(days=1)
    watched(bare, LONG_AGO)
    begin_to_watch(home)  # deployed again: who has not watched since is still late
    assert not_watched(home)
    note_run(home)
    assert not_watched(home) is None


def test_doctor_fails_where_nobody_watches(tmp_path: Path) -> None:
    home = open_home(new_home(tmp_path / "home"))
    assert "watch" not in {one.control for one in audit_home(home)}
    for late_after, state in ((LONG_AGO, "lacks"), (NEVER, "holds")):
        watched(home.path, late_after)
        assert {one.control: one.state for one in audit_home(home)}["watch"] == state


def test_an_outside_monitor_hears_of_each_run_and_its_absence_is_no_error() -> None:
    with hook_service() as monitor:
        url = f"http://127.0.0.1:{monitor.port}/ping/secret"
        assert ping(url, fails=False)
        assert ping(url, fails=True)
        assert monitor.paths == ["/ping/secret", "/ping/secret/fail"]
        monitor.answers.extend([500, 301, "hang-up"])
        assert [ping(url, fails=False, wait=5) for _ in range(3)] == [False, False, False]
        assert len(monitor.paths) == 5  # no redirection is followed
    assert not ping(url, fails=False, wait=5)


def test_the_watch_notes_in_log_and_file_that_it_ran_and_tells_the_monitor(waiting: Prepared) -> None:
    with hook_service() as monitor:
        with (waiting.home / "termpost.toml").open("a") as file:
            file.write(f'\n[deadlines]\nping_url = "http://127.0.0.1:{monitor.port}/w"\n')
        assert waiting.watch() == 3  # two comments and a question about grades were due on Wednesday
        noted = read_watched(waiting.home)
        assert noted
        assert (noted.late_after, noted.is_told) == (datetime(2021, 12, 21, 22, 30, tzinfo=UTC), True)
        waiting.later(timedelta(days=1))  # Saturday: three reports are late, and nobody is there
        assert waiting.watch() == 0
        waiting.later(timedelta(days=2))
        assert waiting.watch() == 6
        assert [entry.count for entry in waiting.entries("watched")] == [3, 0, 6]
        shutil.rmtree(waiting.home / "vault" / "log")
        with pytest.raises(InputError):
            waiting.watch()
    assert monitor.paths == ["/w/fail", "/w", "/w/fail", "/w/fail"]


def test_a_rehearsal_that_is_tried_by_hand_is_not_expected_to_be_watched(waiting: School) -> None:
    assert read_watched(waiting.home) is None
