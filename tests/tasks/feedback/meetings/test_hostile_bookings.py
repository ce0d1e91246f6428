"""What is posted again, too late or for somebody else, and meetings with whom nobody may meet any more."""

from datetime import timedelta

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.meetings.booking import book_offer, move_meeting
from termpost.tasks.feedback.meetings.busy_times import read_busy_times
from termpost.tasks.feedback.meetings.invitation import staff_calendar
from termpost.tasks.feedback.meetings.shown import list_meetings
from termpost.tasks.feedback.telling.meetings import of_invitations, with_calendars

from tests.posted_messages import Family, collect
from tests.school import FATHER, KYLE, LISA, MOTHER, OTHER
from tests.tasks.feedback.meetings.meeting_office import TEACHER, MeetingOffice
from tests.tasks.feedback.meetings.test_busy_times import FIRST, LAST, ZONE, calendar
from tests.tasks.gradebook import Rooms

PAGE = "0123456789abcdef"


def family(office: MeetingOffice, contact: str = MOTHER) -> Family:
    """With a page of theirs, whose key signs; what lies on it is nothing to a meeting."""
    return Family(office.school, contact, f"sealed/{office.school.ref(contact)}/{PAGE}")


def became(office: MeetingOffice) -> list[str]:
    found = collect(office.school)
    return [one.why for one in found.dropped] or [str(one) for one in found.counts]


def booked(office: MeetingOffice, number: int = 1) -> str:
    query = office.asks()
    office.offers(query)
    book_offer(office.home, "test", query, number, TEACHER)
    return query


def test_a_cancellation_that_is_posted_again_takes_back_nothing_that_was_agreed_since(office: MeetingOffice) -> None:
    office.can_meet()
    query, mother = booked(office), family(office)
    cancel = mother.message("cancel", query=query)
    mother.lay(cancel)
    assert became(office) == ["cancelled"]
    office.offers(query)
    mother.lay(cancel)
    assert became(office) == ["known"]
    book_offer(office.home, "test", query, 1, TEACHER)
    mother.lay(cancel, name="again")
    assert became(office) == ["known"]
    assert office.state(query).step == "booked"
    mother.lay(mother.message("cancel", query=query))
    assert became(office) == ["cancelled"]
    assert office.state(query).step == "cancelled"


def test_a_meeting_that_has_begun_is_given_back_by_nobody(office: MeetingOffice) -> None:
    """Else whoever did not come could have it that there was no meeting."""
    office.can_meet()
    query, mother = booked(office), family(office)
    office.school.later(timedelta(days=5))
    mother.lay(mother.message("cancel", query=query))
    assert became(office) == ["meeting-begun"]
    assert office.state(query).step == "booked"


def test_nobody_cancels_the_meeting_of_another_household(office: MeetingOffice) -> None:
    office.can_meet()
    query = booked(office)
    for contact in (FATHER, OTHER):
        him = family(office, contact)
        him.lay(him.message("cancel", query=query))
        assert became(office) == ["no-such-meeting"]
    assert office.state(query).step == "booked"


def test_a_time_that_has_begun_is_taken_by_nobody_from_a_page_or_on_the_phone(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slots = office.offers(query)
    office.school.as_of = slots[0].starts
    office.posts(slots[0].id, query=query)
    assert office.collects() == {"slot-taken": 1}
    assert slots[0].id not in office.markers()
    assert book_offer(office.home, "test", query, 1, TEACHER).id == slots[1].id
    with pytest.raises(InputError) as refused:
        move_meeting(office.home, "test", query, slots[0].starts, TEACHER, None)
    assert refused.value.code == "not-free"


def test_the_same_family_on_two_pages_has_one_meeting(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slots = office.offers(query)
    for slot in slots:
        office.posts(slot.id, query=query)
    assert office.collects()["booked"] == 1
    assert [one.step for one in list_meetings(office.home)] == ["booked"]
    assert office.markers() == set()


def test_who_names_the_query_of_another_family_takes_no_time_of_theirs(office: MeetingOffice) -> None:
    office.can_meet(until="15:55")
    theirs, mine = office.asks(), office.asks(KYLE, OTHER)
    slots = office.offers(theirs)
    office.posts(slots[0].id, OTHER, theirs)
    office.posts("0" * 32, OTHER, mine)  # offered to nobody
    assert office.collects() == {"not-offered": 2}
    assert (office.state(theirs).step, office.state(mine).step) == ("offered", "wanted")


def test_whom_nobody_may_meet_any_more_is_neither_listed_as_agreed_nor_in_a_teachers_calendar(
    office: MeetingOffice,
) -> None:
    office.can_meet()
    hers, his = booked(office), office.asks(LISA, FATHER)
    office.offers(his)
    book_offer(office.home, "test", his, 1, TEACHER)
    assert staff_calendar(office.home, TEACHER, {}).count(b"BEGIN:VEVENT") == 2
    office.decides("no-records")
    assert {one.query: one.step for one in list_meetings(office.home)} == {hers: "booked", his: "no-right"}
    assert staff_calendar(office.home, TEACHER, {}).count(b"BEGIN:VEVENT") == 1
    with pytest.raises(Refused):
        move_meeting(office.home, "test", his, office.home.clock.today() + timedelta(days=4), TEACHER, None)


def test_time_and_place_of_a_meeting_go_to_no_mailbox_that_the_other_household_reads_too(
    office: MeetingOffice,
) -> None:
    office.can_meet()
    booked(office)
    extract, parts = office.school.extract, list[bool]()
    for father in ("his@families.example.org", "home@families.example.org"):
        extract.change("users.csv", {"sourcedId": MOTHER}, email="Home@families.example.org")
        extract.change("users.csv", {"sourcedId": FATHER}, email=father)
        office.school.later(timedelta(minutes=1))
        Rooms(office.home).take_in(extract.folder)
        book = open_book(office.home)
        (one,), fault = with_calendars(book, of_invitations(book))
        assert fault is None
        parts.append(one.mail.calendar_part is not None)
    assert parts == [True, False]


def test_a_childs_name_makes_no_line_of_its_own_in_a_teachers_calendar(office: MeetingOffice) -> None:
    office.can_meet()
    booked(office)
    hostile = "Lisa\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2;\u202e,\\n\x1b[2J"
    made = staff_calendar(office.home, TEACHER, {office.school.ref(LISA): hostile})
    lines = made.decode().replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert not {one for line in lines for one in line if ord(one) < 32 or one == "\u202e"}


OCTOBER = "DTSTART:20211025T150000Z DURATION:PT1H "
CENTRAL = "DTSTART;TZID=America/Chicago:20211025T150000 DURATION:PT1H RRULE:FREQ=DAILY;COUNT=3 "
LYING = {
    "a further time in a zone that nobody knows": (
        OCTOBER + "RDATE;TZID=Nowhere/Land:20211026T150000", "calendar-zone",
    ),
    "a further span of that zone": (
        OCTOBER + "RDATE;TZID=Nowhere/Land;VALUE=PERIOD:20211026T150000/PT2H", "calendar-zone",
    ),
    "an exception of that zone": (CENTRAL + "EXDATE;TZID=Nowhere/Land:20211026T150000", "calendar-zone"),
    "a way out of the zones": ("DTSTART;TZID=../../../etc/passwd:20211026T150000 DURATION:PT1H", "calendar-zone"),
    "longer than time": ("DTSTART:99991231T235959Z DURATION:P9999D", "bad-calendar"),
    "no step from day to day": (OCTOBER + "RRULE:FREQ=DAILY;INTERVAL=0", "calendar-too-large"),
    "a step that no number holds": (OCTOBER + f"RRULE:FREQ=DAILY;INTERVAL={'9' * 30}", "bad-calendar"),
    "two rhythms in one": (OCTOBER + "RRULE:FREQ=DAILY,SECONDLY", "calendar-too-large"),
}  # fmt: skip


@pytest.mark.parametrize("name", LYING)
def test_a_calendar_by_which_somebody_would_be_free_when_they_are_not_is_refused(name: str) -> None:
    event, code = LYING[name]
    with pytest.raises(InputError) as refused:
        read_busy_times(calendar(event), FIRST, LAST, ZONE, seconds=2)
    assert refused.value.code == code
