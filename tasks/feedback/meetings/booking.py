"""A time is given to a household by the office: on the phone, or on paper. The store decides here too who was first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.documents.feedback.staff_times import MeetingSlot
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.meetings.meeting_states import MeetingState, MeetingWay
from termpost.tasks.feedback.meetings.all_meetings import (
    OFFICE,
    MeetingBook,
    mark_slots,
    meetings_turn,
    open_book,
    taken_key,
)
from termpost.tasks.feedback.meetings.availability import keep_slots
from termpost.tasks.feedback.meetings.free_times import is_same
from termpost.tasks.feedback.meetings.offers import free_of, slot_at
from termpost.tasks.feedback.meetings.who_may_meet import refuse_without_right
from termpost.tasks.home.home import Home

SEE = "see `termpost meetings list`"


def book_offer(home: Home, run: str, query: str, number: int, by: str) -> MeetingSlot:
    """Gives a household one of the times that it was offered, which is the first of those from 1 on by time.

    Raises:
        InputError: `unknown-query`, `no-such-time`.
        Refused: `no-right`, `nobody-to-meet`, `slot-taken`.
    """
    with meetings_turn(home) as book:
        state = book.state(query)
        offers = book.offers(query)
        if not 1 <= number <= len(offers):
            raise InputError("no-such-time", "there is no such time among those that are offered", "--slot", SEE)
        slot, staff = offers[number - 1]
        states = [state, *(book.state(one) for one in book.meetings.companions(query, slot.id))]
        refuse_without_right(home, states)
        way = state.offers[slot.id].via or "room"
        with _first_there(home, slot.id):
            home.log.append(run, given(states, slot.id, staff, way, by))
            mark_slots(home, open_book(home))
        return slot


def move_meeting(home: Home, run: str, query: str, starts: datetime, by: str, way: MeetingWay | None) -> MeetingSlot:
    """Moves a meeting that is agreed on to another time of the same person, whether it was offered or not.

    Args:
        starts: an aware instant.
        way: another one; None: as it was.

    Raises:
        InputError: `unknown-query`, `not-booked`, `not-free`.
        Refused: `no-right`, `slot-taken`.
    """
    with meetings_turn(home) as book:
        state = book.state(query)
        booked = state.booked
        if state.step != "booked" or booked is None or booked.subject is None:
            raise InputError("not-booked", "no time is agreed on", "ID", f"{SEE}, and agree on one")
        staff, before = booked.subject, state.slot or ""
        states = [state, *(book.state(one) for one in book.meetings.companions(query, before))]
        refuse_without_right(home, states)
        slot = _free_slot(home, run, book, staff, starts)
        with _first_there(home, slot.id):
            home.log.append(run, given(states, slot.id, staff, way or booked.via or "room", by))
            mark_slots(home, open_book(home))
        return slot


def given(states: Sequence[MeetingState], slot: str, staff: str, way: str, by: str) -> list[Entry]:
    """That a time is given to these households: `moved`, of whoever had another one."""
    return [
        Entry(kind="meeting", actor=by, query=one.query, student=one.student, recipient=one.recipient,
              reason="moved" if one.booked else "booked", slot=slot, subject=staff, via=way)
        for one in states
    ]  # fmt: skip


def _free_slot(home: Home, run: str, book: MeetingBook, staff: str, starts: datetime) -> MeetingSlot:
    """The slot that begins then, kept before anything is said of it."""
    there = book.offered_times(staff)
    slot = next((one for one in there.values() if one.starts == starts), None)
    if slot is not None:
        return slot
    time = next((one for one in free_of(home, book, staff) if one.starts == starts), None)
    if time is None:
        raise InputError(
            "not-free", "no meeting can begin then", "--to", "`termpost meetings free --with STAFF` lists when"
        )
    slot = slot_at(home, staff, time, [one for one in there.values() if is_same(one, time)])
    keep_slots(home, run, staff, [*book.slots(staff).values(), slot])
    return slot


@contextmanager
def _first_there(home: Home, slot: str) -> Iterator[None]:
    """Takes the time in the store, as a family's page would; what was laid there goes when the log has it.

    Killed before the log has it, what lies there says nothing, and the next collection removes it.
    """
    key = taken_key(slot)
    try:
        home.store.put(key, OFFICE, once=True)
    except FileExistsError:
        raise Refused("slot-taken", "a family took this time a moment ago", "--slot",
                      "run `termpost feedback collect`, then offer another one") from None  # fmt: skip
    try:
        yield
    finally:
        home.store.delete(key)
