"""A notice as a message (RFC 5322, MIME): the same notice and attachments are the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Protocol
from urllib.parse import quote

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.notice import Notice
from termpost.schemas.documents.report import Contact
from termpost.tasks.channels.email.notice_text import html_text, notice_text, plain_text, stop_subject
from termpost.tasks.documents.pdf_text import is_locked
from termpost.tasks.documents.wording import visible

# one word each: folded, a long one would be cut into encoded words, which no program reads as an address or an id
_ONE_LINE = frozenset({"message-id", "list-id", "list-unsubscribe", "to", "reply-to"})
ENVELOPE_HEADER = "X-Envelope-Id"  # some services give a message another Message-ID; this one they leave alone


class _Policy(EmailPolicy):
    """RFC 5322 allows lines of 998 characters; only its advice is 78."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _ONE_LINE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


# 7 bits, so that no relay on the way has a reason to change it
POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")


@dataclass(frozen=True)
class Mail:
    """What the relay gets."""

    message_id: str
    envelope_id: str  # RFC 3461 ENVID
    recipient: str  # address
    data: bytes  # CRLF lines, 7-bit


class Headed(Protocol):
    """What the headers of a message to a family say."""

    @property
    def language(self) -> str: ...
    @property
    def school(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def recipient(self) -> str: ...
    @property
    def written_at(self) -> datetime: ...
    @property
    def token(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def list_id(self) -> str: ...
    @property
    def stop_to(self) -> str: ...
    @property
    def ask(self) -> Contact: ...


def make_mail(notice: Notice, attachments: Sequence[bytes] = ()) -> Mail:
    """The message of a notice, with sealed PDFs where the school sends them along.

    ValueError where an attachment is no encrypted PDF, or there is nothing to read: both are faults of the caller.
    """
    message = make_message(notice, attachments)
    return Mail(notice.message_id, notice.token, notice.recipient, message.as_bytes())


def make_message(notice: Notice, attachments: Sequence[bytes] = ()) -> EmailMessage:
    """As `make_mail`, before it is bytes."""
    if not attachments and notice.link is None:
        raise ValueError("a notice has a link or an attachment")
    sheet = notice_text(notice, len(attachments))
    message = EmailMessage(POLICY)
    message.set_content(plain_text(sheet))
    message.add_alternative(html_text(sheet, notice.colour), subtype="html")
    for number, pdf in enumerate(attachments, start=1):
        _must_be_sealed(pdf)
        name = "report.pdf" if len(attachments) == 1 else f"report-{number}.pdf"
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    return with_headers(message, notice, sheet.subject)


def with_headers(message: EmailMessage, notice: Headed, subject: str) -> EmailMessage:
    """The message with everything that is around its content: the same for the same notice."""
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(_boundary(notice, depth))  # else drawn at random
    for name, value in _headers(notice, subject).items():
        message[name] = value  # last, since content moves down with the headers that are about it
    return message


def _headers(notice: Headed, subject: str) -> dict[str, object]:
    local, _, domain = notice.sender.rpartition("@")
    headers: dict[str, object] = {
        "From": Address(visible(notice.school), local, domain),
        "To": notice.recipient,
        "Subject": subject,
        "Date": notice.written_at,
        "Message-ID": notice.message_id,
        "Content-Language": notice.language,
        "Auto-Submitted": "auto-generated",  # RFC 3834: nothing should answer it by itself
        "X-Auto-Response-Suppress": "OOF, AutoReply",  # the same for Exchange; All would stop delivery reports
        "List-Id": f"<{notice.list_id}>",
        "List-Unsubscribe": f"<mailto:{notice.stop_to}?subject={quote(stop_subject(notice.language))}>",
        ENVELOPE_HEADER: notice.token,
    }
    if notice.ask.email:
        headers["Reply-To"] = notice.ask.email
    return headers


def _boundary(notice: Headed, depth: int) -> str:
    return f"={depth}_" + hashlib.sha256(f"{notice.token}\n{depth}".encode()).hexdigest()[:32]


def _must_be_sealed(pdf: bytes) -> None:
    try:
        is_sealed = is_locked(pdf)
    except InputError:
        is_sealed = False
    if not is_sealed:
        raise ValueError("an attachment is not encrypted")
