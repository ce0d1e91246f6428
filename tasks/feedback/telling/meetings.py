"""What families are told of their meetings: times to choose from, an invitation, a change, and the day before."""

from collections.abc import Sequence
from dataclasses import replace

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.tasks.channels.email.mailbox.senders import known_senders
from termpost.tasks.channels.email.plain.reach import ways_of
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook
from termpost.tasks.feedback.meetings.invitation import due_invitations, invitation
from termpost.tasks.feedback.meetings.reminders import due_reminders, reminded
from termpost.tasks.feedback.telling.families import DueTelling


def of_offers(book: MeetingBook) -> list[DueTelling]:
    """That times wait behind the door; told again where others are offered."""
    found = list[DueTelling]()
    for state in book.meetings.by_query.values():
        if state.step == "offered" and state.is_live and state.recipient and state.offers:
            newest = max(one.seq for one in state.offers.values())
            found.append(_telling(f"{state.query} offered {newest}", state.query, state.student, state.recipient))
    return found


def of_invitations(book: MeetingBook) -> list[DueTelling]:
    """The last news of each meeting."""
    return [
        replace(_telling(f"{one.key} invitation", one.query, one.student, one.recipient), is_invitation=True)
        for one in due_invitations(book, book.home.clock.today())
    ]


def with_calendars(book: MeetingBook, due: Sequence[DueTelling]) -> tuple[list[DueTelling], InputError | None]:
    """Each invitation with the meeting as an iCalendar object, where there is an address to invite that is theirs
    alone: time and place are for one household, and a mailbox may be that of both. They stand behind the door.

    One that cannot be written waits, with what a person must fix; it keeps nobody else from being told.
    """
    ways = ways_of(book.home, {one.mail.to_ref for one in due if one.is_invitation and one.mail.to_ref})
    owners = known_senders(book.home) if ways else {}
    found, fault = list[DueTelling](), None
    for one in due:
        address = ways[one.mail.to_ref].email if one.is_invitation and one.mail.to_ref else None
        if not (address and one.mail.query and len(owners.get(address.casefold(), ())) <= 1):
            found.append(one)
            continue
        try:
            part = invitation(book, one.mail.query, address, one.mail.language)
        except InputError as error:
            fault = fault or error
        else:
            found.append(replace(one, mail=replace(one.mail, calendar_part=part)))
    return found, fault


def of_reminders(book: MeetingBook, run: str) -> list[DueTelling]:
    """The day before. The log says so first; whoever it names and has not met yet is told, if that was not done."""
    now, found = book.home.clock.today(), list[DueTelling]()
    due = due_reminders(book, now)
    book.home.log.append(run, [reminded(one) for one in due])
    for one in due:
        book.state(one.query).reminded.add(one.slot)
    for state in book.meetings.booked():
        slot = book.booked_slot(state)
        if slot and slot.id in state.reminded and slot.starts > now and state.is_live and state.recipient:
            found.append(_telling(f"{state.query}-{slot.id} reminder", state.query, state.student, state.recipient))
    return found


def _telling(key: str, query: str, student: str | None, to: str) -> DueTelling:
    return DueTelling(PlainMail(
        key=key, kind="meeting", to_ref=PersonRef(to), query=query, student=PersonRef(student) if student else None
    ))  # fmt: skip
