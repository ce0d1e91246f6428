"""What families ask, when they are met, and what the office is asked about who may have a report."""

from collections.abc import Iterator

from termpost.tasks.deadlines.deadline import Deadline, at
from termpost.tasks.deadlines.facts import Facts
from termpost.tasks.distribute.questions import open_questions
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.feedback.meetings.all_meetings import open_book
from termpost.tasks.feedback.queries import standing_of, threads_of


def of_families(facts: Facts) -> Iterator[Deadline]:
    """Queries by their own clock (docs/clocks.md); one that is held waits."""
    home = facts.home
    for query in threads_of(home).values():
        due, standing = due_of(query, home.clocks, home.today), standing_of(home.clocks, query, home.today)
        if due is None:
            continue
        if standing in ("open", "overdue"):
            yield from at("query", due, home.today, 1)
        elif standing == "held":
            yield Deadline("query", due, "waiting", 1)


def of_meetings(facts: Facts) -> Iterator[Deadline]:
    """On their own day; overdue until somebody notes whether they were held."""
    zone, book = facts.home.calendar.zone, open_book(facts.home)
    for state in book.meetings.booked():
        slot = book.booked_slot(state)
        if slot is not None:
            yield from at("meeting", slot.starts.astimezone(zone).date(), facts.today, 1)


def of_office(facts: Facts) -> Iterator[Deadline]:
    """The office has five of its days for a question about who may have a report."""
    for cycle, _, clock in open_questions(facts.home, facts.lake):
        yield from at("office-question", clock.due, facts.today, 1, cycle)
