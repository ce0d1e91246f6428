"""What the clocks of queries say, noted once; whoever writes mail goes by what is new in the log."""

from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.feedback.clock.notices import due_notices, noted
from termpost.tasks.feedback.queries import open_queries, threads_of
from termpost.tasks.home.home import Home

CLOSE_AFTER = 10  # office days after the last answer in which nobody wrote again


def remind(home: Home, run: str) -> list[Logged]:
    """Notes what is due to be said now; gives what is new, each once whatever runs again.

    Outside of office hours nothing is noted: a reminder at midnight or on a day off is one that nobody asked for.
    """
    now, clocks = home.clock.today(), home.clocks
    said = [
        entry for thread in open_queries(threads_of(home).values())
        for entry in noted(thread, due_notices(thread, now, clocks), now, clocks)
    ]  # fmt: skip
    return home.log.append(run, said)


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
