"""Meetings as iCalendar: invitations by mail (iMIP, RFC 6047 over RFC 5546 and 5545), and a teacher's own calendar.

A calendar is read over shoulders, and by whoever runs it: no title says more than that there is a meeting at the
school, and whoever is invited is nobody but the attendee. The same meeting gives the same bytes: its stamp is that of
the entry of the log that last changed it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import icalendar
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.staff_times import MeetingSlot
from termpost.schemas.log.meetings.meeting_states import MeetingState
from termpost.tasks.documents.wording import Translator, translator_for, visible
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook, open_book
from termpost.tasks.feedback.meetings.who_may_meet import pair_of, who_may_meet
from termpost.tasks.feedback.meetings.words import place_words
from termpost.tasks.feedback.meetings.zone_component import zone_component
from termpost.tasks.home.home import Home

ImipMethod = Literal["REQUEST", "CANCEL"]
PRODUCT = "-//termpost//meetings//EN"


@dataclass(frozen=True)
class DueInvitation:
    """What a recipient's calendar must be told of a meeting: invitation, change or cancellation."""

    query: str
    student: str  # reference
    recipient: str  # reference
    method: ImipMethod
    sequence: int
    starts: datetime  # UTC

    @property
    def key(self) -> str:
        """The same for the same news, so that it is sent once."""
        return f"{self.query}-{self.sequence}"


def due_invitations(book: MeetingBook, now: datetime) -> list[DueInvitation]:
    """The last news of every meeting that is still to come; what was sent already is known by its `key`."""
    found: list[DueInvitation] = []
    for state in book.meetings.by_query.values():
        slot = _last_slot(book, state)
        if slot and slot.starts > now and state.is_live and state.student and state.recipient:
            found.append(DueInvitation(
                state.query, state.student, state.recipient, _method(state), state.sequence, slot.starts
            ))  # fmt: skip
    return found


def invitation(book: MeetingBook, query: str, attendee: str, language: str) -> bytes:
    """The last news of one meeting as `text/calendar`, in UTF-8: METHOD REQUEST, or CANCEL where it was cancelled.

    Args:
        attendee: the recipient's mail address.
        language: BCP 47; of the title and the place.

    Raises:
        InputError: `not-booked`, where no time was ever agreed on; `no-organizer`.
    """
    home, state = book.home, book.state(query)
    slot = _last_slot(book, state)
    if slot is None or state.changed is None:
        raise InputError("not-booked", "no time was agreed on", "ID", "see `termpost meetings list`")
    method, translator = _method(state), translator_for(language, home.calendar.country)
    event = _event(home, state, slot, state.changed.via, translator)
    event.add("organizer", _address(_organizer(home), {"cn": home.settings.institution.called}))
    event.add("attendee", _address(attendee, {
        "cutype": "INDIVIDUAL", "role": "REQ-PARTICIPANT", "partstat": "ACCEPTED", "rsvp": "FALSE"}))  # fmt: skip
    event.add("status", "CONFIRMED" if method == "REQUEST" else "CANCELLED")
    return _calendar(home, method, [event], [slot])


def staff_calendar(home: Home, staff: str, names: Mapping[str, str]) -> bytes:
    """The meetings of one person that are agreed on, as a file for their own calendar; METHOD PUBLISH. None with a
    household whose right has ended since.

    Args:
        names: reference of a student → what the title says of them; none of whom it lacks.
    """
    book, translator = open_book(home), translator_for(home.settings.institution.languages[0], home.calendar.country)
    mine = [state for state in book.meetings.booked() if state.booked and state.booked.subject == staff]
    may = who_may_meet(home, (pair for state in mine if (pair := pair_of(state))))
    mine = [state for state in mine if pair_of(state) in may]
    slots = {state.query: slot for state in mine if (slot := book.booked_slot(state))}
    events: list[icalendar.Event] = []
    for state in sorted((one for one in mine if one.query in slots), key=lambda one: slots[one.query].starts):
        event = _event(home, state, slots[state.query], state.booked.via if state.booked else None, translator)
        if (state.student or "") in names:
            event["summary"] = icalendar.vText(f"{event['summary']}: {visible(names[state.student or ''])}")
        events.append(event)
    return _calendar(home, "PUBLISH", events, slots.values())


def _last_slot(book: MeetingBook, state: MeetingState) -> MeetingSlot | None:
    """The time that the last news is about."""
    last = state.changed
    return book.slot(last.subject, last.slot) if last else None


def _method(state: MeetingState) -> ImipMethod:
    return "CANCEL" if state.changed and state.changed.reason == "cancelled" else "REQUEST"


def _event(
    home: Home, state: MeetingState, slot: MeetingSlot, way: str | None, translator: Translator
) -> icalendar.Event:
    institution, zone = home.settings.institution, home.calendar.zone
    changed = state.changed.day if state.changed else slot.starts
    event = icalendar.Event()
    event.add("uid", f"{state.query}@{institution.email_domain or 'termpost.invalid'}")
    event.add("dtstamp", changed.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", slot.starts.astimezone(zone))
    event.add("dtend", slot.ends.astimezone(zone))
    event.add("sequence", state.sequence)
    event.add("summary", translator.text("meeting", "title", school=institution.called))
    event.add("location", place_words(translator, slot, way))
    url = _url(home, slot, way)
    if url:
        event.add("url", icalendar.vUri(url))
    event.add("class", "PRIVATE")
    return event


def _url(home: Home, slot: MeetingSlot, way: str | None) -> str:
    """Of a video call its link, else the family's door."""
    if way == "video" and slot.link:
        return slot.link
    portal = home.settings.channels.portal
    return f"{portal.base_url}/" if portal else ""


def _organizer(home: Home) -> str:
    """The office's address; what is answered to the invitation goes there."""
    ask, mail = home.settings.institution.ask, home.settings.channels.email
    address = (ask.email if ask else "") or (mail.sender if mail else "")
    if not address:
        raise InputError("no-organizer", "it is not known which address invites", "termpost.toml [institution.ask]",
                         "give the office's email there")  # fmt: skip
    return address


def _address(address: str, about: Mapping[str, str]) -> icalendar.vCalAddress:
    found = icalendar.vCalAddress(f"mailto:{address}")
    for name, value in about.items():
        found.params[name.upper()] = value
    return found


def _calendar(
    home: Home, method: ImipMethod | Literal["PUBLISH"], events: Iterable[icalendar.Event], slots: Iterable[MeetingSlot]
) -> bytes:
    file = icalendar.Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", method)
    years = [slot.starts.year for slot in slots]
    if years:
        file.add_component(zone_component(home.calendar.zone, min(years) - 1, max(years) + 2))
    for event in events:
        file.add_component(event)
    return bytes(file.to_ical())
