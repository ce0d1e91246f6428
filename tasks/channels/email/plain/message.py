"""A short notice as a message; an invitation has its iCalendar object beside the text (RFC 6047)."""

from email.message import EmailMessage

from termpost.schemas.documents.plain_notice import STAFF_NOTICES, PlainNotice, calendar_method
from termpost.tasks.channels.email.message import POLICY, Mail, with_headers
from termpost.tasks.channels.email.notice_text import html_text, plain_text
from termpost.tasks.channels.email.plain.text import plain_notice_text, staff_text


def make_plain_mail(notice: PlainNotice) -> Mail:
    """The same notice is the same bytes, 7-bit."""
    message = EmailMessage(POLICY)
    if notice.kind in STAFF_NOTICES:
        subject, text = staff_text(notice)
        message.set_content(text)
    else:
        sheet = plain_notice_text(notice)
        subject = sheet.subject
        message.set_content(plain_text(sheet))
        message.add_alternative(html_text(sheet, notice.colour), subtype="html")
        if notice.calendar is not None:
            _add_calendar(message, notice.calendar)
    whole = with_headers(message, notice, subject)
    if notice.kind in STAFF_NOTICES:
        del whole["List-Unsubscribe"]  # it is their work
    return Mail(notice.message_id, notice.token, notice.recipient, whole.as_bytes())


def _add_calendar(message: EmailMessage, part: bytes) -> None:
    """One more way to read the same, so that a mail program shows the invitation and not a file."""
    message.add_alternative(
        part, maintype="text", subtype="calendar", cte="base64",
        params={"method": calendar_method(part), "charset": "utf-8"},
    )  # fmt: skip
