"""Every clock, held to days that were worked by hand: tests/data/clocks/cases.csv says why of each."""

from datetime import date, datetime

import pytest
from termpost.schemas.log.query_threads import QueryNotice
from termpost.tasks.feedback.clock.notices import REMINDERS, due_notices, goes_to
from termpost.tasks.feedback.clock.thread_clock import due_of

from tests.tasks.feedback.clock_cases import ClockCase, clock_cases, clocks, thread_of

LEAST = 80


def of(*names: str) -> pytest.MarkDecorator:
    rows = clock_cases(*names)
    return pytest.mark.parametrize("case", rows, ids=[f"{row.calendar} {row.why[:50]}" for row in rows])


def test_there_are_enough_and_each_is_told_apart() -> None:
    rows = clock_cases()
    assert len(rows) >= LEAST
    assert len({(row.calendar, row.clock, row.given) for row in rows}) == len(rows)
    assert all(row.why for row in rows)
    assert len({clocks(row.calendar).calendar.country for row in rows}) >= 5


@of("ask")
def test_until_when_a_family_may_ask(case: ClockCase) -> None:
    channels = case.said("by").split("+") if case.said("by") else ()
    until = clocks(case.calendar).ask_until(date.fromisoformat(case.first), case.said("cycle") or None, channels)
    assert until.isoformat() == case.expected


@of("received")
def test_for_which_day_something_counts(case: ClockCase) -> None:
    counts_for = clocks(case.calendar).calendar.received(datetime.fromisoformat(case.first))
    assert counts_for.isoformat() == case.expected


@of("due", "answered", "office")
def test_by_when_it_is_answered(case: ClockCase) -> None:
    found = clocks(case.calendar)
    if case.clock == "due":
        told = date.fromisoformat(case.said("told")) if case.said("told") else None
        due = found.query_due(datetime.fromisoformat(case.first), told)
    else:
        day = date.fromisoformat(case.first)
        due = found.answered_by(day) if case.clock == "answered" else found.office_due(day)
    assert due.isoformat() == case.expected


@of("in-time")
def test_what_is_out_of_time(case: ClockCase) -> None:
    until = date.fromisoformat(case.said("until"))
    in_time = clocks(case.calendar).is_in_time(datetime.fromisoformat(case.first), until)
    assert in_time is (case.expected == "yes")


@of("thread")
def test_the_day_of_a_query_as_it_stands(case: ClockCase) -> None:
    today = date.fromisoformat(case.said("today") or "2021-10-22")
    due = due_of(thread_of(case), clocks(case.calendar), today)
    assert (due.isoformat() if due else "none") == case.expected


@of("notice")
def test_what_is_noted_and_when(case: ClockCase) -> None:
    found = due_notices(thread_of(case), datetime.fromisoformat(case.said("now")), clocks(case.calendar))
    assert found == ([] if case.expected == "none" else [case.expected])


@of("reader")
def test_who_is_told(case: ClockCase) -> None:
    (notice,) = (one for one in REMINDERS if one == case.first)
    kind: QueryNotice = notice
    assert goes_to(kind, datetime.fromisoformat(case.said("now")), clocks(case.calendar)) == case.expected
