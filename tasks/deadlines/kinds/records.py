"""Requests about records, incidents, retention and the yearly review, read from the log alone."""

from collections.abc import Iterator
from datetime import date, timedelta

from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.log.records.parents_apart import APART
from termpost.schemas.log.records.requests import RECEIVED, TOLD
from termpost.schemas.log.review.review_due import REVIEW_KINDS, review_due
from termpost.tasks.deadlines.deadline import Deadline, at
from termpost.tasks.deadlines.facts import Facts

REQUESTS: tuple[EntryKind, ...] = ("access_request", "transferred", "erased")
REPORTED = frozenset({"reported", "closed"})  # `reason` of an incident whose clock has ended
RETAIN_EVERY = timedelta(days=31)
YEAR = timedelta(days=366)
SOON = timedelta(days=7)  # from when on a standing duty is listed
REVIEW_AHEAD = timedelta(days=30)


def of_records(facts: Facts) -> Iterator[Deadline]:
    """All four."""
    for last in _last_of_cases(facts, *REQUESTS).values():
        if last.reason in (RECEIVED, TOLD) and (due := _due(last)):
            yield from at("request", due, facts.today, 1)
        if last.reason == RECEIVED and last.cause == APART and last.since:
            at_once = facts.home.calendar.add_office_days(date.fromisoformat(last.since), 1)
            yield from at("other-parent", at_once, facts.today, 1)
    yield from _incidents(facts)
    yield from _retention(facts)
    yield from _review(facts)


def _last_of_cases(facts: Facts, *kinds: EntryKind) -> dict[str, Logged]:
    """Case → the entry that says how it stands."""
    found: dict[str, Logged] = {}
    for entry in facts.of_kinds(*kinds):
        if entry.case:
            found[entry.case] = entry
    return found


def _incidents(facts: Facts) -> Iterator[Deadline]:
    """Until it is reported to whom the law names, or closed without."""
    clocks: dict[str, date] = {}
    for entry in facts.of_kinds("incident"):
        if not entry.case:
            continue
        if entry.reason in REPORTED:
            clocks.pop(entry.case, None)
        elif entry.reason == "opened" and (due := _due(entry)):
            clocks[entry.case] = due
    for due in clocks.values():
        yield from at("incident", due, facts.today, 1)


def _retention(facts: Facts) -> Iterator[Deadline]:
    """A month after records were let go last. A home that has never done so has a year: before that hardly anything
    is old enough."""
    last = max(map(facts.day, facts.of_kinds("retained")), default=None)
    due = last + RETAIN_EVERY if last else facts.began + YEAR
    if facts.today >= due - SOON:
        yield from at("retention", due, facts.today, 1)


def _review(facts: Facts) -> Iterator[Deadline]:
    """By the day that the last review set, or a month after something that it rests on changed; the first one a year
    after the home began."""
    due = review_due(facts.of_kinds(*REVIEW_KINDS), facts.today, facts.began).due
    if facts.today >= due - REVIEW_AHEAD:
        yield from at("review", due, facts.today, 1)


def _due(entry: Logged) -> date | None:
    return date.fromisoformat(entry.due) if entry.due else None
