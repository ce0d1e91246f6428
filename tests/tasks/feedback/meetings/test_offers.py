"""Times that are offered: at least three, the same one to several families, and each household by itself."""

from datetime import datetime, timedelta

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.meetings.booking import book_offer
from termpost.tasks.feedback.meetings.offers import begin_meeting

from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER
from tests.tasks.feedback.meetings.meeting_office import TEACHER, TUESDAY, MeetingOffice, local


def code_of(refused: pytest.ExceptionInfo[InputError]) -> str:
    return refused.value.code


def test_three_times_are_offered_apart_by_the_buffer_and_each_has_its_marker(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slots = office.offers(query)
    assert [local(office, slot).strftime("%H:%M") for slot in slots] == ["15:00", "15:20", "15:40"]
    assert {slot.ends - slot.starts for slot in slots} == {timedelta(minutes=15)}
    assert office.markers() == {slot.id for slot in slots}
    assert all(len(slot.id) == 32 for slot in slots)
    assert office.state(query).step == "offered"


def test_the_same_offer_again_offers_nothing_new(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    assert office.offers(query) == office.offers(query)
    assert office.events(query) == ["offered"] * 3


def test_fewer_than_three_are_refused_and_nothing_is_offered(office: MeetingOffice) -> None:
    office.can_meet(until="15:40")
    query = office.asks()
    for count in (3, 2):
        with pytest.raises(InputError) as refused:
            office.offers(query, count)
        assert code_of(refused) == "too-few-times"
    assert office.events(query) == []
    assert office.markers() == set()


def test_a_time_that_several_families_may_choose_is_one_slot(office: MeetingOffice) -> None:
    office.can_meet(until="15:55")  # three times
    first, second = office.asks(), office.asks(KYLE, OTHER)
    assert {slot.id for slot in office.offers(first)} == {slot.id for slot in office.offers(second)}


def test_families_are_offered_other_times_where_there_are_enough(office: MeetingOffice) -> None:
    office.can_meet(at="14:00", until="16:00")  # six
    first, second = office.asks(), office.asks(KYLE, OTHER)
    assert not {slot.id for slot in office.offers(first)} & {slot.id for slot in office.offers(second)}


def test_the_times_are_spread_over_the_days(office: MeetingOffice) -> None:
    for away in (-1, 0, 1):
        office.can_meet(TUESDAY + timedelta(days=away))
    days = [local(office, slot).date() for slot in office.offers(office.asks())]
    assert days == [TUESDAY - timedelta(days=1), TUESDAY, TUESDAY + timedelta(days=1)]


def test_a_family_is_not_offered_an_hour_at_which_it_meets_somebody_already(office: MeetingOffice) -> None:
    office.school.register("jdoe", "teacher")
    office.can_meet(until="16:20")
    office.can_meet(until="16:20", staff="jdoe")
    lisa, fannie = office.asks(), office.asks(FANNIE, MOTHER)
    office.offers(lisa)
    taken = book_offer(office.home, "test", lisa, 1, TEACHER)
    assert not any(slot.overlaps(taken) for slot in office.offers(fannie, staff="jdoe"))


def test_two_households_of_one_child_have_two_meetings(office: MeetingOffice) -> None:
    office.can_meet()
    hers, his = office.asks(), office.asks(LISA, FATHER)
    office.offers(hers)
    office.offers(his)
    taken = book_offer(office.home, "test", hers, 1, TEACHER)
    assert (office.state(hers).step, office.state(his).step) == ("booked", "offered")
    assert open_book(office.home).meetings.companions(hers, taken.id) == []


def test_one_meeting_of_two_households_where_both_asked(office: MeetingOffice) -> None:
    office.can_meet()
    hers, his = office.asks(), office.asks(LISA, FATHER)
    slots = office.offers(hers, together_with=his)
    wanted = [entry for entry in office.entries() if entry.reason == "wanted"]
    assert {(entry.query, entry.cause, entry.actor) for entry in wanted} == {
        (hers, "together", TEACHER), (his, "together", TEACHER),
    }  # fmt: skip
    assert open_book(office.home).meetings.offers_of(his) == [slot.id for slot in slots]
    book_offer(office.home, "test", his, 2, TEACHER)
    assert office.state(hers).slot == office.state(his).slot == slots[1].id
    assert office.markers() == set()


@pytest.mark.parametrize("other", ["another child", "the same person", "nobody asked"])
def test_no_meeting_together_unless_two_households_of_one_child_asked(office: MeetingOffice, other: str) -> None:
    office.can_meet()
    hers = office.asks()
    if other == "another child":
        second = office.asks(KYLE, OTHER)
    elif other == "the same person":
        second = office.asks()
    else:
        second = begin_meeting(office.home, "test", office.school.ref(LISA), office.school.ref(FATHER), TEACHER)
    with pytest.raises(Refused) as refused:
        office.offers(hers, together_with=second)
    assert code_of(refused) == "not-together"
    assert office.events(hers) == []


def test_the_school_may_want_to_meet_somebody_who_did_not_ask(office: MeetingOffice) -> None:
    office.can_meet()
    pair = office.school.ref(LISA), office.school.ref(FATHER)
    query = begin_meeting(office.home, "test", *pair, TEACHER)
    assert begin_meeting(office.home, "test", *pair, TEACHER) == query
    assert len(office.offers(query)) == 3


@pytest.mark.parametrize("finding", ["no-records", "no-contact", "post-only"])
def test_nobody_without_the_right_is_offered_a_time(office: MeetingOffice, finding: str) -> None:
    office.can_meet()
    query = office.asks(LISA, FATHER)
    office.decides(finding)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        office.offers(query)
    assert code_of(refused) == "no-right"
    with pytest.raises(Refused) as refused:
        begin_meeting(office.home, "test", office.school.ref(LISA), office.school.ref(FATHER), TEACHER)
    assert code_of(refused) == "no-right"
    assert office.markers() == set()


def test_who_has_nothing_to_do_with_the_student_is_offered_nothing(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks(LISA, OTHER)
    with pytest.raises(Refused) as refused:
        office.offers(query)
    assert code_of(refused) == "no-right"


def test_a_video_call_needs_a_link(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    with pytest.raises(InputError) as refused:
        office.offers(query, way="video")
    assert code_of(refused) == "no-link"
    office.says(link="https://video.grand-bend.example.org/mlopez")
    assert len(office.offers(query, way="video")) == 3


@pytest.mark.parametrize(("minutes", "buffer", "starts"), [
    (15, 5, ["15:00", "15:20", "15:40"]), (10, 0, ["15:00", "15:10", "15:20"]), (20, 10, ["15:00", "15:30", "16:00"]),
])  # fmt: skip
def test_length_and_buffer_are_settings(office: MeetingOffice, minutes: int, buffer: int, starts: list[str]) -> None:
    settings = office.school.home / "termpost.toml"
    settings.write_text(settings.read_text() + f"\n[feedback.meetings]\nminutes = {minutes}\nbuffer = {buffer}\n")
    office.can_meet(until="16:30")
    slots = office.offers(office.asks())
    assert [local(office, slot) for slot in slots] == [
        datetime.combine(TUESDAY, datetime.strptime(one, "%H:%M").time()) for one in starts  # noqa: DTZ007
    ]  # fmt: skip
