"""A home is real or a rehearsal by its log's first entry; only a rehearsal is told another day for what lets out."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from termpost.flows import handle_feedback as feedback_module
from termpost.flows import prepare_reports as prepare_module
from termpost.flows import release_reports as release_module
from termpost.flows.cli import termpost
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import open_home

from tests.school import CYCLE, DAY, EXAMPLES, LISA, MOTHER, School, small_extract, without_prefect

# what neither decides nor lets out; of `print`, `paper` and `records retain` it depends on what was asked for
READING = {
    "init", "doctor", "keys show", "keys restore", "restore", "check",
    "grades", "comments export", "holds", "proof", "schedule",
    "paper", "recipients", "deadlines", "status", "deliveries", "rights", "rights open", "feedback list",
    "log verify", "log head", "log checkpoint", "log export", "sql", "deploy", "staff list", "contracts",
    "contracts diff", "print", "migrate", "comments bank", "gallery", "words export", "codes list",
    "meetings list", "meetings free", "records retain", "records holds", "law", "calendar import", "warnings list",
    "review", "incident list", "metrics",
}  # fmt: skip
BY = ("--by", "mlopez", "--otp", "123456")
DECIDING = [
    ("release", "--cycle", CYCLE, *BY),
    ("release", "--cycle", CYCLE, *BY, "--rehearse", "office@school.edu"),
    ("stop", "--cycle", CYCLE),
    ("holds", "resolve", LISA, "--accept", *BY),
    ("rights", "decide", LISA, MOTHER, "--finding", "guardian", "--basis", "court-order", "--document", "C", *BY),
    ("rights", "end", LISA, MOTHER, "--finding", "guardian", *BY),
    ("withdraw", "--cycle", CYCLE, "--reason", "wrong-mark", *BY),
    ("withdraw", "--rights-ended", *BY),
    ("codes", "revoke", "--everyone"),
    ("codes", "issue"),
    ("codes", "handed-over", "--recipient", MOTHER, *BY),
    ("codes", "replace", "--recipient", MOTHER, "--identified", "id-document", "--out", "new.pdf", *BY),
    ("words", "import", "words.po"),
    ("deliveries", "resolve", "x", "--sent"),
    ("deliveries", "collect"),
    ("log", "accept", *BY),
    ("links", "renew"),
    ("print", "--cycle", CYCLE, "--out", "packs"),
    ("print", "posted", "--cycle", CYCLE, "--pack", "01"),
    ("paper", "code-letter", "--cycle", CYCLE, "--out", "letters.pdf"),
    ("export", "--cycle", CYCLE, "--out", "reports"),
    ("feedback", "add", "--student", LISA, "--kind", "question", "--text", "x"),
    ("meetings", "available", "--by", "mlopez"),
    ("meetings", "offer", "--student", LISA, "--to", MOTHER, "--with", "mlopez", *BY),
    ("meetings", "book", "q", "--slot", "1", *BY),
    ("feedback", "collect"),
    ("feedback", "show", "q0", *BY),
    ("feedback", "assign", "q0", *BY),
    ("feedback", "answer", "q0", "--text", "x", *BY),
    ("feedback", "delegate", "mlopez", "--to", "x", "--from", "2022-01-10", "--until", "2022-01-11", *BY),
    ("deliveries", "acknowledgements", "--out", "proofs"),
    ("notices", "stop", "--recipient", MOTHER),
    ("staff", "remove", "mlopez"),
    ("records", "hold", LISA, "--cause", "audit", *BY),
    ("records", "unhold", LISA, *BY),
    ("records", "retain", "--digest", "0" * 64, *BY, "--second", "jkim", "--second-otp", "654321"),
    ("serve",),
    ("backfill", "--session", "2020-fall", "--extract", "fall.zip"),
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(termpost, arguments, standalone_mode=False)


@pytest.fixture
def real(tmp_path: Path) -> School:
    assert run("init", str(tmp_path / "home"), "--from", str(EXAMPLES / "grand-bend-home")).exception is None
    school = School(tmp_path / "home")
    school.phone = school.register()
    return school


def leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for sub in command.list_commands(context):  # a listed command is imported when it is asked for
            child = command.get_command(context, sub)
            assert child is not None, sub
            yield from leaves(child, f"{name} {sub}".strip())
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield name, command.callback


def test_every_command_is_known_to_decide_or_to_read() -> None:
    assert {name for name, callback in leaves(termpost) if not getattr(callback, "decides", False)} == READING


@pytest.mark.parametrize("arguments", DECIDING, ids=lambda words: " ".join(words[:2]))
def test_a_real_home_is_told_no_other_day_for_what_decides_or_lets_out(
    real: School, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(*arguments, "--home", str(real.home), "--as-of", "2021-12-17")
    assert isinstance(said.exception, Refused), said.output
    assert said.exception.code == "not-a-rehearsal"
    assert "init DIR --rehearsal" in str(said.exception)
    assert "\n" not in str(said.exception)
    (entry,) = real.entries()
    assert (entry.kind, entry.reason) == ("refused", "not-a-rehearsal")
    assert abs(entry.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


@pytest.mark.parametrize("name", ["status", "holds", "rights", "deliveries", "schedule", "doctor", "feedback list"])
def test_what_only_reads_may_be_asked_of_any_day(real: School, name: str) -> None:
    said = run(*name.split(), "--home", str(real.home), "--as-of", "2021-12-17")
    assert not isinstance(said.exception, InputError), said.exception
    assert list(open_home(real.home).log.entries()) == []


@pytest.mark.parametrize("as_of", ["2121-12-17", "2121-12-17T08:00-06:00"])  # one may prepare for an earlier day
def test_neither_do_the_flows_that_a_deployment_runs(real: School, as_of: str, tmp_path: Path) -> None:
    extract = small_extract(tmp_path / "extract")
    calls: list[Callable[[], object]] = [
        lambda: prepare_module.prepare_reports.fn(CYCLE, str(extract.folder), str(real.home), as_of),
        lambda: release_module.release_reports.fn(CYCLE, "mlopez", SecretStr("123456"), None, str(real.home), as_of),
        lambda: feedback_module.handle_feedback.fn(str(real.home), as_of),
    ]
    codes = ("later-day", "not-a-rehearsal", "not-a-rehearsal")
    for call, code in zip(calls, codes, strict=True):
        with without_prefect(), pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == code
    assert [(entry.kind, entry.reason) for entry in real.entries()] == [("refused", code) for code in codes]
    assert not (real.home / "vault" / "landing").exists()


def test_the_log_of_a_real_home_takes_nothing_under_another_day(real: School) -> None:
    with pytest.raises(Refused):
        open_home(real.home, FixedClock(DAY)).log.append("t", [Entry(kind="stopped", cycle=CYCLE)])


def test_a_rehearsal_is_one_by_its_first_entry_and_stays_one(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    said = run("init", str(folder), "--rehearsal", "--json", "--from", str(EXAMPLES / "grand-bend-home"))
    assert '"rehearsal": true' in said.stdout
    first = next(open_home(folder).log.entries(), None)
    assert first is not None
    assert (first.seq, first.kind, first.reason) == (1, "home_made", "rehearsal")
    assert run("stop", "--cycle", CYCLE, "--home", str(folder), "--as-of", "2021-12-17").exception is None
    assert '"rehearsal": true' in run("status", "--cycle", CYCLE, "--json", "--home", str(folder)).stdout
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        (folder / name).unlink()
    assert run("init", str(folder), "--from", str(EXAMPLES / "grand-bend-home")).exception is None
    assert open_home(folder).is_rehearsal


def test_a_real_home_never_becomes_one(real: School) -> None:
    assert run("stop", "--cycle", CYCLE, "--home", str(real.home)).exception is None
    (real.home / "termpost.toml").unlink()
    said = run("init", str(real.home), "--rehearsal", "--from", str(EXAMPLES / "grand-bend-home"))
    assert isinstance(said.exception, Refused)
    assert said.exception.code == "home-is-real"
    assert not (real.home / "termpost.toml").exists()
    shutil.copy(EXAMPLES / "grand-bend-home" / "termpost.toml", real.home)
    # the entry of a rehearsal, anywhere but first, says nothing
    open_home(real.home).log.append("t", [Entry(kind="home_made", reason="rehearsal")])
    assert not open_home(real.home).is_rehearsal


def test_a_home_that_was_made_before_there_were_rehearsals_is_real_and_the_demo_says_so(tmp_path: Path) -> None:
    from examples import demo

    assert run("init", str(tmp_path / "demo"), "--from", str(EXAMPLES / "grand-bend-home")).exception is None
    with pytest.raises(InputError) as caught:
        demo.set_up(tmp_path / "demo")
    assert caught.value.code == "old-demo"
