"""`review` and `policy acknowledge` as a user types them."""

import json
import stat
from pathlib import Path

import pytest

from tests.command import Command
from tests.tasks.records.review.reviewed_home import AFTER, code_of, reviewed_home

TOLD = AFTER.isoformat()


@pytest.fixture
def termpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_a_year_is_reviewed_acknowledged_and_signed(termpost: Command, tmp_path: Path) -> None:
    home, out = reviewed_home(tmp_path / "home"), tmp_path / "review"
    about = ("--home", home.path, "--as-of", TOLD)
    said = termpost("review", "--year", "2021-2022", "--out", out, *about)
    assert (said.code, said.err) == (0, "")
    assert "Not signed." in said.out
    assert {path.name for path in out.iterdir()} == {"evidence.zip", "review.html", "review.json", "review.pdf"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    code = code_of(home, "afry", "teacher")
    known = termpost("policy", "acknowledge", "--by", "afry", "--otp", code, "--json", *about)
    procedure = json.loads((out / "review.json").read_text())["procedure"]
    assert json.loads(known.out) == {"by": "afry", "procedure": procedure}
    code = code_of(home, "mlopez")
    signed = termpost("review", "--year", "2021", "--out", out, "--sign", "--by", "mlopez", "--otp", code, *about)
    assert "Signed by mlopez. The next review is due on 2023-07-01." in signed.out


@pytest.mark.parametrize(
    ("more", "code", "complaint"),
    [
        (("--year", "2015"), 1, "the log has no entry of 2015-2016"),
        (("--year", "soon"), 1, "this is no school year"),
        (("--year", "2021", "--sign"), 2, "--sign goes with --by and --otp"),
        (("--year", "2021", "--by", "mlopez"), 2, "--sign goes with --by and --otp"),
    ],
)
def test_what_cannot_be_reviewed_is_one_line(
    termpost: Command, tmp_path: Path, more: tuple[str, ...], code: int, complaint: str
) -> None:
    home = reviewed_home(tmp_path / "home", [])
    said = termpost("review", *more, "--out", tmp_path / "out", "--home", home.path, "--as-of", TOLD)
    assert said.code == code
    assert complaint in said.complaint
    assert not (tmp_path / "out").exists()


def test_a_wrong_code_signs_nothing_and_shows_in_the_log(termpost: Command, tmp_path: Path) -> None:
    home = reviewed_home(tmp_path / "home")
    code_of(home, "mlopez")
    told = ("--home", home.path, "--as-of", TOLD)
    said = termpost(
        "review", "--year", "2021", "--out", tmp_path / "out", "--sign", "--by", "mlopez", "--otp", "0", *told
    )
    assert said.code == 1
    assert list(home.log.entries("review_signed")) == []
    assert [one.reason for one in home.log.entries("refused")][-1] == "wrong-code"
