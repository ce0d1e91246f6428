"""What the office sees of all meetings, and what a household sees of its own behind its door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from termpost.schemas.documents.feedback.door import DoorMeeting, DoorSlot, MeetingStep
from termpost.schemas.documents.feedback.staff_times import MeetingSlot
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook, open_book
from termpost.tasks.feedback.meetings.who_may_meet import pair_of, who_may_meet
from termpost.tasks.feedback.meetings.words import place_words, staff_name
from termpost.tasks.home.home import Home

TO_COME = frozenset({"wanted", "offered", "booked"})


@dataclass(frozen=True)
class ListedMeeting:
    """One line of the office's list: references, staff ids, times and closed codes."""

    query: str
    student: str | None
    recipient: str | None
    step: MeetingStep | Literal["no-right"]
    staff: str | None
    starts: datetime | None  # of what is agreed on, in the school's zone
    way: str | None
    offered: tuple[datetime, ...]  # in the order in which `meetings book --slot` counts them
    interpreter: bool
    together: bool
    minutes: int


def list_meetings(home: Home, staff: str | None = None) -> list[ListedMeeting]:
    """All of them, or those of one person, in the order in which they were asked for. Whose right has ended since is
    `no-right`, for as long as they would be met."""
    book, zone = open_book(home), home.calendar.zone
    to_come = {query: pair for query, state in book.meetings.by_query.items()
               if state.step in TO_COME and (pair := pair_of(state))}  # fmt: skip
    may_today = who_may_meet(home, to_come.values())
    found: list[ListedMeeting] = []
    for state in book.meetings.by_query.values():
        slot, offers = book.booked_slot(state), book.offers(state.query)
        who = state.booked.subject if state.booked else offers[0][1] if offers else None
        if staff in (None, who, *(one for _, one in offers)):
            pair = to_come.get(state.query)
            may = book.threads[state.query].has_right and (pair is None or pair in may_today)
            found.append(ListedMeeting(
                state.query, state.student, state.recipient, state.step if may else "no-right", who,
                slot.starts.astimezone(zone) if slot else None, state.booked.via if state.booked else None,
                tuple(one.starts.astimezone(zone) for one, _ in offers), "interpreter" in state.wishes,
                "together" in state.wishes, len(state.minutes),
            ))  # fmt: skip
    return found


def door_meeting(book: MeetingBook, query: str, language: str) -> DoorMeeting | None:
    """The meeting of one query as its own household sees it; None where there is none, or no right.

    Args:
        language: BCP 47; of the words for the place.
    """
    state = book.meetings.by_query.get(query)
    if state is None or not book.threads[query].has_right:
        return None
    booked, entry = book.booked_slot(state), state.booked
    return DoorMeeting(
        step=state.step,
        offered=tuple(
            _door_slot(book.home, slot, staff, state.offers[slot.id].via, language)
            for slot, staff in book.offers(query)
        ),
        booked=_door_slot(book.home, booked, entry.subject, entry.via, language) if booked and entry else None,
    )  # fmt: skip


def _door_slot(home: Home, slot: MeetingSlot, staff: str | None, way: str | None, language: str) -> DoorSlot:
    translator = translator_for(language, home.calendar.country)
    place = place_words(translator, slot, way)
    return DoorSlot(
        id=slot.id, starts=slot.starts.astimezone(home.calendar.zone), ends=slot.ends.astimezone(home.calendar.zone),
        place=f"{place}: {slot.link}" if way == "video" and slot.link else place, with_whom=staff_name(home, staff),
    )  # fmt: skip
