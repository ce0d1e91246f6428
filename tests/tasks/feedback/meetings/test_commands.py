"""Meetings as the office types them: one day at the desk, and what each refusal says."""

import json
from pathlib import Path
from stat import S_IMODE

import pytest
from click.testing import CliRunner
from termpost.flows.commands.families.meeting_commands.meet import meet
from termpost.schemas.log.entry import Logged

from tests.command import Command, Said
from tests.school import FATHER, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.tasks.feedback.meetings.ical_reader import read
from tests.tasks.feedback.meetings.meeting_office import TEACHER, MeetingOffice

BUSY = """BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20211201T000000Z\r
DTSTART;TZID=America/Chicago:20211221T150000\r\nDTEND;TZID=America/Chicago:20211221T154000\r
SUMMARY:Dr. Secretive\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""


@pytest.fixture
def termpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def typed(termpost: Command, school: Prepared, *words: str, otp: bool = False, as_of: str = "") -> Said:
    proof = ("--by", TEACHER, "--otp", school.phone.code()) if otp else ()
    with school.phone.is_the_time():
        return termpost("meetings", *words, *proof, "--home", school.home, "--as-of", as_of or school.told)


def test_a_day_at_the_desk(office: MeetingOffice, termpost: Command, tmp_path: Path) -> None:
    school = office.school
    (tmp_path / "busy.ics").write_text(BUSY, newline="")
    said = typed(termpost, school, "available", "--by", TEACHER, "--on", "2021-12-21", "--at", "15:00", "--until",
                 "16:30", "--room", "204")  # fmt: skip
    assert (said.code, said.out) == (0, "mlopez: 4 times to meet are free from now on.\n")
    said = typed(termpost, school, "available", "--by", TEACHER, "--from", str(tmp_path / "busy.ics"), "--json")
    assert json.loads(said.out) == {"staff": TEACHER, "free": 2}
    lying = b"".join(office.home.store.get(key) for key in office.home.store.list("notes/meetings/"))
    assert b"Secretive" not in lying
    said = typed(
        termpost, school, "available", "--by", TEACHER, "--on", "2021-12-22", "--at", "08:00", "--until", "09:00"
    )
    assert said.code == 0

    said = typed(termpost, school, "offer", "--student", LISA, "--to", MOTHER, "--with", TEACHER, "--json", otp=True)
    offer = json.loads(said.out)
    assert offer["offered"] == ["2021-12-21T15:40-06:00", "2021-12-21T16:00-06:00", "2021-12-22T08:00-06:00"]
    query = offer["id"]
    said = typed(termpost, school, "book", query, "--slot", "3", otp=True)
    assert (said.code, said.out) == (0, f"{query}: agreed on 2021-12-22 08:00\n")
    said = typed(termpost, school, "move", query, "--to", "2021-12-21T16:00", "--way", "phone", otp=True)
    assert (said.code, said.out) == (0, f"{query}: moved to 2021-12-21 16:00\n")
    (one,) = json.loads(typed(termpost, school, "list", "--staff", TEACHER, "--json").out)
    assert (one["student"], one["state"], one["way"]) == (LISA, "booked", "phone")
    assert one["starts"] == "2021-12-21T16:00-06:00"
    times = json.loads(typed(termpost, school, "free", "--with", TEACHER, "--json").out)
    assert [row["starts"][11:16] for row in times] == ["15:40", "08:00", "08:20", "08:40"]

    for names, title in ((False, "Meeting at"), (True, "Lisa")):
        options = ("--names", "--otp", school.phone.code()) if names else ()
        said = typed(termpost, school, "export", "--staff", TEACHER, "--out", str(tmp_path / "my.ics"), *options)
        assert said.code == 0
        (event,) = read((tmp_path / "my.ics").read_bytes()).all("VEVENT")
        assert title in event.text("SUMMARY")
        assert names or "Lisa" not in (tmp_path / "my.ics").read_text()
    assert S_IMODE((tmp_path / "my.ics").stat().st_mode) == 0o600
    assert [entry.reason for entry in office.home.log.entries("exported")] == ["meetings-named"]

    (tmp_path / "agreed.txt").write_text("She reads aloud.")
    after = "2021-12-22T18:00:00Z"
    said = typed(termpost, school, "minutes", query, "--note-file", str(tmp_path / "agreed.txt"), otp=True, as_of=after)
    assert (said.code, said.out) == (0, f"{query}: kept, for those who took part\n")
    assert office.events(query)[-2:] == ["held", "minutes"]
    assert all(LISA not in entry.model_dump_json() and "aloud" not in entry.model_dump_json() for entry in _log(office))


def test_cancelled_and_missed(office: MeetingOffice, termpost: Command) -> None:
    office.can_meet()
    query, other = office.asks(), office.asks(KYLE, OTHER)
    for one in (query, other):
        office.offers(one)
        assert typed(termpost, office.school, "book", one, "--slot", "1", otp=True).code == 0
    said = typed(termpost, office.school, "cancel", query, "--for-family", otp=True)
    assert (said.code, said.out) == (0, f"{query}: cancelled\n")
    after = "2021-12-22T18:00:00Z"
    assert typed(termpost, office.school, "missed", other, otp=True, as_of=after).code == 0
    assert office.state(other).step == "missed"
    assert "not-booked" not in typed(termpost, office.school, "held", query, otp=True, as_of=after).complaint


def test_refusals_are_one_line_and_in_the_log(office: MeetingOffice, termpost: Command) -> None:
    office.can_meet()
    school, query = office.school, office.asks()
    cases = [
        (("offer", query, "--with", "nobody"), "there is no such staff id (--with)"),
        (("offer", "q000000000000", "--with", TEACHER), "there is no such query (ID)"),
        (("offer", "--student", LISA, "--to", OTHER, "--with", TEACHER), "has no right to be met about this student"),
        (("book", query, "--slot", "1"), "there is no such time among those that are offered (--slot)"),
        (("move", query, "--to", "2021-12-21T15:00"), "no time is agreed on (ID)"),
        (("cancel", query), "nothing is agreed on or offered (ID)"),
        (("held", query), "no time is agreed on (ID)"),
    ]
    for words, complaint in cases:
        said = typed(termpost, school, *words, otp=True)
        assert said.code == 1, words
        assert complaint in said.complaint
    said = termpost("meetings", "offer", query, "--with", TEACHER, "--by", TEACHER, "--otp", "000000", "--home",
                    school.home, "--as-of", school.told)  # fmt: skip
    assert (said.code, "the one-time code is wrong" in said.complaint) == (1, True)
    assert {entry.reason for entry in office.home.log.entries("refused")} == {"no-right", "wrong-code"}
    assert office.entries() == []


def test_wrong_use_says_how(office: MeetingOffice, termpost: Command) -> None:
    school = office.school
    proof = ("--by", TEACHER, "--otp", "1")
    for words in (
        ("available", "--by", TEACHER, "--on", "2021-12-21"), ("available", "--by", TEACHER, "--at", "15:00"),
        ("available", "--by", TEACHER, "--any-hour"), ("offer", "--with", TEACHER, *proof),
        ("offer", "q1", "--student", LISA, "--to", MOTHER, "--with", TEACHER, *proof),
        ("offer", "q1", "--slots", "2", "--with", TEACHER, *proof),
        ("export", "--staff", TEACHER, "--out", "x", "--names"),
    ):  # fmt: skip
        assert typed(termpost, school, *words).code == 2, words
    for options, code in (
        (("--room", "x" * 121), "the room or the link is none"),
        (("--link", "http://video"), "the room or the link is none"),
        (("--from", "/nowhere.ics"), "the file cannot be read (--from)"),
    ):  # fmt: skip
        assert code in typed(termpost, school, "available", "--by", TEACHER, *options).complaint


def test_feedback_meet_offers_to_two_households_together(office: MeetingOffice) -> None:
    office.can_meet()
    school, hers, his = office.school, office.asks(), office.asks(LISA, FATHER)
    with school.phone.is_the_time():
        said = CliRunner().invoke(meet, [
            hers, "--with", TEACHER, "--together", his, "--by", TEACHER, "--otp", school.phone.code(), "--json",
            "--home", str(school.home), "--as-of", school.told or "",
        ], catch_exceptions=False)  # fmt: skip
    assert said.exit_code == 0
    assert len(json.loads(said.output)["offered"]) == 3
    assert office.events(his) == ["wanted", "offered", "offered", "offered"]


def _log(office: MeetingOffice) -> list[Logged]:
    return [entry for entry in office.home.log.entries() if entry.query or entry.kind in ("kept", "exported")]
