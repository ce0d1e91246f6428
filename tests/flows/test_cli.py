"""The command line: what every command promises, and what a newcomer who types wrong things is told."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from termpost.flows import cli
from termpost.schemas.log.entry import Logged

from tests.command import Command
from tests.school import CYCLE, GRAND_BEND, School, new_school


@pytest.fixture
def termpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def school(tmp_path: Path) -> School:
    return new_school(tmp_path / "home")


def commands(command: click.Command, name: str = "termpost") -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for sub, child in command.commands.items():
            yield from commands(child, f"{name} {sub}")


@pytest.mark.parametrize(("name", "command"), list(commands(cli.termpost)), ids=str)
def test_every_command_has_help_with_an_example_that_parses(
    name: str, command: click.Command, termpost: Command
) -> None:
    said = termpost(*name.split()[1:], "--help")
    assert said.code == 0
    assert len(said.out) > 200
    assert all(option.help for option in command.params if isinstance(option, click.Option) and not option.required)
    if name == "termpost":
        return
    (example,) = re.findall(r"Example: (termpost .*)", said.out)
    words = shlex.split(example.partition(" > ")[0])
    known = dict(commands(cli.termpost))
    of = next(" ".join(words[:n]) for n in (4, 3, 2) if " ".join(words[:n]) in known)
    assert of.startswith(name)
    known[of].make_context(of, words[len(of.split()) :])  # UsageError where it does not parse


def test_wrong_use_is_exit_code_2_and_says_how(termpost: Command) -> None:
    for command, *arguments in (["chek"], ["check"], ["release", "--cycle", CYCLE], ["check", "--colour"]):
        said = termpost(command, *arguments)
        place = "termpost" if command == "chek" else f"termpost {command}"
        assert said.code == 2, arguments
        assert said.out == ""
        (line,) = said.err.splitlines()  # what, where, and the remedy
        assert re.fullmatch(rf"termpost: .+ \({place}\): see `{place} --help`", line)
    assert "Usage: termpost staff" in termpost("staff").err
    assert "Did you mean 'check'?" in termpost("chek").err
    assert "'registrar', 'head'" in termpost("staff", "add", "ml", "--name", "M", "--role", "boss").err


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["status", "--home", "nowhere"], "there is no termpost.toml (nowhere): make a home with `termpost init DIR`"),
        (
            ["status", "--cycle", "2021-fall-finals", "--home", "HOME"],
            'there is no such cycle (calendar.toml): did you mean "2021-fall-final"?',
        ),
        (
            ["status", "--as-of", "yesterday", "--home", "HOME"],
            'this is neither a date nor an instant (--as-of): give a date, "2021-12-17"',
        ),
        (["status", "--as-of", "2021-02-30", "--home", "HOME"], "this is neither a date nor an instant (--as-of)"),
        (
            ["status", "--as-of", "2021-12-17T10:00", "--home", "HOME"],
            "the instant does not say its offset from UTC (--as-of)",
        ),
        (
            ["recipients", "--cycle", CYCLE, "--home", "HOME"],
            f"cycle {CYCLE} is not prepared (--cycle): run `termpost prepare` first",
        ),
        (
            ["sql", "SELECT 1", "--home", "HOME"],
            "there is no history yet (the lake's catalogue): run `termpost prepare` first",
        ),
        (["sql", "--home", "HOME"], "one thing is answered at a time (sql): give a query, or --question NAME"),
        (["sql", "SELECT 1", "--questions", "--home", "HOME"], "one thing is answered at a time (sql)"),
        (
            ["log", "verify", "--head", "HOME/no.json", "--home", "HOME"],
            "there is no such file, or it cannot be read (--head): give the sum in a head (64 hex digits), or a file",
        ),
        (["log", "verify", "--head", "HOME/termpost.toml", "--home", "HOME"], "this is no head of a log (--head)"),
        (
            ["log", "verify", "--checkpoint", "HOME/no.txt", "--home", "HOME"],
            "cannot be read (--checkpoint): give a file",
        ),
        (["log", "verify", "--checkpoint", "HOME/termpost.toml", "--home", "HOME"], "this is no checkpoint of a log"),
        (
            ["staff", "add", "Maria Lopez", "--name", "M", "--role", "head", "--home", "HOME"],
            "use 2 to 32 of a-z, 0-9 and -",
        ),
        (["staff", "add", "mlopez", "--name", "M", "--role", "head", "--home", "HOME"], "this staff id is taken"),
        (
            ["staff", "remove", "nobody", "--home", "HOME"],
            "there is no such staff id (staff remove): see `termpost staff list`",
        ),
        (["init", "HOME"], "there is a home already (HOME): choose another folder"),
        (["init", "/proc/home"], "(/proc/home): name another place"),
        (
            ["check", "nowhere.zip"],
            "there is no such folder, zip or CSV file (nowhere.zip): check the path of the extract",
        ),
    ],
)
def test_what_is_wrong_is_one_line_with_its_mend(
    termpost: Command, school: School, arguments: list[str], answer: str
) -> None:
    said = termpost(*[word.replace("HOME", str(school.home)) for word in arguments])
    assert said.code == 1
    assert answer.replace("HOME", str(school.home)) in said.complaint
    assert said.out == ""


@pytest.mark.parametrize(
    ("file", "line", "answer"),
    [
        (
            "termpost.toml",
            "[releases]\napprovals = 2\n",
            'this key is not known (termpost.toml line 39 releases): did you mean "release"?',
        ),
        (
            "calendar.toml",
            'cutof = "2021-12-10"\n',
            'this key is not known (calendar.toml line 25 [cycle] cutof): did you mean "cutoff"?',
        ),
        ("calendar.toml", "release =\n", "(calendar.toml line 25): fix the line"),
    ],
)
def test_an_unknown_setting_is_told_with_its_line(
    termpost: Command, school: School, file: str, line: str, answer: str
) -> None:
    path = school.home / file
    path.write_text(path.read_text() + line)
    for arguments in (
        ["status"],
        ["prepare", "--cycle", CYCLE, "--extract", GRAND_BEND],
        ["status", "--as-of", "2021-12-17"],
    ):
        said = termpost(*arguments, "--home", school.home)
        assert said.code == 1
        assert answer in said.complaint


@pytest.mark.parametrize(
    ("moment", "known_at"), [("2021-12-17", "2021-12-17T14:00:00Z"), ("2021-12-17T15:00-06:00", "2021-12-17T21:00:00Z")]
)
def test_as_of_takes_a_date_and_an_instant(termpost: Command, school: School, moment: str, known_at: str) -> None:
    assert (
        termpost("staff", "add", "rt", "--name", "R", "--role", "head", "--home", school.home, "--as-of", moment).code
        == 0
    )
    exported = termpost("log", "export", "--home", school.home, "--as-of", moment)
    assert json.loads(exported.out.splitlines()[-1])["as_of"] == known_at


def test_a_fault_of_termpost_is_one_line_without_the_data_and_a_traceback_only_with_debug(
    termpost: Command, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quoting(_: object) -> None:
        raise ValueError("Lisa Woods has 77")

    monkeypatch.setattr("termpost.tasks.secrets.staff.Staff.list", quoting)
    said = termpost("staff", "list", "--home", school.home)
    assert said.code == 1
    assert said.complaint.startswith("termpost: ValueError in quoting, line ")
    assert "Woods" not in said.err
    assert "Traceback" not in said.err
    monkeypatch.setattr("sys.argv", ["termpost", "staff", "list", "--home", str(school.home), "--debug"])
    with pytest.raises(ValueError, match="Lisa Woods"):  # what Python prints as a traceback
        cli.main()


def test_json_of_check_status_staff_and_log_has_the_promised_keys(termpost: Command, school: School) -> None:
    home = ["--json", "--home", school.home]
    added = json.loads(termpost("staff", "add", "asmith", "--name", "A", "--role", "teacher", *home).out)
    assert added.keys() == {"staff", "otpauth"}
    checked = json.loads(termpost("check", GRAND_BEND, "--json", "--as-of", "2021-12-17").out)
    assert checked["problems"] == []
    late = json.loads(termpost("check", GRAND_BEND, "--json", "--as-of", "2021-12-19T08:00:00-06:00").out)
    assert [(p["rule"], p["file"]) for p in late["problems"]] == [("stale", "results.csv")]
    assert termpost("check", GRAND_BEND, "--as-of", "soon").code == 1
    assert checked.keys() == {
        "extract_id", "format", "version", "outcome", "files", "problems", "held_students", "skipped",
    }  # fmt: skip
    assert checked["skipped"] == [{"name": "README.md", "why": "readme"}]
    assert all(file.keys() == {"name", "rows", "accepted", "quarantined"} for file in checked["files"])
    status = {
        "cycle", "rehearsal", "draft", "reports", "deliveries", "holds", "settings_changed", "rights_ended", "grades",
        "schools",
    }  # fmt: skip
    one, every = (json.loads(termpost("status", *more, *home).out) for more in (["--cycle", CYCLE], []))
    assert one.keys() == status
    assert [entry.keys() for entry in every] == [status, status]
    assert one["reports"].keys() == {"made", "held", "released", "withdrawn", "superseded"}
    assert one["deliveries"].keys() == {
        "planned",
        "sent",
        "delivered",
        "failed",
        "uncertain",
        "expired",
        "opened",
        "withdrawn",
    }
    verdict = json.loads(termpost("log", "verify", *home).out)
    promised = {"ok", "segments", "entries", "head", "broken_at"}
    assert verdict.keys() == promised | {
        "reason",
        "object",
        "anchor",
        "published",
        "end_is_known",
        "checkpoint",
        "cosigned",
    }
    *_, line = termpost("log", "export", "--home", school.home).out.splitlines()
    promised = {
        "seq",
        "at",
        "kind",
        "actor",
        "report",
        "version",
        "student",
        "recipient",
        "channel",
        "object",
        "digest",
        "run",
        "reason",
    }
    assert promised < json.loads(line).keys() == set(Logged.model_fields)


def test_a_broken_log_is_exit_code_1(termpost: Command, school: School) -> None:
    assert termpost("staff", "add", "asmith", "--name", "A", "--role", "teacher", "--home", school.home).code == 0
    segment = school.home / "vault" / "log" / "00000002.ndjson"
    segment.write_bytes(segment.read_bytes().replace(b"teacher", b"taecher"))
    said = termpost("log", "verify", "--home", school.home)
    assert (said.code, said.err) == (1, "")
    assert said.out.startswith("broken at log/00000002.ndjson: ")


def test_a_published_head_shows_that_the_log_was_cut_off(termpost: Command, school: School, tmp_path: Path) -> None:
    home = ("--home", school.home)
    assert termpost("staff", "add", "asmith", "--name", "A", "--role", "teacher", *home).code == 0
    assert termpost("stop", "--cycle", CYCLE, *home).code == 0
    published = termpost("log", "head", "--json", *home).out
    file, sum_ = tmp_path / "head.json", json.loads(published)["sha256"]
    file.write_text(published)
    given = ("--head", file, "--head", sum_, "--head", school.home / "vault" / "log" / "heads" / "00000003.json")
    said = termpost("log", "verify", *given, *home)
    assert (said.code, said.out.startswith("ok: ")) == (0, True)
    assert " and 3 published heads" in said.out
    for key in ("00000003.ndjson", "heads/00000003.json", "checkpoints/00000003.txt"):
        (school.home / "vault" / "log" / key).unlink()
    for name in ("log-anchor.json", "log-count.json"):
        (school.home / "secrets" / name).unlink()
    said = termpost("log", "verify", *home)  # nobody here remembers more, and it says so
    assert (said.code, said.out.startswith("ok as far as can be seen: ")) == (0, True)
    assert json.loads(termpost("log", "verify", "--json", *home).out)["end_is_known"] is False
    said = termpost("log", "verify", "--head", file, *home)
    assert (said.code, said.out) == (1, "broken at log/00000003.ndjson: truncated\n")
    said = termpost("log", "verify", "--head", sum_, *home)
    assert (said.code, said.out) == (1, "broken: published-absent\n")


def test_a_log_without_an_entry_has_no_head(termpost: Command, tmp_path: Path) -> None:
    """A real home begins with an empty log; that of a rehearsal begins with what it is."""
    assert termpost("init", tmp_path / "real").code == 0
    said = termpost("log", "head", "--home", tmp_path / "real")
    assert (said.code, said.complaint) == (1, "termpost: the log is empty (this home): there is nothing to publish yet")
