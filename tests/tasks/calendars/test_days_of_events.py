"""Days of a calendar file, and their lines in calendar.toml."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.calendars.days_of_events import days_of
from termpost.tasks.calendars.proposed import ProposedCycle
from termpost.tasks.calendars.written import with_cycles, with_days, write_calendar
from termpost.tasks.feedback.meetings.busy_times import CalendarEvent, read_events

ZONE = ZoneInfo("Australia/Sydney")
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x
{}END:VCALENDAR
"""


def event(*lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def read(*events: str) -> tuple[CalendarEvent, ...]:
    text = ICS.format("".join(events)).replace("\n", "\r\n")
    return read_events(text.encode(), FIRST, LAST, str(ZONE))


def test_whole_days_are_ranges_with_both_ends_and_come_as_often_as_their_rule_says() -> None:
    """DTEND of whole days is exclusive (RFC 5545, 3.6.1); Sydney puts its clocks on on 5 October."""
    events = read(
        event("UID:1", "DTSTART;VALUE=DATE:20251220", "DTEND;VALUE=DATE:20251227", "SUMMARY:No school: holidays"),
        event("UID:2", "DTSTART;VALUE=DATE:20251003", "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:Pupil-free day"),
        event("UID:3", "DTSTART;VALUE=DATE:20250404", "DTEND;VALUE=DATE:20250405", "SUMMARY:Concert"),
        event("UID:4", "DTSTART:20250404T020000Z", "DTEND:20250404T030000Z", "SUMMARY:No school fees meeting"),
    )
    found = days_of(events, "closures", ["no SCHOOL", "pupil-free"], ZONE)
    assert [day.value for day in found.days] == ["2025-10-03", "2025-10-10", "2025-12-20/2025-12-26"]
    assert found.left_out == ("No school fees meeting",)
    assert days_of(events, "staff_absent", [], ZONE).days[0].value == "2025-04-04"


def test_half_days_are_those_with_an_hour_as_the_schools_clock_shows_it() -> None:
    events = read(
        event("UID:1", "DTSTART:20251219T010000Z", "SUMMARY:Early close"),
        event("UID:2", "DTSTART;VALUE=DATE:20251218", "SUMMARY:Early close, hour to follow"),
    )
    found = days_of(events, "half_days", ["early close"], ZONE)
    assert [day.value for day in found.days] == ["2025-12-19 12:00"]
    assert found.left_out == ("Early close, hour to follow",)


def test_a_title_is_cut_and_nothing_of_it_is_a_line() -> None:
    (one,) = read(event("UID:1", "DTSTART;VALUE=DATE:20250404", "SUMMARY:" + "x" * 5000))
    assert len(one.title) == 200


HEAD = 'timezone = "Australia/Sydney"  # here\ncountry = "AU"\n'
CYCLE = ProposedCycle("a", "final", "", {"": ("s",)}, date(2025, 6, 1), date(2025, 6, 9), None)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (HEAD, HEAD + 'closures = ["2025-04-04"]\n'),
        (HEAD + "closures = []  # days off\n", HEAD + 'closures = ["2025-04-04"]  # days off\n'),
        (HEAD + 'closures = ["2025-01-02"]\nopens = "08:00"\n',
         HEAD + 'closures = ["2025-01-02", "2025-04-04"]\nopens = "08:00"\n'),
        (HEAD + '[school."a"]\nclosures = []\n', HEAD + 'closures = ["2025-04-04"]\n[school."a"]\nclosures = []\n'),
    ],
    ids=["no list", "an empty one", "days in it", "another's list"],
)  # fmt: skip
def test_days_go_behind_those_that_are_there_and_every_other_line_stays(text: str, written: str) -> None:
    assert with_days(text, "closures", ["2025-04-04"]) == written


def test_a_list_of_several_lines_is_left_to_a_person() -> None:
    with pytest.raises(InputError) as caught:
        with_days(HEAD + 'closures = [\n  "2025-01-02",\n]\n', "closures", ["2025-04-04"])
    assert (caught.value.code, "line 3" in str(caught.value)) == ("by-hand", True)


def test_a_file_that_would_be_no_calendar_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(HEAD)
    write_calendar(tmp_path, with_cycles(HEAD, [CYCLE]), {})
    assert tomllib.loads(file.read_text())["cycle"][0]["session"] == "s"
    before = file.read_text()
    with pytest.raises(InputError):
        write_calendar(tmp_path, with_cycles(before, [CYCLE]), {})  # the same id twice
    assert (file.read_text(), [one.name for one in tmp_path.iterdir()]) == (before, ["calendar.toml"])
