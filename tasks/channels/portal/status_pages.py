"""Pages in clear: the portal's own, where a report was that was taken back or replaced, and where there is none."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from termpost.schemas.documents.said import SaidIn
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import PANEL, readable
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.locale.telephone import dialled
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of

_templates = cache(environment)


def taken_back(
    settings: Settings, language: str, *, replaced: bool, onward: str = "", words: HomeWords = NO_WORDS, key: str = ""
) -> bytes:
    """HTML in UTF-8 that names the school and whom to ask, and nobody else. The same arguments give the same bytes.

    Where nobody has reviewed the language, a note says so, and the same in the school's own lies folded under it.

    Args:
        onward: link of the page that took its place, which opens with the same code; empty: there is none.
        key: public half of the key that the page had, base64: what is sent from a copy that somebody saved is taken.
    """
    kind, note = "replaced" if replaced else "withdrawn", note_of(settings, language, words)
    spoken = [said.language for said in note] or [language]
    first, *second = [_sheet(tag, "taken_back", f"{kind}_title", kind, "copies") for tag in spoken]
    return _page(settings, [first], second, note, onward, words, key)


def absent(settings: Settings) -> bytes:
    """HTML in UTF-8 for an address where nothing is: in each language of the school, since nobody knows who asks."""
    return _page(settings, [_sheet(language, "absent", "title", "text") for language in settings.institution.languages])


def verified(settings: Settings, *, current: bool) -> bytes:
    """HTML in UTF-8: that a number is of a report that counts, or to ask the school. It names no report."""
    texts = ("current_title", "current", "copy") if current else ("ask_title", "ask")
    return _page(settings, [_sheet(language, "verification", *texts) for language in settings.institution.languages])


def asks_number(settings: Settings, action: str) -> bytes:
    """HTML in UTF-8 with a place to type a number, which works without a script.

    Args:
        action: path where what is typed goes to.
    """
    sheets = []
    for language in settings.institution.languages:
        labels = translator_for(language).labels("verification")
        form = {"action": action, "label": labels["label"], "button": labels["button"]}
        sheets.append(_sheet(language, "verification", "title", "type") | {"form": form})
    return _page(settings, sheets)


def _page(
    settings: Settings, sheets: Sequence[dict[str, Any]], folded: Sequence[dict[str, Any]] = (),
    note: Sequence[SaidIn] = (), onward: str = "", words: HomeWords = NO_WORDS, key: str = "",
) -> bytes:  # fmt: skip
    institution = settings.institution
    page = _templates().get_template("status.html.j2")
    return page.render(
        school=institution.name,
        accent=readable(institution.colours.primary, PANEL),
        sheets=sheets,
        onward=onward,
        key=key,
        folded=folded,
        note=note,
        ask=(ask := asked_in(settings, sheets[0]["language"], words)),
        calls=dialled(ask.phone or ""),  # a portal knows no calendar, so no country
    ).encode()


def _sheet(language: str, section: str, title: str, *texts: str) -> dict[str, Any]:
    translator = translator_for(language)
    return {
        "language": language,
        "direction": translator.direction,
        "title": translator.text(section, title),
        "texts": [translator.text(section, text) for text in texts],
        "form": None,
        "leads_on": translator.text("taken_back", "onward"),
    }
