"""Many messages over one connection, as fast as the relay takes them, each handed over at most once.

Whoever calls this has written an intent for every message into the log before, GROUP at most, and writes each outcome
as it comes. After a crash an intent without an outcome is uncertain: it is shown to a person and never sent by itself.
"""

import smtplib
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.channels.channel import Outcome
from termpost.tasks.channels.email.message import Mail
from termpost.tasks.channels.email.pace import Pace
from termpost.tasks.channels.email.relay import WHERE, Relay, connect
from termpost.tasks.channels.email.transaction import RelayAnswer, submit

GROUP = 100  # messages whose fate a crash may leave open
TRIES = 5  # of one message
AWAY = 6  # refusals in a row that are the relay's own, with the pauses between them some ten minutes
TOO_LARGE = "5.3.4"


class Sending:
    """An open connection to the relay, as a context: entering it fails where a person must fix something.

    Args:
        sleep: waits for seconds.
        instant: seconds of a clock that never goes back.
    """

    def __init__(
        self, relay: Relay, sleep: Callable[[float], None] = time.sleep, instant: Callable[[], float] = time.monotonic
    ) -> None:
        self._relay = relay
        self._pace = Pace(sleep, instant, relay.per_minute)
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        self._smtp = connect(self._relay)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._smtp is not None and self._smtp.sock is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()  # what was sent was answered before

    def send(self, mails: Sequence[Mail]) -> Iterator[Outcome]:
        """An outcome for every message, as soon as it is known.

        InputError where the relay turns out unfit on the way: after `later` was said for all that were not sent.
        """
        if len(mails) > GROUP:
            raise ValueError(f"more than {GROUP} messages at once")
        waiting = deque((mail, 1, 0.0) for mail in mails)
        while waiting:
            mail, tries, due = waiting.popleft()
            self._pace.wait(due)
            answer = self._try(mail)
            outcome = _settled(mail, answer, tries)
            if outcome:
                yield outcome
            else:
                waiting.append((mail, tries + 1, self._pace.due_again(tries, answer.wait)))
            if self._is_over(answer):
                reason = "relay-unfit" if answer.verdict == "fault" else "relay-away"
                yield from (Outcome(left.message_id, "later", reason) for left, _, _ in waiting)
                waiting.clear()
            if answer.verdict == "fault":
                raise _unfit(answer)

    def _try(self, mail: Mail) -> RelayAnswer:
        if self._smtp is None or self._smtp.sock is None:
            try:
                self._smtp = connect(self._relay)
            except RetryableError:
                return RelayAnswer("busy", "line")
            except InputError:
                return RelayAnswer("fault", "line")
        return submit(self._smtp, self._relay.sender, mail)

    def _is_over(self, answer: RelayAnswer) -> bool:
        """Whether nothing more can be sent now; the pace learns from the answer."""
        if answer.verdict == "busy":
            return self._pace.refused(answer) >= AWAY
        if answer.verdict in {"taken", "refused"}:
            self._pace.eased()
        return answer.verdict == "fault"


def _settled(mail: Mail, answer: RelayAnswer, tries: int) -> Outcome | None:
    """The outcome, or None where the message is tried again."""
    match answer.verdict:
        case "taken":
            return Outcome(mail.message_id, "sent", "", answer.status)
        case "refused":
            reason = "mail-too-large" if answer.status == TOO_LARGE else "mail-refused"
            return Outcome(mail.message_id, "failed", reason, answer.status)
        case "unknown":
            return Outcome(mail.message_id, "uncertain", "no-answer")
        case "fault":
            return Outcome(mail.message_id, "later", "relay-unfit", answer.status)
    if tries >= TRIES:
        return Outcome(mail.message_id, "later", "mail-put-off", answer.status)
    return None


def _unfit(answer: RelayAnswer) -> InputError:
    if answer.stage == "line":
        return InputError("relay-unfit", "the mail relay no longer takes what it took before", WHERE,
                          "see `termpost doctor`")  # fmt: skip
    return InputError("relay-sender", "the mail relay does not let this sender or user send", f"{WHERE} sender",
                      "let the relay accept it, or correct sender and user")  # fmt: skip
