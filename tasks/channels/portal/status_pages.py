"""Pages in clear: where a report was that has been taken back or replaced, and where there is none."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from termpost.schemas.documents.report import Contact
from termpost.schemas.documents.said import SaidIn
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import PANEL, readable
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.translation_note import note_of
from termpost.tasks.documents.wording import translator_for

_templates = cache(environment)


def taken_back(settings: Settings, language: str, *, replaced: bool) -> bytes:
    """HTML in UTF-8 that names the school and whom to ask, and nobody else. The same arguments give the same bytes.

    Where nobody has reviewed the language, a note says so, and the same in the school's own lies folded under it.
    """
    kind, note = "replaced" if replaced else "withdrawn", note_of(settings, language)
    spoken = [said.language for said in note] or [language]
    first, *second = [_sheet(tag, "taken_back", f"{kind}_title", kind, "copies") for tag in spoken]
    return _page(settings, [first], second, note)


def absent(settings: Settings) -> bytes:
    """HTML in UTF-8 for an address where nothing is: in each language of the school, since nobody knows who asks."""
    return _page(settings, [_sheet(language, "absent", "title", "text") for language in settings.institution.languages])


def _page(
    settings: Settings, sheets: Sequence[dict[str, Any]], folded: Sequence[dict[str, Any]] = (),
    note: Sequence[SaidIn] = (),
) -> bytes:  # fmt: skip
    institution = settings.institution
    page = _templates().get_template("status.html.j2")
    return page.render(
        school=institution.name,
        accent=readable(institution.colours.primary, PANEL),
        sheets=sheets,
        folded=folded,
        note=note,
        ask=institution.ask or Contact(name=institution.name),
    ).encode()


def _sheet(language: str, section: str, title: str, *texts: str) -> dict[str, Any]:
    translator = translator_for(language)
    return {
        "language": language,
        "direction": translator.direction,
        "title": translator.text(section, title),
        "texts": [translator.text(section, text) for text in texts],
    }
