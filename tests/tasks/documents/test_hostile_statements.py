"""A family's statement is a stranger's text: set as words, whatever it holds, so that no envelope waits for it."""

from datetime import date
from pathlib import Path

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.statement_sheet import make_statement_sheet
from termpost.tasks.home.home import open_home

from tests.school import DAY, EXAMPLES

HOSTILE = {
    "control characters": "One\x00 \x1b[2J two\u202e three",
    "markup of other programs": '#import "x" $a$ *b* {{ 7*7 }} <script>alert(1)</script> =1+1',
    "scripts that no font has": "𒀀 \ue000 \U0003fffd",
    "a flood": "😀" * 500 + "a" + "\u0301" * 500 + "\n" + "x" * 2000,
    "nothing to be seen": "\u200b\u2060\n\n",
    "half a character": "\ud800 one",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_it_holds_it_is_set_as_words(name: str, tmp_path: Path) -> None:
    for file in ("termpost.toml", "grading.toml", "calendar.toml"):
        (tmp_path / file).write_text((EXAMPLES / "grand-bend-home" / file).read_text())
    settings = open_home(tmp_path, FixedClock(DAY)).settings
    made = make_statement_sheet(settings, "US", "Lisa Woods", "Fall 2021", HOSTILE[name], date(2021, 12, 17))
    text = " ".join(page.text for page in read_pages(made))
    assert "Lisa Woods" in text
    assert not {sign for sign in text if sign in "\x00\x1b\u202e"}
    if name == "markup of other programs":
        assert '#import "x" $a$ *b* {{ 7*7 }} <script>alert(1)</script> =1+1' in " ".join(text.split())
