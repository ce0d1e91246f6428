"""A term before termpost: known from now on, marked, compared with, and nothing else."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from termpost.flows.backfill_history import Backfilled, backfill_history
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import ExtractId, PersonRef, SessionId, StaffId, Summaries
from termpost.tasks.analysis.history import open_history
from termpost.tasks.analysis.past_term import PastTerm
from termpost.tasks.analysis.query import select
from termpost.tasks.load.deletions import DeletionGuard
from termpost.tasks.load.reused_ids import extracts_that_count, note_reused_ids, past_extracts
from termpost.tasks.records.erasing.erase import erase
from termpost.tasks.rights.latest_word import extracts_newest_first

from tests.command import Command
from tests.tasks.gradebook import NO_SEVEN, NOW, Gradebook, Rooms, new_home

FALL = PastTerm(SessionId("2020-fall"))
SCORES = {"s-anna": "6", "s-bela": "7"}


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms(new_home(tmp_path / "home"))


def past_book(scores: dict[str, str] = SCORES, **births: str) -> Gradebook:
    """The autumn of 2020: everybody with a mother whom nobody may write to any more."""
    book = Gradebook()
    book.school()
    for name, kind, starts, ends, parent in (
        ("2020-2021", "schoolYear", "2020-08-24", "2021-05-29", ""),
        ("2020-fall", "semester", "2020-08-24", "2020-12-19", "2020-2021"),
    ):
        book.add("academicSessions.csv", sourcedId=name, title=name, type=kind, startDate=starts, endDate=ends,
                 parentSourcedId=parent, schoolYear="2021")  # fmt: skip
    book.course("alg-20", terms="2020-fall", courseSourcedId="course-alg")
    book.files["courses.csv"][0]["sourcedId"] = "course-alg"
    book.item("quiz-20", "alg-20", "10", assignDate="2020-09-01", dueDate="2020-09-08",
              gradingPeriodSourcedId="2020-fall")  # fmt: skip
    for person, score in scores.items():
        people(book, person, births.get(person.replace("-", "_"), "2006-02-03"))
        book.enroll(person, "alg-20", beginDate="2020-08-24")
        book.mark("quiz-20", person, score, scoreDate="2020-09-10")
    return book


def present_book(births: str = "2006-02-03") -> Gradebook:
    book = Gradebook()
    book.school()
    book.course("alg")
    book.item("quiz", "alg", "10")
    for person in SCORES:
        people(book, person, births)
        book.enroll(person, "alg")
        book.mark("quiz", person, "9")
    return book


def people(book: Gradebook, person: str, born: str) -> None:
    book.student(person, grades="09")
    book.add("demographics.csv", sourcedId=person, birthDate=born)
    book.add("users.csv", sourcedId=f"m-{person}", role="parent", givenName="Old", familyName="Mother",
             orgSourcedIds="255901001", enabledUser="true")  # fmt: skip
    book.add("supplement/contacts.csv", studentSourcedId=person, contactSourcedId=f"m-{person}", relation="Mother",
             street="1 Elm", city="Grand Bend", postalCode="78834")  # fmt: skip


def backfill(rooms: Rooms, folder: Path, book: Gradebook | None = None, term: PastTerm = FALL) -> Backfilled:
    return backfill_history(rooms.home, term, str((book or past_book()).write(folder / "past")))


def present(rooms: Rooms, folder: Path, book: Gradebook | None = None) -> Summaries:
    return rooms.summarise(rooms.take_in((book or present_book()).write(folder / "present")))


def trend(rooms: Rooms) -> dict[str, tuple[str, Decimal]]:
    """Against what, and the percentage then, of everybody's algebra."""
    rows = rooms.rows(
        "SELECT person_ref, against_cycle_id, percent_then FROM lake.out_course_trend WHERE against = 'last_year'"
        " AND cycle_id = '2021-fall-final'"
    )
    names = {rooms.home.people.find(person): person for person in SCORES}
    return {names[ref]: (cycle, percent) for ref, cycle, percent in rows}


def test_a_past_term_is_in_the_history_from_now_on_and_nothing_else_comes_of_it(rooms: Rooms, tmp_path: Path) -> None:
    done = backfill(rooms, tmp_path)
    assert (done.known_at, done.new, done.in_doubt, done.reused_ids) == (NOW, 1, 0, 0)
    assert [(one.cycle.id, one.cycle.cutoff, one.students) for one in done.schools] == [
        ("backfill-2020-fall-final", date(2020, 12, 18), 2)
    ]
    with open_history(rooms.home) as history:
        said = select(history, "SELECT cycle_id, kind, is_backfilled, known_at FROM cycle")[1]
        grades = select(history, "SELECT final_percent, is_released FROM course_grade ORDER BY ALL")[1]
        born = select(history, "SELECT count(*) FROM student")[1]
    assert said == [("backfill-2020-fall-final", "final", True, NOW)]
    assert grades == [(Decimal(60), False), (Decimal(70), False)]
    assert born == [(2,)]
    with open_history(rooms.home, NOW.replace(day=16)) as history:
        assert select(history, "FROM cycle")[1] == []  # never known before it was
    kinds = {entry.kind for entry in rooms.home.log.entries()} - {"home_made", "settings_changed"}
    assert kinds == {"extract_received", "checked"}
    assert {key.split("/")[0] for key in rooms.home.store.list("")} == {
        "landing", "quarantine", "log", "lake", "analyst"
    }  # fmt: skip


def test_of_people_only_who_the_students_were_is_kept(rooms: Rooms, tmp_path: Path) -> None:
    backfill(rooms, tmp_path)
    assert rooms.rows("SELECT DISTINCT role_code FROM lake.core_person") == [("student",)]
    assert rooms.home.people.find("m-s-anna") is None


@pytest.mark.soak
def test_the_same_extract_again_changes_nothing(rooms: Rooms, tmp_path: Path) -> None:
    backfill(rooms, tmp_path)
    before, logged = rooms.counts(), list(rooms.home.log.entries())
    published = rooms.home.store.get("analyst/current.json")
    assert backfill(rooms, tmp_path).new == 0
    assert rooms.counts() == before
    assert list(rooms.home.log.entries()) == logged
    assert rooms.home.store.get("analyst/current.json") == published


@pytest.mark.parametrize(
    ("term", "code"),
    [
        (PastTerm(SessionId("2020-spring")), "unknown-session"),
        (PastTerm(SessionId("2020-fall"), cutoff=date(2019, 12, 1)), "wrong-cutoff"),
        (PastTerm(SessionId("2020-fall"), cutoff=date(2021, 12, 1)), "wrong-cutoff"),
        (PastTerm(SessionId("2020-fall"), cutoff=date(2021, 12, 18)), "term-not-over"),
    ],
)
def test_what_is_no_past_term_of_the_extract_is_refused_before_anything_is_loaded(
    rooms: Rooms, tmp_path: Path, term: PastTerm, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        backfill(rooms, tmp_path, term=term)
    assert refused.value.code == code
    counts = rooms.counts()
    assert {table for table, number in counts.items() if number} == {"out_check"}


@pytest.mark.soak
def test_a_term_that_goes_on_or_that_termpost_prepared_is_refused(rooms: Rooms, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        backfill(rooms, tmp_path, present_book(), PastTerm(SessionId("2021-fall")))
    assert refused.value.code == "term-not-over"
    present(rooms, tmp_path)
    with pytest.raises(InputError) as refused:
        backfill(rooms, tmp_path, present_book(), PastTerm(SessionId("2021-fall"), cutoff=date(2021, 12, 10)))
    assert refused.value.code == "term-prepared"
    assert "2021-fall-final" in refused.value.what


def test_an_extract_that_is_rejected_is_loaded_neither(rooms: Rooms, tmp_path: Path) -> None:
    book = past_book()
    del book.files["enrollments.csv"]
    with pytest.raises(InputError):
        backfill(rooms, tmp_path, book)
    assert rooms.rows("SELECT count(*) FROM lake.core_backfill") == [(0,)]


def test_a_real_home_is_told_no_other_day(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", real=True)
    told = type(home)(home.path, Rooms(new_home(tmp_path / "other")).home.clock, home.environ)
    with pytest.raises(Refused) as refused:
        backfill(Rooms(told), tmp_path)
    assert refused.value.code == "not-a-rehearsal"


def test_the_newest_record_and_the_guard_of_deletions_stay_those_of_the_present(rooms: Rooms, tmp_path: Path) -> None:
    current = rooms.take_in(present_book().write(tmp_path / "present"))
    backfill(rooms, tmp_path, past_book({f"s-{n}": "5" for n in range(30)}))
    with rooms.lake() as lake:
        assert extracts_newest_first(lake) == [current]
    book = present_book()
    book.mark("quiz", "s-anna", "8", sourcedId="another")  # another extract of the same students: nobody has left
    rooms.load(rooms.check(book.write(tmp_path / "again")), DeletionGuard(0))


@pytest.mark.soak
def test_an_extract_with_both_may_be_read_for_the_past_and_prepared_as_well(rooms: Rooms, tmp_path: Path) -> None:
    book = present_book()
    term = PastTerm(SessionId("2021-fall"), "midterm", date(2021, 10, 1))
    backfill(rooms, tmp_path, book, term)
    summaries = present(rooms, tmp_path, book)
    found = rooms.course(summaries, "s-anna", "alg")
    assert found is not None
    assert (found["final_percent"], found["graded_count"]) == (Decimal(90), 1)
    assert rooms.rows("SELECT count(*) FROM lake.core_result GROUP BY extract_id") == [(2,), (2,)]


@pytest.mark.soak
def test_a_report_is_compared_with_a_past_term_of_last_year(rooms: Rooms, tmp_path: Path) -> None:
    backfill(rooms, tmp_path)
    present(rooms, tmp_path)
    assert trend(rooms) == {
        "s-anna": ("backfill-2020-fall-final", Decimal(60)), "s-bela": ("backfill-2020-fall-final", Decimal(70)),
    }  # fmt: skip


@pytest.mark.soak
def test_nobody_is_compared_with_marks_that_are_in_doubt(rooms: Rooms, tmp_path: Path) -> None:
    book = past_book()
    book.mark("quiz-20", "s-anna", "many", sourcedId="odd")
    assert backfill(rooms, tmp_path, book).in_doubt == 1
    present(rooms, tmp_path)
    assert set(trend(rooms)) == {"s-bela"}


def test_a_rule_of_the_school_holds_for_a_past_term_too(rooms: Rooms, tmp_path: Path) -> None:
    contracts = rooms.home.path / "contracts"
    contracts.mkdir()
    (contracts / "results.odcs.yaml").write_text(NO_SEVEN)
    done = backfill(rooms, tmp_path)
    assert (done.in_doubt, done.new) == (1, 1)


@pytest.mark.soak
def test_a_term_of_our_own_counts_before_one_that_was_read_in(rooms: Rooms, tmp_path: Path) -> None:
    backfill(rooms, tmp_path)
    with rooms.lake() as lake:
        lake.execute(
            "INSERT INTO lake.out_cycle"
            " SELECT * REPLACE ('ours' AS cycle_id, false AS is_backfilled) FROM lake.out_cycle"
        )
    present(rooms, tmp_path)
    assert trend(rooms) == {}  # ours has no course of theirs


def test_an_id_that_was_somebody_else_s_gives_nobody_a_past(rooms: Rooms, tmp_path: Path) -> None:
    """Whichever of the two came first."""
    backfill(rooms, tmp_path, past_book(s_anna="1999-01-01"))
    extract = rooms.take_in(present_book().write(tmp_path / "present"))
    noted(rooms, extract)
    rooms.summarise(extract)
    assert set(trend(rooms)) == {"s-bela"}
    with open_history(rooms.home) as history:
        assert select(history, "SELECT count(*) FROM course_grade GROUP BY cycle_id ORDER BY 1")[1] == [(1,), (2,)]


@pytest.mark.soak
def test_an_id_is_compared_with_what_is_there_when_the_past_comes_in(rooms: Rooms, tmp_path: Path) -> None:
    rooms.take_in(present_book().write(tmp_path / "present"))
    assert backfill(rooms, tmp_path, past_book(s_anna="1999-01-01")).reused_ids == 1
    assert backfill(rooms, tmp_path, past_book(s_anna="1999-01-01")).reused_ids == 1


def noted(rooms: Rooms, extract: ExtractId) -> None:
    """As the task `load` does."""
    with rooms.lake() as lake:
        assert extracts_that_count(lake) == [extract]
        note_reused_ids(lake, rooms.home.people, past_extracts(lake), [extract], NOW)


def test_the_command_says_what_it_did_and_no_list_of_cycles_has_it(
    rooms: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Command(monkeypatch, capsys)
    where = ("--home", rooms.home.path, "--as-of", "2021-12-17")
    folder = past_book().write(tmp_path / "past")
    said = command("backfill", "--session", "2020-fall", "--extract", folder, *where)
    assert (said.code, said.err) == (0, "")
    assert "backfill-2020-fall-final" in said.out
    again = command("backfill", "--session", "2020-fall", "--extract", folder, "--json", *where)
    assert '"new": 0' in again.out
    for listing in ("status", "deadlines", "schedule"):
        told = command(listing, *where)
        assert told.code == (listing == "deadlines")  # what the calendar plans for that day is late
        assert "backfill" not in told.out
    assert "is not in the extract" in command("backfill", "--session", "x", "--extract", folder, *where).complaint


def test_a_past_term_brings_nobody_back_who_was_erased(rooms: Rooms, tmp_path: Path) -> None:
    present(rooms, tmp_path)
    ref = rooms.home.people.find("s-anna")
    assert ref
    assert erase(rooms.home, "erase", PersonRef(ref), StaffId("mlopez"), "duty", "court-order", None).is_whole
    assert backfill(rooms, tmp_path).in_doubt == 1
    assert rooms.home.people.find("s-anna") != ref  # of the hold: what is known of it is that somebody was erased
    bela = rooms.home.people.find("s-bela")
    summed = rooms.rows("SELECT person_ref FROM lake.out_course_summary WHERE cycle_id <> '2021-fall-final'")
    assert summed == [(bela,)]
