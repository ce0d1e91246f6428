"""The page that stands where a report was, once it has been taken back or replaced."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schemas.report import Contact
from schemas.settings import Settings
from tasks.render.colour import PANEL, readable
from tasks.render.wording import words

TEMPLATES = Path(__file__).parents[2] / "templates"
REPLACED = "replaced"  # reason of what a newer version took the place of


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, newline_sequence="\n"
    )


def taken_back(settings: Settings, language: str, *, replaced: bool) -> bytes:
    """HTML in UTF-8 that names the school and whom to ask, and nobody else. The same arguments give the same bytes.

    In a draft language the school's own follows, as on every paper.
    """
    institution, own = settings.institution, settings.institution.languages[0]
    is_draft = words(language).is_draft and language != own
    page = (
        _templates()
        .get_template("taken_back.html.j2")
        .render(
            school=institution.name,
            accent=readable(institution.colours.primary, PANEL),
            sheets=[_sheet(spoken, replaced) for spoken in ((language, own) if is_draft else (language,))],
            ask=institution.ask or Contact(name=institution.name),
        )
    )
    return page.encode()


def _sheet(language: str, replaced: bool) -> dict[str, str]:
    said, kind = words(language), "replaced" if replaced else "withdrawn"
    return {
        "language": language,
        "direction": said.direction,
        "title": said.say("taken_back", f"{kind}_title"),
        "text": said.say("taken_back", kind),
        "copies": said.say("taken_back", "copies"),
    }
