"""Queries: the five-day clock, states, and words that only the student's key opens."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.feedback.queries import Query, answer, queries, receive
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.secrets.keys import make_keys

EXAMPLE = Path(__file__).parents[3] / "examples" / "grand-bend-home"
FRIDAY_MORNING = datetime(2021, 10, 22, 15, 0, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2021, 10, 23, 1, 0, tzinfo=UTC)  # still Friday at the school, after closing


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        (tmp_path / name).write_text((EXAMPLE / name).read_text())
    make_keys(tmp_path / "secrets")
    home = open_home(tmp_path, FixedClock(FRIDAY_MORNING))
    make_rehearsal(home)
    return home


def student(home: Home) -> PersonRef:
    return home.people.references(["604822"])["604822"]


def ask(home: Home, text: str = "Why is the quiz missing?") -> str:
    query_id, entry = receive(home, student(home), "question", "phone", text, None)
    home.log.append("test", [entry])
    return query_id


def stand(home: Home, now: datetime) -> Query:
    return queries(home.log.entries(), home.calendar, now)[0]


def test_a_query_is_due_on_the_fifth_working_day(home: Home) -> None:
    ask(home)
    assert stand(home, FRIDAY_MORNING).due == date(2021, 10, 29)


def test_a_query_after_closing_counts_from_the_next_working_day(home: Home) -> None:
    late = open_home(home.path, FixedClock(FRIDAY_NIGHT))
    ask(late)
    assert stand(late, FRIDAY_NIGHT).due == date(2021, 11, 1)


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
    assert stand(home, now).state == state


def test_an_answer_stops_the_clock_and_says_who_gave_it(home: Home) -> None:
    ask(home)
    home.log.append("test", [answer(home, stand(home, FRIDAY_MORNING), "mlopez", "It was marked today.")])
    query = stand(home, datetime(2022, 1, 1, tzinfo=UTC))
    assert (query.state, query.answered_by) == ("answered", "mlopez")


def test_a_second_answer_is_refused_and_the_first_one_stays(home: Home) -> None:
    ask(home)
    home.log.append("test", [answer(home, stand(home, FRIDAY_MORNING), "mlopez", "First.")])
    kept = {key: home.store.get(key) for key in home.store.list("notes/")}
    with pytest.raises(InputError) as refused:
        answer(home, stand(home, FRIDAY_MORNING), "mlopez", "Second.")
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
        receive(home, student(home), "question", "paper", " \n", None)
    assert refused.value.code == "no-words"
    assert not list(home.store.list("notes/"))
