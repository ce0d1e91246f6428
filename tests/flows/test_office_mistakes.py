"""What is typed wrong about records, calendars, copies and deadlines: one line that says what, where and the fix; exit
2 where the command was not used as it is meant, else 1; and nothing is done, not even by half."""

from pathlib import Path

import click
import pytest
from termpost.flows.cli import termpost
from termpost.schemas.log.entry import Entry
from termpost.tasks.deadlines.deadline import KINDS
from termpost.tasks.home.tombstones import mark_of

from tests.command import Command
from tests.records_school import records_school
from tests.school import KYLE, LISA, MOTHER, Prepared
from tests.snapshots import copy_of, snapshot

BY = ("--by", "mlopez", "--otp", "000000")
ERASED = "604000"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """No row changes it, but for refusals in its log."""
    school = copy_of(snapshot(tmp_path_factory, "records", records_school), tmp_path_factory.mktemp("office"))
    home = school.open()
    mark = mark_of(home.keys, ERASED)
    home.log.append("t", [Entry(kind="erased", student="p00000000000000000000", digest=mark, case="e0")])
    return school


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("records", "access", "--for", MOTHER, "--received", "2021-12-01", *BY), 2, "Missing argument 'STUDENT'"),
        (("records", "access", LISA, "--for", MOTHER, "--out", "{}/no/a.html", *BY), 1, "no such folder ({}/no)"),
        (("records", "access", "--withdraw", "c0", *BY), 1, "there is no such request (c0)"),
        (("records", "access", ERASED, "--for", MOTHER, "--received", "2021-12-01", *BY), 1, "was erased (STUDENT)"),
        (("records", "transfer", ERASED, "--to", "Oak", "--for", MOTHER, "--out", "{}/t.html", *BY), 1, "was erased"),
        (("records", "transfer", LISA, "--to", "Oak", "--for", MOTHER, "--out", "{}/no/t", *BY), 1, "no such folder"),
        (("records", "hold", ERASED, "--cause", "audit", *BY), 1, "was erased (STUDENT)"),
        (("records", "hold", "nosuch", "--cause", "audit", *BY), 1, "nobody has this id (STUDENT)"),
        (("records", "erase", "--reason", "asked", *BY), 2, "Missing argument 'PERSON'"),
        (("records", "erase", KYLE, "--by", "mlopez"), 2, "--by and --otp belong together"),
        (("records", "retain", "--digest", "a", "--by", "mlopez"), 2, "Give --by and --otp"),
        (("records", "retain", "--digest", "a", *BY, "--second", "jkim"), 2, "belong together"),
        (("records", "retain", *BY), 2, "Missing option '--digest'"),
        (("records", "retain", "--list", "{}/no/due.pdf"), 1, "cannot be written"),
        (("deadlines", "--ics", "--json"), 2, "--ics or --json"),
        (("schedule", "--language", "es"), 2, "--language goes with --format html or ics"),
        (("paper", "privacy", "--language", "es", "--out", "{}/p.pdf"), 1, "this paper takes no --language"),
        (("backup", "{}/no/x.backup"), 1, "there is no such folder ({}/no)"),
        (("backup", "ftp://x/y"), 1, "there is no such folder"),
        (("restore", "{}/is.backup"), 2, "Missing option '--key-file'"),
        (("keys", "restore", "{}/is.backup"), 2, "Missing option '--key-file'"),
        (("calendar", "import", "{}/no.ics"), 1, "cannot be read ({}/no.ics)"),
        (("calendar", "import", "{}/odd.ics"), 1, "no iCalendar file that can be read ({}/odd.ics)"),
        (("calendar", "import", "{}/odd.ics", "--from", "9999-12-01"), 1, "no calendar goes on so long"),
        (("calendar", "import", "{}/odd.ics", "--from", "2021-01-01", "--until", "9999-12-31"), 1, "goes on so long"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_wrong_use_is_one_line_and_nothing_is_done(
    school: Prepared, type_in: Command, tmp_path: Path, typed: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "is.backup").write_bytes(b"none")
    (tmp_path / "odd.ics").write_bytes(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20219907\r\n")
    there, entries = sorted(tmp_path.iterdir()), len(school.entries())
    done = type_in(*(word.replace("{}", str(tmp_path)) for word in typed), "--home", school.home)
    assert (done.code, said.replace("{}", str(tmp_path)) in done.complaint) == (code, True), done
    assert sorted(tmp_path.iterdir()) == there
    assert len(school.entries()) == entries


def test_a_home_that_plans_no_cycle_yet_has_its_deadlines(tmp_path: Path, type_in: Command) -> None:
    home = tmp_path / "new"
    assert type_in("init", home, "--rehearsal").code == 0
    calendar = home / "calendar.toml"
    calendar.write_text(calendar.read_text().replace('subdivision = ""', 'subdivision = "TX"'))
    done = type_in("deadlines", "--home", home, "--json")
    assert (done.code, done.err) == (0, "")


def test_what_a_deadline_names_can_be_typed() -> None:
    """Each is a command with all that it needs: whoever is told of a deadline types that line."""
    for code, kind in KINDS.items():
        word, *words = kind.command.split()
        if word == "prefect":
            continue
        command: click.Command = termpost
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            found = command.get_command(click.Context(command), words.pop(0))
            assert found is not None, code
            command = found
        needed = {tuple(one.opts) for one in command.params if one.required and isinstance(one, click.Option)}
        assert [opts for opts in needed if not {*opts} & {*words}] == [], code
        known = {name for one in command.params for name in one.opts}
        assert {word for word in words if word.startswith("--")} <= known, code
