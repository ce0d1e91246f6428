"""What families took at their door: `inbox/slots/` becomes entries of the log.

The store gave each time to whoever was first. Here it is asked whether it was offered to them at all, whether they may
be met today, and whether the time is still free. The log has the answer first; then the markers of what is taken go,
and then what lay in the inbox. Killed anywhere, the next call finishes it.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, Protocol

from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.message import (
    LONGEST_MESSAGE,
    SLOTS_TAKEN,
    ArrivedMessage,
    FamilyMessage,
    PostedMessage,
)
from termpost.schemas.log.entry import Entry
from termpost.tasks.feedback.meetings.all_meetings import OFFICE, MeetingBook, mark_slots, meetings_turn, open_book
from termpost.tasks.feedback.meetings.booking import given
from termpost.tasks.feedback.meetings.who_may_meet import pair_of, who_may_meet
from termpost.tasks.home.home import Home
from termpost.tasks.rights.latest_word import StudentContact

MOST = 2000  # that are read at once; the rest waits for the next call
ROOM = 4096  # bytes beside the message
SLOT = re.compile(r"[0-9a-f]{32}")
NO_MESSAGE = "not-a-message"
BookingOutcome = Literal["booked", "known", "kept", "no-right", "not-offered", "slot-taken", "bad-message"]


class MessageOpener(Protocol):
    """Opens what a family posted."""

    def open_message(self, home: Home, posted: PostedMessage, /) -> FamilyMessage:
        """What it says; InputError where it is none of ours."""
        ...

    def who_sent(self, home: Home, posted: PostedMessage, /) -> str:
        """The reference of the recipient whose key signed it."""
        ...


@dataclass
class _Booking:
    """One object of the inbox."""

    key: str
    slot: str
    arrived: ArrivedMessage | None = None
    recipient: str = ""
    query: str | None = None  # as the message says, where it does
    refused: str | None = None  # why it counts for nothing


@dataclass
class _Day:
    """What one collection has found so far."""

    book: MeetingBook
    rights: frozenset[StudentContact]
    entries: list[Entry] = field(default_factory=list)
    given: set[str] = field(default_factory=set)  # slots
    done: set[str] = field(default_factory=set)  # queries


def take_bookings(home: Home, run: str, opener: MessageOpener) -> tuple[tuple[BookingOutcome, int], ...]:
    """Books what families took, and says how many of each outcome there were."""
    with meetings_turn(home) as book:
        mark_slots(home, book)
        found = [_read(home, key, opener) for key in islice(home.store.list(SLOTS_TAKEN), MOST)]
        found.sort(key=lambda one: (one.arrived.at.isoformat(), one.arrived.message.id) if one.arrived else ("", ""))
        day = _Day(book, who_may_meet(home, _pairs(book, found)))
        outcomes = Counter(_take(day, one) for one in found)
        if day.entries:
            home.log.append(run, day.entries)
            mark_slots(home, open_book(home))
        for one in found:
            home.store.delete(one.key)
    return tuple(sorted(outcomes.items()))


def _pairs(book: MeetingBook, found: Iterable[_Booking]) -> set[StudentContact]:
    """Everybody whose right decides, the other household of one meeting too."""
    asked = {(query, one.slot) for one in found for query in _asked_for(book, one)}
    others = {other for query, slot in asked for other in book.meetings.companions(query, slot)}
    return {pair for query in {query for query, _ in asked} | others if (pair := pair_of(book.state(query)))}


def _read(home: Home, key: str, opener: MessageOpener) -> _Booking:
    """What lies there, opened; whatever is wrong with it is a closed code."""
    one = _Booking(key, key.removeprefix(SLOTS_TAKEN).removesuffix(".json"))
    part = home.store.part(key, 0, LONGEST_MESSAGE + ROOM)
    data = part.data
    if data == OFFICE or part.size > len(data):
        one.refused = "kept" if data == OFFICE else NO_MESSAGE
        return one
    try:
        one.arrived = ArrivedMessage.model_validate_json(data)
        posted = one.arrived.message
        said, one.recipient = opener.open_message(home, posted), opener.who_sent(home, posted)
    except InputError as error:
        one.refused = error.code
        return one
    except ValidationError:
        one.refused = NO_MESSAGE
        return one
    one.query = said.query
    if said.kind != "slot" or not one.slot == posted.slot == said.slot:
        one.refused = NO_MESSAGE
    return one


def _asked_for(book: MeetingBook, one: _Booking) -> list[str]:
    """The meetings of this person that the slot is or was offered to, or that had it."""
    return [
        state.query for state in book.meetings.by_query.values()
        if state.recipient == one.recipient and one.query in (None, state.query)
        and (one.slot in state.offers or state.query in book.meetings.given.get(one.slot, ()))
    ]  # fmt: skip


def _take(day: _Day, one: _Booking) -> BookingOutcome:
    """Adds to `day` what the log will say."""
    if one.refused:
        return _noted(day, one)
    asked, given_to = _asked_for(day.book, one), day.book.meetings.given.get(one.slot, set())
    if any(query in given_to for query in asked):
        return "known"
    queries = [query for query in asked if day.book.state(query).is_live and query not in day.done]
    if not queries:
        return _refused(day, one, "not-offered")
    state = day.book.state(queries[0])
    others = (day.book.state(query) for query in day.book.meetings.companions(state.query, one.slot))
    mine = [state, *(other for other in others if pair_of(other) in day.rights and other.query not in day.done)]
    if pair_of(state) not in day.rights:
        day.entries.append(Entry(kind="query_noticed", query=state.query, student=state.student,
                                 recipient=state.recipient, reason="no-right"))  # fmt: skip
        day.done.add(state.query)
        return "no-right"
    staff = next((staff for slot, staff in day.book.offers(state.query) if slot.id == one.slot), None)
    if staff is None or one.slot in day.given or not _is_free(day, staff, one.slot):
        return _refused(day, one, "slot-taken", state.query)
    day.entries += given(mine, one.slot, staff, state.offers[one.slot].via or "room", "pipeline")
    day.given.add(one.slot)
    day.done |= {each.query for each in mine}
    return "booked"


def _noted(day: _Day, one: _Booking) -> BookingOutcome:
    """What counts for nothing: what the office laid there is none of the log's business, and a name that is no time's
    may say anything."""
    if one.refused == "kept":
        return "kept"
    if not SLOT.fullmatch(one.slot):
        return "bad-message"
    day.entries.append(Entry(kind="refused", reason=one.refused, slot=one.slot))
    return "bad-message"


def _is_free(day: _Day, staff: str, slot: str) -> bool:
    """Whether nothing that was booked in this collection is at the same time under another id."""
    slots = day.book.slots(staff)
    return not any(slots[slot].overlaps(slots[other]) for other in day.given if other in slots)


def _refused(
    day: _Day, one: _Booking, why: Literal["not-offered", "slot-taken"], query: str | None = None
) -> BookingOutcome:  # fmt: skip
    day.entries.append(Entry(kind="refused", reason=why, slot=one.slot, recipient=one.recipient, query=query))
    return why
