"""`proof`, `paper`, `schedule` as a user types them."""

import json
import stat
from pathlib import Path

import pytest

from tests.command import Command
from tests.flows.district import WholeCycle
from tests.reading import page_texts
from tests.school import CYCLE, LISA


@pytest.fixture
def termpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_the_proof_pack_of_a_released_cycle_says_that_its_copies_are_out(
    cycle: WholeCycle, termpost: Command, tmp_path: Path
) -> None:
    said = termpost("proof", "--cycle", CYCLE, "--out", tmp_path / "pack", "--json", "--home", cycle.home)
    value, due = json.loads(said.out), cycle.prepared[0].students
    assert value["counts"] == {
        "due": due, "made": due, "held": 0, "released": value["counts"]["released"],
        "courses": value["counts"]["courses"], "without_grade": 0, "missing": value["counts"]["missing"],
        "late": value["counts"]["late"],
    }  # fmt: skip
    assert value["counts"]["released"] > 0
    assert value["grade_differences"] == 0
    stamps = [
        "COPY – already released" in page
        for sample in sorted((tmp_path / "pack").glob("sample-*.pdf"))
        for page in page_texts(sample.read_bytes())
    ]
    assert len(stamps) >= 5
    assert all(stamps)
    told = termpost("proof", "--cycle", CYCLE, "--out", tmp_path / "pack", "--home", cycle.home)
    assert f"Read proof.pdf first: {due} reports made, 0 students held" in told.out


def test_a_paper_is_written_for_its_owner(cycle: WholeCycle, termpost: Command, tmp_path: Path) -> None:
    out = tmp_path / "lisa.pdf"
    said = termpost(
        "paper", "conference-sheet", "--cycle", CYCLE, "--student", LISA, "--out", out, "--home", cycle.home
    )
    assert said.code == 0
    assert str(out) in said.out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "Lisa" in page_texts(out.read_bytes())[0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["proof", "--cycle", "2021-fall-midterm", "--out", "OUT"],
            "is not prepared (--cycle): run `termpost prepare`",
        ),
        (["proof", "--cycle", "2021-fall-finale", "--out", "OUT"], "there is no such cycle (calendar.toml)"),
        (
            ["proof", "--cycle", CYCLE, "--out", "OUT/missing/pack"],
            "this cannot be written (No such file or directory)",
        ),
        (
            ["paper", "class-list", "--out", "OUT/x.pdf"],
            "this paper needs --cycle (paper class-list): add --cycle ID",
        ),
        (["paper", "schedule", "--out", "OUT/missing/x.pdf"], "this cannot be written (No such file or directory)"),
        (
            ["paper", "conference-sheet", "--cycle", CYCLE, "--student", "nobody", "--out", "OUT/x.pdf"],
            "nobody has this id (--student): use an id of users.csv",
        ),
        (
            ["paper", "class-list", "--cycle", CYCLE, "--class", "nowhere", "--out", "OUT/x.pdf"],
            "no report of this cycle has this class (--class): use an id of classes.csv",
        ),
    ],
)
def test_what_is_typed_wrong_gets_one_clear_line(
    cycle: WholeCycle, termpost: Command, tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    said = termpost(*(word.replace("OUT", str(tmp_path)) for word in arguments), "--home", cycle.home)
    assert said.code == 1
    assert complaint in said.complaint
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_the_schedule_comes_in_three_forms_and_as_json(cycle: WholeCycle, termpost: Command) -> None:
    home = ("--home", cycle.home, "--as-of", "2021-12-01")
    assert "2021-12-28" in termpost("schedule", *home).out
    assert json.loads(termpost("schedule", "--json", *home).out)[1] == {
        "cycle": CYCLE, "kind": "final", "cutoff": "2021-12-10", "release": "2021-12-17", "query_until": "2021-12-28",
    }  # fmt: skip
    assert "DTSTAMP:20211201T140000Z" in termpost("schedule", "--format", "ics", *home).out
    assert termpost("schedule", "--format", "html", *home).out.startswith("<!doctype html>")
    assert termpost("schedule", "--format", "pdf", *home).code == 2
