"""`calendar import`, as a person types it, on the sample district and on a file of days."""

import json
from pathlib import Path

import pytest
from termpost.tasks.home.home import open_home

from tests.command import Command
from tests.school import GRAND_BEND

ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20220117\r\n"
    "SUMMARY:No school\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def home(tmp_path: Path, command: Command) -> Path:
    path = tmp_path / "school"
    assert command("init", path, "--rehearsal").code == 0
    return path


def test_the_terms_of_the_sample_district_become_six_cycles_once(home: Path, command: Command) -> None:
    shown = command("calendar", "import", GRAND_BEND, "--home", home)
    assert (shown.code, open_home(home).calendar.cycles) == (0, ())
    assert 'title = "First Six Weeks"' in shown.out
    written = command("calendar", "import", GRAND_BEND, "--write", "--json", "--home", home)
    rows = json.loads(written.out)
    assert [(row["kind"], row["cutoff"], row["state"]) for row in rows] == [
        ("midterm", "2021-10-03", "written"), ("midterm", "2021-11-07", "written"), ("final", "2021-12-17", "written"),
        ("midterm", "2022-02-21", "written"), ("midterm", "2022-04-10", "written"), ("final", "2022-05-27", "written"),
    ]  # fmt: skip
    assert [cycle.id for cycle in open_home(home).calendar.cycles] == [row["cycle"] for row in rows]
    before = (home / "calendar.toml").read_text()
    again = command("calendar", "import", GRAND_BEND, "--write", "--json", "--home", home)
    assert {row["state"] for row in json.loads(again.out)} == {"there already"}
    assert (home / "calendar.toml").read_text() == before


def test_days_of_a_file_are_written_once(home: Path, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "school.ics"
    file.write_text(ICS)
    typed = ("calendar", "import", file, "--from", "2021-08-01", "--write", "--json", "--home", home)
    assert json.loads(command(*typed).out) == [
        {"key": "closures", "value": "2022-01-17", "title": "No school", "state": "written"}
    ]
    assert json.loads(command(*typed).out)[0]["state"] == "there already"
    assert [str(one.first) for one in open_home(home).calendar.closures] == ["2022-01-17"]


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ((GRAND_BEND, "--as", "closures"), 2, "calendar file"),
        (("missing.ics",), 1, "the file cannot be read"),
        (("missing.ics", "--finals", "each"), 2, "--finals"),
        (("missing.zip",), 1, "missing.zip"),
        (("http://calendar.example.org/a.ics",), 1, "https"),
    ],
)
def test_what_cannot_be_imported_is_one_line(
    home: Path, command: Command, typed: tuple[str, ...], code: int, said: str
) -> None:
    refused = command("calendar", "import", *typed, "--home", home)
    assert (refused.code, said in refused.complaint) == (code, True)
