"""Times that are offered to a household: at least three, so that it has a choice."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.staff_times import MeetingSlot, TimeSpan
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.meetings.meeting_states import MeetingState, MeetingWay
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook, mark_slots, meetings_turn, open_book
from termpost.tasks.feedback.meetings.availability import availability_of, keep_slots, open_spans
from termpost.tasks.feedback.meetings.free_times import chosen, free_times, is_same
from termpost.tasks.feedback.meetings.who_may_meet import no_right, refuse_without_right, who_may_meet
from termpost.tasks.home.home import Home

LEAST = 3
DONE = frozenset({"held", "missed"})


@dataclass(frozen=True)
class MeetingOffer:
    """What is to be offered."""

    staff: str  # whom the family meets
    by: str  # the staff id of who offers it
    way: MeetingWay = "room"
    count: int = LEAST
    together_with: str | None = None  # another query of the same student, whose household asked for one meeting too
    interpreter: bool = False


def begin_meeting(home: Home, run: str, student: PersonRef, recipient: PersonRef, by: str) -> str:
    """The school wants to meet somebody who has not asked: the query of that meeting, without words and without clock.

    One that was begun so and has come to nothing yet is used again, so that a command may be repeated.

    Raises:
        Refused: `no-right`.
    """
    if (student, recipient) not in who_may_meet(home, [(student, recipient)]):
        raise no_right("--to")
    for state in open_book(home).meetings.by_query.values():
        thread = (state.student, state.recipient, state.step, state.is_live)
        if thread == (student, recipient, "wanted", True) and not state.offers:
            return state.query
    query = "q" + secrets.token_hex(6)
    home.log.append(run, [Entry(kind="query_received", actor=by, student=student, recipient=recipient, query=query,
                                reason="meeting", via="office")])  # fmt: skip
    return query


def offer_times(home: Home, run: str, query: str, offer: MeetingOffer) -> list[MeetingSlot]:
    """Offers times to the household of a query, as many as are missing of those asked for, and gives all that stand.

    The times lie in the store first, then the log has the offers, then each has its marker. Killed anywhere, the same
    call again ends with as many offers as were asked for. Of a meeting that is agreed on already they are other times:
    taking one moves it.

    Raises:
        InputError: `unknown-query`, `unknown-staff`, `too-few-times`, `no-link`, `meeting-over`.
        Refused: `nobody-to-meet`, `no-right`, `not-together`.
    """
    with meetings_turn(home) as book:
        states = _states(book, query, offer)
        refuse_without_right(home, states)
        home.staff.refuse_absent(offer.staff, "--with")
        if offer.way == "video" and not availability_of(home, offer.staff).link:
            raise InputError("no-link", "it is not known by which link this person is met", "--way video",
                             "say it: termpost meetings available --by STAFF --link https://…")  # fmt: skip
        slots = _wanted(home, book, states, offer)
        kept = book.slots(offer.staff)
        if any(slot.id not in kept for slot in slots):
            keep_slots(home, run, offer.staff, [*kept.values(), *(slot for slot in slots if slot.id not in kept)])
        home.log.append(run, [*_wishes(states, offer), *_entries(states, slots, offer)])
        now = open_book(home)
        mark_slots(home, now)
        return [slot for slot, staff in now.offers(query) if staff == offer.staff]


def _states(book: MeetingBook, query: str, offer: MeetingOffer) -> list[MeetingState]:
    states = [book.state(one) for one in (query, offer.together_with) if one]
    for state in states:
        if state.step in DONE:
            raise InputError("meeting-over", "this meeting took place, or nobody came", "ID",
                             "offer another one: termpost meetings offer --student ID --to CONTACT")  # fmt: skip
        if not state.is_live:
            raise Refused("query-closed", "this query is closed, or who asked has no right", "ID",
                          "see `termpost feedback list`")  # fmt: skip
    if len(states) > 1:
        _refuse_apart(book, states)
    return states


def _refuse_apart(book: MeetingBook, states: Sequence[MeetingState]) -> None:
    """One meeting for two households only where each of them asked to meet about the same child, in a query of its
    own; that each asked for *one* meeting is what the person says who offers it, and the log has who that was."""
    students, recipients = {one.student for one in states}, {one.recipient for one in states}
    asked = all(book.threads[one.query].via != "office" for one in states)
    if len(students) > 1 or len(recipients) < len(states) or not asked:
        raise Refused("not-together", "these are not two households of one child that both asked", "--together",
                      "offer each household its own meeting: neither is told of the other")  # fmt: skip


def _wanted(
    home: Home, book: MeetingBook, states: Sequence[MeetingState], offer: MeetingOffer
) -> list[MeetingSlot]:  # fmt: skip
    """The times to be offered besides those that all of these households have already."""
    if offer.count < LEAST:
        raise InputError("too-few-times", f"a family chooses from at least {LEAST}", "--slots", f"give {LEAST} or more")
    have = [{slot.id for slot, staff in book.offers(one.query) if staff == offer.staff} for one in states]
    shared = set.intersection(*have)
    missing = offer.count - len(shared)
    if missing <= 0:
        return []
    known = book.offered_times(offer.staff)
    theirs = [*(known[slot] for slot in shared), *_elsewhere(book, states)]
    free = [one for one in free_of(home, book, offer.staff) if not any(map(one.overlaps, theirs))]
    if len(free) < missing:
        raise InputError("too-few-times", f"fewer than {offer.count} times are free", "--with",
                         "say when else they can: `termpost meetings available`")  # fmt: skip
    counts = Counter(_times_of(book))
    picked = chosen(free, counts, missing, home.calendar.zone)
    return [slot_at(home, offer.staff, one, known.values()) for one in picked]


def _elsewhere(book: MeetingBook, states: Sequence[MeetingState]) -> list[MeetingSlot]:
    """When these people meet somebody already, about whichever child."""
    recipients = {state.recipient for state in states}
    theirs = [one for one in book.meetings.booked() if one.recipient in recipients]
    return [slot for one in theirs if (slot := book.booked_slot(one))]


def _times_of(book: MeetingBook) -> list[tuple[datetime, datetime]]:
    """Begin and end of every time that is offered, as often as it is."""
    return [(slot.starts, slot.ends) for query in book.meetings.by_query for slot, _ in book.offers(query)]


def free_of(home: Home, book: MeetingBook, staff: str) -> list[TimeSpan]:
    """The times at which somebody could be met from now on; a time that is offered already is among them."""
    settings, now = home.settings.feedback.meetings, home.clock.today()
    midnight = now.astimezone(home.calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    first = max(now, midnight + timedelta(days=settings.ahead_days)) if settings.ahead_days else now
    last = midnight + timedelta(days=settings.within_days + 1)
    known = availability_of(home, staff)
    spans = open_spans(home.calendar, known, first, last)
    taken = [*book.offered_times(staff).values(), *book.agreed(staff)]
    free = free_times(spans, known.busy, taken, settings, first, last)
    return [one for one in free if not any(map(one.overlaps, book.agreed(staff)))]


def slot_at(home: Home, staff: str, time: TimeSpan, offered: Iterable[MeetingSlot]) -> MeetingSlot:
    """The slot of a time: the one under which it is offered to others already, else a new one."""
    for one in offered:
        if is_same(one, time):
            return one
    where = availability_of(home, staff)
    return MeetingSlot(id=secrets.token_hex(16), starts=time.starts, ends=time.ends, room=where.room, link=where.link)


def _wishes(states: Sequence[MeetingState], offer: MeetingOffer) -> list[Entry]:
    """That both households asked for one meeting, and that somebody needs an interpreter; each said once."""
    wishes = ["together"] * (len(states) > 1) + ["interpreter"] * offer.interpreter
    return [
        Entry(kind="meeting", actor=offer.by, query=state.query, student=state.student, recipient=state.recipient,
              reason="wanted", cause=wish)
        for state in states for wish in wishes if wish not in state.wishes
    ]  # fmt: skip


def _entries(states: Sequence[MeetingState], slots: Sequence[MeetingSlot], offer: MeetingOffer) -> list[Entry]:
    return [
        Entry(kind="meeting", actor=offer.by, query=state.query, student=state.student, recipient=state.recipient,
              reason="offered", slot=slot.id, subject=offer.staff, via=offer.way)
        for state in states for slot in slots
    ]  # fmt: skip
