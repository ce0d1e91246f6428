"""`[feedback]` of `termpost.toml`: what comes back from families, and who answers it."""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import Field, StrictBool, StrictInt, field_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong

IMAPS = 993  # RFC 8314
_ADDRESS = r"^[^@\s<>]+@[^@\s<>]+$|^$"
_FOLDER = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")  # what can stand between quotation marks in IMAP


class ImapPlace(NamedTuple):
    """Where a mailbox is."""

    host: str
    port: int
    user: str
    folder: str


class FeedbackSettings(FrozenModel):
    """Questions, acknowledgements and meetings."""

    staff_days: StrictInt = Field(5, ge=1, le=20)  # contract days in which staff answer (procedure, section 4.4)
    second_eyes: StrictBool = False  # an answer goes back once another person has approved it
    acknowledge: StrictBool = False  # families are asked to say that they have read a report
    # where families' mails arrive: imaps://user@host/INBOX, or a folder of .eml files in the home; empty: nowhere
    mailbox: str = ""
    mailbox_ca_file: str | None = None  # a PEM file in the home: the school's own authority
    office_mail: str = Field("", pattern=_ADDRESS)  # hears of questions where no address of who answers is known
    head_mail: str = Field("", pattern=_ADDRESS)  # hears of what is late

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
