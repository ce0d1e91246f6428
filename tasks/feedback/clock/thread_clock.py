"""By when one query is to be answered, as its log entries leave it: told, held, resumed, lengthened, reopened.

Days that were told lie in the log (`due`), so that a calendar which changes later moves none that has passed.
"""

from dataclasses import replace
from datetime import date, datetime

from termpost.schemas.log.entry import Logged
from termpost.schemas.log.query_threads import WITHOUT_CLOCK, QueryThread, reached_at
from termpost.schemas.settings.clocks import Clocks, standing_day

OF_SCHOOL = "office"  # `via` of a query that the school began itself
AGAIN = ("reopened", "replied")  # by staff, or by further words of the family: the clock begins anew


def has_clock(thread: QueryThread) -> bool:
    """Ratings, what staff say of themselves, and a meeting that the school asked for have none; whoever has no right to
    an answer has one."""
    return thread.kind not in WITHOUT_CLOCK and thread.via != OF_SCHOOL


def due_of(thread: QueryThread, clocks: Clocks, today: date) -> date | None:
    """The last day for the answer; None: no clock.

    What was told stands. Under a calendar that was changed since it becomes later only, and not once it has passed or
    while it is held.
    """
    if not has_clock(thread):
        return None
    told = _walked(thread, clocks, as_told=True)
    if thread.state == "held":
        return told
    return standing_day(told, _walked(thread, clocks, as_told=False), today)


def due_if(thread: QueryThread, change: Logged, clocks: Clocks, today: date) -> date | None:
    """The last day for the answer once this change is made too: what its entry has to say in `due`."""
    if not has_clock(thread):
        return None
    told = _walked(replace(thread, changes=[*thread.changes, change]), clocks, as_told=True)
    return told if change.reason == "held" else max(told, due_of(thread, clocks, today) or told)


def _begun(change: Logged) -> datetime:
    """Further words count from when they reached the school, and what staff reopen from then."""
    return reached_at(change) if change.reason == "replied" else change.day


def _walked(thread: QueryThread, clocks: Clocks, *, as_told: bool) -> date:
    """From the day it came through every change, in order.

    Args:
        as_told: a day that an entry says counts as it is. Else all are counted anew, by the calendar of today, but for
            those that a person chose.
    """
    begin = clocks.query_due if as_told else clocks.earliest_due
    due, held = (thread.first_due if as_told else None) or begin(thread.received), None
    replies = (one for one in thread.noticed if one.reason == "replied")
    for change in sorted((*thread.changes, *replies), key=lambda one: one.seq):
        said = date.fromisoformat(change.due) if change.due else due
        if change.reason == "held" and held is None:  # held again while it is held: one pause
            held = change
        elif change.reason == "resumed" and held is not None:
            due, held = clocks.resumed_due(due, held.day, change.day), None
        elif change.reason in AGAIN:
            due, held = max(due, clocks.query_due(_begun(change))), None
        elif change.reason == "closed":
            held = None
        elif change.reason == "lengthened":
            due = max(due, said)
        if as_told and change.due and change.reason != "lengthened":
            due = said
    return due
