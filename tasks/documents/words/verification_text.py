"""Where a report says that it is genuine, in words: its number, and a square that asks the school's portal."""

import base64
from functools import lru_cache

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.verification import Verification, grouped
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.qr_code import qr_code
from termpost.tasks.documents.wording import Translator
from termpost.tasks.documents.words.joints import colon_of


class VerificationText(FrozenModel):
    """The last lines of a report."""

    title: VisibleText
    text: VisibleText
    label: VisibleText
    colon: str  # after it
    number: str  # in four groups, from left to right in every language
    typed_at: str
    url: str
    qr: str  # SVG
    alt: VisibleText

    @property
    def picture(self) -> str:
        """The square as the address of an image."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.qr.encode()).decode()}"


def verification_text(found: Verification | None, translator: Translator) -> VerificationText | None:
    """None where the school does not offer it."""
    if found is None:
        return None
    return VerificationText(
        title=translator.text("verification", "title"),
        text=translator.text("verification", "text"),
        label=translator.text("verification", "label"),
        colon=colon_of(translator),
        number=grouped(found.number),
        typed_at=found.typed_at,
        url=found.url,
        qr=_square(found.url),
        alt=translator.text("verification", "square", link=found.url),
    )


@lru_cache(maxsize=16)  # of one report in its languages, which are set at the same time
def _square(link: str) -> str:
    return qr_code(link)
