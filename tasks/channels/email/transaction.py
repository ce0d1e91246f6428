"""One message over an open connection, step by step, so that it is known whether the relay can have taken it.

`smtplib.sendmail` hides the moment that matters. A message is the relay's from the instant it has read the final dot;
until then it must drop what it got (RFC 5321, 4.1.1.4), and only its answer after that says which. So everything before
the dot goes out first and the dot alone goes last: whatever breaks before is safe to try again, and what breaks between
dot and answer is `unknown`.
"""

import re
import smtplib
from dataclasses import dataclass
from typing import Literal

from termpost.tasks.channels.email.message import Mail
from termpost.tasks.channels.email.relay import PERMANENT, WAIT

Verdict = Literal["taken", "refused", "busy", "unknown", "fault"]
Stage = Literal["line", "mail", "rcpt", "data", "end"]
END_WAIT = 600.0  # seconds, RFC 5321 4.5.3.2.6: giving up sooner makes duplicates
GO_AHEAD, OK, NEXT_HUNDRED, CLOSING, TOO_LARGE = 354, 200, 300, 421, 552
LOGIN_WANTED = frozenset({530, 534, 535, 538})
_STATUS = re.compile(rb"([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
_ASKED = re.compile(rb"(?:retry|try again|wait)\D{0,30}?(\d{1,5})\s*(s|m)(?:ec|in|\b)", re.IGNORECASE)


@dataclass(frozen=True)
class RelayAnswer:
    """What became of one try; no word of the relay's is kept but numbers."""

    verdict: Verdict
    stage: Stage
    code: int = 0
    status: str = ""  # enhanced status, `5.1.1`
    wait: float = 0.0  # seconds the relay asks for


def submit(smtp: smtplib.SMTP, sender: str, mail: Mail) -> RelayAnswer:
    """Tries to hand over one message. The connection is closed afterwards where it can no longer be used."""
    body = _stuffed(mail.data)
    try:
        refusal = _before_the_dot(smtp, sender, mail, body)
    except (smtplib.SMTPException, OSError):
        smtp.close()
        return RelayAnswer("busy", "line")
    if refusal is not None:
        _tidy_up(smtp, refusal)
        return refusal
    try:
        smtp.send(b".\r\n")
        _patience(smtp, END_WAIT)
        code, text = smtp.getreply()
        _patience(smtp, WAIT)
    except (smtplib.SMTPException, OSError):
        smtp.close()
        return RelayAnswer("unknown", "end")
    answer = _after_the_dot(code, text)
    if answer.verdict != "taken":
        _tidy_up(smtp, answer)
    return answer


def _before_the_dot(smtp: smtplib.SMTP, sender: str, mail: Mail, body: bytes) -> RelayAnswer | None:
    """All but the dot; None where only that is wanting."""
    limit = smtp.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(mail.data):
        return RelayAnswer("refused", "mail", TOO_LARGE, "5.3.4")
    options = [f"SIZE={len(mail.data)}"] if smtp.has_extn("size") else []
    wishes = []
    if smtp.has_extn("dsn"):
        options += ["RET=HDRS", f"ENVID={mail.envelope_id}"]
        wishes = ["NOTIFY=SUCCESS,FAILURE,DELAY"]
    code, text = smtp.mail(sender, options)
    if not OK <= code < NEXT_HUNDRED:
        return _refusal("mail", code, text)
    code, text = smtp.rcpt(mail.recipient, wishes)
    if not OK <= code < NEXT_HUNDRED:
        return _refusal("rcpt", code, text)
    code, text = smtp.docmd("DATA")
    if code != GO_AHEAD:
        return _refusal("data", code, text)
    smtp.send(body)
    return None


def _stuffed(data: bytes) -> bytes:
    """Ends with CRLF and has no line that could be taken for the end (RFC 5321, 4.5.2)."""
    if re.search(rb"\r(?!\n)|(?<!\r)\n", data):
        raise ValueError("a message has a line that does not end with CRLF")
    return re.sub(rb"(?m)^\.", b"..", data if data.endswith(b"\r\n") else data + b"\r\n")


def _after_the_dot(code: int, text: bytes) -> RelayAnswer:
    if OK <= code < NEXT_HUNDRED:
        return RelayAnswer("taken", "end", code, _status(code, text))
    if code // 100 in {4, 5}:
        return _refusal("end", code, text)
    return RelayAnswer("unknown", "end")  # no reply that SMTP knows


def _refusal(stage: Stage, code: int, text: bytes) -> RelayAnswer:
    if code // 100 not in {4, 5}:
        raise smtplib.SMTPResponseException(code, text)  # out of step: the line is of no use
    status = _status(code, text)
    if code in LOGIN_WANTED:
        return RelayAnswer("fault", stage, code, status)
    if code >= PERMANENT:
        # the sender is the same for everybody: refusing it, save for a size, says nothing about a family's address
        return RelayAnswer("fault" if stage == "mail" and code != TOO_LARGE else "refused", stage, code, status)
    return RelayAnswer("busy", stage, code, status, _asked(text))


def _status(code: int, text: bytes) -> str:
    found = _STATUS.match(text)
    return found[0].decode() if found and int(found[1]) == code // 100 else ""


def _asked(text: bytes) -> float:
    found = _ASKED.search(text)
    return float(found[1]) * (60 if found[2].lower() == b"m" else 1) if found else 0.0


def _tidy_up(smtp: smtplib.SMTP, answer: RelayAnswer) -> None:
    """Leaves the connection ready for the next message, or closed."""
    if answer.code == CLOSING or answer.verdict == "unknown":
        smtp.close()
        return
    try:
        code, _ = smtp.rset()
    except (smtplib.SMTPException, OSError):
        code = 0
    if not OK <= code < NEXT_HUNDRED:
        smtp.close()


def _patience(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)
