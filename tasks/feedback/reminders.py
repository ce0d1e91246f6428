"""What the clocks of queries say, noted once; whoever writes mail goes by what is new in the log."""

from datetime import date

from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.query_threads import QueryNotice, QueryThread
from termpost.schemas.settings.calendar import Calendar
from termpost.tasks.feedback.queries import due_of, open_queries, threads_of
from termpost.tasks.home.home import Home

CLOSE_AFTER = 10  # office days after the last answer in which nobody wrote again


def remind(home: Home, run: str) -> list[Logged]:
    """Notes what is due to be said today; gives what is new, each once whatever runs again.

    Outside of office hours nothing is noted: a reminder at midnight or on a day off is one that nobody asked for.
    """
    if not is_office_hour(home):
        return []
    said = []
    for thread in open_queries(threads_of(home).values()):
        due = due_of(home.calendar, thread)
        if due is None or thread.state == "held":
            continue
        said += [_notice(thread, reason, due) for reason in notices_due(home.calendar, thread, due, home.today)]
    return home.log.append(run, said)


def is_office_hour(home: Home) -> bool:
    """Whether somebody is there to be reminded."""
    now = home.clock.today().astimezone(home.calendar.zone)
    return home.calendar.is_office_day(now.date()) and home.calendar.opens <= now.time() <= home.calendar.closes


def notices_due(calendar: Calendar, thread: QueryThread, due: date, today: date) -> list[QueryNotice]:
    """What has not been said and is due: half of the time is over, one day is left, it is late. The last alone is said
    where several fell due at once."""
    began = thread.received.astimezone(calendar.zone).date()
    half = calendar.office_days_before(due, calendar.office_days_between(began, due) // 2)
    days: list[tuple[QueryNotice, bool]] = [
        ("half-time", today >= half), ("day-before", today >= calendar.office_days_before(due, 1)),
        ("overdue", today > due),
    ]  # fmt: skip
    last = [notice for notice, is_due in days if is_due][-1:]
    return [notice for notice in last if notice not in thread.notices]


def _notice(thread: QueryThread, reason: QueryNotice, due: date) -> Entry:
    return Entry(kind="query_noticed", query=thread.id, student=thread.student, recipient=thread.contact,
                 reason=reason, due=due.isoformat(), subject=thread.assigned_to)  # fmt: skip


def close_answered(home: Home, run: str) -> int:
    """Closes what was answered and has rested since; a reply opens it again."""
    done = []
    for thread in threads_of(home).values():
        if thread.state != "answered" or not thread.given or not _is_settled(thread):
            continue
        answered = thread.given[-1].day.astimezone(home.calendar.zone).date()
        if home.today > home.calendar.add_office_days(answered, CLOSE_AFTER):
            done.append(Entry(kind="query_changed", query=thread.id, student=thread.student, reason="closed",
                              cause="settled"))  # fmt: skip
    return len(home.log.append(run, done))


def _is_settled(thread: QueryThread) -> bool:
    """Whether nothing is left that a person must see to: a refused dispute, or a meeting that is to come."""
    return thread.dispute in (None, "asked", "corrected", "statement") and thread.kind != "meeting"
