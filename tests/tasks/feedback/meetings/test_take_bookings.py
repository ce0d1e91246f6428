"""A time is given away once: what pages post at the same moment, who may not, and what a killed run leaves."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.entry import Entry
from termpost.tasks.feedback.meetings.all_meetings import OFFICE, open_book
from termpost.tasks.feedback.meetings.booking import book_offer, move_meeting
from termpost.tasks.feedback.meetings.outcomes import cancel_meeting
from termpost.tasks.store.file.store import FileStore

from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER
from tests.tasks.feedback.meetings.meeting_office import TEACHER, MeetingOffice

FAMILIES, TIMES = 1000, 40


def test_a_family_takes_a_time_and_its_other_offers_go(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slots = office.offers(query)
    key = office.posts(slots[1].id, query=query)
    assert office.collects() == {"booked": 1}
    state = office.state(query)
    assert (state.step, state.slot, state.booked and state.booked.via) == ("booked", slots[1].id, "room")
    assert office.markers() == set()
    assert key not in set(office.home.store.list("inbox/"))


def test_a_time_that_one_family_took_is_gone_for_all_others(office: MeetingOffice) -> None:
    office.can_meet(until="15:55")  # three times, the same for both
    first, second = office.asks(), office.asks(KYLE, OTHER)
    slots = office.offers(first)
    office.offers(second)
    office.posts(slots[0].id)
    with pytest.raises(FileExistsError):
        office.posts(slots[0].id, OTHER)
    assert office.collects() == {"booked": 1}
    assert office.markers() == {slots[1].id, slots[2].id}
    assert [slot.id for slot, _ in open_book(office.home).offers(second)] == [slots[1].id, slots[2].id]
    office.posts(slots[0].id, OTHER)  # by a page that is older
    assert office.collects() == {"slot-taken": 1}
    assert (office.state(first).slot, office.state(second).step) == (slots[0].id, "offered")


def test_a_thousand_families_at_once_and_each_time_has_exactly_one(office: MeetingOffice) -> None:
    """Through the store's own conditional put, from threads, as many pages would."""
    office.can_meet(at="08:00", until="16:30", any_hour=True)
    settings = office.school.home / "termpost.toml"
    settings.write_text(settings.read_text() + "\n[feedback.meetings]\nminutes = 10\nbuffer = 0\n")
    query = office.asks(KYLE, OTHER)
    slots = [slot.id for slot in office.offers(query, TIMES)]
    school, home = office.school, office.home
    student, families = school.ref(KYLE), [f"p{n:020x}" for n in range(FAMILIES)]
    asked: list[Entry] = []
    for n, family in enumerate(families):
        about: dict[str, Any] = {"student": student, "recipient": family, "query": f"q{n:012x}"}
        offered = {"reason": "offered", "slot": slots[n % TIMES], "subject": TEACHER, "via": "room"}
        asked += [Entry(kind="query_received", reason="meeting", via="portal", **about)]
        asked += [Entry(kind="meeting", **about, **offered)]
    home.log.append("test", asked)
    refs = iter(families)
    with patch.object(type(school), "ref", lambda *_: next(refs)):
        messages = [office.message(slots[n % TIMES], "", f"q{n:012x}") for n in range(FAMILIES)]
    posted = [one.model_dump_json().encode() for one in messages]
    won = _race(home.store.put, [(f"inbox/slots/{slots[n % TIMES]}.json", data) for n, data in enumerate(posted)])
    assert (len(won), len({key for key, _ in won})) == (TIMES, TIMES)
    everybody = frozenset((student, family) for family in families)
    with patch("termpost.tasks.feedback.meetings.take_bookings.who_may_meet", lambda *_: everybody):
        assert office.collects() == {"booked": TIMES}
    given = Counter(entry.slot for entry in office.entries() if entry.reason == "booked")
    assert given == Counter(slots)
    winners = {json.loads(data)["message"]["id"] for _, data in won}
    mine = {office.letters.said[one][1] for one in winners}
    assert {entry.recipient for entry in office.entries() if entry.reason == "booked"} == mine
    assert (office.markers(), list(home.store.list("inbox/slots/"))) == (set(), [])


def _race(put: Callable[..., object], wanted: list[tuple[str, bytes]], threads: int = 16) -> list[tuple[str, bytes]]:
    """Everybody puts at once; who was first."""
    gate, won = threading.Barrier(threads), list[tuple[str, bytes]]()

    def post(mine: list[tuple[str, bytes]]) -> None:
        gate.wait()
        for key, data in mine:
            try:
                put(key, data, once=True)
            except FileExistsError:
                continue
            won.append((key, data))

    running = [threading.Thread(target=post, args=(wanted[n::threads],)) for n in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return won


def test_a_time_that_was_not_offered_to_them_is_not_booked(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slots = office.offers(query)
    office.posts(slots[0].id, OTHER)
    assert office.collects() == {"not-offered": 1}
    assert (office.state(query).step, office.markers()) == ("offered", {slot.id for slot in slots})
    refused = list(office.home.log.entries("refused"))
    assert [(entry.reason, entry.slot) for entry in refused] == [("not-offered", slots[0].id)]


def test_a_parent_whose_right_ended_since_gets_nothing_and_the_office_is_told(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks(LISA, FATHER)
    slots = office.offers(query)
    office.decides("no-records")
    office.posts(slots[0].id, FATHER)
    assert office.collects() == {"no-right": 1}
    assert (office.events(query), office.markers()) == (["offered"] * 3, set())
    noticed = list(office.home.log.entries("query_noticed"))
    assert [(entry.query, entry.reason) for entry in noticed] == [(query, "no-right")]
    with pytest.raises((Refused, InputError)):
        book_offer(office.home, "test", query, 1, TEACHER)


def test_of_a_meeting_together_the_barred_household_is_left_out(office: MeetingOffice) -> None:
    office.can_meet()
    hers, his = office.asks(), office.asks(LISA, FATHER)
    slots = office.offers(hers, together_with=his)
    office.decides("no-records")
    office.posts(slots[0].id, MOTHER, hers)
    assert office.collects() == {"booked": 1}
    assert (office.state(hers).step, "booked" in office.events(his)) == ("booked", False)


def test_the_same_message_again_changes_nothing(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slot = office.offers(query)[0].id
    key = office.posts(slot)
    data = office.home.store.get(key)
    office.collects()
    office.home.store.put(key, data, once=True)
    assert office.collects() == {"known": 1}
    cancel_meeting(office.home, "test", query, TEACHER)
    office.home.store.put(key, data, once=True)
    assert office.collects() == {"known": 1}
    assert office.events(query) == ["offered"] * 3 + ["booked", "cancelled"]


def test_who_takes_two_times_for_one_meeting_has_the_first(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slots = office.offers(query)
    office.posts(slots[2].id, minutes=1)
    office.posts(slots[0].id, minutes=2)
    assert office.collects() == {"booked": 1, "not-offered": 1}
    assert office.state(query).slot == slots[2].id


def test_two_children_of_one_family_may_not_be_talked_of_at_the_same_time(office: MeetingOffice) -> None:
    office.can_meet(until="15:55")
    lisa, fannie = office.asks(), office.asks(FANNIE, MOTHER)
    slots = office.offers(lisa)
    office.offers(fannie)
    office.posts(slots[0].id, query=fannie)
    assert office.collects() == {"booked": 1}
    assert (office.state(lisa).step, office.state(fannie).step) == ("offered", "booked")


BAD: dict[str, Callable[[MeetingOffice, str], bytes]] = {
    "no JSON": lambda *_: b"\x00\xff<script>",
    "too large": lambda office, slot: office.message(slot, MOTHER).model_dump_json().encode() + b" " * 2**20,
    "of another slot": lambda office, _: office.message("0" * 32, MOTHER).model_dump_json().encode(),
    "of another kind": lambda office, slot: office.message(slot, MOTHER, kind="question").model_dump_json().encode(),
    "empty": lambda *_: b'{"at":"2021-12-17T14:00:00Z","message":{}}',
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_booking_is_noted_and_goes(office: MeetingOffice, bad: str) -> None:
    office.can_meet()
    query = office.asks()
    slot = office.offers(query)[0].id
    office.home.store.put(f"inbox/slots/{slot}.json", BAD[bad](office, slot))
    assert office.collects() == {"bad-message": 1}
    assert [entry.reason for entry in office.home.log.entries("refused")] == ["not-a-message"]
    assert (list(office.home.store.list("inbox/")), office.state(query).step) == ([], "offered")


@pytest.mark.parametrize("name", ["Lisa Woods.json", "a/b.json", "\u202egnahc.json", "0" * 33 + ".json", ".json"])
def test_whatever_a_name_says_that_is_no_times_gets_nowhere(office: MeetingOffice, name: str) -> None:
    office.home.store.put(f"inbox/slots/{name}", b"{}")
    before = office.school.entries()
    assert office.collects() == {"bad-message": 1}
    assert office.school.entries() == before
    assert list(office.home.store.list("inbox/")) == []


def test_what_does_not_open_is_noted_with_its_reason(office: MeetingOffice) -> None:
    office.can_meet()
    slot = office.offers(office.asks())[0].id
    office.posts(slot)
    office.letters.said.clear()
    assert office.collects() == {"bad-message": 1}
    assert [entry.reason for entry in office.home.log.entries("refused")] == ["does-not-open"]


def test_the_office_books_by_number_unless_a_page_was_first(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slots = office.offers(query)
    office.posts(slots[0].id)
    with pytest.raises(Refused) as refused:
        book_offer(office.home, "test", query, 1, TEACHER)
    assert refused.value.code == "slot-taken"
    with pytest.raises(InputError) as unknown:
        book_offer(office.home, "test", query, 4, TEACHER)
    assert unknown.value.code == "no-such-time"
    assert book_offer(office.home, "test", query, 2, TEACHER) == slots[1]
    assert office.collects() == {"not-offered": 1}  # the page's comes too late now
    assert office.state(query).slot == slots[1].id


def test_a_meeting_is_moved_and_its_old_time_is_free_under_another_name(office: MeetingOffice) -> None:
    office.can_meet()
    query, other = office.asks(), office.asks(KYLE, OTHER)
    first = office.offers(query)[0]
    book_offer(office.home, "test", query, 1, TEACHER)
    moved = move_meeting(office.home, "test", query, first.starts + timedelta(minutes=40), TEACHER, "phone")
    state = office.state(query)
    assert (state.step, state.slot, state.sequence, state.booked and state.booked.via) == (
        "booked",
        moved.id,
        1,
        "phone",
    )
    again = office.offers(other)
    assert first.starts in {slot.starts for slot in again}
    assert first.id not in {slot.id for slot in again}
    with pytest.raises(InputError) as refused:
        move_meeting(office.home, "test", query, first.starts + timedelta(minutes=7), TEACHER, None)
    assert refused.value.code == "not-free"


def test_a_family_that_is_offered_other_times_moves_its_meeting_by_taking_one(office: MeetingOffice) -> None:
    office.can_meet(at="14:00")
    query = office.asks()
    office.offers(query)
    book_offer(office.home, "test", query, 1, TEACHER)
    other = office.offers(query)[-1]
    assert office.state(query).step == "booked"
    office.posts(other.id)
    assert office.collects() == {"booked": 1}
    assert office.events(query)[-1] == "moved"
    assert office.state(query).slot == other.id


class Killed(BaseException):
    """Nothing catches it."""


def _killed_after(writes: int, work: Callable[[], Any]) -> bool:
    """Whether the work came to its end before so many writes to the store were over."""
    made = count(1)

    def struck(real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **kwargs: object) -> object:
            if next(made) > writes:
                raise Killed
            return real(*args, **kwargs)

        return write

    with (
        patch.object(FileStore, "put", struck(FileStore.put)),
        patch.object(FileStore, "delete", struck(FileStore.delete)),
    ):
        try:
            work()
        except Killed:
            return False
    return True


@pytest.mark.parametrize("act", ["collect", "book", "offer"])
def test_killed_after_any_write_the_same_call_ends_as_if_nothing_had_happened(office: MeetingOffice, act: str) -> None:
    office.can_meet()
    query = office.asks()
    slots = [] if act == "offer" else office.offers(query)
    if act == "collect":
        office.posts(slots[1].id, query=query)

    def work() -> None:
        if act == "collect":
            office.collects()
        elif act == "offer":
            office.offers(query)
        elif office.state(query).step != "booked":
            book_offer(office.home, "test", query, 2, TEACHER)

    killed = 0
    while not _killed_after(killed % 9, work) and killed < 60:
        killed += 1
        if act == "book":
            office.collects()  # takes away what a killed command laid there
    assert killed >= 3
    office.collects()
    assert Counter(office.events(query)) == Counter({"offered": 3} if act == "offer" else {"offered": 3, "booked": 1})
    assert list(office.home.store.list("inbox/")) == []
    assert len(office.markers()) == (3 if act == "offer" else 0)


def test_what_the_office_laid_there_and_never_said_is_taken_away(office: MeetingOffice) -> None:
    office.can_meet()
    query = office.asks()
    slot = office.offers(query)[0].id
    office.home.store.put(f"inbox/slots/{slot}.json", OFFICE)
    assert office.collects() == {"kept": 1}
    assert book_offer(office.home, "test", query, 1, TEACHER).id == slot
