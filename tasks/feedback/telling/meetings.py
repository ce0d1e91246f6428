"""What families are told of their meetings: times to choose from, an invitation, a change, and the day before."""

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.tasks.channels.email.plain.reach import ways_of
from termpost.tasks.feedback.answering.languages import language_of_person
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.meetings.invitation import due_invitations, invitation
from termpost.tasks.feedback.meetings.reminders import due_reminders, reminded
from termpost.tasks.feedback.telling.families import DueTelling
from termpost.tasks.home.home import Home


def of_offers(home: Home) -> list[DueTelling]:
    """That times wait behind the door; told again where others are offered."""
    book, found = open_book(home), list[DueTelling]()
    for state in book.meetings.by_query.values():
        if state.step == "offered" and state.is_live and state.recipient and state.offers:
            newest = max(one.seq for one in state.offers.values())
            found.append(_telling(home, f"{state.query} offered {newest}", state.query, state.student, state.recipient))
    return found


def of_invitations(home: Home) -> list[DueTelling]:
    """Each with the meeting as an iCalendar object, where there is an address to invite."""
    due = due_invitations(home, home.clock.today())
    ways = ways_of(home, {PersonRef(one.recipient) for one in due})
    found = list[DueTelling]()
    for one in due:
        address, language = ways[PersonRef(one.recipient)].email, language_of_person(home, one.recipient)
        part = invitation(home, one.query, address, language) if address else None
        found.append(_telling(home, f"{one.key} invitation", one.query, one.student, one.recipient, part))
    return found


def of_reminders(home: Home, run: str) -> list[DueTelling]:
    """The day before. The log says so first; whoever it names and has not met yet is told, if that was not done."""
    now = home.clock.today()
    home.log.append(run, [reminded(one) for one in due_reminders(home, now)])
    book, found = open_book(home), list[DueTelling]()
    for state in book.meetings.booked():
        slot = book.booked_slot(state)
        if slot and slot.id in state.reminded and slot.starts > now and state.is_live and state.recipient:
            found.append(
                _telling(home, f"{state.query}-{slot.id} reminder", state.query, state.student, state.recipient)
            )
    return found


def _telling(
    home: Home, key: str, query: str, student: str | None, to: str, part: bytes | None = None
) -> DueTelling:  # fmt: skip
    return DueTelling(PlainMail(
        key=key, kind="meeting", to_ref=PersonRef(to), language=language_of_person(home, to), query=query,
        student=PersonRef(student) if student else None, calendar_part=part,
    ))  # fmt: skip
