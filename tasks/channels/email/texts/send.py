"""The way out for text messages that the school has set up: its gateway or its hook."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.sections.notice_settings import TextNotices
from termpost.tasks.channels.channel import Message, Messenger
from termpost.tasks.channels.email.relay import relay_of
from termpost.tasks.channels.email.send import Sending
from termpost.tasks.channels.email.texts.hook import SECRET, VARIABLE, HookSending
from termpost.tasks.channels.email.texts.text_message import make_gateway_mail, make_text
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.keys import read_secret

WHERE = "termpost.toml [notices.sms]"


@contextmanager
def texting(home: Home, sms: TextNotices) -> Iterator[Messenger]:
    """Opened; InputError where a person must fix something first."""
    if sms.hook is None:
        email = home.settings.channels.email
        if email is None:
            raise InputError("no-mail", "there is no relay to send by", WHERE, "set [channels.email] up")
        with Sending(relay_of(email, home.path, home.environ)) as sending:
            yield sending
        return
    secret = read_secret(home.path / "secrets", SECRET, home.environ, VARIABLE)
    if secret is None:
        raise InputError("no-secret", "the secret of the provider of text messages is missing", f"secrets/{SECRET}",
                         f"write it there, readable by its owner only, or set {VARIABLE}")  # fmt: skip
    with HookSending(sms.hook, sms.shape, secret) as hook:
        yield hook


def texts_to(home: Home, sms: TextNotices, to: Sequence[tuple[str, str, str]]) -> list[Message]:
    """One message for each delivery, language and number, in this order."""
    email, texts = home.settings.channels.email, [make_text(home, *one) for one in to]
    if sms.hook is not None or email is None:
        return list(texts)
    return [make_gateway_mail(home, email, sms, text) for text in texts]
