"""The cover letter of a sealed envelope: who gets it, what is inside, how the same is read on a screen."""

from datetime import date
from typing import Final, Literal

from termpost.schemas.base.code_way import CodeWay
from termpost.schemas.base.envelope import EnvelopeSize, paper_for
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import Contact, School
from termpost.schemas.documents.said import SaidIn

LETTER_FORMAT: Final = "termpost.letter/1"


class LetterSlip(FrozenModel):
    """What is cut off and given back: by it the office knows which report version was read, and by whom."""

    student: str  # name
    number: str  # as printed (tasks/home/slip_numbers.py)


class Letter(FrozenModel):
    """One recipient's envelope in one cycle."""

    format: Literal["termpost.letter/1"] = LETTER_FORMAT
    language: str  # BCP 47
    country: str = ""  # ISO 3166-1, of the school
    envelope: EnvelopeSize = "10"
    recipient_name: str
    address: tuple[str, ...]  # lines under the name
    school: School
    return_address: tuple[str, ...]  # lines
    cycle_title: str
    students: tuple[str, ...]  # names
    inserts: tuple[str, ...] = ()  # what goes along with their reports, in words
    link: str  # where the sealed page is; empty where there is none, then the letter says nothing of a code either
    codes_by: tuple[CodeWay, ...] = ("handover",)  # how one gets the code, which is never in an envelope
    query_until: date
    answer_by: date | None = None  # to what comes on that day
    days_follow: bool = False  # the letter leaves room for both days: they are counted from the day of printing
    ask: Contact
    slips: tuple[LetterSlip, ...] = ()  # at its foot, one for each report that they are asked to say they have read
    note: tuple[SaidIn, ...] = ()  # last, where nobody has reviewed the translation

    @property
    def paper(self) -> str:
        """What is folded into the envelope."""
        return paper_for(self.envelope)
