"""What `termpost backfill` refuses to take for a past term, and by which policy it reads one. One home for all."""

from datetime import date
from pathlib import Path

import pytest
from termpost.flows.backfill_history import backfill_history
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import SessionId
from termpost.tasks.analysis.past_term import PastTerm

from tests.command import Command
from tests.flows.test_backfill_history import FALL, past_book
from tests.tasks.extract.test_extract_delta import MONDAY, delta_of
from tests.tasks.gradebook import Gradebook, Rooms, new_home

GENTLE = 'version = "2020"\naggregate = "points"\nscale = { Passed = "50", Failed = "0" }\n'


@pytest.fixture(scope="module")
def read_in(tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    """The autumn of 2020 is in the history."""
    folder = tmp_path_factory.mktemp("past")
    rooms = Rooms(new_home(folder / "home"))
    backfill_history(rooms.home, FALL, str(past_book().write(folder / "past")))
    return rooms


def refused(rooms: Rooms, folder: Path, session: str = "2020-fall") -> InputError:
    before = rooms.rows("SELECT count(*) FROM lake.out_cycle")
    with pytest.raises(InputError) as caught:
        backfill_history(rooms.home, PastTerm(SessionId(session)), str(folder))
    assert rooms.rows("SELECT count(*) FROM lake.out_cycle") == before
    assert caught.value.remedy
    return caught.value


def of_the_year_before(book: Gradebook) -> Gradebook:
    """Under the same ids."""
    for session in book.files["academicSessions.csv"]:
        session |= {name: f"{int(session[name][:4]) - 1}{session[name][4:]}" for name in ("startDate", "endDate")}
    return book


def test_changes_alone_are_no_past_term(read_in: Rooms, tmp_path: Path) -> None:
    row = {"sourcedId": "r", "status": "active", "dateLastModified": MONDAY, "lineItemSourcedId": "quiz-20",
           "studentSourcedId": "s-anna", "scoreStatus": "fully graded", "score": "9"}  # fmt: skip
    assert refused(read_in, delta_of(tmp_path / "delta", [row])).code == "delta-of-the-past"


def test_one_session_id_is_not_two_years(read_in: Rooms, tmp_path: Path) -> None:
    said = refused(read_in, of_the_year_before(past_book()).write(tmp_path / "other"))
    assert (said.code, "2020-12-18" in said.what) == ("session-of-two-years", True)


def test_a_session_in_which_nobody_has_a_class_is_no_term(read_in: Rooms, tmp_path: Path) -> None:
    book = past_book()
    book.add("academicSessions.csv", sourcedId="2020-summer", title="Summer", type="semester", startDate="2020-06-01",
             endDate="2020-07-31", schoolYear="2020")  # fmt: skip
    assert refused(read_in, book.write(tmp_path / "summer"), "2020-summer").code == "nothing-summarised"


def test_the_policy_of_that_time_counts_where_it_is_named(
    read_in: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "2020.toml").write_text(GENTLE)
    said = Command(monkeypatch, capsys)(
        "backfill", "--session", "2020-fall", "--extract", past_book().write(tmp_path / "past"), "--kind", "midterm",
        "--cutoff", date(2020, 10, 16), "--policy", tmp_path / "2020.toml", "--home", read_in.home.path, "--as-of",
        "2021-12-17",
    )  # fmt: skip
    assert (said.code, said.err) == (0, "")
    letters = "SELECT kind, letter FROM lake.out_course_summary JOIN lake.out_cycle USING (cycle_id) GROUP BY ALL"
    assert set(read_in.rows(letters)) == {("midterm", "Passed"), ("final", "C"), ("final", "D")}
