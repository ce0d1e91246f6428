"""A short e-mail that something waits: it says neither what nor about whom (docs/email.md)."""

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

from pydantic import Field
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.base.secure_url import SecureUrl
from termpost.schemas.documents.notice import AddressedNotice, token_of

FamilyNotice = Literal["confirmed", "answer", "reminder", "meeting"]
StaffNotice = Literal["staff-reminder", "escalation", "deadlines", "class-deadlines"]
FAMILY_NOTICES: Final[tuple[FamilyNotice, ...]] = get_args(FamilyNotice)
STAFF_NOTICES: Final[tuple[StaffNotice, ...]] = get_args(StaffNotice)
METHODS: Final = frozenset({"REQUEST", "CANCEL"})  # RFC 5546: what an organiser sends
LARGEST_CALENDAR: Final = 65_536  # bytes
_METHOD = re.compile(rb"(?mi)^METHOD:([A-Z]+)\r?$")


@dataclass(frozen=True)
class PlainMail:
    """What somebody is told; who may be told is asked by whoever makes one.

    The same key to the same person is the same message, and is sent at most once: `q1a2b3c4d5e6 confirmed`. It gets
    nowhere but through an HMAC. It has a person of a family or one of the staff, never both.
    """

    key: str
    kind: FamilyNotice | StaffNotice
    to_ref: PersonRef | None = None
    staff: StaffId | None = None
    language: str = "en"  # BCP 47, of who reads it
    query: str | None = None
    student: PersonRef | None = None  # for the log alone; None: of several, or nobody
    due: str = ""  # ISO 8601, of `confirmed`: the last day for the answer
    count: int = 1  # of staff: how many questions, or things that are due
    lines: tuple[tuple[str, str], ...] = ()  # of a digest: a sentence that names nobody, and the command that shows it
    calendar_part: bytes | None = None  # an iCalendar object with a method (RFC 6047)

    def __post_init__(self) -> None:
        if (self.to_ref is None) == (self.staff is None):
            raise ValueError("a message goes to a person of a family or to one of the staff")
        if (self.kind in STAFF_NOTICES) != (self.staff is not None):
            raise ValueError("staff and families are told different things")
        if self.calendar_part is not None:
            calendar_method(self.calendar_part)


def calendar_method(part: bytes) -> str:
    """REQUEST or CANCEL. ValueError where the part is no object of an invitation: a fault of whoever made it."""
    methods: set[str] = {found.decode().upper() for found in _METHOD.findall(part)}
    is_calendar = part.lstrip().upper().startswith(b"BEGIN:VCALENDAR")
    if not is_calendar or len(part) > LARGEST_CALENDAR or len(methods) != 1 or not methods <= METHODS:
        raise ValueError("this is no invitation, change or cancellation")
    return next(iter(methods))


class PlainNotice(AddressedNotice):
    """One message. The same notice is the same bytes."""

    kind: FamilyNotice | StaffNotice
    link: SecureUrl | None = None  # of the door; None: there is none, or it goes to staff
    due: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    count: int = Field(1, ge=1)
    lines: tuple[tuple[str, str], ...] = ()
    delivery: str  # what this message is the sending of
    calendar: bytes | None = None

    @property
    def token(self) -> str:
        """From its one delivery."""
        return token_of((self.delivery,))
