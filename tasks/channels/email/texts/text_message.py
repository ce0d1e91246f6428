"""A text message that something waits: the school's name and number, no name of a family, no link, nothing said."""

from dataclasses import dataclass
from email.message import EmailMessage

from termpost.schemas.documents.notice import token_of
from termpost.schemas.settings.channels import Email
from termpost.schemas.settings.sections.notice_settings import TextNotices
from termpost.tasks.channels.email.message import POLICY, Mail
from termpost.tasks.documents.wording import translator_for, visible
from termpost.tasks.home.home import Home


@dataclass(frozen=True)
class TextMessage:
    """What the hook gets."""

    message_id: str
    number: str  # E.164
    text: str


def text_of(home: Home, language: str) -> str:
    """In the recipient's language."""
    institution = home.settings.institution
    phone = (institution.ask.phone if institution.ask else None) or ""
    translator, values = translator_for(language, home.calendar.country), {"school": visible(institution.called)}
    key = "text_message" if phone else "text_message_bare"
    return translator.text("plain", key, **values, **({"phone": phone} if phone else {}))


def make_text(home: Home, delivery: str, language: str, number: str) -> TextMessage:
    return TextMessage(token_of((delivery,)), number, text_of(home, language))


def make_gateway_mail(home: Home, email: Email, sms: TextNotices, text: TextMessage) -> Mail:
    """To the school's own gateway, which makes a text message of it: a short plain text, and as little around it."""
    domain = email.sender.rpartition("@")[2]
    message_id = f"<{text.message_id}@{domain}>"
    recipient = sms.gateway.replace("{number}", text.number.removeprefix("+"))
    message = EmailMessage(POLICY)
    message.set_content(text.text + "\n")
    headers = {
        "From": email.sender, "To": recipient, "Date": home.clock.today(), "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    for name, value in headers.items():
        message[name] = value
    return Mail(message_id, text.message_id, recipient, message.as_bytes())
