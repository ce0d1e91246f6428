"""Case 12 and its neighbours: an instant is a day, and late, by the school's clock (Chicago unless said)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.tasks.check.accept import accept
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.load.into_memory import load_into_memory

from tests.command import Command
from tests.grades.bundle import Answer, ask
from tests.tasks.formats.lms_book import FORM, Folders

CASE = Path(__file__).parents[1] / "data" / "cases" / "grades" / "12-utc-evening"
POLICY = CASE / "grading.toml"
WARNING = "termpost: its instants are read as UTC"
ZONES = [
    "America/Chicago",
    "America/New_York",
    "Asia/Tokyo",
    "Pacific/Auckland",
    "Asia/Kathmandu",
    "Europe/London",
    "UTC",
]
Ask = Callable[..., Answer]


@pytest.fixture
def grades(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    return lambda *arguments: ask(capsys, monkeypatch, CASE / "lms", "--policy", POLICY, "--json", *arguments)


def test_work_due_in_the_evening_of_the_cut_off_counts_on_that_day(grades: Ask) -> None:
    said = grades("--as-of", "2025-10-24", "--timezone", "America/Chicago")
    assert said.err == ""
    assert (said.course("c1", "s1")["final"], said.course("c1", "s2")["final"]) == ("80.00", "56.67")
    before = grades("--as-of", "2025-10-23", "--timezone", "America/Chicago")
    assert (before.course("c1", "s1")["final"], before.course("c1", "s2")["final"]) == ("70.00", "85.00")


def test_the_zone_may_come_from_the_environment_or_the_calendar_of_a_home(
    grades: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calendar.toml").write_text('timezone = "America/Chicago"\ncountry = "US"\n')
    of_home = grades("--as-of", "2025-10-24", "--home", tmp_path)
    monkeypatch.setenv("TERMPOST_CALENDAR__TIMEZONE", "America/Chicago")
    of_environment = grades("--as-of", "2025-10-24")
    for said in (of_home, of_environment):
        assert (said.course("c1", "s1")["final"], said.err) == ("80.00", "")


def test_without_a_zone_it_is_said_that_instants_are_read_as_utc(
    grades: Ask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = grades("--as-of", "2025-10-24")
    assert said.course("c1", "s1")["final"] == "70.00"
    assert said.err.startswith(WARNING)
    assert len(said.err.splitlines()) == 1
    checked = Command(monkeypatch, capsys)("check", CASE / "lms", "--json")
    assert checked.err.startswith(WARNING)


def test_a_zone_that_is_none_is_one_clear_line(grades: Ask) -> None:
    said = grades("--timezone", "Chicago")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        'termpost: this time zone is not known (--timezone): use an IANA name such as "America/Chicago"\n'
    )


def in_lake(folder: Path, timezone: str) -> duckdb.DuckDBPyConnection:
    """The extract as the lake has it."""
    from termpost.tasks.check.against_contracts import hold_against_contracts

    sources = {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*.csv")}
    con = duckdb.connect()
    terms = CheckParameters(better={}, timezone=timezone)
    findings = hold_against_contracts(con, sources, "e", terms, FORM)
    load_into_memory(con, sources, findings, datetime(2025, 10, 24, tzinfo=UTC))
    return con


def test_due_to_the_second_decides_lateness_and_how_much(tmp_path: Path) -> None:
    con = in_lake(CASE / "lms", "America/Chicago")
    due = con.execute("SELECT line_item_id, due_date::VARCHAR, due_at::VARCHAR FROM lake.core_line_item ORDER BY 1")
    assert due.fetchall() == [
        ("a0", "2025-10-10", "2025-10-11 04:59:00"), ("a1", "2025-10-24", "2025-10-25 04:59:00"),
        ("a2", "2025-10-10", "2025-10-10 21:00:00"),
    ]  # fmt: skip
    late = con.execute(
        "SELECT r.line_item_id, date_diff('second', i.due_at, r.submitted_at) FROM lake.core_result r"
        " JOIN lake.core_line_item i USING (line_item_id) WHERE r.is_late"
    )
    assert late.fetchall() == [("a2", 27_000)]  # the lab, 7 hours and a half: the eighth has begun


def one_class(work: dict[str, tuple[str, str]]) -> Folders:
    """Line item → (due, handed in), of one student."""
    book = Folders()
    book.add("users", SourceSystemIdentifier="1", UserRole="student", Name="Ana Núñez")
    book.add("sections", SourceSystemIdentifier="7", Title="BIO", Term="Autumn")
    book.add("section=7/section-associations", SourceSystemIdentifier="e", EnrollmentStatus="Active",
             LMSUserSourceSystemIdentifier="1", LMSSectionSourceSystemIdentifier="7")  # fmt: skip
    for item, (due, handed_in) in work.items():
        book.add("section=7/assignments", SourceSystemIdentifier=item, Title=item, MaxPoints="10", DueDateTime=due,
                 LMSSectionSourceSystemIdentifier="7")  # fmt: skip
        book.add(f"section=7/assignment={item}/submissions", SourceSystemIdentifier=f"r{item}",
                 SubmissionStatus="graded", EarnedPoints="5", SubmissionDateTime=handed_in,
                 AssignmentSourceSystemIdentifier=item, LMSUserSourceSystemIdentifier="1")  # fmt: skip
    return book


# in Chicago: (due, handed in) → late?
LATE = {
    "the last second": ("2025-10-25 04:59:00", "2025-10-25 04:59:00", False),
    "a second after": ("2025-10-25 04:59:00", "2025-10-25 04:59:01", True),
    "the same evening, a day on in UTC": ("2025-10-24 00:00:00", "2025-10-25 03:00:00", False),
    "a bare day, and just before its end": ("2025-10-24 00:00:00", "2025-10-25 04:59:59", False),
    "a bare day, and just after its end": ("2025-10-24 00:00:00", "2025-10-25 05:00:01", True),
    "two bare days": ("2025-10-24 00:00:00", "2025-10-25 00:00:00", True),
    "one bare day": ("2025-10-24 00:00:00", "2025-10-24 00:00:00", False),
    "after the clocks went back": ("2025-11-03 05:59:00", "2025-11-03 05:30:00", False),
}  # fmt: skip


def test_a_bare_day_lasts_to_its_end_in_the_schools_zone(tmp_path: Path) -> None:
    names = {f"w{number}": name for number, name in enumerate(LATE)}
    one_class({item: LATE[name][:2] for item, name in names.items()}).write(tmp_path)
    con = in_lake(tmp_path, "America/Chicago")
    found = dict(con.execute("SELECT line_item_id, is_late FROM lake.core_result").fetchall())
    assert {names[item]: late for item, late in found.items()} == {name: late for name, (*_, late) in LATE.items()}


# without a zone, as strategies want their bounds: each is read as UTC
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31))  # noqa: DTZ001
INSTANTS = INSTANTS.map(lambda at: at.replace(microsecond=0))


@settings(max_examples=6, deadline=None, derandomize=True)
@given(instants=st.lists(INSTANTS, min_size=20, max_size=20), zone=st.sampled_from(ZONES))
def test_every_instant_is_the_day_that_the_zones_own_table_gives(
    instants: list[datetime], zone: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("lms")
    work = {f"w{n}": (str(at), str(at + timedelta(hours=1))) for n, at in enumerate(instants)}
    sources = one_class(work).write(folder)
    con = duckdb.connect()
    accept(con, sources, [], FORM, zone)
    found = con.execute(
        "SELECT i.due_date, i.due_at, r.score_date, r.submitted_at FROM accepted_line_items i"
        " JOIN accepted_results r ON r.line_item_sourced_id = i.sourced_id ORDER BY i.row_number"
    ).fetchall()

    def day_of(at: datetime) -> object:
        is_bare = at.time() == datetime.min.time()
        return at.date() if is_bare else at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()

    for at, (due, due_at, handed_in, submitted_at) in zip(instants, found, strict=True):
        assert (due, handed_in) == (day_of(at), day_of(at + timedelta(hours=1)))
        if at.time() != datetime.min.time():
            assert due_at == at
        assert submitted_at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() == handed_in
