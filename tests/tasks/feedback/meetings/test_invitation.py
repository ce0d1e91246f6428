"""Invitations, changes and cancellations as another reader finds them, and what they never say."""

from datetime import UTC, datetime, timedelta

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.meetings.booking import book_offer, move_meeting
from termpost.tasks.feedback.meetings.invitation import due_invitations, invitation, staff_calendar
from termpost.tasks.feedback.meetings.outcomes import cancel_meeting
from termpost.tasks.home.home import open_home

from tests.school import DAY, FATHER, LISA, MOTHER
from tests.tasks.feedback.meetings.ical_reader import Part, instant, read
from tests.tasks.feedback.meetings.meeting_office import TEACHER, MeetingOffice

HER_ADDRESS = "mother@example.org"
# what RFC 5546 (3.2.2, 3.2.5) and RFC 5545 (3.6.1) ask of the event
ONCE = [
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SEQUENCE",
    "SUMMARY",
    "ORGANIZER",
    "ATTENDEE",
    "STATUS",
    "LOCATION",
    "URL",
]
SCHOOL = "Rehearsal · Grand Bend"  # the homes of tests are rehearsals
LONG = "Grand Bend; Schule, Straße — Великий Вигин 学校"


def invited(office: MeetingOffice, query: str, language: str = "en") -> tuple[Part, Part]:
    """The calendar and its event."""
    data = invitation(open_book(office.home), query, HER_ADDRESS, language)
    assert data == invitation(open_book(office.home), query, HER_ADDRESS, language)  # the same bytes
    assert b"Lisa" not in data
    calendar = read(data)
    (event,) = calendar.all("VEVENT")
    assert [event.names().count(name) for name in ONCE] == [1] * len(ONCE)
    return calendar, event


def test_invitation_change_and_cancellation_of_one_meeting(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    office.offers(query)
    with pytest.raises(InputError) as early:
        invitation(open_book(office.home), query, HER_ADDRESS, "en")
    assert early.value.code == "not-booked"
    slot = book_offer(office.home, "test", query, 2, TEACHER)

    calendar, event = invited(office, query)
    assert [calendar.of(name)[1] for name in ("METHOD", "VERSION", "CALSCALE")] == ["REQUEST", "2.0", "GREGORIAN"]
    (zone,) = calendar.all("VTIMEZONE")
    assert zone.names() == ["TZID"]  # the one property that it must have (3.6.5)
    assert sorted(part.of("DTSTART")[1] for part in zone.parts if part.of("DTSTART")[1].startswith("2021")) == [
        "20210314T020000", "20211107T020000",  # by the clock as it was before (3.8.2.4)
    ]  # fmt: skip
    assert instant(calendar, event, "DTSTART") == slot.starts
    assert instant(calendar, event, "DTEND") == slot.ends
    assert event.of("DTSTART") == ({"TZID": "America/Chicago"}, "20211221T152000")
    assert (event.text("SUMMARY"), event.text("LOCATION")) == (f"Meeting at {SCHOOL}", "Room: 204")
    assert event.of("ORGANIZER") == ({"CN": SCHOOL}, "mailto:office@grand-bend.example.org")
    assert event.of("ATTENDEE")[1] == f"mailto:{HER_ADDRESS}"
    assert event.of("URL")[1] == "https://portal.grand-bend.example/"
    assert (event.of("SEQUENCE")[1], event.of("STATUS")[1]) == ("0", "CONFIRMED")
    assert instant(calendar, event, "DTSTAMP") == DAY
    uid = event.of("UID")[1]
    assert uid.endswith("@grand-bend.example.org")

    office.school.later(timedelta(hours=2))
    moved = move_meeting(office.home, "test", query, slot.starts + timedelta(minutes=20), TEACHER, "phone")
    calendar, event = invited(office, query)
    assert (event.of("UID")[1], event.of("SEQUENCE")[1], calendar.of("METHOD")[1]) == (uid, "1", "REQUEST")
    assert instant(calendar, event, "DTSTART") == moved.starts
    assert instant(calendar, event, "DTSTAMP") == DAY + timedelta(hours=2)
    assert event.text("LOCATION") == "By phone: the school calls you"

    cancel_meeting(office.home, "test", query, TEACHER)
    calendar, event = invited(office, query)
    assert (event.of("UID")[1], event.of("SEQUENCE")[1], calendar.of("METHOD")[1]) == (uid, "2", "CANCEL")
    assert event.of("STATUS")[1] == "CANCELLED"
    assert instant(calendar, event, "DTSTART") == moved.starts

    office.offers(query)
    book_offer(office.home, "test", query, 1, TEACHER)
    calendar, event = invited(office, query)
    assert (event.of("UID")[1], event.of("SEQUENCE")[1], calendar.of("METHOD")[1]) == (uid, "3", "REQUEST")


@pytest.mark.parametrize("language", ["en", "es", "fr", "zh-Hans", "ar", "uk", "vi"])
def test_the_title_is_neutral_in_each_language_and_lines_are_folded_within_characters(
    office: MeetingOffice, language: str
) -> None:
    settings = office.school.home / "termpost.toml"
    settings.write_text(settings.read_text().replace('"Grand Bend"', f'"{LONG}"'))
    office.can_meet()
    query = office.asks()
    office.offers(query)
    book_offer(office.home, "test", query, 1, TEACHER)
    _, event = invited(office, query, language)
    assert LONG in event.text("SUMMARY")
    assert "204" in event.text("LOCATION")


@pytest.mark.parametrize(
    ("now", "utc"),
    [(datetime(2021, 11, 4, 14, tzinfo=UTC), datetime(2021, 11, 5, 20, tzinfo=UTC)),
     (datetime(2021, 11, 5, 14, tzinfo=UTC), datetime(2021, 11, 8, 21, tzinfo=UTC)),
     (datetime(2022, 3, 11, 14, tzinfo=UTC), datetime(2022, 3, 14, 20, tzinfo=UTC))],
)  # fmt: skip
def test_three_o_clock_is_three_o_clock_on_either_side_of_a_clock_change(
    office: MeetingOffice, now: datetime, utc: datetime
) -> None:
    office.school.as_of = now
    office.can_meet(utc.date())
    query = office.asks()
    office.offers(query)
    book_offer(office.home, "test", query, 1, TEACHER)
    calendar, event = invited(office, query)
    assert event.of("DTSTART")[1] == f"{utc:%Y%m%d}T150000"
    assert instant(calendar, event, "DTSTART") == utc


def test_a_video_call_has_its_link(office: MeetingOffice) -> None:
    office.can_meet()
    office.says(link="https://video.grand-bend.example.org/r/1")
    query = office.asks()
    office.offers(query, way="video")
    book_offer(office.home, "test", query, 1, TEACHER)
    _, event = invited(office, query)
    assert (event.of("URL")[1], event.text("LOCATION")) == ("https://video.grand-bend.example.org/r/1", "By video call")


def test_each_piece_of_news_is_due_once_under_its_key(office: MeetingOffice) -> None:
    office.can_meet()
    hers, his = office.asks(), office.asks(LISA, FATHER)
    office.offers(hers)
    office.offers(his)
    assert due_invitations(open_book(office.home), DAY) == []
    book_offer(office.home, "test", hers, 1, TEACHER)
    (due,) = due_invitations(open_book(office.home), DAY)
    assert (due.key, due.method, due.recipient) == (f"{hers}-0", "REQUEST", office.school.ref(MOTHER))
    cancel_meeting(office.home, "test", hers, TEACHER)
    (due,) = due_invitations(open_book(office.home), DAY)
    assert (due.key, due.method) == (f"{hers}-1", "CANCEL")
    assert due_invitations(open_book(office.home), due.starts) == []


def test_a_teachers_calendar_names_nobody_unless_asked(office: MeetingOffice) -> None:
    office.can_meet()
    for query in (office.asks(), office.asks(LISA, FATHER)):
        office.offers(query)
        book_offer(office.home, "test", query, 1, TEACHER)
    home = open_home(office.school.home, FixedClock(DAY))
    calendar = read(staff_calendar(home, TEACHER, {}))
    assert [event.text("SUMMARY") for event in calendar.all("VEVENT")] == [f"Meeting at {SCHOOL}"] * 2
    assert calendar.of("METHOD")[1] == "PUBLISH"
    assert all("ATTENDEE" not in event.names() for event in calendar.all("VEVENT"))
    named = read(staff_calendar(home, TEACHER, {office.school.ref(LISA): "Lisa W."}))
    assert {event.text("SUMMARY") for event in named.all("VEVENT")} == {f"Meeting at {SCHOOL}: Lisa W."}
    assert read(staff_calendar(home, "jdoe", {})).all("VEVENT") == []
