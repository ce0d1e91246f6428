"""What became of a meeting: cancelled, held, missed, and what was agreed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.meetings.meeting_states import EVERYONE, MeetingState
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook, mark_slots, meetings_turn, open_book
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note, read_note

SEE = "see `termpost meetings list`"


@dataclass(frozen=True)
class MeetingMinutes:
    """What was agreed at one meeting."""

    query: str
    held: datetime  # when they were written down, UTC
    by: str  # staff id
    text: str
    for_everyone: bool  # staff marked them for everybody who is entitled to the report


def cancel_meeting(home: Home, run: str, query: str, by: str, *, by_family: bool = False) -> int:
    """Cancels a meeting that is agreed on, else takes back what is offered; how many households that was.

    Of a meeting of two households whoever works here cancels it for both, a family for itself.

    Raises:
        InputError: `unknown-query`, `nothing-to-cancel`.
    """
    with meetings_turn(home) as book:
        state = book.state(query)
        slots = [state.slot] if state.step == "booked" and state.slot else list(state.offers)
        if not slots:
            raise InputError("nothing-to-cancel", "nothing is agreed on or offered", "ID", SEE)
        others = [] if by_family or not state.slot else book.meetings.companions(query, state.slot)
        states = [state, *(book.state(other) for other in others)]
        home.log.append(run, [_entry(one, by, "cancelled", slot) for one in states for slot in slots])
        mark_slots(home, open_book(home))
        return len(states)


def say_what_became(home: Home, run: str, query: str, by: str, what: Literal["held", "missed"]) -> None:
    """That a meeting took place, or that the family did not come; once its time has begun.

    Raises:
        InputError: `unknown-query`, `not-booked`, `too-early`.
    """
    with meetings_turn(home) as book:
        home.log.append(run, [_entry(one, by, what, one.slot) for one in _begun(book, query)])


def write_minutes(home: Home, run: str, query: str, by: str, text: str, *, for_everyone: bool) -> None:
    """Keeps what was agreed as a note under the student's key; a meeting that has minutes took place.

    Raises:
        InputError: `unknown-query`, `not-booked`, `too-early`, `no-words`.
    """
    with meetings_turn(home) as book:
        state = book.state(query)
        states = [state] if state.step == "held" else _begun(book, query)
        key = f"notes/{query}/minutes-{len(state.minutes) + 1}.sealed"
        student = PersonRef(state.student or "")
        digest = keep_note(home, student, key, text)
        held = [_entry(one, by, "held", one.slot) for one in states if one.step != "held"]
        said = _entry(state, by, "minutes", state.slot)
        marked = {"object": key, "digest": digest, "cause": EVERYONE if for_everyone else None}
        home.log.append(run, [*held, said.model_copy(update=marked)])


def minutes_behind_door(book: MeetingBook, recipient: str) -> list[MeetingMinutes]:
    """The minutes of every meeting that this person took part in, and of no other: of a meeting of two households both
    took part."""
    mine = [one for one in book.meetings.by_query.values() if one.recipient == recipient and one.is_live]
    took_part = {one.query for one in mine} | {
        other for one in mine if one.slot for other in book.meetings.companions(one.query, one.slot)
    }
    return [minutes for query in sorted(took_part) for minutes in _minutes(book.home, book.meetings.by_query[query])]


def minutes_for_report(home: Home, student: str) -> list[MeetingMinutes]:
    """The minutes about a student that staff marked for everybody who is entitled to the report; none else may stand on
    one."""
    states = [one for one in open_book(home).meetings.by_query.values() if one.student == student]
    return [minutes for one in states for minutes in _minutes(home, one) if minutes.for_everyone]


def _minutes(home: Home, state: MeetingState) -> list[MeetingMinutes]:
    found = [(entry, _text(home, state, entry)) for entry in state.minutes]
    return [
        MeetingMinutes(state.query, entry.day, entry.actor, text, entry.cause == EVERYONE)
        for entry, text in found if text is not None
    ]  # fmt: skip


def _text(home: Home, state: MeetingState, entry: Logged) -> str | None:
    """None where the student, or the note, was erased."""
    try:
        return read_note(home, PersonRef(state.student or ""), entry.object or "")
    except KeyError:
        return None


def _begun(book: MeetingBook, query: str) -> list[MeetingState]:
    """The meeting, with the other household of the same one, once it has begun."""
    state = book.state(query)
    slot = book.booked_slot(state)
    if state.step != "booked" or slot is None:
        raise InputError("not-booked", "no time is agreed on", "ID", SEE)
    if slot.starts > book.home.clock.today():
        raise InputError("too-early", "the meeting has not begun", "ID", "say so once it has")
    return [state, *(book.state(other) for other in book.meetings.companions(query, slot.id))]


def _entry(state: MeetingState, by: str, reason: str, slot: str | None) -> Entry:
    staff = state.booked.subject if state.booked else None
    return Entry(kind="meeting", actor=by, query=state.query, student=state.student, recipient=state.recipient,
                 reason=reason, slot=slot, subject=staff)  # fmt: skip
