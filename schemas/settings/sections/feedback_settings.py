"""`[feedback]` of `termpost.toml`: what comes back from families, and who answers it."""

import re
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import Field, StrictBool, StrictInt, StringConstraints, field_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.documents.report import PolicyLink
from termpost.schemas.settings.sections.meeting_settings import MeetingSettings

IMAPS = 993  # RFC 8314
_ADDRESS = r"^[^@\s<>]+@[^@\s<>]+$|^$"
_FOLDER = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")  # what can stand between quotation marks in IMAP
MailDay = Annotated[StrictInt, Field(ge=0, le=20)]
HearingWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class MailDays(FrozenModel):
    """Office days that something takes to a family by each channel, before their days to ask begin."""

    portal: MailDay = 0  # a page in the portal
    email: MailDay = 0  # a notice by e-mail
    print: MailDay = 3  # an envelope by post
    meeting: MailDay = 0  # handed over at a meeting

    def of(self, channel: str) -> int:
        """None by a channel that reaches nobody, such as an export."""
        days: int = getattr(self, channel) if channel in type(self).model_fields else 0
        return days


class ImapPlace(NamedTuple):
    """Where a mailbox is."""

    host: str
    port: int
    user: str
    folder: str


# why somebody has the report, by the rule that allowed it (tasks/rights/rules.py)
ExemptRule = Literal["parent", "legal-guardian", "agency-agreement", "own-record", "own-copy", "caregiver"]


class FeedbackSettings(FrozenModel):
    """Questions, acknowledgements and meetings."""

    staff_days: StrictInt = Field(5, ge=1, le=20)  # contract days in which staff answer (procedure, section 4.4)
    mail_days: MailDays = MailDays()
    second_eyes: StrictBool = False  # an answer goes back once another person has approved it
    acknowledge: StrictBool = False  # families are asked to say that they have read a report
    acknowledge_exempt: tuple[ExemptRule, ...] = ("agency-agreement", "own-copy")  # whom nobody asks or reminds
    acknowledge_days: StrictInt = Field(5, ge=1, le=60)  # days after which who has not acknowledged is reminded
    messages_per_day: StrictInt = Field(20, ge=1, le=200)  # of one person that are taken in a day; the rest waits
    appeal_policy: PolicyLink | None = None  # by which somebody disagrees with a grade
    # language → how one asks for a hearing, in place of termpost's own words
    hearing: dict[str, HearingWords] = Field(default_factory=dict)
    meetings: MeetingSettings = MeetingSettings()
    # where families' mails arrive: imaps://user@host/INBOX, or a folder of .eml files in the home; empty: nowhere
    mailbox: str = ""
    mailbox_ca_file: str | None = None  # a PEM file in the home: the school's own authority
    office_mail: str = Field("", pattern=_ADDRESS)  # hears of questions where no address of who answers is known
    head_mail: str = Field("", pattern=_ADDRESS)  # hears of what is late

    def asks_to_acknowledge(self, rule: str) -> bool:
        """Whether somebody is asked to say that they have read a report which they have by this rule."""
        return self.acknowledge and rule not in self.acknowledge_exempt

    @field_validator("appeal_policy")
    @classmethod
    def _web_link(cls, policy: PolicyLink | None) -> PolicyLink | None:
        if policy is not None and not policy.url.startswith(("https://", "http://")):
            raise wrong("the policy's link is no web address", "start it with https://", at=("url",))
        return policy

    @field_validator("mailbox")
    @classmethod
    def _readable(cls, mailbox: str) -> str:
        if "://" in mailbox:
            _imap_of(mailbox)
        return mailbox

    @property
    def imap(self) -> ImapPlace | None:
        """The mailbox on a server; None where it is a folder, or there is none."""
        return _imap_of(self.mailbox) if "://" in self.mailbox else None


def _imap_of(url: str) -> ImapPlace:
    parts = urlsplit(url)
    try:
        port = parts.port or IMAPS
    except ValueError:
        port = 0
    folder, user = unquote(parts.path.strip("/")) or "INBOX", unquote(parts.username or "")
    if parts.password is not None:
        raise wrong("a password stands in the address of the mailbox",
                    "take it out, and write it to secrets/imap-password")  # fmt: skip
    is_whole = parts.scheme == "imaps" and parts.hostname and user and port and not parts.query and not parts.fragment
    if not is_whole or not _FOLDER.fullmatch(folder) or not _FOLDER.fullmatch(user):
        raise wrong("this is no mailbox under TLS", 'write it as "imaps://user@mail.school.example/INBOX", or a folder')
    return ImapPlace(parts.hostname or "", port, user, folder)
