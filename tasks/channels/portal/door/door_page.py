"""The household's page: one for everybody, in clear; what is in it for a person their code alone finds."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from termpost.schemas.documents.receipt import RECEIPT_FORMAT
from termpost.schemas.settings.settings import Settings
from termpost.tasks.channels.portal.office_contact import office_contact
from termpost.tasks.channels.portal.page_shell import source_hash, spoken
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.secrets.access_codes import ALPHABET, BETWEEN


def door_page(settings: Settings, hours: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """HTML in UTF-8, in the languages of the school with a switch. Without a script it says whom to call, and when.

    Args:
        hours: language → when the office answers, as `office_hours` says it.
    """
    languages, portal = settings.institution.languages, settings.channels.portal
    first = translator_for(languages[0])
    templates = environment(filters={"sha256": source_hash, "dialled": lambda phone: re.sub(r"[^+\d]", "", phone)})
    page = templates.get_template("door.html.j2").render(
        school=settings.institution.name, language=languages[0], direction=first.direction,
        say=first.labels("sealed"), household=first.labels("household"),
        sheets=[_sheet(language, hours.get(language, "")) for language in languages],
        spoken={language: spoken(language) for language in languages},
        contact=office_contact(settings, hours.get(languages[0], "")), portal="",
        served=portal.base_url if portal else "",
        receipts=portal.receipts if portal else False,
        alphabet=ALPHABET, between=BETWEEN, receipt_format=RECEIPT_FORMAT,
    )  # fmt: skip
    return page.encode()


def _sheet(language: str, hours: str) -> dict[str, str]:
    translator = translator_for(language)
    return {
        "language": language,
        "direction": translator.direction,
        "name": translator.locale.get_display_name(translator.locale) or language,
        "title": translator.text("door", "title"),
        "help": translator.text("door", "help"),
        "noscript": translator.text("household", "noscript_door"),
        "hours": translator.text("household", "hours", hours=hours),
    }
