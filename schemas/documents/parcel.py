"""What goes to one recipient: reports, channels and the rule that allows it. References only.

A plan is one model; what it has a million of are plain dataclasses, which it checks when it is read.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict
from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.prepared import PreparedReport

PLAN_FORMAT: Final = "termpost.plan/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelReport(PreparedReport):
    """A report in a parcel."""

    school: str
    rule: str  # why this recipient may have it
    not_for_enrolment: bool = False  # what they get says so, where the law of the place has it marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """All reports of one cycle for one recipient, under one code."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    recipient: str
    language: str
    channels: tuple[ChannelName, ...]
    reports: tuple[ParcelReport, ...]
    may_notify: bool = False  # whether a notice may go to the one e-mail address on record
    notice_rule: str = ""  # why, or why not
    notice_with: str = ""  # the recipient of the same mailbox in whose notice this parcel's link stands; empty: its own


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientDecision:
    """One student and one contact, decided on one day."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    student: str
    recipient: str
    allowed: bool
    rule: str
    question: bool  # the office must ask
    channel: ChannelName | None = None  # the one that is refused; None: all


class Plan(FrozenModel):
    """Who gets what of a cycle."""

    format: Literal["termpost.plan/1"] = PLAN_FORMAT
    cycle: str
    extract_id: str
    day: date
    parcels: tuple[Parcel, ...]
    decisions: tuple[RecipientDecision, ...]
    notices: tuple[RecipientDecision, ...] = ()  # addresses, of mail and of post, that are on record and not written to
    unreachable: tuple[str, ...]  # students whose report is prepared and has no recipient
