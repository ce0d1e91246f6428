"""What stands around the encrypted reports of a sealed page: the same for every family that reads this language."""

import base64
import hashlib
from functools import lru_cache

from termpost.schemas.documents.feedback.door import DoorContact
from termpost.schemas.documents.receipt import RECEIPT_FORMAT
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.secrets.access_codes import ALPHABET, BETWEEN

MESSAGES_PATH = "/messages"
_PLACE = "<!--SEALED-->"  # a school's name is escaped, so it cannot hold this


@lru_cache(maxsize=64)
def shell_of(
    school: str, language: str, receipts: str, messages: str, contact: DoorContact | None
) -> tuple[bytes, bytes]:
    """The page before and after the sealed block, HTML in UTF-8.

    Args:
        receipts: where receipts are posted; empty: nowhere.
        messages: where messages are posted, at the portal; empty: nowhere.
    """
    templates = environment(filters={"sha256": source_hash})
    translator = translator_for(language)
    page = templates.get_template("sealed.html.j2").render(
        school=school, language=language, direction=translator.direction, say=translator.labels("sealed"),
        household=translator.labels("household"),
        spoken={language: spoken(language)}, contact=contact, portal=messages.removesuffix(MESSAGES_PATH),
        alphabet=ALPHABET, between=BETWEEN, receipts=receipts, receipt_format=RECEIPT_FORMAT,
    )  # fmt: skip
    before, _, after = page.partition(_PLACE)
    return before.encode(), after.encode()


def spoken(language: str) -> dict[str, object]:
    """What the script of page and door says in a language, and how it is written."""
    translator = translator_for(language)
    return {
        "direction": translator.direction,
        "say": {**translator.labels("sealed"), **translator.labels("household")},
    }


def source_hash(text: str) -> str:
    """A hash source of Content Security Policy level 3, for the text of an inline element."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
