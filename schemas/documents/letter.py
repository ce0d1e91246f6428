"""The cover letter of a sealed envelope: who gets it, what is inside, how the same is read on a screen."""

from datetime import date
from typing import Final, Literal

from termpost.schemas.base.envelope import EnvelopeSize, paper_for
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import Contact, School
from termpost.schemas.documents.said import SaidIn

LETTER_FORMAT: Final = "termpost.letter/1"


class Letter(FrozenModel):
    """One recipient's envelope in one cycle."""

    format: Literal["termpost.letter/1"] = LETTER_FORMAT
    language: str  # BCP 47
    envelope: EnvelopeSize = "10"
    recipient_name: str
    address: tuple[str, ...]  # lines under the name
    school: School
    return_address: tuple[str, ...]  # lines
    cycle_title: str
    students: tuple[str, ...]  # names
    link: str  # where the sealed page is; empty where there is none, then the letter has no room for a code either
    query_until: date
    ask: Contact
    note: tuple[SaidIn, ...] = ()  # last, where nobody has reviewed the translation

    @property
    def paper(self) -> str:
        """What is folded into the envelope."""
        return paper_for(self.envelope)
