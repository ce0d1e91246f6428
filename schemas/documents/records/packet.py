"""What somebody gets who asked for the records about a student, and what the next school gets, as data.

Nothing in it names anybody but the student, whoever asked, and the school's own people.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.report import Report

PACKET_FORMAT: Final = "termpost.records/1"
PacketPurpose = Literal["access", "transfer"]


class PacketPerson(FrozenModel):
    """The student, as the newest record has them."""

    id: str  # of the source system
    number: str
    name: str
    preferred: str | None = None
    birth_date: date | None = None
    grade_level: str | None = None
    email: str | None = None
    language: str | None = None
    dependent: bool | None = None
    consent_to_parents: bool | None = None


class PacketReach(FrozenModel):
    """How whoever asked is on record about this student."""

    relation: str | None = None
    address: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    restriction: str | None = None


class PacketReport(FrozenModel):
    """One version of a report that was let out."""

    file: str  # of its PDF
    day: date
    state: Literal["released", "withdrawn", "superseded"]
    report: Report  # with its grades and what each rests on; `schemas/documents/report.schema.json` has its schema


class PacketComment(FrozenModel):
    """What a teacher wrote, as it came."""

    cycle: str
    course: str | None = None  # title; None: homeroom
    author: str | None = None
    text: str


class PacketDelivery(FrozenModel):
    """What happened to a report on its way to whoever asked."""

    at: datetime
    event: Literal["planned", "sent", "delivered", "failed", "uncertain", "expired", "opened", "withdrawn"]
    channel: str
    cycle: str
    version: int


class PacketWords(FrozenModel):
    """Who said what, and when."""

    at: datetime
    by: str
    text: str


class PacketQuery(FrozenModel):
    """Something that whoever asked had asked before, with what came back."""

    id: str
    kind: str
    at: datetime
    via: str
    state: str
    text: str
    said: tuple[PacketWords, ...] = ()  # further words of theirs, and answers, oldest first


class PacketMeeting(FrozenModel):
    """A meeting of whoever asked."""

    query: str
    step: str
    starts: datetime | None = None
    way: str | None = None
    by: str | None = None  # whom they met
    minutes: tuple[PacketWords, ...] = ()


class PacketAcknowledgement(FrozenModel):
    """They said that they have read it."""

    cycle: str
    version: int
    day: date


class PacketLook(FrozenModel):
    """Somebody opened something of this."""

    at: datetime
    by: str  # name and role, or who asked
    what: Literal["opened", "shown", "query-read", "exported", "given"]


class PacketDecision(FrozenModel):
    """What the office found about the right of whoever asked."""

    day: date
    finding: str


class PacketAttendance(FrozenModel):
    """Days of one kind in one term, as the reports count them."""

    cycle: str
    first: date
    last: date
    kind: str
    days: Decimal


class RecordsPacket(FrozenModel):
    """Everything, of one student for one person or school."""

    format: Literal["termpost.records/1"] = PACKET_FORMAT
    purpose: PacketPurpose
    case: str
    day: date
    school: str
    recipient: str  # who gets it, by name
    not_for_enrolment: bool = False  # for a parent whom the child does not live with, where the law has it marked
    is_own: bool = False  # the student asked
    student: PacketPerson
    on_record: tuple[PacketReach, ...] = ()
    reports: tuple[PacketReport, ...] = ()
    comments: tuple[PacketComment, ...] = ()
    deliveries: tuple[PacketDelivery, ...] = ()
    queries: tuple[PacketQuery, ...] = ()
    meetings: tuple[PacketMeeting, ...] = ()
    acknowledgements: tuple[PacketAcknowledgement, ...] = ()
    looks: tuple[PacketLook, ...] = ()
    decisions: tuple[PacketDecision, ...] = ()
    statements: tuple[PacketWords, ...] = ()
    attendance: tuple[PacketAttendance, ...] = ()
    left_out: tuple[str, ...] = ("other-people", "drafts", "codes-and-keys", "staff-notes")
