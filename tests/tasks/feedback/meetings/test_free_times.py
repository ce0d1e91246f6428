"""Which times are free: buffers, what is busy, other meetings, and the nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.staff_times import OpenTime, StaffAvailability, TimeSpan
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.sections.meeting_settings import MeetingSettings
from termpost.tasks.feedback.meetings.availability import office_hours, open_spans, open_time
from termpost.tasks.feedback.meetings.free_times import chosen, free_times

CHICAGO = Calendar(timezone="America/Chicago", country="US", subdivision="TX")
KYIV = Calendar(timezone="Europe/Kyiv", country="UA")
DAY = date(2021, 10, 26)  # a Tuesday
QUARTER = MeetingSettings(minutes=15, buffer=5)
WEEK = (datetime(2021, 10, 25, tzinfo=UTC), datetime(2021, 11, 1, tzinfo=UTC))


def at(hours: str, day: date = DAY, calendar: Calendar = CHICAGO) -> TimeSpan:
    begins, _, ends = hours.partition("-")
    starts, until = (datetime.combine(day, time.fromisoformat(one), calendar.zone) for one in (begins, ends))
    return TimeSpan(starts=starts.astimezone(UTC), ends=until.astimezone(UTC))


def hours_of(times: list[TimeSpan], zone: ZoneInfo = CHICAGO.zone) -> str:
    return " ".join(one.starts.astimezone(zone).strftime("%H:%M") for one in times)


@pytest.mark.parametrize(
    ("busy", "taken", "free"),
    [
        ([], [], "15:00 15:20 15:40 16:00"),
        (["15:10-15:12"], [], "15:20 15:40 16:00"),  # a minute of one is enough
        (["15:15-15:20"], [], "15:00 15:20 15:40 16:00"),  # what only touches blocks nothing
        (["14:00-17:00"], [], ""),
        (["15:00-15:20", "15:40-15:41"], [], "15:20 16:00"),
        ([], ["15:20-15:35"], "15:00 15:20 15:40 16:00"),  # the same time, offered to others
        ([], ["15:17-15:32"], "15:40 16:00"),  # nearer than the buffer to 15:00
        ([], ["14:40-14:55"], "15:00 15:20 15:40 16:00"),
        ([], ["14:41-14:56"], "15:20 15:40 16:00"),
        ([], ["15:00-16:15"], ""),
    ],
)
def test_table_of_overlaps_and_buffers(busy: list[str], taken: list[str], free: str) -> None:
    found = free_times([at("15:00-16:15")], [at(one) for one in busy], [at(one) for one in taken], QUARTER, *WEEK)
    assert hours_of(found) == free


@pytest.mark.parametrize(
    ("minutes", "buffer", "span", "free"),
    [
        (15, 0, "15:00-15:45", "15:00 15:15 15:30"),
        (15, 0, "15:00-15:44", "15:00 15:15"),  # none ends late
        (30, 10, "15:00-16:10", "15:00 15:40"),
        (20, 120, "08:00-12:00", "08:00 10:20"),
        (45, 5, "15:00-15:40", ""),
    ],
)
def test_table_of_lengths(minutes: int, buffer: int, span: str, free: str) -> None:
    settings = MeetingSettings(minutes=minutes, buffer=buffer)
    assert hours_of(free_times([at(span)], [], [], settings, *WEEK)) == free


def test_two_spans_that_overlap_give_no_two_times_at_once() -> None:
    found = free_times([at("15:00-16:00"), at("15:10-16:00"), at("15:00-16:00")], [], [], QUARTER, *WEEK)
    assert all(one.ends + timedelta(minutes=5) <= two.starts for one, two in pairwise(found))
    assert hours_of(found) == "15:00 15:20 15:40"


@pytest.mark.parametrize(
    ("day", "hours", "calendar", "utc"),
    [
        # spring: 02:00 to 03:00 does not come; 01:30 to 03:30 is one hour
        (date(2021, 3, 14), "01:30-03:30", CHICAGO, ["07:30", "08:00"]),
        # autumn: 01:00 to 02:00 comes twice; 00:30 to 02:30 is three hours
        (date(2021, 11, 7), "00:30-02:30", CHICAGO, ["05:30", "06:00", "06:30", "07:00", "07:30", "08:00"]),
        (date(2021, 11, 5), "15:00-16:00", CHICAGO, ["20:00", "20:30"]),  # before the clocks go back
        (date(2021, 11, 8), "15:00-16:00", CHICAGO, ["21:00", "21:30"]),  # after it: another hour in UTC, the same here
        (date(2021, 3, 28), "02:30-04:30", KYIV, ["00:30", "01:00"]),
        (date(2021, 10, 31), "02:30-04:30", KYIV, ["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"]),
    ],
)
def test_table_of_nights_on_which_the_clocks_change(
    day: date, hours: str, calendar: Calendar, utc: list[str]
) -> None:  # fmt: skip
    begins, _, ends = hours.partition("-")
    span = open_time(calendar, day, time.fromisoformat(begins), time.fromisoformat(ends), any_hour=True)
    year = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
    found = free_times([span], [], [], MeetingSettings(minutes=30, buffer=0), *year)
    assert [one.starts.strftime("%H:%M") for one in found] == utc
    assert {one.ends - one.starts for one in found} == {timedelta(minutes=30)}


@pytest.mark.parametrize(("day", "hour"), [(date(2021, 3, 14), "02:30"), (date(2021, 3, 14), "02:00")])
def test_an_hour_that_the_clocks_skip_is_refused(day: date, hour: str) -> None:
    with pytest.raises(InputError) as refused:
        open_time(CHICAGO, day, time.fromisoformat(hour), time(4), any_hour=True)
    assert refused.value.code == "no-such-hour"


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    for until in ("15:00", "14:00"):
        with pytest.raises(InputError) as refused:
            open_time(CHICAGO, DAY, time(15), time.fromisoformat(until), any_hour=False)
        assert refused.value.code == "bad-hours"


@pytest.mark.parametrize(
    ("day", "hours", "any_hour", "open_"),
    [
        (DAY, "15:00-18:00", False, "15:00-16:30"),  # the office closes at half past four
        (DAY, "06:00-07:00", False, None),
        (DAY, "06:00-07:00", True, "06:00-07:00"),
        (date(2021, 10, 30), "10:00-12:00", False, None),  # a Saturday
        (date(2021, 10, 30), "10:00-12:00", True, "10:00-12:00"),
        (date(2021, 11, 25), "10:00-12:00", False, None),  # Thanksgiving
    ],
)
def test_table_of_what_is_within_the_offices_hours(day: date, hours: str, any_hour: bool, open_: str | None) -> None:
    named = OpenTime(**dict(at(hours, day)), any_hour=any_hour)
    first, last = named.starts - timedelta(days=2), named.ends + timedelta(days=2)
    found = list(open_spans(CHICAGO, StaffAvailability(open=(named,)), first, last))
    wanted = [at(open_, day)] if open_ else []
    assert [(one.starts, one.ends) for one in found] == [(one.starts, one.ends) for one in wanted]


def test_without_named_days_the_office_hours_count_as_far_as_the_calendar_was_read() -> None:
    read_until = datetime(2021, 10, 27, 23, tzinfo=UTC)
    found = list(open_spans(CHICAGO, StaffAvailability(read_until=read_until), *WEEK))
    assert [one.starts.astimezone(CHICAGO.zone).date().day for one in found] == [25, 26, 27]
    assert list(open_spans(CHICAGO, StaffAvailability(), *WEEK)) == []
    assert office_hours(CHICAGO, date(2021, 10, 30)) is None


def test_of_many_times_those_are_chosen_that_fewest_others_were_offered() -> None:
    times = [at("15:00-15:15"), at("15:20-15:35"), at("15:40-15:55"), at("16:00-16:15")]
    counts = {(times[0].starts, times[0].ends): 2, (times[2].starts, times[2].ends): 1}
    assert chosen(times, counts, 3, CHICAGO.zone) == [times[1], times[2], times[3]]
