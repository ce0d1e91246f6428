"""What clocks say: once, in office hours, and not of what is held, answered or without a clock."""

from datetime import UTC, datetime

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.entry import Entry
from termpost.tasks.feedback.answering.answers import answer
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.feedback.queries import NewQuery, receive, threads_of
from termpost.tasks.feedback.reminders import close_answered, remind
from termpost.tasks.home.home import Home, open_home


def at(home: Home, day: int, hour: int = 15, month: int = 10) -> Home:
    return open_home(home.path, FixedClock(datetime(2021, month, day, hour, tzinfo=UTC)))


def ask(home: Home) -> str:
    student = home.people.references(["604822"])["604822"]
    query_id, entries = receive(home, NewQuery("question", "phone", "Why?", home.clock.today(), PersonRef(student)))
    home.log.append("test", entries)
    return query_id


def said(home: Home) -> list[str | None]:
    return [entry.reason for entry in remind(home, "test")]


def test_half_time_the_day_before_and_overdue_are_each_said_once(home: Home) -> None:
    ask(home)  # on Friday 22 October, due on Friday 29
    assert said(at(home, 25)) == []
    assert said(at(home, 27)) == ["half-time"]
    assert said(at(home, 27)) == []
    assert said(at(home, 28)) == ["day-before"]
    assert said(at(home, 29)) == []
    assert said(at(home, 1, month=11)) == ["overdue"]
    assert said(at(home, 2, month=11)) == []


@pytest.mark.parametrize(("day", "hour"), [(27, 6), (27, 23), (30, 15), (31, 15)])
def test_nobody_is_reminded_at_night_or_on_a_day_off(home: Home, day: int, hour: int) -> None:
    ask(home)
    assert said(at(home, day, hour)) == []


def test_of_several_that_fell_due_the_last_alone_is_said(home: Home) -> None:
    ask(home)
    assert said(at(home, 3, month=11)) == ["overdue"]
    assert said(at(home, 4, month=11)) == []


def test_what_is_held_or_answered_is_not_reminded_and_a_new_clock_is(home: Home) -> None:
    query = ask(home)
    home.log.append("test", [Entry(kind="query_changed", query=query, reason="held")])
    assert said(at(home, 1, month=11)) == []
    home.log.append("test", [Entry(kind="query_changed", query=query, reason="resumed")])
    assert said(at(home, 1, month=11)) == ["overdue"]
    answer(home, "test", threads_of(home)[query], StaffId("mlopez"), "So it is.")
    assert said(at(home, 2, month=11)) == []
    home.log.append("test", [Entry(kind="query_changed", query=query, reason="reopened", due="2021-11-12")])
    assert said(at(home, 15, month=11)) == ["overdue"]


def test_what_was_answered_long_ago_is_closed_and_never_twice(home: Home) -> None:
    query = ask(home)
    assert close_answered(at(home, 30, month=11), "test") == 0
    answer(home, "test", threads_of(home)[query], StaffId("mlopez"), "So it is.")
    assert close_answered(at(home, 29), "test") == 0
    assert close_answered(at(home, 9, month=11), "test") == 1
    assert close_answered(at(home, 9, month=11), "test") == 0
    assert threads_of(home)[query].state == "closed"


def test_a_meeting_that_the_school_asks_for_has_no_clock(home: Home) -> None:
    home.log.append("test", [Entry(kind="query_received", query="q0123456789ab", reason="meeting", via="office")])
    assert said(at(home, 1, month=11)) == []
    assert due_of(threads_of(home)["q0123456789ab"], home.clocks, home.today) is None
