"""What every report will have is looked at before anything is read."""

import json
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.wording import languages
from termpost.tasks.home.comment_bank import bank_of, shipped_bank
from termpost.tasks.home.home import Home
from termpost.tasks.preflight.audit import audit_home
from termpost.tasks.preflight.can_render import refuse_unrenderable

from tests.tasks.gradebook import new_home

COLOUR = "termpost.toml [institution.colours] primary"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def setting(home: Home, name: str, value: str) -> Home:
    """The home with another value of a setting of termpost.toml."""
    return Home(home.path, clock=home.clock, environ={f"TERMPOST_{name}": value})


def test_a_home_as_it_is_made_can_render(home: Home) -> None:
    refuse_unrenderable(home)
    assert "reports" not in {one.control for one in audit_home(home)}


@pytest.mark.parametrize("colour", ["#ffffff", "#FFEB3B", "#9e9e9e"])
def test_a_colour_that_can_hardly_be_seen_is_refused_with_one_that_can(home: Home, colour: str) -> None:
    pale = setting(home, "INSTITUTION__COLOURS__PRIMARY", colour)
    with pytest.raises(InputError, match="can hardly be seen on white") as refused:
        refuse_unrenderable(pale)
    assert (refused.value.code, refused.value.where) == ("pale-colour", COLOUR)
    named = refused.value.remedy.split()[1].rstrip(",")
    refuse_unrenderable(setting(home, "INSTITUTION__COLOURS__PRIMARY", named))


@pytest.mark.parametrize(
    ("name", "value", "code", "where"),
    [
        ("INSTITUTION__LOGO", "gone.svg", "bad-logo", "termpost.toml [institution] logo"),
        ("INSTITUTION__LANGUAGES", '["en", "tlh"]', "no-such-language", "termpost.toml [institution] languages"),
        ("REPORT__ON_TRACK_AT", "Z", "bad-setting", "termpost.toml [report] on_track_at"),
    ],
)
def test_what_no_report_could_have_is_told_with_its_setting(
    home: Home, name: str, value: str, code: str, where: str
) -> None:
    wrong = setting(home, name, value)
    with pytest.raises(InputError) as refused:
        refuse_unrenderable(wrong)
    assert (refused.value.code, refused.value.where) == (code, where)
    assert [one.control for one in audit_home(wrong) if one.state == "lacks"] == ["reports"]


def test_a_template_of_the_school_that_is_none_is_told(home: Home) -> None:
    (home.path / "templates").mkdir()
    (home.path / "templates" / "report.html.j2").write_text("{% for %}")
    with pytest.raises(InputError) as refused:
        refuse_unrenderable(home)
    assert (refused.value.code, refused.value.where) == ("bad-template", "templates/report.html.j2 line 1")


def test_a_bank_of_comments_that_lacks_a_language_is_told_with_its_line(home: Home) -> None:
    (home.path / "comment-bank.csv").write_text("code,kind,en\nX1,strength,{name} sings.\n")
    with pytest.raises(InputError, match="X1 has no sentence in") as refused:
        refuse_unrenderable(home)
    assert (refused.value.code, refused.value.where) == ("bad-bank", "comment-bank.csv, line 2")


def test_the_bank_that_ships_has_every_language_that_has_words(home: Home) -> None:
    offered = setting(home, "INSTITUTION__LANGUAGES", json.dumps(languages()))
    assert bank_of(offered).codes == shipped_bank().codes
