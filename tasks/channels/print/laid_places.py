"""Where words go that are not known before a letter is printed: a room that the letter leaves empty.

It is a link to an address of no meaning, which no paper shows; whoever prints finds it, takes it off, and lays the
words there. Letters of today leave room for the days of asking, which are counted from the day of printing. Those that
were sealed before left room for an access code: what is laid there now says how one gets it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

import pikepdf

RoomFor = Literal["days", "code"]
ADDRESS: Final = "termpost:"  # templates/envelope.typ: termpost:days
ROOMS: Final[dict[str, RoomFor]] = {f"{ADDRESS}days": "days", f"{ADDRESS}code": "code"}
LETTER_PAGES: Final = 2  # a long letter runs over onto its back


@dataclass(frozen=True)
class LaidPlace:
    """A room on a page, in points from its lower left."""

    room: RoomFor
    left: float
    bottom: float
    width: float
    height: float


@dataclass(frozen=True)
class LaidWords:
    """What goes into a room."""

    text: str
    language: str  # BCP 47
    direction: str  # ltr or rtl


def take_places(page: pikepdf.Page) -> list[LaidPlace]:
    """Takes the marks of rooms off the page."""
    notes = list(page.get("/Annots", []))
    found = [(room, note) for note in notes if (room := _room(note)) is not None]
    if not found:
        return []
    page.Annots = pikepdf.Array([note for note in notes if _room(note) is None])
    return [_place(room, note) for room, note in found]


def rooms_in(envelope: bytes) -> list[tuple[int, RoomFor]]:
    """Page and kind of each room, in the order of the pages."""
    with pikepdf.open(BytesIO(envelope)) as pdf:
        return list(_rooms(pdf))


def _rooms(pdf: pikepdf.Pdf) -> Iterator[tuple[int, RoomFor]]:
    for place, page in enumerate(pdf.pages):
        for note in page.get("/Annots", []):
            room = _room(note)
            if room is not None:
                yield place, room


def _place(room: RoomFor, note: pikepdf.Object) -> LaidPlace:
    left, bottom, right, top = (float(x) for x in note.Rect)
    return LaidPlace(room, left, bottom, right - left, top - bottom)


def _room(note: pikepdf.Object) -> RoomFor | None:
    return ROOMS.get(str(note.get("/A", pikepdf.Dictionary()).get("/URI", "")))
