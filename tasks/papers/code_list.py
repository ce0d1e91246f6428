"""The list that codes are handed over by: a line for each recipient, to be signed. It has no code."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.printed import PrintedValue, VisibleText
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.papers.code_letter import CodeLetter
from termpost.tasks.render.report_view import Field


class ListRow(FrozenModel):
    """One recipient."""

    number: str  # of the line
    recipient: VisibleText


class ListPart(PaperPart):
    """The list."""

    facts: tuple[Field, ...]
    rows: tuple[ListRow, ...]


def make_code_list(settings: Settings, letters: Sequence[CodeLetter], today: date) -> bytes:
    """PDF/UA-1 in the school's language, in the order of the slips. InputError where no font covers a character."""
    own = settings.institution.languages[0]
    translator = translator_for(own)
    title = translator.text("code_list", "title")
    part = ListPart(
        school=settings.institution.name,
        name=title,
        running=title,
        stamp=settings.institution.called,
        facts=(
            Field(label=translator.text("code_list", "count"), value=PrintedValue(text=translator.whole(len(letters)))),
            Field(label=translator.text("code_list", "made"), value=PrintedValue(text=translator.day(today))),
        ),
        rows=tuple(
            ListRow(number=translator.whole(number), recipient=letter.recipient_name)
            for number, letter in enumerate(letters, 1)
        ),
    )
    return set_paper("code_list.typ", frame_of(settings, translator, own, title), [part],
                     translator.labels("code_list"), today)  # fmt: skip
