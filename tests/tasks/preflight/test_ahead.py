"""Ahead of a cut-off: counts of what would be held, asked and missing, of the live source; nothing stays."""

from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from termpost.flows import artifacts
from termpost.flows import check_source as check_source_module
from termpost.flows.deployments.dates import nights_before_cutoff
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.refs import CycleId, Run, SchoolId
from termpost.schemas.settings.calendar import load_calendar
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.preflight.ahead import CycleAhead, SchoolAhead, look_ahead
from termpost.tasks.preflight.office_mail import mail_office, written
from termpost.tasks.stage.to_decide import to_decide

from tests.school import (
    CYCLE,
    EXAMPLES,
    FANNIE,
    LISA,
    Extract,
    School,
    new_home,
    new_school,
    small_extract,
    without_prefect,
)
from tests.services.smtp_server import Authority, authority, smtp_service, use_relay

OFFICE = "office@grand-bend.example.org"
AHEAD = CycleAhead(
    CycleId(CYCLE), date(2021, 12, 10), "accepted_with_holds",
    (SchoolAhead(SchoolId("s1"), 40, 3, (("above-max", 2), ("no-contact-known", 1)), (("unmarked-piece", 4),),
                 (("marks to come", 12), ("no report: left", 1))),),
    (), 9,
)  # fmt: skip


@pytest.fixture
def school(tmp_path: Path) -> School:
    return new_school(tmp_path / "home")


@pytest.fixture
def faulty(tmp_path: Path) -> Extract:
    """One mark that nobody can have, a student of whom no contact is known, and a mark that is not there."""
    extract = small_extract(tmp_path / "extract")
    first = next(row for row in extract.read("results.csv") if row["studentSourcedId"] == LISA)
    extract.change("results.csv", {"sourcedId": first["sourcedId"]}, score="99999")
    kept = [row for row in extract.read("supplement/contacts.csv") if row["studentSourcedId"] != FANNIE]
    extract.write("supplement/contacts.csv", kept)
    return extract


def files_of(home: Path) -> set[str]:
    return {path.relative_to(home).as_posix() for path in (home / "vault").rglob("*") if path.is_file()}


def test_it_counts_what_a_preparation_then_finds_and_leaves_nothing(school: School, faulty: Extract) -> None:
    before, entries = files_of(school.home), len(school.entries())
    ahead = look_ahead(school.open(), str(faulty.folder), CycleId(CYCLE))
    assert (files_of(school.home), len(school.entries())) == (before, entries)
    (found,) = ahead.schools
    assert ahead.outcome == "accepted_with_holds"
    assert dict(found.held) == {"above-max": 1, "no-contact-known": 1}
    (prepared,) = school.prepare(faulty)
    assert (found.school, found.held_students) == (prepared.school, prepared.held)
    assert sum(n for cause, n in found.missing if cause.startswith("no report: ")) == sum(
        n for _, n in prepared.unreported
    )
    home = school.open()
    with open_lake(home.lake) as lake:
        assert sum(n for _, n in found.asked) == to_decide(home, lake, CYCLE).questions


def test_what_rejects_the_extract_is_counted_by_file_and_rule(school: School, faulty: Extract) -> None:
    faulty.write(
        "results.csv", [{k: v for k, v in row.items() if k != "scoreStatus"} for row in faulty.read("results.csv")]
    )
    ahead = look_ahead(school.open(), str(faulty.folder), CycleId(CYCLE))
    assert (ahead.outcome, ahead.schools) == ("rejected", ())
    assert ahead.fatal == (("results.csv: missing-column", 1),)
    subject, text = written(ahead, None)
    assert "rejected" in subject
    assert "rejected, results.csv: missing-column: 1" in text


def test_a_broken_rule_of_the_school_is_told_before_the_source_is_read(school: School) -> None:
    (school.home / "contracts").mkdir()
    (school.home / "contracts" / "results.odcs.yaml").write_text("schema:\n- name: results\n  qualty: []\n")
    with pytest.raises(InputError) as caught:
        look_ahead(school.open(), "/there/is/nothing", CycleId(CYCLE))
    assert caught.value.where == "contracts/results.odcs.yaml line 2"


def test_the_letter_has_counts_and_what_changed_since_last_time() -> None:
    last = {**AHEAD.counts(), ("s1", "held", "above-max"): 5, ("s1", "asked", "empty-period"): 2}
    subject, text = written(AHEAD, last)
    assert subject == f"Cycle {CYCLE}: 3 held, 4 asked"
    assert "School s1: 40 students, 3 of them held." in text
    assert "  s1 held, above-max: 2 (was 5)\n" in text
    assert "  s1 missing, marks to come: 12\n" in text
    assert "gone since last time: s1 asked, empty-period (was 2)" in text


@pytest.fixture
def trusted(tmp_path: Path) -> Authority:
    return authority(tmp_path / "authority")


def with_office(school: School) -> None:
    path = school.home / "termpost.toml"
    path.write_text(f'{path.read_text()}\n[checks]\nmail_to = "{OFFICE}"\n')


def test_the_office_hears_by_the_relay_of_the_notices(school: School, trusted: Authority) -> None:
    with smtp_service(trusted.context()) as relay:
        use_relay(school.home, trusted, relay.port)
        assert not mail_office(school.open(), "Nobody", "hears this\n")
        with_office(school)
        assert mail_office(school.open(), *written(AHEAD, None))
        (data,) = relay.boxes[OFFICE]
    message = message_from_bytes(data, policy=policy.default)
    assert message["Subject"] == f"Rehearsal: Cycle {CYCLE}: 3 held, 4 asked"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "s1 held, above-max: 2" in message.get_content()


def test_a_relay_that_refuses_the_office_is_no_silence(school: School, trusted: Authority) -> None:
    with smtp_service(trusted.context()) as relay:
        use_relay(school.home, trusted, relay.port)
        with_office(school)
        relay.always[OFFICE] = "550 5.1.1 nobody of that name"
        with pytest.raises(InputError) as caught:
            mail_office(school.open(), "Counts", "of a night\n")
    assert caught.value.where == "termpost.toml [checks] mail_to"


@pytest.mark.parametrize(
    ("lines", "said"),
    [('mail_to = "office@elsewhere.example"', "outside"), (f'mail_to = "{OFFICE}"', "no relay")],
)
def test_the_office_is_the_schools_own_and_needs_a_relay(school: School, lines: str, said: str) -> None:
    path = school.home / "termpost.toml"
    path.write_text(f"{path.read_text()}\n[checks]\n{lines}\n")
    with pytest.raises(InputError) as caught:
        _ = school.open().settings
    assert said in caught.value.what


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the flow shows and sends, in their order; the tasks themselves are tested above."""
    found: list[Any] = []
    monkeypatch.setattr(check_source_module, "counts_shown_last", lambda _run, _cycle: None)
    monkeypatch.setattr(check_source_module, "show_ahead", lambda _run, ahead, before: found.append((ahead, before)))
    monkeypatch.setattr(check_source_module, "tell_office", lambda _, subject, text: found.append((subject, text)))
    return found


def test_the_flow_shows_before_it_tells(school: School, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_source_module, "ahead_of_cutoff", lambda *_: AHEAD)
    with without_prefect():
        check_source_module.check_source.fn(CYCLE, "x", str(school.home), school.told)
    assert told == [(AHEAD, None), written(AHEAD, None)]


def test_an_extract_that_would_be_rejected_fails_the_run_after_all_is_told(
    school: School, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected = replace(AHEAD, outcome="rejected", schools=(), fatal=(("results.csv: missing-file", 1),))
    monkeypatch.setattr(check_source_module, "ahead_of_cutoff", lambda *_: rejected)
    with without_prefect(), pytest.raises(InputError) as caught:
        check_source_module.check_source.fn(CYCLE, "x", str(school.home), school.told)
    assert caught.value.code == "extract-rejected"
    assert len(told) == 2


def test_a_source_that_is_away_is_told_too(school: School, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> CycleAhead:
        raise RetryableError("the service does not answer")

    monkeypatch.setattr(check_source_module, "ahead_of_cutoff", away)
    with without_prefect(), pytest.raises(RetryableError):
        check_source_module.check_source.fn(CYCLE, "x", str(school.home), school.told)
    assert told == [(f"Cycle {CYCLE}: the source could not be checked", "the service does not answer\n")]


def test_the_artifact_has_a_row_for_each_cause_with_the_time_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tables: list[dict[str, Any]] = []
    monkeypatch.setattr(artifacts, "create_table_artifact", lambda **said: tables.append(said))
    artifacts.show_ahead(Run(str(new_home(tmp_path / "home")), "r"), AHEAD, {("s1", "held", "above-max"): 5})
    (table,) = tables
    assert table["key"] == "source-rehearsal-grand-bend-2021-fall-final"
    assert table["table"][0] == {
        "school": "s1", "what": "held", "cause": "above-max", "count": 2, "last time": 5,
    }  # fmt: skip
    assert len(table["table"]) == 5


def test_it_runs_each_night_from_two_weeks_before_the_cut_off() -> None:
    calendar = load_calendar(EXAMPLES / "grand-bend-home", {})
    said = nights_before_cutoff(calendar, calendar.cycle("2021-fall-midterm"))  # cut-off on 2021-10-15
    assert said.rrule == "DTSTART:20211001T030000\nRRULE:FREQ=DAILY;COUNT=15"
    assert said.parameters == {"cycle_id": "2021-fall-midterm"}
