"""Whether what the settings say of reports can be had: asked before an extract is read, not when reports are set."""

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import found_as
from termpost.tasks.documents.colour import PANEL, contrast, readable
from termpost.tasks.documents.logo import read_logo
from termpost.tasks.documents.wording import languages
from termpost.tasks.home.comment_bank import bank_of
from termpost.tasks.home.home import Home
from termpost.tasks.render.languages import refuse_unreadable
from termpost.tasks.render.page import refuse_broken_template
from termpost.tasks.render.verdict.on_track_line import on_track_line

PAPER = "#ffffff"
SEEN = 3.0  # of lines and other shapes (WCAG 2.1, 1.4.11); text is set in a shade that has more


def refuse_unrenderable(home: Home) -> None:
    """Reads what every report will have.

    Raises:
        InputError: of the first that cannot be had: the logo, the colour, the words of a language that the school
            offers, ours or its own, its bank of comments, its template of the page, the line of `[report] on_track_at`.
    """
    institution = home.settings.institution
    read_logo(home.path, institution.logo)
    _refuse_pale(institution.colours.primary)
    for language in institution.languages:
        _refuse_wordless(language)
    refuse_unreadable(home)
    bank_of(home)
    refuse_broken_template(home.path)
    on_track_line(home.settings.report.on_track_at, home.policy.steps)


def _refuse_wordless(language: str) -> None:
    if found_as(language, languages()) is None:
        raise InputError(
            "no-such-language", f"there are no words in {language}", "termpost.toml [institution] languages",
            f"take it out, or add its file (docs/languages.md); there is {', '.join(languages())}",
        )  # fmt: skip


def _refuse_pale(colour: str) -> None:
    there = contrast(colour, PAPER)
    if there < SEEN:
        raise InputError(
            "pale-colour", f"the school's colour can hardly be seen on white ({there:.1f} to 1; {SEEN:.0f} is needed)",
            "termpost.toml [institution.colours] primary", f"use {readable(colour, PANEL)}, or a darker one",
        )  # fmt: skip
