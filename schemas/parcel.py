"""What goes to one recipient: reports, channels and the rule that allows it. References only."""

from datetime import date
from typing import Final, Literal

from schemas.prepared import PreparedReport
from schemas.report import Frozen

PLAN_FORMAT: Final = "termpost.plan/1"
Channel = Literal["portal", "email", "print", "meeting"]


class ParcelReport(PreparedReport):
    """A report in a parcel."""

    school: str
    rule: str  # why this recipient may have it


class Parcel(Frozen):
    """All reports of one cycle for one recipient, under one code."""

    recipient: str
    language: str
    channels: tuple[Channel, ...]
    reports: tuple[ParcelReport, ...]
    may_notify: bool = False  # whether a notice may go to the one e-mail address on record
    notice_rule: str = ""  # why, or why not


class Decision(Frozen):
    """One student and one contact, decided on one day."""

    student: str
    recipient: str
    allowed: bool
    rule: str
    question: bool  # the office must ask
    channel: str | None = None  # the one that is refused; None: all


class Plan(Frozen):
    """Who gets what of a cycle."""

    format: Literal["termpost.plan/1"] = PLAN_FORMAT
    cycle: str
    extract_id: str
    day: date
    parcels: tuple[Parcel, ...]
    decisions: tuple[Decision, ...]
    notices: tuple[Decision, ...] = ()  # e-mail addresses that are on record and not written to
    unreachable: tuple[str, ...]  # students whose report is prepared and has no recipient
