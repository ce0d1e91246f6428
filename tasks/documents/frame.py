"""What every paper but the report carries: who sends it, what it is, the look; and the way it is set."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.said import SaidIn
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import PANEL, readable
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.typesetting import typeset
from termpost.tasks.documents.wording import Translator


class Frame(FrozenModel):
    """One paper; its parts each start on a fresh sheet."""

    language: str
    direction: str
    paper: str
    colours: dict[str, str]
    page: str  # `Page {page} of {pages}`, filled where the pages are counted
    document: VisibleText  # title of the file: no name in it
    institution: VisibleText
    title: VisibleText
    cycle: VisibleText


class PaperPart(FrozenModel):
    """What begins on a fresh sheet; each kind of paper adds its own.

    Where parts are in languages of their own, each has a frame and labels; else those of the paper serve.
    """

    frame: Frame | None = None
    labels: dict[str, str] | None = None
    translated: tuple[SaidIn, ...] = ()  # last, where nobody has reviewed the translation

    school: VisibleText
    name: VisibleText  # of the student, class or paper, in large
    running: VisibleText  # at the head of every further page
    stamp: VisibleText  # at the foot of every page


def frame_of(settings: Settings, translator: Translator, language: str, title: str, cycle: str = "") -> Frame:
    """The frame in the look of the institution."""
    institution = settings.institution
    colour = institution.colours.primary
    return Frame(
        language=language,
        direction=translator.direction,
        paper=settings.channels.print.paper,
        colours={"accent": colour, "ink": readable(colour, PANEL), "panel": PANEL},
        page=translator.labels("report")["page"],
        document=" · ".join(part for part in (title, cycle, institution.name) if part),
        institution=institution.name,
        title=title,
        cycle=cycle,
    )


def set_paper(
    template: str, frame: Frame, parts: Sequence[PaperPart], labels: Mapping[str, str], dated: date, **more: object
) -> bytes:
    """PDF/UA-1 and PDF/A-3a of a paper; same inputs, same bytes. InputError where no font covers a character."""
    content = {
        "frame": frame.model_dump(),
        "parts": [part.model_dump(mode="json") for part in parts],
        "labels": dict(labels),
        **more,
    }
    return typeset(template, data={"paper": json.dumps(content, ensure_ascii=False)}, dated=dated)
