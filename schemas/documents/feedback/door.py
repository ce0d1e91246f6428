"""A household's door: all that is live for one person, encrypted under their access code (decision 0026).

It lies in the store as `door/<locator>.json`, which only who has the code can find and open.
"""

from typing import Literal

from pydantic import AwareDatetime, Field
from termpost.schemas.base.frozen import FrozenModel

DOOR_FORMAT = "termpost.door/1"
DOOR_CONTENT_FORMAT = "termpost.door-content/1"
DOORS = "door/"
# an object of a byte or more for each slot that is offered, slots/<slot>: without it the portal takes no booking
SLOT_MARKERS = "slots/"

QueryStep = Literal["open", "answered", "closed"]
MeetingStep = Literal["wanted", "offered", "booked", "cancelled", "held", "missed"]


class DoorStatement(FrozenModel):
    """A family's own words, kept and disclosed with a report."""

    on: str  # ISO 8601
    text: str
    title: str = ""  # the heading in the school's language, where the person reads another
    language: str = ""  # of the title, BCP 47


class DoorReport(FrozenModel):
    """One report that this person can open."""

    page: str  # name of the sealed page, without the recipient
    part: int  # its place on that page, from 0
    student: str  # the name above it
    cycle: str  # its title, in the person's language
    day: str  # on which it was let out, ISO 8601
    ask_until: str  # ISO 8601
    is_latest: bool  # of this student and cycle; earlier reports are listed below
    acknowledge: bool = False  # the school asks for it, and this person has not yet
    acknowledged: str = ""  # the day on which they did
    statements: tuple[DoorStatement, ...] = ()


class DoorAnswer(FrozenModel):
    """What was said back."""

    at: AwareDatetime
    by: str  # name and role, as the school signs
    text: str


class DoorReply(FrozenModel):
    """Further words of this person in the same thread."""

    at: AwareDatetime  # when they reached the school
    text: str


class DoorSlot(FrozenModel):
    """A time at which one could meet."""

    id: str  # 32 hex digits
    starts: AwareDatetime  # in the school's zone
    ends: AwareDatetime
    place: str  # room, phone, link
    with_whom: str


class DoorMeeting(FrozenModel):
    """A meeting that was asked for or offered, as this person sees it; the other household's is another one."""

    step: MeetingStep
    offered: tuple[DoorSlot, ...] = ()
    booked: DoorSlot | None = None


class DoorQuery(FrozenModel):
    """What this person asked, and what became of it."""

    id: str
    kind: str
    student: str
    asked: AwareDatetime
    text: str
    step: QueryStep
    answer_by: str = ""  # ISO 8601; empty: no clock
    answers: tuple[DoorAnswer, ...] = ()
    replies: tuple[DoorReply, ...] = ()
    meeting: DoorMeeting | None = None


class DoorContact(FrozenModel):
    """Whom to call, and when."""

    name: str
    phone: str = ""
    email: str = ""
    hours: str = ""


class DoorMessages(FrozenModel):
    """Where messages go, and the keys they need."""

    to: str  # URL
    home: str  # the home's public key: a point of P-256 without compression, base64
    key: dict[str, str] = Field(default_factory=dict)  # the door's own key pair to sign with, as a JSON Web Key


class DoorContent(FrozenModel):
    """All of it."""

    format: Literal["termpost.door-content/1"] = "termpost.door-content/1"
    recipient: str  # reference, as it stands in the links of pages
    language: str
    school: DoorContact
    reports: tuple[DoorReport, ...] = ()
    queries: tuple[DoorQuery, ...] = ()
    messages: DoorMessages | None = None
