"""Text messages by the HTTP hook of the school's own provider, each handed over at most once.

A provider has a message from the moment it may have read the request. So what fails before that is safe to try again,
and whatever is no clear answer afterwards is uncertain: a second text message is worse than a letter.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import httpx
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.sections.notice_settings import HookShape
from termpost.tasks.channels.channel import Outcome
from termpost.tasks.channels.email.texts.text_message import TextMessage

SECRET = "sms-hook"  # noqa: S105 - its name
VARIABLE = "TERMPOST_SECRET_SMS_HOOK"
WHERE = "termpost.toml [notices.sms] hook"
WAIT: Final = 20.0  # seconds
AWAY_AFTER: Final = 3  # that could not be handed over, in a row
LARGEST_ANSWER: Final = 65_536  # bytes; nothing in it is read
LOGIN_WANTED: Final = frozenset({401, 403})
NOT_NOW: Final = frozenset({429, 503})
_BEFORE_IT_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class HookSending:
    """Requests to the hook, as a context."""

    def __init__(self, url: str, shape: HookShape, secret: str, wait: float = WAIT, verify: str | bool = True) -> None:
        self._url, self._shape = url, shape
        self._client = httpx.Client(
            timeout=wait, follow_redirects=False, trust_env=False, verify=verify,
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip

    def __repr__(self) -> str:
        return "HookSending()"  # a secret may not end in a log

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def send(self, messages: Sequence[TextMessage]) -> Iterator[Outcome]:
        """An outcome for every message, as soon as it is known.

        InputError where the provider does not know the school: after `later` was said for all that were not sent.
        """
        away = 0
        for number, message in enumerate(messages):
            outcome, is_fault = self._try(message)
            away = away + 1 if outcome.state == "later" else 0
            yield outcome
            if is_fault or away >= AWAY_AFTER:
                yield from (Outcome(left.message_id, "later", "hook-away") for left in messages[number + 1 :])
                if is_fault:
                    raise InputError("hook-login", "the provider of text messages refuses the secret", WHERE,
                                     f"correct secrets/{SECRET}")  # fmt: skip
                return

    def _try(self, message: TextMessage) -> tuple[Outcome, bool]:
        try:
            with self._client.stream("POST", self._url, json=body_of(self._shape, message)) as answer:
                code = answer.status_code
        except _BEFORE_IT_LEFT:
            return Outcome(message.message_id, "later", "hook-away"), False
        except httpx.HTTPError:
            return Outcome(message.message_id, "uncertain", "no-answer"), False
        return _settled(message.message_id, code), code in LOGIN_WANTED


def _settled(message_id: str, code: int) -> Outcome:
    if httpx.codes.is_success(code):
        return Outcome(message_id, "sent", "", str(code))
    if code in LOGIN_WANTED or code in NOT_NOW:
        return Outcome(message_id, "later", "hook-away", str(code))
    if httpx.codes.is_client_error(code):
        return Outcome(message_id, "failed", "hook-refused", str(code))
    return Outcome(message_id, "uncertain", "no-answer", str(code))  # a redirection is followed nowhere


def body_of(shape: HookShape, message: TextMessage) -> Mapping[str, object]:
    """What is posted, in one of the shapes that providers take; `id` lets one know a second request for what it is."""
    if shape == "messages":
        return {"messages": [{"to": message.number, "text": message.text, "id": message.message_id}]}
    word = "body" if shape == "to-body" else "text"
    return {"to": message.number, word: message.text, "id": message.message_id}
