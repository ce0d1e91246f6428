"""What is to be noted of a query now: half of its time is over, tomorrow is its last day, it is late.

In office hours alone: who is reminded at midnight or on a day off does not read it then, and a day counts for nobody
who is away. Pure: whoever calls it writes the log first and mails then.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Literal

from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import QueryNotice, QueryThread
from termpost.schemas.settings.clocks import Clocks
from termpost.tasks.feedback.clock.thread_clock import due_of

NoticeReader = Literal["answerer", "office", "head"]
REMINDERS: Final[tuple[QueryNotice, ...]] = ("half-time", "day-before", "overdue")


def due_notices(thread: QueryThread, now: datetime, clocks: Clocks) -> list[QueryNotice]:
    """What is to be noted at an aware instant, at most one; nothing while it is held, answered or closed.

    A reminder whose time went by while nothing ran is left out: what counts is how it stands now. Each is noted once
    for a day; a clock that was lengthened has reminders of its own.
    """
    today = now.astimezone(clocks.calendar.zone).date()
    due = due_of(thread, clocks, today)
    if due is None or thread.state != "open" or not clocks.calendar.is_open(now):
        return []
    notice = _now(due, today, clocks)
    return [notice] if notice and not _is_noted(thread, notice, due) else []


def goes_to(notice: QueryNotice, now: datetime, clocks: Clocks) -> NoticeReader:
    """Who is told: whoever answers, once it is late the head; while staff have no contract days the office."""
    if clocks.office_covers(now):
        return "office"
    return "head" if notice == "overdue" else "answerer"


def noted(thread: QueryThread, notices: Iterable[QueryNotice], now: datetime, clocks: Clocks) -> list[Entry]:
    """The entries that say so, each for the day that it reminds of."""
    due = due_of(thread, clocks, now.astimezone(clocks.calendar.zone).date())
    return [
        Entry(kind="query_noticed", student=thread.student, recipient=thread.contact, query=thread.id, reason=notice,
              due=due.isoformat() if due else None)
        for notice in notices
    ]  # fmt: skip


def _now(due: date, today: date, clocks: Clocks) -> QueryNotice | None:
    """By contract days back from the last one, so that time on hold moves them with it."""
    if today > due:
        return "overdue"
    if today >= clocks.staff_days_before(due, 1):
        return "day-before"
    if today >= clocks.staff_days_before(due, clocks.feedback.staff_days // 2):
        return "half-time"
    return None


def _is_noted(thread: QueryThread, notice: QueryNotice, due: date) -> bool:
    """For this day or a later one; an entry without a day is of a log that did not say which."""
    return any(
        one.reason == notice and (one.due is None or date.fromisoformat(one.due) >= due) for one in thread.noticed
    )
