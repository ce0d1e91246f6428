"""What became of a meeting, who reads its minutes, who is reminded, and what each household sees."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.meetings.booking import book_offer, move_meeting
from termpost.tasks.feedback.meetings.outcomes import (
    cancel_meeting,
    minutes_behind_door,
    minutes_for_report,
    say_what_became,
    write_minutes,
)
from termpost.tasks.feedback.meetings.reminders import due_reminders, reminded
from termpost.tasks.feedback.meetings.shown import door_meeting, list_meetings
from termpost.tasks.papers.desk import Asked, make_paper

from tests.reading import page_texts
from tests.school import CYCLE, FATHER, KYLE, LISA, MOTHER, OTHER
from tests.tasks.feedback.meetings.meeting_office import TEACHER, MeetingOffice

ON_THE_DAY = datetime(2021, 12, 21, 23, tzinfo=UTC)  # after every meeting of that afternoon
AGREED = "She reads aloud each evening."


def booked(office: MeetingOffice, student: str = LISA, contact: str = MOTHER, number: int = 1) -> str:
    query = office.asks(student, contact)
    office.offers(query)
    book_offer(office.home, "test", query, number, TEACHER)
    return query


def test_cancelled_by_either_side_it_can_be_offered_again_and_its_old_time_never(office: MeetingOffice) -> None:
    office.can_meet()
    query = booked(office)
    old = office.state(query).slot
    cancel_meeting(office.home, "test", query, "pipeline", by_family=True)
    assert (office.state(query).step, office.state(query).slot) == ("cancelled", None)
    again = office.offers(query)
    assert office.state(query).step == "offered"
    assert old not in {slot.id for slot in again}
    cancel_meeting(office.home, "test", query, TEACHER)
    assert (office.state(query).step, office.markers()) == ("cancelled", set())
    with pytest.raises(InputError) as refused:
        cancel_meeting(office.home, "test", query, TEACHER)
    assert refused.value.code == "nothing-to-cancel"


@pytest.mark.parametrize(("by_family", "his"), [(True, "booked"), (False, "cancelled")])
def test_of_one_meeting_of_two_households_a_family_cancels_for_itself(
    office: MeetingOffice, by_family: bool, his: str
) -> None:
    office.can_meet()
    mother, father = office.asks(), office.asks(LISA, FATHER)
    office.offers(mother, together_with=father)
    book_offer(office.home, "test", mother, 1, TEACHER)
    cancel_meeting(office.home, "test", mother, TEACHER, by_family=by_family)
    assert (office.state(mother).step, office.state(father).step) == ("cancelled", his)


def test_what_became_of_it_is_said_once_it_has_begun(office: MeetingOffice) -> None:
    office.can_meet()
    query = booked(office)
    with pytest.raises(InputError) as early:
        say_what_became(office.home, "test", query, TEACHER, "missed")
    assert early.value.code == "too-early"
    office.school.as_of = ON_THE_DAY
    say_what_became(office.home, "test", query, TEACHER, "missed")
    assert office.state(query).step == "missed"
    with pytest.raises(InputError) as over:
        say_what_became(office.home, "test", query, TEACHER, "held")
    assert over.value.code == "not-booked"


def test_minutes_are_sealed_and_read_by_who_took_part_alone(office: MeetingOffice) -> None:
    office.can_meet()
    hers, his = booked(office), booked(office, LISA, FATHER)
    office.school.as_of = ON_THE_DAY
    write_minutes(office.home, "test", hers, TEACHER, AGREED, for_everyone=False)
    home, school = office.home, office.school
    assert (office.state(hers).step, office.state(his).step) == ("held", "booked")
    (minutes,) = minutes_behind_door(open_book(home), school.ref(MOTHER))
    assert (minutes.text, minutes.by, minutes.for_everyone) == (AGREED, TEACHER, False)
    assert minutes_behind_door(open_book(home), school.ref(FATHER)) == []
    assert minutes_behind_door(open_book(home), school.ref(OTHER)) == []
    assert minutes_for_report(home, school.ref(LISA)) == []
    lying = b"".join(home.store.raw.get(key) for prefix in ("notes/", "log/") for key in home.store.list(prefix))
    assert b"aloud" not in lying
    write_minutes(home, "test", hers, TEACHER, "More.", for_everyone=True)
    assert [one.text for one in minutes_for_report(home, school.ref(LISA))] == ["More."]
    assert minutes_behind_door(open_book(home), school.ref(FATHER)) == []
    home.people.delete(school.ref(LISA))
    assert minutes_behind_door(open_book(office.home), school.ref(MOTHER)) == []


def test_who_took_part_in_one_meeting_of_two_households_reads_its_minutes(office: MeetingOffice) -> None:
    office.can_meet()
    mother, father = office.asks(), office.asks(LISA, FATHER)
    office.offers(mother, together_with=father)
    book_offer(office.home, "test", mother, 1, TEACHER)
    office.school.as_of = ON_THE_DAY
    write_minutes(office.home, "test", mother, TEACHER, AGREED, for_everyone=False)
    assert office.state(father).step == "held"
    for contact in (MOTHER, FATHER):
        assert [one.text for one in minutes_behind_door(open_book(office.home), office.school.ref(contact))] == [AGREED]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2021-12-20T13:59", False),  # the office opens at eight, 14:00 in UTC
        ("2021-12-20T14:00", True),
        ("2021-12-20T22:29", True),
        ("2021-12-20T22:30", False),  # it has closed
        ("2021-12-21T15:00", True),  # the morning of the meeting, where nothing ran the day before
        ("2021-12-21T21:00", False),  # it has begun
        ("2021-12-18T18:00", False),  # a Saturday
    ],
)
def test_table_of_reminders(office: MeetingOffice, now: str, due: bool) -> None:
    office.can_meet()
    query = booked(office)
    found = due_reminders(open_book(office.home), datetime.fromisoformat(f"{now}+00:00"))
    assert [one.query for one in found] == ([query] if due else [])


def test_before_a_weekend_the_reminder_comes_on_friday(office: MeetingOffice) -> None:
    office.school.as_of = datetime(2021, 12, 8, 15, tzinfo=UTC)
    office.can_meet(datetime(2021, 12, 13, tzinfo=UTC).date())
    query = booked(office)
    at = datetime(2021, 12, 10, 15, tzinfo=UTC)
    assert [one.query for one in due_reminders(open_book(office.home), at)] == [query]
    assert due_reminders(open_book(office.home), at + timedelta(days=1)) == []


def test_nobody_is_reminded_twice_or_right_after_being_told_or_without_the_right(office: MeetingOffice) -> None:
    office.can_meet()
    hers, his = booked(office), booked(office, LISA, FATHER)
    monday = datetime(2021, 12, 20, 15, tzinfo=UTC)
    office.decides("no-records")
    (reminder,) = due_reminders(open_book(office.home), monday)
    assert (reminder.query, reminder.recipient) == (hers, office.school.ref(MOTHER))
    office.home.log.append("test", [reminded(reminder)])
    assert due_reminders(open_book(office.home), monday) == []
    office.school.as_of = monday
    slot = open_book(office.home).booked_slot(office.state(hers))
    assert slot
    move_meeting(office.home, "test", hers, slot.starts + timedelta(minutes=40), TEACHER, None)
    assert due_reminders(open_book(office.home), monday + timedelta(hours=1)) == []
    assert his


def test_each_household_sees_its_own_meeting_alone(office: MeetingOffice) -> None:
    office.can_meet(at="14:00")
    hers, his = office.asks(), office.asks(LISA, FATHER)
    offered = office.offers(hers)
    office.offers(his, way="phone")
    book_offer(office.home, "test", hers, 1, TEACHER)
    book = open_book(office.home)
    mine, other = door_meeting(book, hers, "es"), door_meeting(book, his, "en")
    assert mine
    assert other
    assert mine.booked
    assert (mine.step, mine.offered, mine.booked.id) == ("booked", (), offered[0].id)
    assert (mine.booked.place, mine.booked.with_whom) == ("Sala: 204", "Maria Lopez")
    assert mine.booked.starts.isoformat() == "2021-12-21T14:00:00-06:00"
    assert (other.step, len(other.offered), other.booked) == ("offered", 3, None)
    assert {slot.place for slot in other.offered} == {"By phone: the school calls you"}
    assert offered[0].id not in other.model_dump_json()
    assert door_meeting(book, "q000000000000", "en") is None


def test_the_list_has_references_and_codes_and_no_words(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks(text="He is afraid of maths.")
    office.offers(query, interpreter=True)
    (one,) = list_meetings(office.home, TEACHER)
    assert (one.query, one.step, one.staff, one.interpreter, len(one.offered)) == (query, "offered", TEACHER, True, 3)
    assert "afraid" not in repr(one)
    assert list_meetings(office.home, "jdoe") == []


def test_a_conference_sheet_for_each_meeting_and_none_says_anything_of_another(office: MeetingOffice) -> None:
    office.can_meet()
    kyle = office.asks(KYLE, OTHER)
    office.offers(kyle, interpreter=True)
    booked(office)
    booked(office, LISA, FATHER)
    book_offer(office.home, "test", kyle, 1, TEACHER)
    pages = [page for page in page_texts(make_paper(office.home, "conference-sheet", Asked(CYCLE))) if page.strip()]
    said = [re.findall(r"(\d:\d\d)PMto", "".join(page.split())) for page in pages]
    assert sorted(said) == [["3:00"], ["3:20"], ["3:40"]]
    assert all("Room: 204" in page for page in pages)
    assert sum("Interpreter: needed" in page for page in pages) == 1
    office.decides("no-records")
    assert len(page_texts(make_paper(office.home, "conference-sheet", Asked(CYCLE, student=LISA)))) == 1
