"""Where an access code goes on a letter: a box that the letter leaves empty, since what is stored has no code.

It is a link to an address of no meaning, which no paper shows; whoever prints finds it, takes it off, and lays the code
there.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

import pikepdf

ADDRESS: Final = "termpost:code"  # templates/envelope.typ


@dataclass(frozen=True)
class CodePlace:
    """A box of a page, in points from its lower left."""

    left: float
    bottom: float
    width: float
    height: float


def take_code_place(page: pikepdf.Page) -> CodePlace | None:
    """Takes the mark of the box off the page; None where there is none."""
    notes = list(page.get("/Annots", []))
    found = [note for note in notes if _is_code_place(note)]
    if not found:
        return None
    page.Annots = pikepdf.Array([note for note in notes if not _is_code_place(note)])
    left, bottom, right, top = (float(x) for x in found[0].Rect)
    return CodePlace(left, bottom, right - left, top - bottom)


def has_code_place(envelope: bytes) -> bool:
    """Whether its letter leaves room for a code, once and on the first page."""
    with pikepdf.open(BytesIO(envelope)) as pdf:
        counts = [sum(map(_is_code_place, page.get("/Annots", []))) for page in pdf.pages]
    return counts[0] == 1 and not any(counts[1:])


def _is_code_place(note: pikepdf.Object) -> bool:
    return str(note.get("/A", pikepdf.Dictionary()).get("/URI", "")) == ADDRESS
