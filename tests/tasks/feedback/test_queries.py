"""Queries: the clock, states, and words that only the student's key opens."""

from datetime import UTC, date, datetime

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import QueryKind, QueryThread
from termpost.tasks.feedback.answering.answers import answer
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.feedback.queries import NewQuery, receive, standing_of, threads_of
from termpost.tasks.home.home import Home, open_home

FRIDAY_MORNING = datetime(2021, 10, 22, 15, 0, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2021, 10, 23, 1, 0, tzinfo=UTC)  # still Friday at the school, after closing
BY = StaffId("mlopez")


def student(home: Home) -> PersonRef:
    return home.people.references(["604822"])["604822"]


def ask(home: Home, text: str = "Why is the quiz missing?", kind: QueryKind = "question") -> str:
    about = NewQuery(kind, "phone", text, home.clock.today(), student(home), rating=4 if kind == "rating" else None)
    query_id, entries = receive(home, about)
    home.log.append("test", entries)
    return query_id


def stand(home: Home) -> QueryThread:
    return next(iter(threads_of(home).values()))


def standing(home: Home, now: datetime) -> str:
    return standing_of(home.clocks, stand(home), now.astimezone(home.calendar.zone).date())


def test_a_query_is_due_on_the_fifth_working_day(home: Home) -> None:
    ask(home)
    assert stand(home).due == date(2021, 10, 29)


def test_a_query_after_closing_counts_from_the_next_working_day(home: Home) -> None:
    late = open_home(home.path, FixedClock(FRIDAY_NIGHT))
    ask(late)
    assert stand(late).due == date(2021, 11, 1)


def test_a_calendar_that_is_changed_later_moves_no_promise(home: Home) -> None:
    ask(home)
    path = home.path / "calendar.toml"
    path.write_text(path.read_text().replace('closes = "16:30"', 'closes = "09:00"'))
    assert due_of(stand(home), open_home(home.path).clocks, home.today) == date(2021, 10, 29)


def test_a_query_of_a_log_that_did_not_say_its_day_is_due_by_the_calendar(home: Home) -> None:
    home.log.append("test", [Entry(kind="query_received", student=student(home), query="q0", reason="question")])
    assert stand(home).due is None
    assert due_of(stand(home), home.clocks, home.today) == date(2021, 10, 29)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2021, 10, 29, 22, 0, tzinfo=UTC), "open"),  # the last day, in the school's zone
        (datetime(2021, 10, 30, 4, 59, tzinfo=UTC), "open"),  # still that day there
        (datetime(2021, 10, 30, 5, 1, tzinfo=UTC), "overdue"),
    ],
)
def test_a_query_is_overdue_once_its_day_is_over_at_the_school(home: Home, now: datetime, state: str) -> None:
    ask(home)
    assert standing(home, now) == state


def test_a_rating_has_no_clock_and_needs_no_words(home: Home) -> None:
    ask(home, "", "rating")
    assert (stand(home).due, stand(home).rating, stand(home).note) == (None, 4, None)
    assert standing(home, datetime(2030, 1, 1, tzinfo=UTC)) == "open"


def test_an_answer_stops_the_clock_and_says_who_gave_it(home: Home) -> None:
    ask(home)
    answer(home, "test", stand(home), BY, "It was marked today.")
    assert standing(home, datetime(2022, 1, 1, tzinfo=UTC)) == "answered"
    assert [one.actor for one in stand(home).given] == ["mlopez"]


def test_a_second_answer_is_refused_and_the_first_one_stays(home: Home) -> None:
    ask(home)
    answer(home, "test", stand(home), BY, "First.")
    kept = {key: home.store.get(key) for key in home.store.list("notes/")}
    with pytest.raises(InputError) as refused:
        answer(home, "test", stand(home), BY, "Second.")
    assert refused.value.code == "answered"
    assert {key: home.store.get(key) for key in home.store.list("notes/")} == kept


def test_the_words_are_sealed_in_the_store_and_absent_from_the_log(home: Home) -> None:
    ask(home, "My father lives abroad.")
    lying = b"".join(home.store.get(key) for prefix in ("notes/", "log/") for key in home.store.list(prefix))
    assert b"abroad" not in lying
    note = next(iter(home.store.list("notes/")))
    assert b"abroad" in home.people.open(student(home), home.store.get(note))


def test_a_query_without_words_is_refused_and_leaves_nothing(home: Home) -> None:
    with pytest.raises(InputError) as refused:
        ask(home, " \n")
    assert refused.value.code == "no-words"
    assert not list(home.store.list("notes/"))
    assert not threads_of(home)
