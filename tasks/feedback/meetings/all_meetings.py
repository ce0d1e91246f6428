"""All meetings as they stand, what is known of their times, and the markers that let a family take one.

Everything that offers or gives away a time does so within `meetings_turn`, one at a time in a home; a family's own
booking is decided by the store, which lays one object under a name once (docs/decisions/0026-the-familys-door.md).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.door import SLOT_MARKERS
from termpost.schemas.documents.feedback.message import SLOTS_TAKEN
from termpost.schemas.documents.feedback.staff_times import MeetingSlot, TimeSpan
from termpost.schemas.log.entry import EntryKind
from termpost.schemas.log.meetings.meeting_states import Meetings, MeetingState, meeting_states
from termpost.schemas.log.query_threads import QueryThread, query_threads
from termpost.tasks.feedback.meetings.availability import slots_of
from termpost.tasks.home.cycle_locks import locked
from termpost.tasks.home.home import Home

KINDS: tuple[EntryKind, ...] = ("query_received", "query_noticed", "query_changed", "query_answered", "meeting")
MARKER = b'{"format":"termpost.slot-marker/1"}\n'  # that it lies there is all it says
OFFICE = b'{"format":"termpost.slot-kept/1"}\n'  # the office takes a time for somebody on the phone


@dataclass
class MeetingBook:
    """The log's meetings, and the times that staff were ever offered at, each read once."""

    home: Home
    threads: dict[str, QueryThread]
    meetings: Meetings
    _slots: dict[str, dict[str, MeetingSlot]] = field(default_factory=dict)

    def slots(self, staff: str) -> dict[str, MeetingSlot]:
        """Of one person, by id."""
        if staff not in self._slots:
            self._slots[staff] = slots_of(self.home, staff)
        return self._slots[staff]

    def slot(self, staff: str | None, slot: str | None) -> MeetingSlot | None:
        """One time; None where nothing is known of it any more."""
        return self.slots(staff).get(slot) if staff and slot else None

    def state(self, query: str) -> MeetingState:
        """The meeting of a query; one that nobody spoke of yet begins here.

        Raises:
            InputError: `unknown-query`.
        """
        thread = self.threads.get(query)
        if thread is None:
            raise InputError("unknown-query", "there is no such query", "ID", "see `termpost feedback list`")
        is_live = thread.has_right and thread.state != "closed"
        begun = MeetingState(thread.id, thread.student, thread.contact, is_live)
        return self.meetings.by_query.setdefault(query, begun)

    def booked_slot(self, state: MeetingState) -> MeetingSlot | None:
        """When a meeting takes place."""
        return self.slot(state.booked.subject, state.slot) if state.booked else None

    def offers(self, query: str) -> list[tuple[MeetingSlot, str]]:
        """The times that a household may still take, each with the staff id, the earliest first."""
        now, found = self.home.clock.today(), list[tuple[MeetingSlot, str]]()
        state = self.meetings.by_query.get(query)
        for slot in self.meetings.offers_of(query):
            staff = state.offers[slot].subject if state else None
            known = self.slot(staff, slot)
            if known and staff and known.starts > now and not self._is_overtaken(staff, known):
                found.append((known, staff))
        return sorted(found, key=lambda one: (one[0].starts, one[0].id))

    def agreed(self, staff: str) -> list[TimeSpan]:
        """The meetings of one person that take place."""
        mine = [state for state in self.meetings.booked() if state.booked and state.booked.subject == staff]
        return [slot for state in mine if (slot := self.booked_slot(state))]

    def offered_times(self, staff: str) -> dict[str, MeetingSlot]:
        """The times of one person that anybody may still take, by id."""
        open_slots = self.meetings.offered()
        return {slot: one for slot, one in self.slots(staff).items() if slot in open_slots}

    def _is_overtaken(self, staff: str, slot: MeetingSlot) -> bool:
        """Whether the person meets somebody else then, who got it under another id."""
        return any(slot.overlaps(other) for other in self.agreed(staff))


def open_book(home: Home) -> MeetingBook:
    """As of now."""
    threads = query_threads(home.log.entries(*KINDS))
    return MeetingBook(home, threads, meeting_states(threads))


def meetings_of(home: Home) -> Meetings:
    """The states alone."""
    return open_book(home).meetings


@contextmanager
def meetings_turn(home: Home) -> Iterator[MeetingBook]:
    """The book, while nobody else offers or gives away a time."""
    with locked(home, "meetings"):
        yield open_book(home)


def mark_slots(home: Home, book: MeetingBook) -> None:
    """Sees to it that exactly the times that somebody may still take have their marker: after the log said so, and
    whatever a run that was killed left undone."""
    wanted = {slot.id for query in book.meetings.by_query for slot, _ in book.offers(query)}
    there = {key.removeprefix(SLOT_MARKERS) for key in home.store.list(SLOT_MARKERS)}
    for slot in sorted(there - wanted):
        home.store.delete(f"{SLOT_MARKERS}{slot}")
    for slot in sorted(wanted - there):
        home.store.put(f"{SLOT_MARKERS}{slot}", MARKER)


def taken_key(slot: str) -> str:
    """Where whoever is first lays what takes a time."""
    return f"{SLOTS_TAKEN}{slot}.json"
