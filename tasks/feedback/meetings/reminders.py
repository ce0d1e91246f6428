"""The reminder of a meeting: on the last office day before it, while the office is open."""

from dataclasses import dataclass
from datetime import datetime

from termpost.schemas.log.entry import Entry
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook
from termpost.tasks.feedback.meetings.availability import office_hours
from termpost.tasks.feedback.meetings.who_may_meet import pair_of, who_may_meet


@dataclass(frozen=True)
class DueReminder:
    """Who is to be reminded of which meeting."""

    query: str
    student: str  # reference
    recipient: str  # reference
    staff: str  # staff id of whom they meet
    slot: str
    starts: datetime  # UTC

    @property
    def key(self) -> str:
        """The same for the same time, so that it is sent once; one that was moved is another."""
        return f"{self.query}-{self.slot}"


def due_reminders(book: MeetingBook, now: datetime) -> list[DueReminder]:
    """Whom to remind now: from the last office day before the meeting on, never at night or on a day off.

    Nobody is reminded who was told of the time on that day or later, whose right has ended, or who was reminded of it.
    """
    home, calendar = book.home, book.home.calendar
    local = now.astimezone(calendar.zone)
    hours = office_hours(calendar, local.date())
    if hours is None or not hours.starts <= now < hours.ends:
        return []
    found = list[DueReminder]()
    for state in book.meetings.booked():
        slot, entry, pair = book.booked_slot(state), state.booked, pair_of(state)
        if slot is None or entry is None or pair is None or not state.is_live or slot.id in state.reminded:
            continue
        remind_on = calendar.office_days_before(slot.starts.astimezone(calendar.zone).date(), 1)
        told_on = entry.day.astimezone(calendar.zone).date()
        if told_on < remind_on <= local.date() and now < slot.starts:
            found.append(DueReminder(state.query, *pair, entry.subject or "", slot.id, slot.starts))
    may = who_may_meet(home, ((one.student, one.recipient) for one in found))
    return [one for one in found if (one.student, one.recipient) in may]


def reminded(reminder: DueReminder) -> Entry:
    """What the log says before the reminder leaves."""
    return Entry(kind="meeting", query=reminder.query, student=reminder.student, recipient=reminder.recipient,
                 reason="reminded", slot=reminder.slot, subject=reminder.staff)  # fmt: skip
